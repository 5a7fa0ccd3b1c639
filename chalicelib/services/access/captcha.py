"""Captcha challenges: issued for ten minutes, shown while they wait, gone with the first answer, right or wrong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from chalicelib.domain.access.access_policy import CAPTCHAS_PER_ADDRESS, SOUNDS_PER_ADDRESS
from chalicelib.domain.access.captcha import LIFETIME, Challenge, captcha_answer, read_answer
from chalicelib.domain.access.pepper import every_pepper
from chalicelib.domain.access.token import NewToken, Token, TokenKind
from chalicelib.domain.errors import InvalidInput, NotFound
from chalicelib.domain.limit import Limit
from chalicelib.renderers.access.captcha import captcha_picture, captcha_sound
from chalicelib.services.together import together
from chalicelib.store.access.token_store import TokenStore
from chalicelib.store.limit_store import LimitStore


@dataclass(frozen=True, slots=True)
class CaptchaTools:
    """Where challenges are kept and counted, and the pepper their answers come from."""

    tokens: TokenStore
    limits: LimitStore
    pepper: bytes


class CaptchaWrong(InvalidInput):
    """Not what was shown, too late, or answered before; the page shows a new one."""


def issue_captcha(captcha_id: str, *, tokens: TokenStore, pepper: bytes, now: datetime) -> Challenge:
    """Begin a challenge; the id is an opaque token from bootstrap. Its answer is kept as a keyed hash only."""
    challenge = Challenge(captcha_id, now + LIFETIME)
    answer = captcha_answer(pepper, captcha_id)
    tokens.issue(NewToken(TokenKind.CAPTCHA, captcha_id, now, challenge.valid_until, answer=answer))
    return challenge


def draw_new_captcha(captcha_id: str, *, origin: str, tools: CaptchaTools, now: datetime) -> tuple[Challenge, bytes]:
    """Begin a challenge and return it with its PNG; one hop, two calls.

    Raises:
        TooManyRequests: `limit_reached`, for this address only.

    """
    begun: list[Challenge] = []
    issue = partial(issue_captcha, captcha_id, tokens=tools.tokens, pepper=tools.pepper, now=now)
    together([lambda: begun.append(issue()), partial(_spend, CAPTCHAS_PER_ADDRESS, origin, tools, now)])
    return begun[0], captcha_picture(captcha_answer(tools.pepper, captcha_id))


def speak_captcha(captcha_id: str, *, origin: str, tools: CaptchaTools, now: datetime) -> bytes:
    """Return the WAV of a challenge that waits; one hop, two calls.

    Raises:
        NotFound: `captcha_gone`.
        TooManyRequests: `limit_reached`, for this address only.

    """
    found: list[Token | None] = []
    find = partial(tools.tokens.find, TokenKind.CAPTCHA, captcha_id)
    together([lambda: found.append(find()), partial(_spend, SOUNDS_PER_ADDRESS, origin, tools, now)])
    answer = None if found[0] is None or not found[0].is_valid_at(now) else answer_of(found[0], captcha_id, tools)
    if answer is None:
        raise NotFound("captcha_gone", "Esta imagen venció. Pide otra.")
    return captcha_sound(answer)


def check_captcha(captcha_id: str, typed: str, *, tokens: TokenStore, now: datetime) -> None:
    """Use a challenge up and judge the answer; one call whether it exists or not.

    Raises:
        CaptchaWrong: `captcha_wrong`.

    """
    token = tokens.consume(TokenKind.CAPTCHA, captcha_id, now=now)
    if token is None or not tokens.matches(token, captcha_id, read_answer(typed)):
        detail = "El texto no coincide o venció. Escribe lo que ves o escuchas ahora, o pide un código a tu correo."
        raise CaptchaWrong("captcha_wrong", detail, field="captcha")


def answer_of(challenge: Token, captcha_id: str, tools: CaptchaTools) -> str | None:
    """Return what the picture shows, under whichever pepper it was drawn."""
    answers = (captcha_answer(one, captcha_id) for one in every_pepper(tools.pepper))
    return next((answer for answer in answers if tools.tokens.matches(challenge, captcha_id, answer)), None)


def _spend(limit: Limit, origin: str, tools: CaptchaTools, now: datetime) -> None:
    tools.limits.spend(limit.key(origin), limit=limit.limit, window_s=limit.window_s, now=now)
