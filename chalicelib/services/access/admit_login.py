"""Count attempts before anything is looked at, for known and unknown users alike.

Users and recipients are given as the flow normalises them, so that one person has one counter however it is typed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from chalicelib.domain.access.access_policy import (
    GIVEN_BACK,
    LOGINS_PER_DEVICE,
    LOGINS_PER_NEIGHBOURHOOD,
    LOGINS_PER_NETWORK,
    LOGINS_PER_SESSION,
    LOGINS_PER_USER,
    LOGINS_PER_USER_AND_NETWORK,
    MAILS_PER_DEVICE,
    MAILS_PER_NEIGHBOURHOOD,
    MAILS_PER_NETWORK,
    MAILS_PER_SESSION,
    MAILS_PER_USER,
    LoginDemand,
    MailDemand,
    login_demand,
    mail_demand,
    mail_standing,
)
from chalicelib.domain.access.network import neighbourhood_of, network_of
from chalicelib.domain.limit import Limit, Standing
from chalicelib.domain.session import Session
from chalicelib.services.together import together
from chalicelib.store.limit_store import LimitStore

_Who = dict[Limit, tuple[str, ...]]


def _nothing() -> None:
    """Stand in where nothing else is to be done at the same time."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Where a request comes from: a network address, and the device if its user got in with it before."""

    address: str
    device_id: str | None = None


@dataclass(frozen=True, slots=True)
class Admission:
    """What a login needs, what its captcha may draw on, and how many attempts there were.

    `give_back` takes the attempt back from what strangers share, once it proved right.
    """

    demand: LoginDemand
    standing: Standing
    attempts: int
    give_back: tuple[Callable[[], object], ...] = ()


@dataclass(frozen=True, slots=True)
class MailAdmission:
    """What asking for an e-mail needs, and what it may draw on."""

    demand: MailDemand
    standing: Standing


def admit_login(
    username: str,
    caller: Caller,
    beside: Callable[[], object],
    *,
    limits: LimitStore,
    now: datetime,
) -> Admission:
    """Count a login attempt; `beside` is called at the same time. One hop and four calls, or on a known device one.

    A device that used up its own attempts counts as any other, which takes another hop. Nobody is refused.
    """
    if caller.device_id is not None:
        used = _tally({LOGINS_PER_DEVICE: (username, caller.device_id)}, limits, now, beside)[LOGINS_PER_DEVICE]
        if used <= LOGINS_PER_DEVICE.limit:
            return Admission(LoginDemand.CAPTCHA_OR_CODE, Standing.PROVEN, used)
        beside = _nothing
    network, neighbourhood = network_of(caller.address), neighbourhood_of(caller.address)
    who: _Who = {
        LOGINS_PER_USER: (username,),
        LOGINS_PER_USER_AND_NETWORK: (username, network),
        LOGINS_PER_NETWORK: (network,),
        LOGINS_PER_NEIGHBOURHOOD: (neighbourhood,),
    }
    counts = _tally(who, limits, now, beside)
    demand = login_demand(counts)
    standing = Standing.QUIET if demand is LoginDemand.CAPTCHA_OR_CODE else Standing.CROWDED
    back = tuple(
        partial(limits.give_back, limit.key(*who[limit]), window_s=limit.window_s, now=now) for limit in GIVEN_BACK
    )
    return Admission(demand, standing, counts[LOGINS_PER_USER], back)


def admit_session(
    session: Session, beside: Callable[[], object] = _nothing, *, limits: LimitStore, now: datetime
) -> Admission:
    """Count a password shown within a session, apart from what strangers try on its user; one hop, two calls.

    Raises:
        TooManyRequests: `limit_reached`, for this session only.

    """
    own = (session.username, session.access_id)
    counted: dict[Limit, int] = {}
    together(
        [
            partial(_tally_one, LOGINS_PER_USER, own, counted, limits, now),
            partial(_spend, LOGINS_PER_SESSION, own, limits, now),
            beside,
        ]
    )
    return Admission(login_demand(counted), Standing.PROVEN, counted[LOGINS_PER_USER])


def admit_mail(
    recipient: str,
    caller: Caller,
    beside: Callable[[], object],
    *,
    limits: LimitStore,
    now: datetime,
) -> MailAdmission:
    """Count a code or link that a stranger asks for; `beside` is called at the same time. One hop, three calls or one.

    Nobody is refused: strangers can only have the recipient solve a captcha.
    """
    if caller.device_id is not None:
        used = _tally({MAILS_PER_DEVICE: (recipient, caller.device_id)}, limits, now, beside)[MAILS_PER_DEVICE]
        if used <= MAILS_PER_DEVICE.limit:
            return MailAdmission(MailDemand.NOTHING, Standing.PROVEN)
        beside = _nothing
    who: _Who = {
        MAILS_PER_USER: (recipient,),
        MAILS_PER_NETWORK: (network_of(caller.address),),
        MAILS_PER_NEIGHBOURHOOD: (neighbourhood_of(caller.address),),
    }
    counts = _tally(who, limits, now, beside)
    return MailAdmission(mail_demand(counts), mail_standing(counts))


def admit_mail_within(
    session: Session, beside: Callable[[], object], *, limits: LimitStore, now: datetime
) -> MailAdmission:
    """Count a code asked for within a session; one hop, one call.

    Raises:
        TooManyRequests: `limit_reached`, for this session only.

    """
    together([partial(_spend, MAILS_PER_SESSION, (session.username, session.access_id), limits, now), beside])
    return MailAdmission(MailDemand.NOTHING, Standing.PROVEN)


def _tally(who: _Who, limits: LimitStore, now: datetime, beside: Callable[[], object]) -> dict[Limit, int]:
    counted: dict[Limit, int] = {}
    together([*(partial(_tally_one, limit, key, counted, limits, now) for limit, key in who.items()), beside])
    return counted


def _tally_one(limit: Limit, key: Iterable[str], counted: dict[Limit, int], limits: LimitStore, now: datetime) -> None:
    counted[limit] = limits.tally(limit.key(*key), window_s=limit.window_s, now=now)


def _spend(limit: Limit, key: Iterable[str], limits: LimitStore, now: datetime) -> None:
    limits.spend(limit.key(*key), limit=limit.limit, window_s=limit.window_s, now=now)
