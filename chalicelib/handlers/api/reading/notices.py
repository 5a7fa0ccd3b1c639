"""`/v1/notices`: what a mailbox holds, for its users; opening is an act of its own, since it can start a term."""

from __future__ import annotations

from typing import Any

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.files import files
from chalicelib.bootstrap.reading import reading_tools
from chalicelib.domain.reading.reading import Reading
from chalicelib.domain.session import Session
from chalicelib.handlers.admission import with_session
from chalicelib.handlers.api.query import Query
from chalicelib.handlers.commands.reading import NOTICE
from chalicelib.handlers.http import JsonRequest, json_response
from chalicelib.renderers.reading.delivered_json import details_as_json, envelope_as_json
from chalicelib.services.reading.download_file import LINK_LIVES_S, download_file
from chalicelib.services.reading.list_notices import PAGE_SIZES, list_notices
from chalicelib.services.reading.read_notice import ReadNotice, read_notice
from chalicelib.services.reading.tools import delivered_to
from chalicelib.store.reading.reading_store import FoundNotice


def list_mailbox(request: JsonRequest, session: Session) -> Response:
    """List a page, newest first, with both counters."""
    query = Query(request.parameters)
    reading = query.choice("reading", ("pending", "read", "all"))
    limit = int(query.choice("limit", tuple(str(size) for size in PAGE_SIZES)))
    cursor = query.text("cursor")
    query.close()
    box = current()
    tools = reading_tools(box)
    chosen = None if reading == "all" else Reading(reading)
    page = list_notices(session, chosen, cursor=cursor, limit=limit, tools=tools)
    today, base = tools.today(), box.config.api_base_url
    answer = {
        "counts": {"pending": page.counts.pending, "read": page.counts.opened},
        "notices": [envelope_as_json(notice, today=today, api_base_url=base) for notice in page.notices],
        "next_cursor": page.cursor,
    }
    return json_response(answer)


@with_session(NOTICE)
def show_notice(request: JsonRequest, session: Session, found: FoundNotice, notice_id: str) -> Response:  # noqa: ARG001 - found by it already
    """Show the envelope of a notice that nobody opened; everything about one that was, which is opening it again."""
    box = current()
    tools = reading_tools(box)
    delivered = delivered_to(session, found)
    if delivered.reading is Reading.PENDING or delivered.suspension is not None:
        return json_response(envelope_as_json(delivered, today=tools.today(), api_base_url=box.config.api_base_url))
    return json_response(_as_json(read_notice(session, found, origin=request.origin, tools=tools)))


@with_session(NOTICE)
def create_opening(request: JsonRequest, session: Session, found: FoundNotice, notice_id: str) -> Response:  # noqa: ARG001 - as above
    """Open a notice, for the first time or again."""
    read = read_notice(session, found, origin=request.origin, tools=reading_tools(current()))
    return json_response(_as_json(read), status=201 if read.opened.is_first else 200)


@with_session(NOTICE)
def show_file(request: JsonRequest, session: Session, found: FoundNotice, notice_id: str, name: str) -> Response:  # noqa: ARG001 - as above
    """Give a link to one file of an opened notice, or to its receipt, and log it."""
    box = current()
    download = download_file(session, found, name, origin=request.origin, tools=reading_tools(box), files=files(box))
    answer = {
        "filename": download.filename,
        "media_type": download.media_type,
        "url": download.url,
        "expires_in": LINK_LIVES_S,
    }
    return json_response(answer)


def _as_json(read: ReadNotice) -> dict[str, Any]:
    box = current()
    details = details_as_json(
        read.opened.delivered, read.timeline, today=reading_tools(box).today(), api_base_url=box.config.api_base_url
    )
    return {**details, "is_first_opening": read.opened.is_first}
