"""`/v1/users` and `/v1/activations`: who has access to a mailbox, and how a new one begins."""

from __future__ import annotations

from chalice.app import Response

from chalicelib.domain.mailbox import MAX_USERS, Mailbox
from chalicelib.domain.session import Session
from chalicelib.handlers.commands import people
from chalicelib.handlers.http import JsonRequest, json_response


def show_users(_: JsonRequest, session: Session) -> Response:
    """List the mailbox's users, and say whether who asks can change them."""
    return _listed(people.users_of(session)[0], session)


def create_user(request: JsonRequest, session: Session) -> Response:
    """Add a secondary user, who gets the activation by e-mail."""
    added = people.add_user(request.fields(), session, origin=request.origin)
    body = {**_user_as_json(added.mailbox, added.user.user_id, session), "mail_sent": added.is_mail_sent}
    return json_response(body, status=201)


def disable(request: JsonRequest, session: Session, user_id: str) -> Response:
    """Take a secondary user's access away at once."""
    mailbox = people.disable_user(session, user_id, origin=request.origin)
    return json_response(_user_as_json(mailbox, user_id, session))


def remove(request: JsonRequest, session: Session, user_id: str) -> Response:
    """Take a secondary user out of the mailbox, and list who is left."""
    return _listed(people.remove_user(session, user_id, origin=request.origin), session)


def enable(request: JsonRequest, session: Session, user_id: str) -> Response:
    """Give it back."""
    mailbox = people.enable_user(session, user_id, origin=request.origin)
    return json_response(_user_as_json(mailbox, user_id, session))


def send_activation_mail(request: JsonRequest, session: Session, user_id: str) -> Response:
    """Send the activation again, to a corrected address if one is given."""
    fields = request.fields(otherwise=b"{}")
    mailbox = people.send_activation(fields, session, user_id, origin=request.origin)
    return json_response(_user_as_json(mailbox, user_id, session), status=202)


def activate(request: JsonRequest, link: str) -> Response:
    """Choose the first password by the link; only this uses the link up."""
    username = people.activate(link, request.fields(), origin=request.origin)
    return json_response({"username": username, "detail": "Tu acceso está activo. Ingresa con tu usuario."})


def _listed(mailbox: Mailbox, session: Session) -> Response:
    asking = mailbox.user(session.user_id)
    listed = [_user_as_json(mailbox, user.user_id, session) for user in mailbox.users]
    return json_response({"users": listed, "most": MAX_USERS, "can_change": asking is not None and asking.is_principal})


def _user_as_json(mailbox: Mailbox, user_id: str, session: Session) -> dict[str, object]:
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
