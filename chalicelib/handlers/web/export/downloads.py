"""`/descargas/…`: files that a worker prepares: asked for, watched on a page, fetched when ready (BOX-5, BOX-8)."""

from __future__ import annotations

import re

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.export import export_tools
from chalicelib.domain.export.export import Export, ExportKind, ListingFormat
from chalicelib.domain.reading.reading import Reading
from chalicelib.domain.reading.search import Search
from chalicelib.domain.reading.search_query import read_conditions, typed_conditions
from chalicelib.domain.session import Session
from chalicelib.handlers.admission import with_session
from chalicelib.handlers.commands.export import (
    EXPORT,
    YEARS,
    ask_for_copy,
    ask_for_files,
    ask_for_history,
    ask_for_listing,
    own_export,
)
from chalicelib.handlers.commands.reading import NOTICE
from chalicelib.handlers.fields import FieldError
from chalicelib.handlers.page import go_to, refuse_form, show
from chalicelib.handlers.page_request import PageRequest
from chalicelib.handlers.web.reading.mailbox import READ_TAB
from chalicelib.services.export.request_export import export_link
from chalicelib.store.reading.reading_store import FoundNotice

PENDING_TAB = "pendientes"
HISTORY = "historial"
_BACK = {ExportKind.HISTORY: "/mis-tramites"}


def export_list(request: PageRequest, session: Session) -> Response:
    """Ask for the list as the page shows it, a tab, or what a search found; or for all that was filed and received."""
    tab = {READ_TAB: Reading.READ, PENDING_TAB: Reading.PENDING}.get(request.value("vista"))
    chosen = ListingFormat.PDF if request.value("formato") == ListingFormat.PDF else ListingFormat.EXCEL
    if request.value("vista") == HISTORY:
        return _watch(ask_for_history(chosen, session))
    search = Search(read_conditions(typed_conditions(request.form)), tab)
    return _watch(ask_for_listing(search, chosen, session))


@with_session(NOTICE)
def export_annexes(request: PageRequest, session: Session, found: FoundNotice, **_: str) -> Response:
    """Ask for all annexes of a notice."""
    return _watch(ask_for_files(ExportKind.ANNEXES, found, session, origin=request.origin))


@with_session(NOTICE)
def export_evidence(request: PageRequest, session: Session, found: FoundNotice, **_: str) -> Response:
    """Ask for everything about a notice."""
    return _watch(ask_for_files(ExportKind.EVIDENCE, found, session, origin=request.origin))


def show_copy(request: PageRequest, session: Session) -> Response:  # noqa: ARG001 - that there is one
    """Offer a copy of the whole mailbox."""
    return show(request, "export/mailbox_copy.html", year=request.value("anio"))


def export_mailbox(request: PageRequest, session: Session) -> Response:
    """Ask for it, of one year or all."""
    typed = request.value("anio").strip()
    if typed and not (re.fullmatch(r"[0-9]{4}", typed) and int(typed) in YEARS):
        error = FieldError("anio", "Escribe un año de cuatro cifras, como 2026, o deja el campo vacío.")
        return refuse_form(request, "export/mailbox_copy.html", (error,), year=typed)
    return _watch(ask_for_copy(int(typed) if typed else None, session, origin=request.origin))


@with_session(EXPORT)
def show_download(request: PageRequest, session: Session, found: Export | None, **_: str) -> Response:
    """Say how far a file is; the page can be looked at again, by its link or by itself."""
    export = own_export(found, session)
    state = export.state_at(current().clock())
    notice_id = export.parameters.get("notice_id")
    return show(
        request,
        "export/download.html",
        export=export,
        state=state.value,
        kind=export.kind.value,
        address=_address(export),
        back=f"/casilla/{notice_id}" if notice_id else _BACK.get(export.kind, "/casilla"),
    )


@with_session(EXPORT)
def fetch_download(request: PageRequest, session: Session, found: Export | None, **_: str) -> Response:  # noqa: ARG001 - the export says all
    """Lead to the file by a link made now, since it lives for minutes only; to its page while it is not ready."""
    export = own_export(found, session)
    return go_to(export_link(export, tools=export_tools(current())) or _address(export))


def _watch(export: Export) -> Response:
    return go_to(_address(export))


def _address(export: Export) -> str:
    return f"/descargas/{export.export_id}"
