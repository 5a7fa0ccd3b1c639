"""`/v1/registrations`: people and companies register by themselves. The id in the address is their only key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalice.app import Blueprint, Response

from chalicelib.bootstrap import current
from chalicelib.domain.masking import mask_email
from chalicelib.handlers.fields import read_json
from chalicelib.handlers.http import PUBLIC, endpoint, instant_in_json, json_response
from chalicelib.handlers.registration_door import open_registration_tools
from chalicelib.services.sender.signed_request import SignedRequest

if TYPE_CHECKING:
    from chalicelib.domain.registration.registration import Registration

registrations = Blueprint(__name__)


@registrations.route("/v1/registrations", methods=["POST"])
@endpoint(registrations, access=PUBLIC)
def create_registration(request: SignedRequest) -> Response:
    """Begin a registration."""
    from chalicelib.handlers.commands.registration import read_application
    from chalicelib.services.registration.start_registration import start_registration

    tools = open_registration_tools(current())
    application = read_application(read_json(request.body), origin=request.origin, now=tools.clock())
    started = start_registration(application, origin=request.origin, tools=tools)
    told = {"registration_id": started.registration_id, "mail_sent": started.is_mail_sent}
    return json_response({**told, **_as_json(started.registration)}, status=201)


@registrations.route("/v1/registrations/{registration_id}", methods=["GET"])
@endpoint(registrations, access=PUBLIC)
def show_registration(request: SignedRequest, registration_id: str) -> Response:  # noqa: ARG001
    """Tell how far it came."""
    from chalicelib.services.registration.tools import open_registration

    return json_response(_as_json(open_registration(registration_id, open_registration_tools(current()))))


@registrations.route("/v1/registrations/{registration_id}/verification", methods=["POST"])
@endpoint(registrations, access=PUBLIC)
def verify_registration(request: SignedRequest, registration_id: str) -> Response:
    """Verify the address by the code."""
    from chalicelib.services.registration.verify_registration import verify_by_code

    tools = open_registration_tools(current())
    fields = read_json(request.body)
    code = fields.text("code", longest=100)
    fields.close()
    return json_response(_as_json(verify_by_code(registration_id, code, tools=tools)))


@registrations.route("/v1/registrations/{registration_id}/codes", methods=["POST"])
@endpoint(registrations, access=PUBLIC)
def resend_code(request: SignedRequest, registration_id: str) -> Response:  # noqa: ARG001
    """Send the last e-mail again."""
    from chalicelib.services.registration.resend_registration_mail import resend_registration_mail

    tools = open_registration_tools(current())
    return json_response(_as_json(resend_registration_mail(registration_id, tools=tools)), status=202)


@registrations.route("/v1/registrations/{registration_id}/email", methods=["POST"])
@endpoint(registrations, access=PUBLIC)
def change_email(request: SignedRequest, registration_id: str) -> Response:
    """Take another address."""
    from chalicelib.handlers.commands.registration import read_new_email
    from chalicelib.services.registration.resend_registration_mail import change_registration_email

    tools = open_registration_tools(current())
    email = read_new_email(read_json(request.body))
    return json_response(_as_json(change_registration_email(registration_id, email, tools=tools)), status=202)


def _as_json(registration: Registration) -> dict[str, Any]:
    """Whether a mailbox was opened or was there already is not among it."""
    return {
        "state": registration.state.value,
        "email": mask_email(registration.email),
        "expires_at": None if registration.expires_at is None else instant_in_json(registration.expires_at),
    }
