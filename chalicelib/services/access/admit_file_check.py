"""Let somebody have a file judged, by a session or a solved captcha, before a byte of the file is looked at (ACC-9).

Nobody is refused for what strangers behind the same address did. It only lessens what they may draw on together.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial

from chalicelib.domain.access.access_policy import (
    FILE_CHECKS_PER_NEIGHBOURHOOD,
    FILE_CHECKS_PER_NETWORK,
    FILE_CHECKS_PER_SESSION,
    file_check_standing,
)
from chalicelib.domain.access.credentials import CaptchaAnswer
from chalicelib.domain.access.network import neighbourhood_of, network_of
from chalicelib.domain.limit import Budget, Limit, Standing
from chalicelib.domain.session import Session
from chalicelib.services.access.captcha import CaptchaWrong, check_captcha
from chalicelib.services.access.tools import AccessTools
from chalicelib.services.together import together

_NEEDED = "Escribe el texto de la imagen."
_WRONG = "El texto no coincide o venció. Escribe el texto de la imagen que ves o escuchas ahora."


def admit_file_check(
    who: Session | CaptchaAnswer | None, budget: Budget, *, origin: str, tools: AccessTools, now: datetime
) -> None:
    """Count one file and draw on what all may have judged together.

    With a session two hops and two calls, with a captcha three hops and four calls.

    Raises:
        CaptchaWrong: `captcha_needed` or `captcha_wrong`; nothing else was counted.
        TooManyRequests: `limit_reached`, for this session only; `budget_spent`.

    """
    standing = _of_session(who, tools, now) if isinstance(who, Session) else _of_visitor(who, origin, tools, now)
    tools.limits.draw(budget, standing, by=tools.new_event_id(), now=now)


def _of_session(session: Session, tools: AccessTools, now: datetime) -> Standing:
    limit = FILE_CHECKS_PER_SESSION
    key = limit.key(session.username, session.access_id)
    tools.limits.spend(key, limit=limit.limit, window_s=limit.window_s, now=now)
    return Standing.PROVEN


def _of_visitor(captcha: CaptchaAnswer | None, origin: str, tools: AccessTools, now: datetime) -> Standing:
    if captcha is None:
        raise CaptchaWrong("captcha_needed", _NEEDED, field="captcha")
    try:
        check_captcha(captcha.captcha_id, captcha.answer, tokens=tools.tokens, pepper=tools.pepper, now=now)
    except CaptchaWrong as wrong:
        raise CaptchaWrong(wrong.code, _WRONG, field=wrong.field) from wrong
    who = {
        FILE_CHECKS_PER_NETWORK: network_of(origin),
        FILE_CHECKS_PER_NEIGHBOURHOOD: neighbourhood_of(origin),
    }
    counts: dict[Limit, int] = {}

    def tally(limit: Limit, key: str) -> None:
        counts[limit] = tools.limits.tally(limit.key(key), window_s=limit.window_s, now=now)

    together([partial(tally, limit, key) for limit, key in who.items()])
    return file_check_standing(counts)
