"""`/v1/users` and `/v1/activations`: who has access to a mailbox, and how a new one begins."""

from __future__ import annotations

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.access import access_tools
from chalicelib.domain.mailbox import MAX_USERS, Mailbox
from chalicelib.domain.people.mailbox_users import TypedUser
from chalicelib.domain.session import Session
from chalicelib.handlers.commands.access import read_new_password
from chalicelib.handlers.fields import Fields, read_json
from chalicelib.handlers.http import JsonRequest, json_response
from chalicelib.services.people.activate_user import activate_user
from chalicelib.services.people.mailbox_users import add_user, disable_user, enable_user, list_users
from chalicelib.services.people.send_activation import resend_activation

NEW_USER_FIELDS = ("document_type", "document_number", "name", "email", "mobile")
_LONGEST = 300


def show_users(_: JsonRequest, session: Session) -> Response:
    """List the mailbox's users, and say whether who asks can change them."""
    mailbox, asking = list_users(session, tools=access_tools(current()))
    listed = [user_as_json(mailbox, user.user_id, session) for user in mailbox.users]
    return json_response({"users": listed, "most": MAX_USERS, "can_change": asking.is_principal})


def create_user(request: JsonRequest, session: Session) -> Response:
    """Add a secondary user, who gets the activation by e-mail."""
    box = current()
    typed = read_new_user(request.fields())
    added = add_user(session, typed, origin=request.origin, tools=access_tools(box), now=box.clock())
    body = {**user_as_json(added.mailbox, added.user.user_id, session), "mail_sent": added.is_mail_sent}
    return json_response(body, status=201)


def disable(request: JsonRequest, session: Session, user_id: str) -> Response:
    """Take a secondary user's access away at once."""
    box = current()
    mailbox = disable_user(session, user_id, origin=request.origin, tools=access_tools(box), now=box.clock())
    return json_response(user_as_json(mailbox, user_id, session))


def enable(request: JsonRequest, session: Session, user_id: str) -> Response:
    """Give it back."""
    box = current()
    mailbox = enable_user(session, user_id, origin=request.origin, tools=access_tools(box), now=box.clock())
    return json_response(user_as_json(mailbox, user_id, session))


def send_activation_mail(request: JsonRequest, session: Session, user_id: str) -> Response:
    """Send the activation again, to a corrected address if one is given."""
    box = current()
    email = read_corrected_email(read_json(request.body or b"{}"))
    tools, now = access_tools(box), box.clock()
    mailbox = resend_activation(session, user_id, email, origin=request.origin, tools=tools, now=now)
    return json_response(user_as_json(mailbox, user_id, session), status=202)


def activate(request: JsonRequest, link: str) -> Response:
    """Choose the first password by the link; only this uses the link up."""
    box = current()
    fields = request.fields()
    new = read_new_password(fields)
    fields.close()
    username = activate_user(link, new, origin=request.origin, tools=access_tools(box), now=box.clock())
    return json_response({"username": username, "detail": "Tu acceso está activo. Ingresa con tu usuario."})


def read_new_user(fields: Fields) -> TypedUser:
    """Read a person to be added, as typed."""
    typed = TypedUser(**{name: _typed(fields, name) for name in NEW_USER_FIELDS})
    fields.close()
    return typed


def read_corrected_email(fields: Fields) -> str | None:
    """Read another address for an activation; None where it goes to the one on record."""
    email = fields.text("email", longest=_LONGEST) if fields.has("email") else None
    fields.close()
    return email


def user_as_json(mailbox: Mailbox, user_id: str, session: Session) -> dict[str, object]:
    """Write one user of the mailbox."""
    user = next(user for user in mailbox.users if user.user_id == user_id)
    return {
        "user_id": user.user_id,
        "username": mailbox.username_of(user),
        "document_type": user.document_type,
        "document_number": user.document_number or None,
        "name": user.name,
        "email": user.email,
        "mobile": user.mobile,
        "state": user.state,
        "is_principal": user.is_principal,
        "is_current": user.user_id == session.user_id,
    }


def _typed(fields: Fields, name: str) -> str:
    """Return what was typed; what is missing or empty is told with everything else that is wrong."""
    return fields.text(name, longest=_LONGEST) if fields.has(name) and fields.blob(name).strip() else ""
