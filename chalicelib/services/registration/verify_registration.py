"""Verify the applicant's address by the code, and open the mailbox (REG-5, REG-6, REG-9)."""

from __future__ import annotations

from chalicelib.domain.access.access_secret import parse_email_code
from chalicelib.domain.access.token import TokenKind
from chalicelib.domain.errors import Conflict, NotReady
from chalicelib.domain.registration.registration import (
    VERIFIABLE,
    Registration,
    RegistrationBusy,
    RegistrationChanged,
    RegistrationState,
)
from chalicelib.services.access.verify_code import CodeUnusable, CodeWrong
from chalicelib.services.registration.prove_registration import go_on_with_proof
from chalicelib.services.registration.registration_codes import use_code
from chalicelib.services.registration.tools import RegistrationTools, open_registration

_LOOKS, _PAUSE_S = 3, 0.4
"""How often, and after how long each, one looks whether the call that used the code up has opened the mailbox."""


def verify_by_code(registration_id: str, typed: str, *, origin: str, tools: RegistrationTools) -> Registration:
    """Use the code up and go on with the registration; one completed before or meanwhile is returned as it is.

    Returned completed, or waiting: for a registry that was to be asked after the code, or for a review. `origin` is who
    shows it.

    Raises:
        InvalidInput: `code_malformed`, `code_wrong` or `code_unusable`; or the registry's refusal.
        TooManyRequests: `limit_reached`, as `go_on_with_proof`.
        Conflict: `registration_not_ready`, `registration_ended` after the registry's refusal, or
            `registration_completing` while another call with the code is at work.
        NotFound: `registration_not_found`.

    """
    registration = open_registration(registration_id, tools)
    code = parse_email_code(typed)
    if _is_shown_already(registration):
        return registration
    if registration.state is RegistrationState.REFUSED:
        detail = "Este registro ya terminó, porque los datos no se pudieron confirmar. Regístrate de nuevo."
        raise Conflict("registration_ended", detail)
    if registration.state not in VERIFIABLE:
        raise Conflict(
            "registration_not_ready",
            "Todavía no se envió una clave de validación para este registro. Espera nuestro correo.",
        )
    try:
        use_code(registration, code, tools=tools)
        return go_on_with_proof(registration, origin=origin, tools=tools)
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
        return found if _is_over(before, found) else None
    for _ in range(_LOOKS):  # only a used code is gone; an expired one stays longer than its registration
        if _is_over(before, found):
            return found
        tools.pause(_PAUSE_S)
        found = open_registration(registration_id, tools)
    if _is_over(before, found):
        return found
    if found.version != before.version:
        return None
    detail = (
        "Ya recibimos esta clave de validación y estamos abriendo tu casilla. Actualiza la página en unos segundos."
        " Si te la vuelve a pedir, pide otra."
    )
    raise NotReady("registration_completing", detail, retry_after=5)


def _is_shown_already(registration: Registration) -> bool:
    is_waiting = registration.state is RegistrationState.AWAITING_REGISTRY and registration.is_proven
    return registration.state in {RegistrationState.COMPLETED, RegistrationState.AWAITING_REVIEW} or is_waiting


def _is_over(before: Registration, found: Registration) -> bool:
    """Tell whether another call with the code has come to the end of it, whatever that was."""
    is_denied = before.state is RegistrationState.AWAITING_PROOF and found.state is RegistrationState.REFUSED
    return is_denied or _is_shown_already(found)
