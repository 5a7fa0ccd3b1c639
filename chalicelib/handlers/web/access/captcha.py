"""`/captchas/…`: the challenges of the pages, drawn into them, and spoken on a page of their own."""

from __future__ import annotations

import base64
from functools import cached_property

from chalice.app import Response

from chalicelib.bootstrap import current
from chalicelib.bootstrap.login_form import captcha_tools
from chalicelib.domain.errors import CasillaError
from chalicelib.handlers.page import show
from chalicelib.handlers.page_request import PageRequest
from chalicelib.services.access.captcha import draw_new_captcha, speak_captcha

_ASKING = {"captcha_needed", "captcha_wrong"}


class ShownCaptcha:
    """A challenge in a form, begun once a page shows it; `picture` is a data address."""

    @property
    def captcha_id(self) -> str:
        """Return its id."""
        return self._drawn[0]

    @property
    def picture(self) -> str:
        """Return its picture."""
        return self._drawn[1]

    @cached_property
    def _drawn(self) -> tuple[str, str]:
        box = current()
        challenge, picture = draw_new_captcha(box.chance.new_token(), tools=captcha_tools(box), now=box.clock())
        return challenge.captcha_id, _data("image/png", picture)


def new_captcha() -> ShownCaptcha:
    """Return a challenge for a form that may be shown."""
    return ShownCaptcha()


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
