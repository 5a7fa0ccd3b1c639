"""`/v1/notices/search`: a person looks for notices in the own mailbox."""

from __future__ import annotations

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.reading import reading_tools, search_tools
from chalicelib.domain.reading.reading import Reading
from chalicelib.domain.reading.search import Search
from chalicelib.domain.reading.search_query import PARAMETERS, read_conditions, typed_conditions
from chalicelib.domain.session import Session
from chalicelib.handlers.api.query import Query
from chalicelib.handlers.http import JsonRequest, instant_in_json, json_response
from chalicelib.renderers.reading.delivered_json import envelope_as_json
from chalicelib.renderers.reading.search_json import conditions_as_json, looked_in_words
from chalicelib.services.reading.list_notices import PAGE_SIZES
from chalicelib.services.reading.search_notices import search_notices


def search_mailbox(request: JsonRequest, session: Session) -> Response:
    """Return a page of what the conditions select, newest first, with both counters and how far was looked."""
    query = Query({name: values for name, values in request.parameters.items() if name not in PARAMETERS})
    reading = query.choice("reading", ("all", "pending", "read"))
    limit = int(query.choice("limit", tuple(str(size) for size in PAGE_SIZES)))
    cursor = query.text("cursor")
    query.close()
    conditions = read_conditions(typed_conditions(request.parameters))
    box = current()
    search = Search(conditions, None if reading == "all" else Reading(reading))
    page = search_notices(session, search, cursor=cursor, limit=limit, tools=search_tools(box))
    found, today, base = page.matches, reading_tools(box).today(), box.config.api_base_url
    until = found.looked_until
    answer = {
        "counts": {"pending": page.counts.pending, "read": page.counts.opened},
        "conditions": conditions_as_json(conditions),
        "notices": [envelope_as_json(one, today=today, api_base_url=base) for one in found.notices],
        "next_cursor": found.cursor,
        "is_complete": found.is_complete,
        "looked_at": found.looked_at,
        "looked_until": until and instant_in_json(until),
        "detail": looked_in_words(until and box.calendar.local(until), is_complete=found.is_complete),
    }
    return json_response(answer)
