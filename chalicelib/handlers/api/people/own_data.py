"""`/v1/own-data` and `/v1/data-requests`: what is held about a person, and what they ask about it (DAT-1)."""

from __future__ import annotations

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.domain.people.closing import is_closed
from chalicelib.domain.people.data_request import DataRequestKind
from chalicelib.domain.session import Session
from chalicelib.handlers.admission import before_texts
from chalicelib.handlers.commands import own_data
from chalicelib.handlers.http import JsonRequest, instant_in_json, json_response
from chalicelib.renderers.people.own_data import own_data_json, request_json


@before_texts
def show(_: JsonRequest, session: Session) -> Response:
    """Show what is held but the log, which is in the copy alone: that one is on record, and told."""
    return json_response(own_data_json(own_data.held_data(session, most=0), current().clock()))


@before_texts
def list_requests(_: JsonRequest, session: Session) -> Response:
    """Show what was asked for, and the legal terms in force."""
    own = own_data.own_requests(session)
    terms = {kind.value: days for kind, days in own.terms.business_days.items()}
    return json_response(
        {
            "requests": [request_json(one) for one in own.requests],
            "terms": {"norm": own.terms.norm, "business_days": terms},
            "mailbox_closed_at": own.mailbox.closed_at and instant_in_json(own.mailbox.closed_at),
        }
    )


@before_texts
def create_request(request: JsonRequest, session: Session) -> Response:
    """Ask for something; what would double an open request answers that one. A copy comes with the answer."""
    fields = request.fields()
    kind = fields.choice("kind", DataRequestKind, own_data.KINDS)
    made = own_data.make_request(kind, fields, session, origin=request.origin)
    copy = {}
    if kind is DataRequestKind.EXPORT:
        copy = {"own_data": own_data_json(own_data.held_data(session), current().clock())}
    return json_response({**request_json(made), **copy}, status=201)


@before_texts
def withdraw(request: JsonRequest, session: Session, reference: str) -> Response:
    """Take one back."""
    request.fields(otherwise=b"{}").close()
    return json_response(request_json(own_data.withdraw_request(session, reference, origin=request.origin)))


def reopen(request: JsonRequest, session: Session) -> Response:
    """Open a closed mailbox again, if the own password came with it."""
    mailbox = own_data.reopen(request.fields(), session, origin=request.origin)
    return json_response({"state": mailbox.state.value, "is_closed": is_closed(mailbox)})
