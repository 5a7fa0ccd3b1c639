"""Send a registration's e-mail again, or to another address: one a minute, five at most (REG-5).

An e-mail is counted before it goes out, since the count names its code and link, and given back where the provider
refused it: so what was delivered before counts as before, however long a provider takes none.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from chalicelib.domain.errors import Conflict, MessageRefused, SendingUncertain, TooManyRequests, Unavailable
from chalicelib.domain.limit import Limit, Standing
from chalicelib.domain.registration.registration import (
    ADDRESS_OPEN,
    MAX_MAILS,
    VERIFIABLE,
    Registration,
    RegistrationChanged,
    RegistrationState,
    with_another_mail,
)
from chalicelib.renderers.registration.registration_letters import waiting_letter
from chalicelib.renderers.registration.review_letters import held_letter
from chalicelib.services.registration.complete_registration import send_way_in
from chalicelib.services.registration.registration_codes import give_code, is_mail_due
from chalicelib.services.registration.tools import (
    RegistrationTools,
    cool_down,
    open_registration,
    send_letter,
)

CHANGES_PER_REGISTRATION = Limit("registration-address", MAX_MAILS, 24 * 60 * 60)
"""Refuses: an address that no provider takes counts as no e-mail, and each change draws on what all have together."""


def resend_registration_mail(registration_id: str, *, tools: RegistrationTools) -> Registration:
    """Send a new code, or the way in again once completed; the codes sent before count as well.

    Raises:
        TooManyRequests: `limit_reached` within a minute, or `too_many_codes`.
        Conflict: `registration_not_ready` while the registry has not answered; a code comes by itself.
        NotFound: `registration_not_found`.
        MessageRefused, Unavailable: nothing was sent, and nothing counted.
        SendingUncertain: it may have been sent, and counts.

    """
    return send_again(open_registration(registration_id, tools), tools=tools)


def send_again(registration: Registration, *, tools: RegistrationTools) -> Registration:
    """Do so for a registration that was just read.

    Raises:
        TooManyRequests, MessageRefused, Unavailable: as `resend_registration_mail`.
        Conflict: `registration_not_ready`.

    """
    if registration.state is RegistrationState.AWAITING_REVIEW:
        return _tell_again(registration, tools)
    if registration.state not in {*VERIFIABLE, RegistrationState.COMPLETED}:
        raise Conflict("registration_not_ready", "Todavía no hay un correo que reenviar. Espera el nuestro.")
    cool_down(registration, tools)
    if registration.state is not RegistrationState.COMPLETED and not is_mail_due(registration, tools):
        give_code(registration, tools)  # what it was sent goes on counting: no e-mail, no other name
        return registration
    return _send_counted(registration, with_another_mail(registration), _send_anew, tools)


def _tell_again(registration: Registration, tools: RegistrationTools) -> Registration:
    """Say once more what is missing and by when there is an answer."""
    cool_down(registration, tools)
    return _send_counted(registration, with_another_mail(registration), _send_held, tools)


def change_registration_email(registration_id: str, email: str, *, tools: RegistrationTools) -> Registration:
    """Take another address and write to it; no code that went to the first one counts any more.

    Where no e-mail was taken for the new address, the first one stays.

    Raises:
        TooManyRequests: `too_many_codes`, `limit_reached`, or `budget_spent`: begin again, which takes a captcha then.
        Conflict: `registration_ended` or `registration_in_review`: the address was verified already.
        NotFound: `registration_not_found`.
        MessageRefused, Unavailable: nothing was sent, and nothing changed.

    """
    registration = open_registration(registration_id, tools)
    if registration.state is RegistrationState.AWAITING_REVIEW:
        detail = (
            "Tu solicitud ya tiene un correo verificado y espera una decisión. Para otro correo, regístrate de nuevo."
        )
        raise Conflict("registration_in_review", detail)
    if registration.state not in ADDRESS_OPEN:
        raise Conflict("registration_ended", "Este registro ya terminó. Cambia tu correo dentro de tu casilla.")
    changed, counted = with_another_mail(registration, email), CHANGES_PER_REGISTRATION
    key = counted.key(registration.key)
    tools.limits.spend(key, limit=counted.limit, window_s=counted.window_s, now=tools.clock())
    tools.limits.draw(tools.registrations_an_hour, Standing.CROWDED, by=tools.new_event_id(), now=tools.clock())
    return _send_counted(registration, changed, _send_anew, tools)


def _send_counted(
    before: Registration,
    counted: Registration,
    send: Callable[[Registration, RegistrationTools], None],
    tools: RegistrationTools,
) -> Registration:
    """Write what counts one more e-mail and send it; where none was taken, leave the registration as it was before."""
    again = tools.registrations.update(counted)
    try:
        send(again, tools)
    except SendingUncertain:
        raise  # it may be on its way: its link has to count
    except (MessageRefused, TooManyRequests, Unavailable):
        with suppress(RegistrationChanged, Unavailable):
            tools.registrations.update(replace(before, version=again.version))
        raise
    return again


def _send_anew(registration: Registration, tools: RegistrationTools) -> None:
    if registration.state is RegistrationState.COMPLETED:
        send_way_in(registration, tools=tools)
    elif registration.state in VERIFIABLE:
        give_code(registration, tools)
    else:
        send_letter(waiting_letter(), registration, tools)


def _send_held(registration: Registration, tools: RegistrationTools) -> None:
    send_letter(held_letter(registration, tools.letterhead.zone, tools.proof_desk), registration, tools)
