"""Verify the applicant's address by the code, and open the mailbox (REG-5, REG-6, REG-9)."""

from __future__ import annotations

from chalicelib.domain.access_secret import parse_email_code
from chalicelib.domain.errors import Conflict
from chalicelib.domain.registration import Registration, RegistrationState
from chalicelib.domain.token import TokenKind
from chalicelib.services.complete_registration import complete_registration
from chalicelib.services.registration_tools import RegistrationTools, open_registration
from chalicelib.services.verify_code import verify_code


def verify_by_code(registration_id: str, typed: str, *, tools: RegistrationTools) -> Registration:
    """Use the code up and complete the registration; one completed before is returned as it is.

    Raises:
        InvalidInput: `code_malformed`, `code_wrong` or `code_unusable`.
        Conflict: `registration_not_ready`.
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
    verify_code(TokenKind.EMAIL_CODE, registration.code_name, code, tokens=tools.tokens, now=tools.clock())
    return complete_registration(registration, tools=tools)
