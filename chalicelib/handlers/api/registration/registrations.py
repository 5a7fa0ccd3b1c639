"""`/v1/registrations`: people and companies register by themselves. The id in the address is their only key."""

from __future__ import annotations

from typing import Any

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.registration import open_registration_tools
from chalicelib.domain.masking import mask_email
from chalicelib.domain.registration.registration import Registration
from chalicelib.handlers.commands.registration import read_application, read_new_email
from chalicelib.handlers.http import JsonRequest, instant_in_json, json_response
from chalicelib.services.registration.resend_registration_mail import (
    change_registration_email,
    resend_registration_mail,
)
from chalicelib.services.registration.start_registration import start_registration
from chalicelib.services.registration.tools import open_registration
from chalicelib.services.registration.verify_registration import verify_by_code


def create_registration(request: JsonRequest) -> Response:
    """Begin a registration."""
    tools = open_registration_tools(current())
    application = read_application(request.fields(), origin=request.origin, now=tools.clock())
    started = start_registration(application, origin=request.origin, tools=tools)
    told = {"registration_id": started.registration_id, "mail_sent": started.is_mail_sent}
    return json_response({**told, **_as_json(started.registration)}, status=201)


def show_registration(request: JsonRequest, registration_id: str) -> Response:  # noqa: ARG001
    """Tell how far it came."""
    return json_response(_as_json(open_registration(registration_id, open_registration_tools(current()))))


def verify_registration(request: JsonRequest, registration_id: str) -> Response:
    """Verify the address by the code."""
    tools = open_registration_tools(current())
    fields = request.fields()
    code = fields.text("code", longest=100)
    fields.close()
    return json_response(_as_json(verify_by_code(registration_id, code, tools=tools)))


def resend_code(request: JsonRequest, registration_id: str) -> Response:  # noqa: ARG001
    """Send the last e-mail again."""
    tools = open_registration_tools(current())
    return json_response(_as_json(resend_registration_mail(registration_id, tools=tools)), status=202)


def change_email(request: JsonRequest, registration_id: str) -> Response:
    """Take another address."""
    tools = open_registration_tools(current())
    email = read_new_email(request.fields())
    return json_response(_as_json(change_registration_email(registration_id, email, tools=tools)), status=202)


def _as_json(registration: Registration) -> dict[str, Any]:
    """Whether a mailbox was opened or was there already is not among it."""
    return {
        "state": registration.state.value,
        "email": mask_email(registration.email),
        "expires_at": None if registration.expires_at is None else instant_in_json(registration.expires_at),
    }
