"""`/v1/notices/search`: a person looks for notices in the own mailbox."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalice.app import Blueprint, Response

from chalicelib.bootstrap import current
from chalicelib.handlers.http import MAILBOX, endpoint, instant_in_json, json_response
from chalicelib.services.signed_request import SignedRequest

if TYPE_CHECKING:
    from chalicelib.domain.session import Session

notice_search = Blueprint(__name__)

_PAGE_SIZES = ("50", "10", "25")


@notice_search.route("/v1/notices/search", methods=["GET"])
@endpoint(notice_search, access=MAILBOX)
def search(request: SignedRequest, session: Session) -> Response:
    """Return a page of what the conditions select, newest first, and how far was looked."""
    from chalicelib.domain.search import year_of
    from chalicelib.domain.search_query import PARAMETERS, read_conditions, typed_conditions
    from chalicelib.handlers.api.query import Query
    from chalicelib.renderers.search_json import conditions_as_json, listed_as_json, looked_in_words
    from chalicelib.services.search_notices import search_notices

    query = Query({name: values for name, values in request.parameters.items() if name not in PARAMETERS})
    cursor, limit = query.text("cursor"), int(query.choice("limit", _PAGE_SIZES))
    query.close()
    conditions = read_conditions(typed_conditions(request.parameters))
    box = current()
    zone = box.calendar.zone
    page = search_notices(
        session.mailbox_id, conditions, cursor=cursor, limit=limit, notices=box.notice_search, zone=zone
    )
    until = page.looked_until
    return json_response(
        {
            "conditions": conditions_as_json(conditions),
            "notices": [listed_as_json(notice, year=year_of(notice, zone)) for notice in page.matches],
            "next_cursor": page.cursor,
            "is_complete": page.is_complete,
            "looked_at": page.looked_at,
            "looked_until": until and instant_in_json(until),
            "detail": looked_in_words(until and until.astimezone(zone), is_complete=page.is_complete),
        }
    )
