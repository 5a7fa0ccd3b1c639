"""`/v1/profile`: a user's own data, contact and channels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalice.app import Blueprint, Response

from chalicelib.bootstrap import current
from chalicelib.handlers.fields import Fields, read_json
from chalicelib.handlers.http import MAILBOX, endpoint, instant_in_json, json_response, logger
from chalicelib.services.sender.signed_request import SignedRequest

if TYPE_CHECKING:
    from chalicelib.domain.session import Session
    from chalicelib.services.people.profile import ContactChange, Profile

profile = Blueprint(__name__)

_LONGEST = 300


@profile.route("/v1/profile", methods=["GET"])
@endpoint(profile, access=MAILBOX)
def show(_: SignedRequest, session: Session) -> Response:
    """Show the own data."""
    from chalicelib.handlers.access_tools import access_tools
    from chalicelib.services.people.profile import show_profile

    box = current()
    return json_response(_as_json(show_profile(session, tools=access_tools(box), now=box.clock())))


@profile.route("/v1/profile", methods=["POST"])
@endpoint(profile, access=MAILBOX)
def change(request: SignedRequest, session: Session) -> Response:
    """Change what is named: the mobile, where empty takes it away, and alerts by SMS."""
    from chalicelib.handlers.access_tools import access_tools
    from chalicelib.services.people.profile import change_contact

    box = current()
    contact, tools, now = read_contact(read_json(request.body)), access_tools(box), box.clock()
    return json_response(_as_json(change_contact(session, contact, origin=request.origin, tools=tools, now=now)))


@profile.route("/v1/profile/email", methods=["POST"])
@endpoint(profile, access=MAILBOX)
def request_email(request: SignedRequest, session: Session) -> Response:
    """Send a code to the new address."""
    from chalicelib.handlers.access_tools import access_tools
    from chalicelib.services.people.change_email import request_new_email

    box = current()
    fields = read_json(request.body)
    email = fields.text("email", longest=_LONGEST)
    fields.close()
    awaiting = request_new_email(session, email, tools=access_tools(box), now=box.clock())
    return json_response(_as_json(awaiting), status=202)


@profile.route("/v1/profile/email/verification", methods=["POST"])
@endpoint(profile, access=MAILBOX)
def verify_email(request: SignedRequest, session: Session) -> Response:
    """Put the new address in the old one's place by the code."""
    from chalicelib.handlers.access_tools import access_tools
    from chalicelib.services.people.change_email import verify_new_email

    box = current()
    code, tools, now = read_code(read_json(request.body)), access_tools(box), box.clock()
    changed = verify_new_email(session, code, origin=request.origin, tools=tools, now=now)
    log_old_address_untold(changed.is_told)
    return json_response(_as_json(changed.profile))


def read_contact(fields: Fields) -> ContactChange:
    """Read what is to change of mobile and alerts."""
    from chalicelib.services.people.profile import ContactChange

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
        logger.warning("e-mail changed, its old address could not be told")


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
