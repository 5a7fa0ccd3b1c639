"""`/v1/notices`: what a mailbox holds, for its users; opening is an act of its own, since it can start a term."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalice.app import Blueprint, Response

from chalicelib.bootstrap import current
from chalicelib.handlers.http import MAILBOX, endpoint, json_response
from chalicelib.services.sender.signed_request import SignedRequest

if TYPE_CHECKING:
    from chalicelib.domain.session import Session
    from chalicelib.services.reading.open_notice import OpenedNotice
    from chalicelib.store.reading.reading_store import FoundNotice

notices = Blueprint(__name__)


def with_notice(credential: str, parameters: dict[str, str]) -> tuple[Any, ...]:
    """Find the session and the notice that the path names, with its alerts, in one read."""
    from chalicelib.domain.codes import parse_code
    from chalicelib.domain.errors import InvalidInput
    from chalicelib.handlers.access_tools import access_tools
    from chalicelib.services.access.sessions import find_session_with
    from chalicelib.store.reading.reading_store import ReadingStore

    box = current()
    try:
        notice_id = parse_code(parameters["notice_id"])
    except InvalidInput:
        notice_id = ""
    keys = ReadingStore.keys(notice_id) if notice_id else ()
    session, found = find_session_with(credential, keys, sessions=access_tools(box).sessions, now=box.clock())
    return session, ReadingStore.from_found(notice_id, found)


@notices.route("/v1/notices", methods=["GET"])
@endpoint(notices, access=MAILBOX)
def list_mailbox(request: SignedRequest, session: Session) -> Response:
    """List a page, newest first, with both counters."""
    from chalicelib.domain.reading.reading import Reading
    from chalicelib.handlers.api.query import Query
    from chalicelib.renderers.reading.delivered_json import envelope_as_json
    from chalicelib.services.reading.list_notices import PAGE_SIZES, list_notices

    query = Query(request.parameters)
    reading = query.choice("reading", ("pending", "read", "all"))
    limit = int(query.choice("limit", tuple(str(size) for size in PAGE_SIZES)))
    cursor = query.text("cursor")
    query.close()
    box = current()
    tools = box.reading_tools
    chosen = None if reading == "all" else Reading(reading)
    page = list_notices(session, chosen, cursor=cursor, limit=limit, tools=tools)
    today, base = tools.today(), box.config.api_base_url
    answer = {
        "counts": {"pending": page.counts.pending, "read": page.counts.opened},
        "notices": [envelope_as_json(notice, today=today, api_base_url=base) for notice in page.notices],
        "next_cursor": page.cursor,
    }
    return json_response(answer)


@notices.route("/v1/notices/{notice_id}", methods=["GET"])
@endpoint(notices, access=MAILBOX, find=with_notice)
def show_notice(request: SignedRequest, session: Session, found: FoundNotice, notice_id: str) -> Response:  # noqa: ARG001 - found by it already
    """Show the envelope of a notice that nobody opened; everything about one that was, which is opening it again."""
    from chalicelib.domain.reading.reading import Reading
    from chalicelib.renderers.reading.delivered_json import envelope_as_json
    from chalicelib.services.reading.open_notice import open_notice
    from chalicelib.services.reading.tools import delivered_to

    box = current()
    tools = box.reading_tools
    delivered = delivered_to(session, found)
    if delivered.reading is Reading.PENDING:
        return json_response(envelope_as_json(delivered, today=tools.today(), api_base_url=box.config.api_base_url))
    return json_response(_opened_as_json(open_notice(session, found, origin=request.origin, tools=tools)))


@notices.route("/v1/notices/{notice_id}/opening", methods=["POST"])
@endpoint(notices, access=MAILBOX, find=with_notice)
def create_opening(request: SignedRequest, session: Session, found: FoundNotice, notice_id: str) -> Response:  # noqa: ARG001 - as above
    """Open a notice, for the first time or again."""
    from chalicelib.services.reading.open_notice import open_notice

    opened = open_notice(session, found, origin=request.origin, tools=current().reading_tools)
    return json_response(_opened_as_json(opened), status=201 if opened.is_first else 200)


@notices.route("/v1/notices/{notice_id}/files/{name}", methods=["GET"])
@endpoint(notices, access=MAILBOX, find=with_notice)
def show_file(request: SignedRequest, session: Session, found: FoundNotice, notice_id: str, name: str) -> Response:  # noqa: ARG001 - as above
    """Give a link to one file of an opened notice, or to its receipt, and log it."""
    from chalicelib.services.reading.download_file import LINK_LIVES_S, download_file

    download = download_file(session, found, name, origin=request.origin, tools=current().reading_tools)
    answer = {
        "filename": download.filename,
        "media_type": download.media_type,
        "url": download.url,
        "expires_in": LINK_LIVES_S,
    }
    return json_response(answer)


def _opened_as_json(opened: OpenedNotice) -> dict[str, Any]:
    from chalicelib.renderers.reading.delivered_json import details_as_json

    box = current()
    details = details_as_json(
        opened.delivered, opened.alerts, today=box.reading_tools.today(), api_base_url=box.config.api_base_url
    )
    return {**details, "is_first_opening": opened.is_first}
