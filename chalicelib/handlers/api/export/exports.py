"""`/v1/exports`: files that a worker puts together for a person, and how far they are."""

from __future__ import annotations

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.export import export_tools
from chalicelib.bootstrap.reading import reading_store
from chalicelib.domain.codes import parse_code
from chalicelib.domain.export.export import Export, ExportKind, ListingFormat
from chalicelib.domain.reading.reading import Reading
from chalicelib.domain.reading.search import Search
from chalicelib.domain.reading.search_query import read_conditions, typed_query
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
from chalicelib.handlers.fields import Fields
from chalicelib.handlers.http import JsonRequest, instant_in_json, json_response
from chalicelib.services.export.request_export import export_link


def create_export(request: JsonRequest, session: Session) -> Response:
    """Ask for a file."""
    fields = request.fields()
    kind = fields.choice("kind", ExportKind, ", ".join(ExportKind))
    requested = _REQUESTS[kind](kind, fields, session, request.origin)
    return json_response(_export_as_json(requested), status=202)


@with_session(EXPORT)
def show_export(_: JsonRequest, session: Session, found: Export | None, export_id: str) -> Response:  # noqa: ARG001 - found by it already
    """Tell how far a file is, and where to fetch it once it is ready."""
    return json_response(_export_as_json(own_export(found, session)))


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
    return ask_for_files(kind, reading_store(current()).find(notice_id), session, origin=origin)


def _of_a_mailbox(_: ExportKind, fields: Fields, session: Session, origin: str) -> Export:
    year = fields.integer("year") if fields.has("year") else None
    if year is not None and year not in YEARS:
        fields.refuse("field_format", "year", "está fuera de rango")
    fields.close()
    return ask_for_copy(year, session, origin=origin)


def _of_a_list(_: ExportKind, fields: Fields, session: Session, __: str) -> Export:
    chosen = fields.choice("format", ListingFormat, ", ".join(ListingFormat))
    query = fields.blob("query") if fields.has("query") else ""
    reading = fields.choice("reading", Reading, ", ".join(Reading)) if fields.has("reading") else None
    fields.close()
    return ask_for_listing(Search(read_conditions(typed_query(query)), reading), chosen, session)


def _of_the_history(_: ExportKind, fields: Fields, session: Session, __: str) -> Export:
    chosen = fields.choice("format", ListingFormat, ", ".join(ListingFormat))
    fields.close()
    return ask_for_history(chosen, session)


_REQUESTS = {
    ExportKind.ANNEXES: _of_a_notice,
    ExportKind.EVIDENCE: _of_a_notice,
    ExportKind.MAILBOX: _of_a_mailbox,
    ExportKind.LISTING: _of_a_list,
    ExportKind.HISTORY: _of_the_history,
}
