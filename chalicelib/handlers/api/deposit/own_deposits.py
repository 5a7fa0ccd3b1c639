"""`GET /v1/deposits`: what an institution's systems read of what they deposited."""

from __future__ import annotations

import re
from typing import Any

from chalice.app import Response

from chalicelib.bootstrap import Container, current
from chalicelib.bootstrap.deposit import sender_month_store, unreached_store
from chalicelib.bootstrap.files import files
from chalicelib.bootstrap.reading import reading_store
from chalicelib.bootstrap.sender import sender_tools
from chalicelib.bootstrap.storage import event_store, notice_store
from chalicelib.domain.errors import InvalidInput
from chalicelib.handlers.http import json_response
from chalicelib.renderers.deposit.deposit_answer import deposit_links
from chalicelib.renderers.deposit.status_json import deposit_status_as_json
from chalicelib.renderers.deposit.unreached_json import unreached_as_json
from chalicelib.renderers.notice_json import notice_as_json, told_notice_as_json
from chalicelib.services.deposit.list_unreached import MOST_LISTED, UnreachedQuery, list_unreached
from chalicelib.services.deposit.read_deposit_status import read_deposit_status
from chalicelib.services.deposit.read_deposits import MonthQuery, list_deposits, read_deposit_of, receipt_link
from chalicelib.services.sender.signed_request import READ_COVERAGE, SignedRequest, read_claim

_MOST_OF_MONTH = 100
_NUMBER = re.compile(r"[0-9]{1,3}")


def show_deposit(request: SignedRequest, notice_id: str) -> Response:
    """Show one deposit of the institution's own."""
    box = current()
    claim = read_claim(request, READ_COVERAGE, now=box.clock())
    notice = read_deposit_of(
        notice_id, request=request, claim=claim, tools=sender_tools(box), notices=notice_store(box)
    )
    return json_response(_linked(told_notice_as_json(notice), box))


def show_receipt(request: SignedRequest, notice_id: str) -> Response:
    """Redirect to the receipt PDF by a link that lives five minutes."""
    box = current()
    claim = read_claim(request, READ_COVERAGE, now=box.clock())
    link = receipt_link(
        notice_id,
        request=request,
        claim=claim,
        tools=sender_tools(box),
        notices=notice_store(box),
        files=files(box),
    )
    return Response("", status_code=303, headers={"Location": link, "Content-Type": "text/plain"})


def show_status(request: SignedRequest, notice_id: str) -> Response:
    """Tell what became of a deposit: its alerts, whether it was opened, and the dates in force."""
    box = current()
    claim = read_claim(request, READ_COVERAGE, now=box.clock())
    status = read_deposit_status(
        notice_id,
        request=request,
        claim=claim,
        tools=sender_tools(box),
        readings=reading_store(box),
        events=event_store(box),
    )
    today = box.calendar.local(box.clock()).date()
    told = deposit_status_as_json(status.delivered, status.alerts, status.timeline, status.downloads, today=today)
    return json_response(told)


def list_own(request: SignedRequest) -> Response:
    """List a month of the institution's deposits or, with `alerts`, those whose alerts reached nobody."""
    return (_list_unreached if "alerts" in _parameters(request.query) else _list_month)(request)


def _list_month(request: SignedRequest) -> Response:
    """List the institution's deposits of one month of the country's, oldest first, by cursor."""
    box = current()
    claim = read_claim(request, READ_COVERAGE, now=box.clock())
    page = list_deposits(
        lambda: month_query(request.query),
        request=request,
        claim=claim,
        tools=sender_tools(box),
        months=sender_month_store(box),
        zone=box.calendar.zone,
    )
    return json_response(
        {"deposits": [_linked(notice_as_json(notice), box) for notice in page.notices], "next_cursor": page.cursor}
    )


def _list_unreached(request: SignedRequest) -> Response:
    """List the unread deposits of which some channel's alerts reached nobody, the newest failure first, by cursor."""
    box = current()
    claim = read_claim(request, READ_COVERAGE, now=box.clock())
    page = list_unreached(
        lambda: _unreached_query(request.query),
        request=request,
        claim=claim,
        tools=sender_tools(box),
        store=unreached_store(box),
    )
    today = box.calendar.local(box.clock()).date()
    told = unreached_as_json(page.deposits, page.cursor, today=today, api_base_url=box.config.api_base_url)
    return json_response(told)


def _linked(notice: dict[str, Any], box: Container) -> dict[str, Any]:
    return {**notice, "links": deposit_links(notice["notice_id"], box.config.api_base_url)}


def _parameters(text: str) -> dict[str, str]:
    return dict(pair.split("=", 1) for pair in text.split("&") if pair)


def month_query(text: str) -> MonthQuery:
    """Read which month, and which page of it.

    Raises:
        InvalidInput: `query_unknown`, `limit_invalid`.

    """
    query = _parameters(text)
    month, cursor, limit = query.pop("month", ""), query.pop("cursor", None), query.pop("limit", "50")
    _refuse_rest(query)
    return MonthQuery(month, cursor, _limit(limit, _MOST_OF_MONTH))


def _unreached_query(text: str) -> UnreachedQuery:
    query = _parameters(text)
    alerts, cursor, limit = query.pop("alerts"), query.pop("cursor", None), query.pop("limit", "50")
    if alerts != "failed":
        detail = "El parámetro alerts es «failed», que pide los depósitos cuyos avisos no llegaron; o no va."
        raise InvalidInput("alerts_invalid", detail, field="alerts")
    _refuse_rest(query)
    return UnreachedQuery(cursor, _limit(limit, MOST_LISTED))


def _refuse_rest(query: dict[str, str]) -> None:
    if query:
        raise InvalidInput("query_unknown", f"Esta consulta no tiene el parámetro «{min(query)}».", field=min(query))


def _limit(text: str, most: int) -> int:
    if not _NUMBER.fullmatch(text) or not 1 <= int(text) <= most:
        raise InvalidInput("limit_invalid", f"El parámetro limit va de 1 a {most}.", field="limit")
    return int(text)
