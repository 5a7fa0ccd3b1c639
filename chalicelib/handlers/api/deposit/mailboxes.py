"""`/v1/mailboxes`: whether a mailbox can receive, and what it lacks."""

from __future__ import annotations

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.deposit import consultation_tools
from chalicelib.bootstrap.sender import sender_tools
from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.identity_document import parse_mailbox_id
from chalicelib.handlers.http import json_response
from chalicelib.renderers.deposit.reception_json import reception_as_json
from chalicelib.services.deposit.consult_mailbox import consult_mailbox
from chalicelib.services.sender.signed_request import READ_COVERAGE, SignedRequest, read_claim


def show_mailbox(request: SignedRequest, mailbox_id: str) -> Response:
    """Say only whether it can receive, and what of its channels; the consultation is recorded."""
    box = current()
    claim = read_claim(request, READ_COVERAGE, now=box.clock())
    wanted: str | InvalidInput = mailbox_id
    try:
        parse_mailbox_id(mailbox_id, box.mailbox_prefixes)
    except InvalidInput as error:
        wanted = error
    reception = consult_mailbox(
        wanted,
        request=request,
        claim=claim,
        tools=sender_tools(box),
        consultations=consultation_tools(box),
    )
    return json_response(reception_as_json(reception, mailbox_id, zone=box.calendar.zone))
