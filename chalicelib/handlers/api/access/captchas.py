"""`/v1/captchas`: challenges, drawn and spoken."""

from __future__ import annotations

import base64

from chalice.app import Blueprint, Response

from chalicelib.bootstrap import current
from chalicelib.handlers.http import PUBLIC, endpoint, instant_in_json, json_response
from chalicelib.services.sender.signed_request import SignedRequest

captchas = Blueprint(__name__)


@captchas.route("/v1/captchas", methods=["POST"])
@endpoint(captchas, access=PUBLIC)
def create_captcha(request: SignedRequest) -> Response:
    """Begin a challenge that lives ten minutes and counts once."""
    from chalicelib.services.access.captcha import draw_new_captcha

    box = current()
    challenge, picture = draw_new_captcha(
        box.new_token(), origin=request.origin, tools=box.captcha_tools, now=box.clock()
    )
    answer = {
        "captcha_id": challenge.captcha_id,
        "image": _data("image/png", picture),
        "expires_at": instant_in_json(challenge.valid_until),
        "links": {"audio": f"{box.config.api_base_url}/v1/captchas/{challenge.captcha_id}/audio"},
    }
    return json_response(answer, status=201)


@captchas.route("/v1/captchas/{captcha_id}/audio", methods=["GET"])
@endpoint(captchas, access=PUBLIC)
def hear_captcha(request: SignedRequest, captcha_id: str) -> Response:
    """Speak a challenge that waits; in JSON, since a gateway passes bytes only to who names their type in Accept."""
    from chalicelib.services.access.captcha import speak_captcha

    box = current()
    sound = speak_captcha(captcha_id, origin=request.origin, tools=box.captcha_tools, now=box.clock())
    return json_response({"audio": _data("audio/wav", sound)})


def _data(media_type: str, content: bytes) -> str:
    return f"data:{media_type};base64,{base64.b64encode(content).decode()}"
