"""`/v1/profile`: a user's own data and contact."""

from __future__ import annotations

from chalice.app import Response

from chalicelib.domain.errors import InvalidInput, collect
from chalicelib.domain.session import Session
from chalicelib.handlers.commands import people
from chalicelib.handlers.commands.access import close_read, read_password
from chalicelib.handlers.http import JsonRequest, instant_in_json, json_response
from chalicelib.renderers.people.own_data import addresses_json
from chalicelib.services.people.change_email import NewEmail
from chalicelib.services.people.profile import Profile

_LONGEST = 300


def show(_: JsonRequest, session: Session) -> Response:
    """Show the own data."""
    return json_response(_as_json(people.own_profile(session)))


def change(request: JsonRequest, session: Session) -> Response:
    """Change what is named, which is the mobile or nothing; an empty one takes it away."""
    return json_response(_as_json(people.change_contact(request.fields(), session, origin=request.origin)))


def request_email(request: JsonRequest, session: Session) -> Response:
    """Send a code to the new address, if the own password came with it."""
    fields = request.fields()
    problems: list[InvalidInput] = []
    email = collect(problems, lambda: fields.text("email", longest=_LONGEST), "")
    password = collect(problems, lambda: read_password(fields, "password"), "")
    close_read(fields, problems)
    asked = NewEmail(email, password)
    return json_response(_as_json(people.ask_for_email(asked, session, origin=request.origin)), status=202)


def verify_email(request: JsonRequest, session: Session) -> Response:
    """Prove the new address by the code; it counts a day later, or once the old one confirms it."""
    return json_response(_as_json(people.verify_email(request.fields(), session, origin=request.origin)))


def _as_json(shown: Profile) -> dict[str, object]:
    mailbox, user = shown.mailbox, shown.user
    return {
        "username": mailbox.username_of(user),
        "is_principal": user.is_principal,
        "document_type": user.document_type,
        "document_number": user.document_number or None,
        "name": user.name,
        "email": user.email,
        "mobile": user.mobile,
        "addresses": addresses_json(mailbox, user),
        "waiting_email": user.waiting and user.waiting.email,
        "waiting_email_from": user.waiting and instant_in_json(user.waiting.effective_at),
        "new_email": shown.new_email,
        "new_email_until": shown.new_email_until and instant_in_json(shown.new_email_until),
        "accepted": [
            {"text": one.text, "version": one.version, "accepted_at": instant_in_json(one.accepted_at)}
            for one in shown.accepted
        ],
        "mailbox": {
            "mailbox_id": mailbox.mailbox_id,
            "holder": {
                "document_type": mailbox.holder.document_type,
                "document_number": mailbox.holder.document_number,
                "name": mailbox.holder.name,
            },
            "accepted": [
                {"text": one.text, "version": one.version, "accepted_at": instant_in_json(one.accepted_at)}
                for one in mailbox.accepted
            ],
        },
    }
