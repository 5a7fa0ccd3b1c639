"""Count registrations before any registry is asked: by address, document and e-mail (REG-4, REG-9).

An address that sends many has to solve a captcha; the first few in an hour need none, so the common person meets none.
"""

from __future__ import annotations

from chalicelib.domain.access.access_policy import REGISTRATIONS_UNCHECKED, MailDemand, registration_demand
from chalicelib.domain.access.credentials import CaptchaAnswer
from chalicelib.domain.limit import Limit
from chalicelib.domain.registration.registration import Registration
from chalicelib.services.access.captcha import CaptchaWrong, check_captcha
from chalicelib.services.registration.tools import RegistrationTools

REGISTRATIONS_PER_ADDRESS = Limit("registration-address", 20, 60 * 60)
REGISTRATIONS_PER_DOCUMENT = Limit("registration-document", 10, 24 * 60 * 60)
REGISTRATIONS_PER_EMAIL = Limit("registration-email", 10, 24 * 60 * 60)
"""All three refuse: a registry counts our questions, and the answers about one document are not to be tried out."""

_NEEDED = (
    "Desde tu red se enviaron varios registros. Para continuar, escribe el texto de la imagen. Si no puedes, inténtalo"
    " dentro de una hora o acércate a la mesa de partes."
)
_WRONG = "El texto no coincide o venció. Escribe el texto de la imagen que ves o escuchas ahora."


def admit_registration(
    registration: Registration, captcha: CaptchaAnswer | None, *, origin: str, tools: RegistrationTools
) -> None:
    """Let a registration go on to the registry.

    Raises:
        CaptchaWrong: `captcha_needed` or `captcha_wrong`; no other limit was spent.
        TooManyRequests: `limit_reached`.

    """
    now = tools.clock()
    soft = REGISTRATIONS_UNCHECKED
    sent = tools.limits.tally(soft.key(origin), window_s=soft.window_s, now=now)
    if registration_demand(sent) is MailDemand.CAPTCHA:
        _require(captcha, tools)
    for limit, who in (
        (REGISTRATIONS_PER_ADDRESS, (origin,)),
        (REGISTRATIONS_PER_DOCUMENT, registration.document),
        (REGISTRATIONS_PER_EMAIL, (registration.email.lower(),)),
    ):
        tools.limits.spend(limit.key(*who), limit=limit.limit, window_s=limit.window_s, now=now)


def _require(captcha: CaptchaAnswer | None, tools: RegistrationTools) -> None:
    if captcha is None:
        raise CaptchaWrong("captcha_needed", _NEEDED, field="captcha")
    try:
        now = tools.clock()
        check_captcha(captcha.captcha_id, captcha.answer, tokens=tools.tokens, pepper=tools.pepper, now=now)
    except CaptchaWrong as wrong:
        raise CaptchaWrong(wrong.code, _WRONG, field=wrong.field) from wrong
