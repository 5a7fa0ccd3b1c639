"""The commands about requests of people's own data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib.bootstrap import current
from chalicelib.bootstrap.people import data_request_tools
from chalicelib.domain.people.data_request import DataRequestState
from chalicelib.handlers.operator.act import act_of
from chalicelib.handlers.operator.command import Told
from chalicelib.renderers.people import data_request_text
from chalicelib.services.people import answer_data_requests as answering
from chalicelib.services.people.answer_data_requests import Answer


def list_awaiting(given: Mapping[str, Any]) -> Told:
    """Show those that wait, the one due first at the top, and log who looked."""
    box = current()
    page = answering.list_awaiting(act=act_of(given), tools=data_request_tools(box), limit=given["limit"])
    text = data_request_text.list_text(page.requests, box.calendar.zone, box.clock(), is_whole=page.is_whole)
    return Told(text, data_request_text.list_json(page.requests, is_whole=page.is_whole))


def show(given: Mapping[str, Any]) -> Told:
    """Show one, and log who looked."""
    box = current()
    found = answering.show_request(
        given["casilla"], given["solicitud"], act=act_of(given), tools=data_request_tools(box)
    )
    text = data_request_text.request_text(found.request, found.mailbox, box.calendar.zone, box.clock())
    return Told(text, data_request_text.request_json(found.request, found.mailbox))


def answer_done(given: Mapping[str, Any]) -> Told:
    """Answer one that it is done."""
    return _answer(given, DataRequestState.DONE)


def refuse(given: Mapping[str, Any]) -> Told:
    """Answer one with no."""
    return _answer(given, DataRequestState.REFUSED)


def note_told(given: Mapping[str, Any]) -> Told:
    """Have no more e-mails of an answer tried."""
    tools = data_request_tools(current())
    found = answering.note_told(given["casilla"], given["solicitud"], act=act_of(given), tools=tools)
    text = data_request_text.noted_text(found.request)
    return Told(text, data_request_text.answered_json(found.request))


def _answer(given: Mapping[str, Any], state: DataRequestState) -> Told:
    tools, answer = data_request_tools(current()), Answer(state, given["words"])
    found = answering.answer_request(given["casilla"], given["solicitud"], answer, act=act_of(given), tools=tools)
    is_told = found.request.told_at is not None
    text = data_request_text.answered_text(found.request, found.mailbox, is_told=is_told)
    return Told(text, data_request_text.answered_json(found.request), is_done=is_told)
