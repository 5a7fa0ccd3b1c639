"""Captcha challenges: issued for ten minutes, shown while they wait, gone with the first answer, right or wrong."""

from __future__ import annotations

from datetime import datetime

from chalicelib.domain.captcha import LIFETIME, Challenge, captcha_answer, read_answer
from chalicelib.domain.errors import InvalidInput, NotFound
from chalicelib.domain.token import NewToken, TokenKind
from chalicelib.renderers.captcha import captcha_picture, captcha_sound
from chalicelib.store.token_store import TokenStore


class CaptchaWrong(InvalidInput):
    """Not what was shown, too late, or answered before; the page shows a new one."""


def issue_captcha(captcha_id: str, *, tokens: TokenStore, pepper: bytes, now: datetime) -> Challenge:
    """Begin a challenge; the id is an opaque token from bootstrap. Its answer is kept as a keyed hash only."""
    challenge = Challenge(captcha_id, now + LIFETIME)
    answer = captcha_answer(pepper, captcha_id)
    tokens.issue(NewToken(TokenKind.CAPTCHA, captcha_id, now, challenge.valid_until, answer=answer))
    return challenge


def draw_new_captcha(captcha_id: str, *, tokens: TokenStore, pepper: bytes, now: datetime) -> tuple[Challenge, bytes]:
    """Begin a challenge and return it with its PNG; one call."""
    challenge = issue_captcha(captcha_id, tokens=tokens, pepper=pepper, now=now)
    return challenge, captcha_picture(captcha_answer(pepper, captcha_id))


def draw_captcha(captcha_id: str, *, tokens: TokenStore, pepper: bytes, now: datetime) -> bytes:
    """Return the PNG of a challenge that waits.

    Raises:
        NotFound: `captcha_gone`.

    """
    return captcha_picture(_answer_of_waiting(captcha_id, tokens, pepper, now))


def speak_captcha(captcha_id: str, *, tokens: TokenStore, pepper: bytes, now: datetime) -> bytes:
    """Return the WAV of a challenge that waits.

    Raises:
        NotFound: `captcha_gone`.

    """
    return captcha_sound(_answer_of_waiting(captcha_id, tokens, pepper, now))


def check_captcha(captcha_id: str, typed: str, *, tokens: TokenStore, now: datetime) -> None:
    """Use a challenge up and judge the answer; one call whether it exists or not.

    Raises:
        CaptchaWrong: `captcha_wrong`.

    """
    token = tokens.consume(TokenKind.CAPTCHA, captcha_id, now=now)
    if token is None or not tokens.matches(token, captcha_id, read_answer(typed)):
        detail = "El texto no coincide o venció. Escribe lo que ves o escuchas ahora, o pide un código a tu correo."
        raise CaptchaWrong("captcha_wrong", detail, field="captcha")


def _answer_of_waiting(captcha_id: str, tokens: TokenStore, pepper: bytes, now: datetime) -> str:
    token = tokens.find(TokenKind.CAPTCHA, captcha_id)
    if token is None or not token.is_valid_at(now):
        raise NotFound("captcha_gone", "Esta imagen venció. Pide otra.")
    return captcha_answer(pepper, captcha_id)
