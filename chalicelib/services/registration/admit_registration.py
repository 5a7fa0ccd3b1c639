"""Count registrations before anything is kept or any registry asked, and tell what comes first (REG-4, REG-9, ACC-9).

Nobody is refused for what others share or choose. Past each number more is asked for: a captcha, then the proof of the
e-mail before the registry. An inbox that got many e-mails from the same network gets the next after ten minutes. Who
asks meanwhile is led to the last one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from chalicelib.domain.access.credentials import CaptchaAnswer
from chalicelib.domain.access.network import neighbourhood_of, network_of
from chalicelib.domain.contact import inbox_of
from chalicelib.domain.errors import TooManyRequests
from chalicelib.domain.limit import Limit
from chalicelib.domain.registration.registration import Registration
from chalicelib.domain.registration.registration_policy import (
    MAIL_COOLING_S,
    MAILS_PER_INBOX,
    MAILS_PER_INBOX_AND_NEIGHBOURHOOD,
    MAILS_PER_INBOX_AND_NETWORK,
    REGISTRATIONS,
    UNCHECKED_PER_NEIGHBOURHOOD,
    UNCHECKED_PER_NETWORK,
    UNPROVEN_PER_DOCUMENT,
    UNPROVEN_PER_NEIGHBOURHOOD,
    UNPROVEN_PER_NETWORK,
    Way,
    needs_captcha,
    sender_standing,
    way_for,
)
from chalicelib.services.access.captcha import CaptchaWrong, check_captcha
from chalicelib.services.registration.tools import RegistrationTools
from chalicelib.services.together import together

_NEEDED = (
    "Desde tu red, o para este correo, se enviaron varios registros. Para continuar, escribe el texto de la imagen. Si"
    " no puedes, inténtalo más tarde o acércate a la mesa de partes."
)
_WRONG = "El texto no coincide o venció. Escribe el texto de la imagen que ves o escuchas ahora."

_Counted = Mapping[Limit, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Admitted:
    """Whether the registry or the e-mail comes first, and whether an e-mail may go out now."""

    way: Way
    is_mail_due: bool


def admit_registration(
    registration: Registration, captcha: CaptchaAnswer | None, *, origin: str, tools: RegistrationTools
) -> Admitted:
    """Let a registration go on, to the registry or to its e-mail; two hops, nine calls.

    Raises:
        CaptchaWrong: `captcha_needed` or `captcha_wrong`; nothing else was counted.
        TooManyRequests: `budget_spent`.

    """
    network, neighbourhood, inbox = network_of(origin), neighbourhood_of(origin), inbox_of(registration.email)
    seen = tally_all(
        {UNCHECKED_PER_NETWORK: (network,), UNCHECKED_PER_NEIGHBOURHOOD: (neighbourhood,), MAILS_PER_INBOX: (inbox,)},
        tools,
    )
    by_network, by_neighbourhood = seen[UNCHECKED_PER_NETWORK], seen[UNCHECKED_PER_NEIGHBOURHOOD]
    if needs_captcha(by_network=by_network, by_neighbourhood=by_neighbourhood, to_inbox=seen[MAILS_PER_INBOX]):
        _require(captcha, tools)
    standing = sender_standing(by_network=by_network, by_neighbourhood=by_neighbourhood)
    draw = partial(tools.limits.draw, REGISTRATIONS, standing, by=registration.key, now=tools.clock())
    asked: _Counted = {
        UNPROVEN_PER_NETWORK: (network,),
        UNPROVEN_PER_NEIGHBOURHOOD: (neighbourhood,),
        UNPROVEN_PER_DOCUMENT: registration.document,
    }
    mails = _mails_from(registration.email, origin)
    today = tally_all({**asked, **mails}, tools, beside=draw)
    way = way_for(
        by_network=today[UNPROVEN_PER_NETWORK],
        by_neighbourhood=today[UNPROVEN_PER_NEIGHBOURHOOD],
        of_document=today[UNPROVEN_PER_DOCUMENT],
    )
    return Admitted(way, _is_mail_due(mails, today, tools))


def is_mail_due(email: str, *, origin: str, tools: RegistrationTools) -> bool:
    """Count one more e-mail to an inbox that nobody has proved to be theirs, and tell whether it may go out now.

    One hop, two calls; many from one network wait for each other, and hold back none from elsewhere.
    """
    mails = _mails_from(email, origin)
    return _is_mail_due(mails, tally_all(mails, tools), tools)


def tally_all(
    counted: _Counted, tools: RegistrationTools, *, beside: Callable[[], object] | None = None
) -> dict[Limit, int]:
    """Count one use of each key, and return how many there were in its window; all at once, with a call beside them."""
    now, found = tools.clock(), dict.fromkeys(counted, 0)

    def tally(limit: Limit, who: tuple[str, ...]) -> None:
        found[limit] = tools.limits.tally(limit.key(*who), window_s=limit.window_s, now=now)

    tallies = [partial(tally, limit, who) for limit, who in counted.items()]
    together(tallies if beside is None else [*tallies, beside])
    return found


def _mails_from(email: str, origin: str) -> _Counted:
    inbox = inbox_of(email)
    return {
        MAILS_PER_INBOX_AND_NETWORK: (inbox, network_of(origin)),
        MAILS_PER_INBOX_AND_NEIGHBOURHOOD: (inbox, neighbourhood_of(origin)),
    }


def _is_mail_due(mails: _Counted, seen: Mapping[Limit, int], tools: RegistrationTools) -> bool:
    try:
        for limit, who in mails.items():
            if seen[limit] > limit.limit:
                tools.limits.cool_down(limit.key(*who), seconds=MAIL_COOLING_S, now=tools.clock())
    except TooManyRequests:
        return False
    return True


def _require(captcha: CaptchaAnswer | None, tools: RegistrationTools) -> None:
    if captcha is None:
        raise CaptchaWrong("captcha_needed", _NEEDED, field="captcha")
    try:
        now = tools.clock()
        check_captcha(captcha.captcha_id, captcha.answer, tokens=tools.tokens, pepper=tools.pepper, now=now)
    except CaptchaWrong as wrong:
        raise CaptchaWrong(wrong.code, _WRONG, field=wrong.field) from wrong
