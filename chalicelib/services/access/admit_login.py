"""Count attempts before anything is looked at, for known and unknown users alike.

Users and recipients are given as the flow normalises them, so that one person has one counter however it is typed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from chalicelib.domain.access.access_policy import (
    LOGINS_PER_ADDRESS,
    LOGINS_PER_SESSION,
    LOGINS_PER_USER,
    LOGINS_PER_USER_AND_ADDRESS,
    MAILS_PER_ADDRESS,
    MAILS_PER_USER,
    MAILS_PER_USER_AND_ADDRESS,
    RESEND_COOLING_S,
    LoginDemand,
    MailDemand,
    login_demand,
    mail_demand,
)
from chalicelib.domain.limit import Limit
from chalicelib.domain.session import Session
from chalicelib.services.together import together
from chalicelib.store.limit_store import LimitStore


def admit_login(username: str, address: str, *, limits: LimitStore, now: datetime) -> LoginDemand:
    """Count a login attempt and tell what has to come with the password; one hop, three calls.

    Raises:
        TooManyRequests: `limit_reached`, for this address only; others are not affected.

    """
    hard = [(LOGINS_PER_ADDRESS, (address,))]
    soft = [(LOGINS_PER_USER, (username,)), (LOGINS_PER_USER_AND_ADDRESS, (username, address))]
    counts = _count(hard, soft, limits, now)
    return login_demand(counts[LOGINS_PER_USER], counts[LOGINS_PER_USER_AND_ADDRESS])


def admit_session(session: Session, address: str, *, limits: LimitStore, now: datetime) -> LoginDemand:
    """Count a password shown within a session, apart from what strangers try on its user; one hop, three calls.

    Raises:
        TooManyRequests: `limit_reached`, for this session or this address only.

    """
    own = (session.username, session.access_id)
    hard = [(LOGINS_PER_SESSION, own), (LOGINS_PER_ADDRESS, (address,))]
    return login_demand(_count(hard, [(LOGINS_PER_USER, own)], limits, now)[LOGINS_PER_USER])


def admit_mail(recipient: str, address: str, *, limits: LimitStore, now: datetime) -> MailDemand:
    """Count a code or link that is asked for and tell what has to come with it; two hops, four calls.

    Strangers cannot use up what the recipient may ask for from another address.

    Raises:
        TooManyRequests: `limit_reached`, for this address only.

    """
    pair = (recipient, address)
    limits.cool_down(MAILS_PER_USER_AND_ADDRESS.key(*pair), seconds=RESEND_COOLING_S, now=now)
    hard = [(MAILS_PER_USER_AND_ADDRESS, pair), (MAILS_PER_ADDRESS, (address,))]
    return mail_demand(_count(hard, [(MAILS_PER_USER, (recipient,))], limits, now)[MAILS_PER_USER])


_Counted = tuple[Limit, tuple[str, ...]]


def _count(hard: Sequence[_Counted], soft: Sequence[_Counted], limits: LimitStore, now: datetime) -> dict[Limit, int]:
    """Spend the hard limits and return the soft ones' counts, all at once."""
    counted: dict[Limit, int] = {}

    def spend(limit: Limit, who: tuple[str, ...]) -> None:
        limits.spend(limit.key(*who), limit=limit.limit, window_s=limit.window_s, now=now)

    def tally(limit: Limit, who: tuple[str, ...]) -> None:
        counted[limit] = limits.tally(limit.key(*who), window_s=limit.window_s, now=now)

    tallies = [partial(tally, limit, who) for limit, who in soft]
    together([*tallies, *(partial(spend, limit, who) for limit, who in hard)])
    return counted
