"""`/descargas/…`: files that a worker prepares: asked for, watched on a page, fetched when ready (BOX-5, BOX-8)."""

from __future__ import annotations

import re

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.export import export_tools
from chalicelib.bootstrap.reading import reading_tools
from chalicelib.domain.export.export import Export, ExportKind, ListingFormat
from chalicelib.domain.reading.reading import Reading
from chalicelib.domain.reading.search import Search
from chalicelib.domain.reading.search_query import read_conditions, typed_conditions
from chalicelib.domain.session import Session
from chalicelib.handlers.admission import found_by
from chalicelib.handlers.api.export.exports import YEARS, with_export
from chalicelib.handlers.api.reading.notices import with_notice
from chalicelib.handlers.page import FieldError, go_to, show
from chalicelib.handlers.page_request import PageRequest
from chalicelib.handlers.web.reading.mailbox import READ_TAB
from chalicelib.services.export.export_listing import listing_parameters
from chalicelib.services.export.request_export import export_link, find_export, request_export
from chalicelib.services.export.request_notice_export import request_mailbox_export, request_notice_export
from chalicelib.store.reading.reading_store import FoundNotice

PENDING_TAB = "pendientes"


def export_list(request: PageRequest, session: Session) -> Response:
    """Ask for the list as the page shows it: a tab, or what a search found."""
    tab = {READ_TAB: Reading.READ, PENDING_TAB: Reading.PENDING}.get(request.value("vista"))
    chosen = ListingFormat.PDF if request.value("formato") == ListingFormat.PDF else ListingFormat.EXCEL
    parameters = listing_parameters(Search(read_conditions(typed_conditions(request.form)), tab), chosen)
    return _watch(request_export(ExportKind.LISTING, parameters, session, tools=export_tools(current())))


@found_by(with_notice)
def export_annexes(request: PageRequest, session: Session, found: FoundNotice, **_: str) -> Response:
    """Ask for all annexes of a notice."""
    return _of_a_notice(ExportKind.ANNEXES, request, session, found)


@found_by(with_notice)
def export_evidence(request: PageRequest, session: Session, found: FoundNotice, **_: str) -> Response:
    """Ask for everything about a notice."""
    return _of_a_notice(ExportKind.EVIDENCE, request, session, found)


def show_copy(request: PageRequest, session: Session) -> Response:  # noqa: ARG001 - that there is one
    """Offer a copy of the whole mailbox."""
    return show(request, "mailbox_copy.html", year="")


def export_mailbox(request: PageRequest, session: Session) -> Response:
    """Ask for it, of one year or all."""
    typed = request.value("anio").strip()
    if typed and not (re.fullmatch(r"[0-9]{4}", typed) and int(typed) in YEARS):
        error = FieldError("anio", "Escribe un año de cuatro cifras, como 2026, o deja el campo vacío.")
        return show(request, "mailbox_copy.html", status=422, errors=(error,), year=typed)
    box = current()
    asked = request_mailbox_export(
        session,
        int(typed) if typed else None,
        origin=request.origin,
        tools=export_tools(box),
        reading=reading_tools(box),
    )
    return _watch(asked)


@found_by(with_export)
def show_download(request: PageRequest, session: Session, found: Export | None, **_: str) -> Response:
    """Say how far a file is; the page can be looked at again, by its link or by itself."""
    box = current()
    export = find_export(found, session, tools=export_tools(box))
    state = export.state_at(box.clock())
    notice_id = export.parameters.get("notice_id")
    return show(
        request,
        "download.html",
        export=export,
        state=state.value,
        kind=export.kind.value,
        address=_address(export),
        back=f"/casilla/{notice_id}" if notice_id else "/casilla",
    )


@found_by(with_export)
def fetch_download(request: PageRequest, session: Session, found: Export | None, **_: str) -> Response:  # noqa: ARG001 - the export says all
    """Lead to the file by a link made now, since it lives for minutes only; to its page while it is not ready."""
    tools = export_tools(current())
    export = find_export(found, session, tools=tools)
    return go_to(export_link(export, tools=tools) or _address(export))


def _of_a_notice(kind: ExportKind, request: PageRequest, session: Session, found: FoundNotice) -> Response:

    box = current()
    return _watch(
        request_notice_export(
            kind, found, session, origin=request.origin, tools=export_tools(box), reading=reading_tools(box)
        )
    )


def _watch(export: Export) -> Response:
    return go_to(_address(export))


def _address(export: Export) -> str:
    return f"/descargas/{export.export_id}"
