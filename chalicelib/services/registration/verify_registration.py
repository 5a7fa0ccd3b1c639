"""Verify the applicant's address by the code, and open the mailbox (REG-5, REG-6, REG-9)."""

from __future__ import annotations

from chalicelib.domain.access.access_secret import parse_email_code
from chalicelib.domain.access.token import TokenKind
from chalicelib.domain.errors import Conflict, NotReady
from chalicelib.domain.registration.registration import (
    Registration,
    RegistrationBusy,
    RegistrationChanged,
    RegistrationState,
)
from chalicelib.services.access.verify_code import CodeUnusable, CodeWrong, verify_code
from chalicelib.services.registration.complete_registration import complete_registration
from chalicelib.services.registration.tools import RegistrationTools, open_registration

_LOOKS, _PAUSE_S = 3, 0.4
"""How often, and after how long each, one looks whether the call that used the code up has opened the mailbox."""


def verify_by_code(registration_id: str, typed: str, *, tools: RegistrationTools) -> Registration:
    """Use the code up and complete the registration; one completed before or meanwhile is returned as it is.

    Raises:
        InvalidInput: `code_malformed`, `code_wrong` or `code_unusable`.
        Conflict: `registration_not_ready`, or `registration_completing` while another call with the code is at work.
        NotFound: `registration_not_found`.

    """
    registration = open_registration(registration_id, tools)
    code = parse_email_code(typed)
    if registration.state is RegistrationState.COMPLETED:
        return registration
    if registration.state is not RegistrationState.AWAITING_CODE:
        raise Conflict(
            "registration_not_ready", "Todavía no se envió un código para este registro. Espera nuestro correo."
        )
    try:
        verify_code(TokenKind.EMAIL_CODE, registration.code_name, code, tokens=tools.tokens, now=tools.clock())
        return complete_registration(registration, tools=tools)
    except (CodeUnusable, CodeWrong, RegistrationChanged, RegistrationBusy) as error:
        ended = _ended_meanwhile(registration_id, registration, error, tools)
        if ended is None:
            raise
        return ended


def _ended_meanwhile(
    registration_id: str, before: Registration, error: Exception, tools: RegistrationTools
) -> Registration | None:
    """Return the registration if another call, such as the same button's second press, has just completed it."""
    found = open_registration(registration_id, tools)
    if not isinstance(error, CodeUnusable) or tools.tokens.find(TokenKind.EMAIL_CODE, before.code_name) is not None:
        return found if found.state is RegistrationState.COMPLETED else None
    for _ in range(_LOOKS):  # only a used code is gone; an expired one stays longer than its registration
        if found.state is RegistrationState.COMPLETED:
            return found
        tools.pause(_PAUSE_S)
        found = open_registration(registration_id, tools)
    if found.state is RegistrationState.COMPLETED:
        return found
    if found.version != before.version:
        return None
    detail = (
        "Ya recibimos este código y estamos abriendo tu casilla. Actualiza la página en unos segundos; si te vuelve a"
        " pedir un código, pide otro."
    )
    raise NotReady("registration_completing", detail, retry_after=5)
