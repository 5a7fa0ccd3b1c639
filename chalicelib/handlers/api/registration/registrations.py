"""`/v1/registrations`: people and companies register by themselves. The id in the address is their only key."""

from __future__ import annotations

from typing import Any

from chalice.app import Response

from chalicelib.domain.masking import mask_email
from chalicelib.domain.registration.registration import Registration
from chalicelib.handlers.commands import registration
from chalicelib.handlers.http import JsonRequest, instant_in_json, json_response


def create_registration(request: JsonRequest) -> Response:
    """Begin a registration."""
    started = registration.begin(request.fields(), origin=request.origin)
    told = {"registration_id": started.registration_id, "mail_sent": started.is_mail_sent}
    return json_response({**told, **_as_json(started.registration)}, status=201)


def show_registration(_: JsonRequest, registration_id: str) -> Response:
    """Tell how far it came."""
    return json_response(_as_json(registration.find_registration(registration_id)))


def verify_registration(request: JsonRequest, registration_id: str) -> Response:
    """Verify the address by the code."""
    return json_response(_as_json(registration.verify(registration_id, request.fields(), origin=request.origin)))


def resend_code(_: JsonRequest, registration_id: str) -> Response:
    """Send the last e-mail again."""
    return json_response(_as_json(registration.resend(registration_id)), status=202)


def change_email(request: JsonRequest, registration_id: str) -> Response:
    """Take another address."""
    changed = registration.change_address(registration_id, request.fields())
    return json_response(_as_json(changed), status=202)


def _as_json(found: Registration) -> dict[str, Any]:
    """Whether a mailbox was opened or was there already is not among it."""
    return {
        "state": found.state.value,
        "email": mask_email(found.email),
        "expires_at": None if found.expires_at is None else instant_in_json(found.expires_at),
        "answer_until": None if found.review_until is None else instant_in_json(found.review_until),
        "continues_at": None if found.put_off_until is None else instant_in_json(found.put_off_until),
    }
