"""`/v1/profile/addresses/…`: the own e-mail or mobile that alerts do not reach is verified by a code (ALR-4)."""

from __future__ import annotations

from chalice.app import Response

from chalicelib.domain.errors import NotFound
from chalicelib.domain.mailbox import Channel
from chalicelib.domain.session import Session
from chalicelib.handlers.commands import people
from chalicelib.handlers.http import JsonRequest, instant_in_json, json_response
from chalicelib.renderers.people.own_data import address_json
from chalicelib.services.people.verify_address import OwnAddress


def create_code(request: JsonRequest, session: Session, channel: str) -> Response:
    """Send a code there."""
    request.fields().close()
    return json_response(_as_json(people.send_address_code(session, _channel(channel))), status=202)


def verify(request: JsonRequest, session: Session, channel: str) -> Response:
    """Have it live by the code."""
    own = people.verify_own_address(request.fields(), session, _channel(channel), origin=request.origin)
    return json_response(_as_json(own))


def _channel(name: str) -> Channel:
    if name not in set(Channel):
        raise NotFound("address_unknown", "Los avisos van por `email` o por `sms`.")
    return Channel(name)


def _as_json(own: OwnAddress) -> dict[str, object]:
    return {**address_json(own.health), "code_until": own.code_until and instant_in_json(own.code_until)}
