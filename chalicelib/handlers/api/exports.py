"""`/v1/exports`: files that a worker puts together for a person, and how far they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalice.app import Blueprint, Response

from chalicelib.bootstrap import current
from chalicelib.handlers.api.body import read_json
from chalicelib.handlers.http import MAILBOX, endpoint, instant_in_json, json_response
from chalicelib.services.signed_request import SignedRequest

if TYPE_CHECKING:
    from chalicelib.domain.export import Export
    from chalicelib.domain.session import Session

exports = Blueprint(__name__)


def with_export(credential: str, parameters: dict[str, str]) -> tuple[Any, ...]:
    """Find the session and the export that the path names, in one read."""
    from chalicelib.handlers.access_tools import access_tools
    from chalicelib.services.sessions import find_session_with
    from chalicelib.store.export_store import ExportStore

    box = current()
    key = ExportStore.key(parameters["export_id"])
    session, found = find_session_with(credential, [key], sessions=access_tools(box).sessions, now=box.clock())
    return session, ExportStore.from_item(found[key]) if key in found else None


@exports.route("/v1/exports", methods=["POST"])
@endpoint(exports, access=MAILBOX)
def create_export(request: SignedRequest, session: Session) -> Response:
    """Ask for a file."""
    from chalicelib.domain.export import ExportKind
    from chalicelib.services.request_export import request_export

    fields = read_json(request.body)
    kind = fields.choice("kind", ExportKind, ", ".join(ExportKind))
    parameters = _PARAMETERS[kind.value](fields)
    fields.close()
    return json_response(
        _export_as_json(request_export(kind, parameters, session, tools=current().export_tools)), status=202
    )


@exports.route("/v1/exports/{export_id}", methods=["GET"])
@endpoint(exports, access=MAILBOX, find=with_export)
def show_export(_: SignedRequest, session: Session, found: Export | None, export_id: str) -> Response:  # noqa: ARG001 - found by it already
    """Tell how far a file is, and where to fetch it once it is ready."""
    from chalicelib.services.request_export import find_export

    return json_response(_export_as_json(find_export(found, session, tools=current().export_tools)))


def _export_as_json(export: Export) -> dict[str, object]:
    from chalicelib.services.request_export import export_link

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
            "url": export_link(export, tools=box.export_tools),
        },
        "problem": export.problem and {"code": export.problem.code, "detail": export.problem.detail},
        "links": {"self": f"{box.config.api_base_url}/v1/exports/{export.export_id}"},
    }


def _of_a_notice(fields: Any) -> dict[str, str]:
    from chalicelib.domain.codes import parse_code

    return {"notice_id": parse_code(fields.text("notice_id", longest=20))}


def _of_a_list(fields: Any) -> dict[str, str]:
    from urllib.parse import parse_qs

    from chalicelib.domain.export import ListingFormat
    from chalicelib.domain.search_query import read_conditions, typed_conditions
    from chalicelib.services.export_listing import listing_parameters

    chosen = fields.choice("format", ListingFormat, ", ".join(ListingFormat))
    query = fields.blob("query") if fields.has("query") else ""
    return listing_parameters(read_conditions(typed_conditions(parse_qs(query))), chosen)


_PARAMETERS = {"annexes": _of_a_notice, "listing": _of_a_list}
