"""`/v1/representative`: a company whose mailbox was opened before that was asked says who represents it."""

from __future__ import annotations

from chalice.app import Response

from chalicelib.domain.session import Session
from chalicelib.handlers.commands import registration
from chalicelib.handlers.http import JsonRequest, json_response


def name_representative(request: JsonRequest, session: Session) -> Response:
    """Compare and keep the person; named before, the same answer comes again."""
    mailbox = registration.name_person(request.fields(), session, origin=request.origin)
    principal = next(user for user in mailbox.users if user.is_principal)
    return json_response({"representative": principal.name})
