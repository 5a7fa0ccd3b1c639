"""Verify the applicant's address by code or link, and open the mailbox (REG-5, REG-6, REG-9)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from chalicelib.domain.access_secret import parse_email_code
from chalicelib.domain.errors import Conflict
from chalicelib.domain.registration import Registration, RegistrationState
from chalicelib.domain.token import TokenKind
from chalicelib.services.complete_registration import complete_registration
from chalicelib.services.registration_tools import RegistrationTools, open_registration
from chalicelib.services.verify_code import CodeUnusable, verify_code


def verify_by_code(registration_id: str, typed: str, *, tools: RegistrationTools) -> Registration:
    """Use the code up and complete the registration; one completed before is returned as it is.

    Raises:
        InvalidInput: `code_malformed`, `code_wrong` or `code_unusable`.
        Conflict: `registration_not_ready`.
        NotFound: `registration_not_found`.

    """
    registration = open_registration(registration_id, tools)
    code = parse_email_code(typed)
    return _verify(
        registration,
        partial(
            verify_code, TokenKind.EMAIL_CODE, registration.code_name, code, tokens=tools.tokens, now=tools.clock()
        ),
        tools,
    )


def verify_by_link(registration_id: str, secret: str, *, tools: RegistrationTools) -> Registration:
    """Do the same by the link's secret, which only a POST uses up.

    Raises:
        InvalidInput: `code_unusable`.
        Conflict: `registration_not_ready`.
        NotFound: `registration_not_found`.

    """
    registration = open_registration(registration_id, tools)
    return _verify(registration, partial(_use_link, registration, secret, tools), tools)


def _verify(registration: Registration, prove: Callable[[], object], tools: RegistrationTools) -> Registration:
    if registration.state is RegistrationState.COMPLETED:
        return registration
    if registration.state is not RegistrationState.AWAITING_CODE:
        raise Conflict(
            "registration_not_ready", "Todavía no se envió un código para este registro. Espera nuestro correo."
        )
    prove()
    return complete_registration(registration, tools=tools)


def _use_link(registration: Registration, secret: str, tools: RegistrationTools) -> None:
    link = tools.tokens.find(TokenKind.EMAIL_LINK, secret)
    is_ours = link is not None and link.data.get("code_name") == registration.code_name
    if not is_ours or tools.tokens.consume(TokenKind.EMAIL_LINK, secret, now=tools.clock()) is None:
        raise CodeUnusable("code_unusable", "Este enlace ya no sirve. Pide uno nuevo.", field="token")
    tools.tokens.revoke(TokenKind.EMAIL_CODE, registration.code_name)
