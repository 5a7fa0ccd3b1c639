"""Send a registration's e-mail again, or to another address: one a minute, five at most (REG-5)."""

from __future__ import annotations

from chalicelib.domain.errors import Conflict
from chalicelib.domain.limit import Standing
from chalicelib.domain.registration.registration import (
    ADDRESS_OPEN,
    VERIFIABLE,
    Registration,
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


def resend_registration_mail(registration_id: str, *, tools: RegistrationTools) -> Registration:
    """Send a new code, or the way in again once completed; the codes sent before count as well.

    Raises:
        TooManyRequests: `limit_reached` within a minute, or `too_many_codes`.
        Conflict: `registration_not_ready` while the registry has not answered; a code comes by itself.
        NotFound: `registration_not_found`.

    """
    return send_again(open_registration(registration_id, tools), tools=tools)


def send_again(registration: Registration, *, tools: RegistrationTools) -> Registration:
    """Do so for a registration that was just read.

    Raises:
        TooManyRequests: as `resend_registration_mail`.
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
    again = tools.registrations.update(with_another_mail(registration))
    if again.state is RegistrationState.COMPLETED:
        send_way_in(again, tools=tools)
    else:
        give_code(again, tools)
    return again


def _tell_again(registration: Registration, tools: RegistrationTools) -> Registration:
    """Say once more what is missing and by when there is an answer."""
    cool_down(registration, tools)
    again = tools.registrations.update(with_another_mail(registration))
    send_letter(held_letter(again, tools.letterhead.zone, tools.proof_desk), again, tools)
    return again


def change_registration_email(registration_id: str, email: str, *, tools: RegistrationTools) -> Registration:
    """Take another address and write to it; no code that went to the first one counts any more.

    Raises:
        TooManyRequests: `too_many_codes`, or `budget_spent`: begin again, which takes a captcha then.
        Conflict: `registration_ended` or `registration_in_review`: the address was verified already.
        NotFound: `registration_not_found`.

    """
    registration = open_registration(registration_id, tools)
    if registration.state is RegistrationState.AWAITING_REVIEW:
        detail = (
            "Tu solicitud ya tiene un correo verificado y espera una decisión. Para otro correo, regístrate de nuevo."
        )
        raise Conflict("registration_in_review", detail)
    if registration.state not in ADDRESS_OPEN:
        raise Conflict("registration_ended", "Este registro ya terminó. Cambia tu correo dentro de tu casilla.")
    changed = with_another_mail(registration, email)
    tools.limits.draw(tools.registrations_an_hour, Standing.CROWDED, by=tools.new_event_id(), now=tools.clock())
    changed = tools.registrations.update(changed)
    if changed.state in VERIFIABLE:
        give_code(changed, tools)
    else:
        send_letter(waiting_letter(), changed, tools)
    return changed
