"""`/v1/profile`: a user's own data, contact and channels."""

from __future__ import annotations

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.access import access_tools
from chalicelib.domain.session import Session
from chalicelib.handlers.fields import Fields
from chalicelib.handlers.http import JsonRequest, instant_in_json, json_response
from chalicelib.handlers.log import log
from chalicelib.services.people.change_email import request_new_email, verify_new_email
from chalicelib.services.people.profile import ContactChange, Profile, change_contact, show_profile

_LONGEST = 300


def show(_: JsonRequest, session: Session) -> Response:
    """Show the own data."""
    box = current()
    return json_response(_as_json(show_profile(session, tools=access_tools(box), now=box.clock())))


def change(request: JsonRequest, session: Session) -> Response:
    """Change what is named: the mobile, where empty takes it away, and alerts by SMS."""
    box = current()
    contact, tools, now = read_contact(request.fields()), access_tools(box), box.clock()
    return json_response(_as_json(change_contact(session, contact, origin=request.origin, tools=tools, now=now)))


def request_email(request: JsonRequest, session: Session) -> Response:
    """Send a code to the new address."""
    box = current()
    fields = request.fields()
    email = fields.text("email", longest=_LONGEST)
    fields.close()
    awaiting = request_new_email(session, email, tools=access_tools(box), now=box.clock())
    return json_response(_as_json(awaiting), status=202)


def verify_email(request: JsonRequest, session: Session) -> Response:
    """Put the new address in the old one's place by the code."""
    box = current()
    code, tools, now = read_code(request.fields()), access_tools(box), box.clock()
    changed = verify_new_email(session, code, origin=request.origin, tools=tools, now=now)
    log_old_address_untold(changed.is_told)
    return json_response(_as_json(changed.profile))


def read_contact(fields: Fields) -> ContactChange:
    """Read what is to change of mobile and alerts."""
    mobile = fields.blob("mobile")[:_LONGEST] if fields.has("mobile") else None
    alerts_by_sms = fields.flag("alerts_by_sms") if fields.has("alerts_by_sms") else None
    fields.close()
    return ContactChange(mobile, alerts_by_sms)


def read_code(fields: Fields) -> str:
    """Read the code that proves a new address."""
    code = fields.text("code", longest=_LONGEST)
    fields.close()
    return code


def log_old_address_untold(is_told: bool) -> None:
    """Say in the log that a person does not know of the change of the own address."""
    if not is_told:
        log().warning("e-mail changed, its old address could not be told")


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
        "alerts_by_sms": user.alerts_by_sms,
        "new_email": shown.new_email,
        "new_email_until": shown.new_email_until and instant_in_json(shown.new_email_until),
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
