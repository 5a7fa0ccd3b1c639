"""Count registrations before anything is kept or any registry asked, and tell what comes first (REG-4, REG-9, ACC-9).

Nobody is refused for what others share or choose. Past each number more is asked for: a captcha, then the proof of the
e-mail before the registry.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from chalicelib.domain.access.credentials import CaptchaAnswer
from chalicelib.domain.access.network import neighbourhood_of, network_of
from chalicelib.domain.contact import inbox_of
from chalicelib.domain.errors import TooManyRequests
from chalicelib.domain.limit import Limit, Standing
from chalicelib.domain.registration.registration import Registration
from chalicelib.domain.registration.registration_policy import (
    DENIED_PER_NETWORK,
    DENIED_PER_NETWORK_AND_DOCUMENT,
    MAILS_PER_INBOX,
    UNCHECKED_PER_NEIGHBOURHOOD,
    UNCHECKED_PER_NETWORK,
    UNPROVEN_PER_DOCUMENT,
    UNPROVEN_PER_NEIGHBOURHOOD,
    UNPROVEN_PER_NETWORK,
    Way,
    needs_captcha,
    standing_by_mail,
    standing_with_captcha,
    way_for,
)
from chalicelib.services.access.captcha import CaptchaWrong, check_captcha
from chalicelib.services.registration.tools import RegistrationTools
from chalicelib.services.together import together

_NEEDED = (
    "Desde tu red, o para este correo, se enviaron varios registros. Para continuar, escribe el texto de la imagen o"
    " elige recibir un código en tu correo."
)
_NO_MORE_BY_MAIL = (
    "Por ahora no podemos enviar más códigos en lugar del texto de la imagen. Escribe el texto, o elige otra vez el"
    " código en una hora."
)
_WRONG = "El texto no coincide o venció. Escribe el texto de la imagen que ves o escuchas ahora."

_Counted = Mapping[Limit, tuple[str, ...]]


def admit_registration(
    registration: Registration,
    captcha: CaptchaAnswer | None,
    *,
    origin: str,
    tools: RegistrationTools,
    by_mail: bool = False,
) -> Way:
    """Let a registration go on, to the registry or to its e-mail; three hops, seven calls, or more with a captcha.

    `by_mail` has the e-mail's code stand in for a captcha that is needed (WCAG 2.2, 3.3.8): then the address is proved
    before any registry is asked.

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
    with_captcha = standing_with_captcha(by_network=by_network, by_neighbourhood=by_neighbourhood)
    draw = partial(tools.limits.draw, tools.registrations_an_hour, by=registration.key, now=tools.clock())
    is_needed = needs_captcha(by_network=by_network, by_neighbourhood=by_neighbourhood, to_inbox=seen[MAILS_PER_INBOX])
    if is_needed or not _has_room(partial(draw, Standing.CROWDED)):
        if by_mail and captcha is None:
            standing = standing_by_mail(by_network=by_network, by_neighbourhood=by_neighbourhood)
            _draw_by_mail(registration, standing, tools)
            return Way.EMAIL_FIRST
        _require(captcha, tools)
        draw(with_captcha)
    asked: _Counted = {
        UNPROVEN_PER_NETWORK: (network,),
        UNPROVEN_PER_NEIGHBOURHOOD: (neighbourhood,),
        UNPROVEN_PER_DOCUMENT: registration.document,
    }
    today = tally_all(asked, tools)
    return way_for(
        by_network=today[UNPROVEN_PER_NETWORK],
        by_neighbourhood=today[UNPROVEN_PER_NEIGHBOURHOOD],
        of_document=today[UNPROVEN_PER_DOCUMENT],
    )


def take_back_denied(registration: Registration, *, origin: str, tools: RegistrationTools) -> None:
    """Have who corrects a mistyped form meet no captcha for it: what was denied is not another registration.

    No e-mail went out either. Two hops and five calls.
    """
    network, neighbourhood, inbox = network_of(origin), neighbourhood_of(origin), inbox_of(registration.email)
    pair = (network, *registration.document)
    denied = tally_all({DENIED_PER_NETWORK_AND_DOCUMENT: pair, DENIED_PER_NETWORK: (network,)}, tools)
    if any(count > limit.limit for limit, count in denied.items()):
        return
    counted: _Counted = {
        UNCHECKED_PER_NETWORK: (network,),
        UNCHECKED_PER_NEIGHBOURHOOD: (neighbourhood,),
        MAILS_PER_INBOX: (inbox,),
    }
    now = tools.clock()
    together(
        [
            partial(tools.limits.give_back, limit.key(*who), window_s=limit.window_s, now=now)
            for limit, who in counted.items()
        ]
    )


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


def _has_room(draw: Callable[[], object]) -> bool:
    try:
        draw()
    except TooManyRequests:
        return False
    return True


def _draw_by_mail(registration: Registration, standing: Standing, tools: RegistrationTools) -> None:
    try:
        tools.limits.draw(tools.registrations_by_mail, standing, by=registration.key, now=tools.clock())
    except TooManyRequests as spent:
        raise CaptchaWrong("captcha_needed", _NO_MORE_BY_MAIL, field="captcha") from spent


def _require(captcha: CaptchaAnswer | None, tools: RegistrationTools) -> None:
    if captcha is None:
        raise CaptchaWrong("captcha_needed", _NEEDED, field="captcha")
    try:
        now = tools.clock()
        check_captcha(captcha.captcha_id, captcha.answer, tokens=tools.tokens, pepper=tools.pepper, now=now)
    except CaptchaWrong as wrong:
        raise CaptchaWrong(wrong.code, _WRONG, field=wrong.field) from wrong
