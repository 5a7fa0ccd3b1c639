"""Captcha challenges: valid for ten minutes, drawn and spoken without a call, used up by the first answer.

Who only looks leaves nothing behind and counts against nobody: no stranger can close a page by asking for pictures.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.access.access_secret import is_same_secret
from chalicelib.domain.access.captcha import Challenge, new_challenge, read_answer, read_challenge
from chalicelib.domain.access.token import NewToken, TokenKind
from chalicelib.domain.errors import InvalidInput, NotFound
from chalicelib.renderers.access.captcha_picture import captcha_picture
from chalicelib.renderers.access.captcha_sound import captcha_sound
from chalicelib.store.access.token_store import TokenStore


@dataclass(frozen=True, slots=True)
class CaptchaTools:
    """The pepper that ids and answers come from, and chance: a number below another."""

    pepper: bytes
    below: Callable[[int], int]


class CaptchaWrong(InvalidInput):
    """Not what was shown, too late, or answered before; the page shows a new one."""


def draw_new_captcha(secret: str, *, tools: CaptchaTools, now: datetime) -> tuple[Challenge, bytes]:
    """Begin a challenge out of an opaque token, and return it with its PNG; no call."""
    challenge = new_challenge(secret, pepper=tools.pepper, now=now)
    return challenge, captcha_picture(challenge.answer)


def speak_captcha(captcha_id: str, *, tools: CaptchaTools, now: datetime) -> bytes:
    """Return the WAV of a challenge until it expires, answered or not; no call.

    Raises:
        NotFound: `captcha_gone`: expired, or not ours.

    """
    challenge = read_challenge(captcha_id, pepper=tools.pepper)
    if challenge is None or not challenge.is_valid_at(now):
        raise NotFound("captcha_gone", "Esta imagen venció. Pide otra.")
    return captcha_sound(challenge.answer, tools.below)


def check_captcha(captcha_id: str, typed: str, *, tokens: TokenStore, pepper: bytes, now: datetime) -> None:
    """Use a challenge up and judge the answer; one call, or none where the id is not ours or has expired.

    Raises:
        CaptchaWrong: `captcha_wrong`; of several answers to one challenge all but the first, even if right.

    """
    challenge = read_challenge(captcha_id, pepper=pepper)
    if (
        challenge is None
        or not challenge.is_valid_at(now)
        or not _is_first(challenge, tokens, now)
        or not is_same_secret(challenge.answer, read_answer(typed))
    ):
        detail = "El texto no coincide o venció. Escribe lo que ves o escuchas ahora, o pide un código a tu correo."
        raise CaptchaWrong("captcha_wrong", detail, field="captcha")


def _is_first(challenge: Challenge, tokens: TokenStore, now: datetime) -> bool:
    used = NewToken(TokenKind.CAPTCHA, challenge.captcha_id, now, challenge.valid_until)
    return tokens.issue_once(used, pepper=challenge.pepper)
