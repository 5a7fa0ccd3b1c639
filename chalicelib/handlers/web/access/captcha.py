"""`/captchas/…`: the challenges of the pages, drawn into them, and spoken on a page of their own."""

from __future__ import annotations

import base64
from dataclasses import dataclass

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.login_form import captcha_tools
from chalicelib.domain.errors import CasillaError
from chalicelib.handlers.page import show
from chalicelib.handlers.page_request import PageRequest
from chalicelib.services.access.captcha import draw_new_captcha, speak_captcha

_ASKING = {"captcha_needed", "captcha_wrong"}


@dataclass(frozen=True, slots=True)
class ShownCaptcha:
    """A challenge in a form; `picture` is a data address."""

    captcha_id: str
    picture: str


def new_captcha() -> ShownCaptcha:
    """Begin a challenge for a form that is about to be shown."""
    box = current()
    challenge, picture = draw_new_captcha(box.chance.new_token(), tools=captcha_tools(box), now=box.clock())
    return ShownCaptcha(challenge.captcha_id, _data("image/png", picture))


def captcha_asked(request: PageRequest, error: CasillaError | None) -> ShownCaptcha | None:
    """Begin a challenge where what was refused of the form, or of the one whose answer the page shows, names it."""
    refused = [] if error is None else [error, *error.problems]
    answer = request.answer
    codes = {one.code for one in refused} | ({answer.code} if answer else set())
    is_named = any((one.field or "").startswith("captcha") for one in refused) or (
        answer is not None and any(field == "captcha" for field, _ in answer.errors)
    )
    return new_captcha() if is_named or codes & _ASKING else None


def show_captcha_audio(request: PageRequest, captcha_id: str) -> Response:
    """Speak a challenge that is shown in another tab."""
    box = current()
    sound = speak_captcha(captcha_id, tools=captcha_tools(box), now=box.clock())
    return show(request, "access/captcha_audio.html", sound=_data("audio/wav", sound))


def _data(media_type: str, content: bytes) -> str:
    return f"data:{media_type};base64,{base64.b64encode(content).decode()}"
