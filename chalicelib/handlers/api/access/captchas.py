"""`/v1/captchas`: challenges, drawn and spoken."""

from __future__ import annotations

import base64

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.login_form import captcha_tools
from chalicelib.handlers.http import JsonRequest, instant_in_json, json_response
from chalicelib.services.access.captcha import draw_new_captcha, speak_captcha


def create_captcha(_: JsonRequest) -> Response:
    """Begin a challenge that lives ten minutes and counts once."""
    box = current()
    challenge, picture = draw_new_captcha(box.chance.new_token(), tools=captcha_tools(box), now=box.clock())
    answer = {
        "captcha_id": challenge.captcha_id,
        "image": _data("image/png", picture),
        "expires_at": instant_in_json(challenge.valid_until),
        "links": {"audio": f"{box.config.api_base_url}/v1/captchas/{challenge.captcha_id}/audio"},
    }
    return json_response(answer, status=201)


def hear_captcha(_: JsonRequest, captcha_id: str) -> Response:
    """Speak a challenge until it expires; in JSON, since a gateway hands bytes only to who names their type."""
    box = current()
    sound = speak_captcha(captcha_id, tools=captcha_tools(box), now=box.clock())
    return json_response({"audio": _data("audio/wav", sound)})


def _data(media_type: str, content: bytes) -> str:
    return f"data:{media_type};base64,{base64.b64encode(content).decode()}"
