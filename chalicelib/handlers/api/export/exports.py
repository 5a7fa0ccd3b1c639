"""`/v1/exports`: files that a worker puts together for a person, and how far they are."""

from __future__ import annotations

from typing import Any

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.access import access_tools
from chalicelib.bootstrap.export import export_tools
from chalicelib.bootstrap.reading import reading_tools
from chalicelib.domain.codes import parse_code
from chalicelib.domain.export.export import Export, ExportKind, ListingFormat
from chalicelib.domain.reading.reading import Reading
from chalicelib.domain.reading.search import Search
from chalicelib.domain.reading.search_query import read_conditions, typed_query
from chalicelib.domain.session import Session
from chalicelib.handlers.admission import found_by
from chalicelib.handlers.fields import Fields
from chalicelib.handlers.http import JsonRequest, instant_in_json, json_response
from chalicelib.services.access.sessions import find_session_with
from chalicelib.services.export.export_listing import listing_parameters
from chalicelib.services.export.request_export import export_link, find_export, request_export
from chalicelib.services.export.request_notice_export import request_mailbox_export, request_notice_export
from chalicelib.store.export_store import ExportStore


def with_export(credential: str, parameters: dict[str, str]) -> tuple[Any, ...]:
    """Find the session and the export that the path names, in one read."""
    box = current()
    key = ExportStore.key(parameters["export_id"])
    session, found = find_session_with(credential, [key], sessions=access_tools(box).sessions, now=box.clock())
    return session, ExportStore.from_item(found[key]) if key in found else None


def create_export(request: JsonRequest, session: Session) -> Response:
    """Ask for a file."""
    fields = request.fields()
    kind = fields.choice("kind", ExportKind, ", ".join(ExportKind))
    requested = _REQUESTS[kind.value](kind, fields, session, request.origin)
    return json_response(_export_as_json(requested), status=202)


@found_by(with_export)
def show_export(_: JsonRequest, session: Session, found: Export | None, export_id: str) -> Response:  # noqa: ARG001 - found by it already
    """Tell how far a file is, and where to fetch it once it is ready."""
    return json_response(_export_as_json(find_export(found, session, tools=export_tools(current()))))


def _export_as_json(export: Export) -> dict[str, object]:

    box = current()
    prepared = export.prepared
    return {
        "export_id": export.export_id,
        "kind": export.kind.value,
        "state": export.state_at(box.clock()).value,
        "requested_at": instant_in_json(export.requested_at),
        "expires_at": instant_in_json(export.expires_at),
        "file": prepared
        and {
            "filename": prepared.filename,
            "media_type": prepared.media_type,
            "size": prepared.size,
            "url": export_link(export, tools=export_tools(box)),
        },
        "problem": export.problem and {"code": export.problem.code, "detail": export.problem.detail},
        "links": {"self": f"{box.config.api_base_url}/v1/exports/{export.export_id}"},
    }


def _of_a_notice(kind: ExportKind, fields: Fields, session: Session, origin: str) -> Export:

    notice_id = parse_code(fields.text("notice_id", longest=20))
    fields.close()
    box = current()
    reading = reading_tools(box)
    found = reading.readings.find(notice_id)
    return request_notice_export(kind, found, session, origin=origin, tools=export_tools(box), reading=reading)


def _of_a_mailbox(_: ExportKind, fields: Fields, session: Session, origin: str) -> Export:

    year = fields.integer("year") if fields.has("year") else None
    if year is not None and year not in YEARS:
        fields.refuse("field_format", "year", "está fuera de rango")
    fields.close()
    box = current()
    return request_mailbox_export(session, year, origin=origin, tools=export_tools(box), reading=reading_tools(box))


def _of_a_list(kind: ExportKind, fields: Fields, session: Session, _: str) -> Export:

    chosen = fields.choice("format", ListingFormat, ", ".join(ListingFormat))
    query = fields.blob("query") if fields.has("query") else ""
    reading = fields.choice("reading", Reading, ", ".join(Reading)) if fields.has("reading") else None
    fields.close()
    search = Search(read_conditions(typed_query(query)), reading)
    return request_export(kind, listing_parameters(search, chosen), session, tools=export_tools(current()))


YEARS = range(2000, 2200)
_REQUESTS = {"annexes": _of_a_notice, "evidence": _of_a_notice, "mailbox": _of_a_mailbox, "listing": _of_a_list}
