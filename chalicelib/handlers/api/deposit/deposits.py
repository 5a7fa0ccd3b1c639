"""`/v1/deposits`: institutions' systems deposit notices and read what they deposited."""

from __future__ import annotations

import re

from chalice.app import Response

from chalicelib.bootstrap import Container, current
from chalicelib.bootstrap.deposit import deposit_tools, sender_month_store
from chalicelib.bootstrap.reading import reading_store
from chalicelib.bootstrap.sender import sender_tools
from chalicelib.bootstrap.storage import event_store, files, notice_store
from chalicelib.domain.deposit.deposit import DepositCommand
from chalicelib.domain.errors import CasillaError, InvalidInput
from chalicelib.domain.notice import Notice
from chalicelib.handlers.api.deposit.deposit_body import read_deposit
from chalicelib.handlers.http import json_response
from chalicelib.renderers.deposit.deposit_answer import deposit_links
from chalicelib.renderers.notice_json import notice_as_json
from chalicelib.renderers.reading.delivered_json import status_as_json
from chalicelib.services.deposit.deposit_notice import deposit_notice
from chalicelib.services.deposit.read_deposit_status import read_deposit_status
from chalicelib.services.deposit.read_deposits import list_deposits, read_deposit_of, receipt_link
from chalicelib.services.sender.signed_request import READ_COVERAGE, WRITE_COVERAGE, SignedRequest, read_claim

_IDEMPOTENCY_KEY = re.compile(r"[\x21-\x7e]{1,255}")
_MAX_LIMIT = 100


def create_deposit(request: SignedRequest) -> Response:
    """Deposit a notice; a repeated request gets the first answer again."""
    box = current()
    claim = read_claim(request, (*WRITE_COVERAGE, "idempotency-key"), now=box.clock())
    command: DepositCommand | CasillaError
    key = request.headers.get("idempotency-key", "")
    try:
        if not _IDEMPOTENCY_KEY.fullmatch(key):
            raise InvalidInput(
                "idempotency_key_invalid",
                "La cabecera Idempotency-Key debe tener de 1 a 255 caracteres ASCII visibles, sin espacios.",
            )
        command = read_deposit(request.body, box.mailbox_prefixes)
    except CasillaError as error:
        command = error
    answer = deposit_notice(command, idempotency_key=key, request=request, claim=claim, tools=deposit_tools(box))
    headers = {"Idempotency-Replayed": "true"} if answer.is_replay else {}
    return json_response(answer.body, status=201, headers=headers)


def show_deposit(request: SignedRequest, notice_id: str) -> Response:
    """Show one deposit of the institution's own."""
    box = current()
    claim = read_claim(request, READ_COVERAGE, now=box.clock())
    notice = read_deposit_of(
        notice_id, request=request, claim=claim, tools=sender_tools(box), notices=notice_store(box)
    )
    return json_response(_as_json(notice, box))


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
    return json_response(status_as_json(status.delivered, status.alerts, status.downloads, today=today))


def list_month(request: SignedRequest) -> Response:
    """List the institution's deposits of one month, oldest first, by cursor."""
    box = current()
    claim = read_claim(request, READ_COVERAGE, now=box.clock())
    query = dict(pair.split("=", 1) for pair in request.query.split("&") if pair)
    month, cursor, limit = query.pop("month", ""), query.pop("cursor", None), query.pop("limit", "50")
    if query:
        raise InvalidInput("query_unknown", f"Esta consulta no tiene el parámetro «{min(query)}».", field=min(query))
    page = list_deposits(
        month=month,
        cursor=cursor,
        limit=_limit(limit),
        request=request,
        claim=claim,
        tools=sender_tools(box),
        months=sender_month_store(box),
    )
    return json_response({"deposits": [_as_json(notice, box) for notice in page.notices], "next_cursor": page.cursor})


def _as_json(notice: Notice, box: Container) -> dict[str, object]:
    return {**notice_as_json(notice), "links": deposit_links(notice.notice_id, box.config.api_base_url)}


def _limit(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= _MAX_LIMIT:
        raise InvalidInput("limit_invalid", f"El parámetro limit va de 1 a {_MAX_LIMIT}.", field="limit")
    return int(text)
