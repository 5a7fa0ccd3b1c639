"""Sources of what nobody can foresee."""

from __future__ import annotations

import secrets  # noqa: TID251 - the one source of codes
import uuid  # noqa: TID251 - the one source of event ids
from collections.abc import Callable
from dataclasses import dataclass

from chalicelib.domain.access.access_secret import (
    EMAIL_CODE_SPACE,
    SECRET_BYTES,
    TEMPORARY_PASSWORD_SPACE,
    email_code,
    opaque_token,
    temporary_password,
)
from chalicelib.domain.codes import CODE_SPACE, code_from_number


@dataclass(frozen=True, slots=True)
class Chance:
    """What the container draws from; a test gives its own."""

    new_code: Callable[[], str] = lambda: code_from_number(secrets.randbelow(CODE_SPACE))
    """A code that can be read aloud."""
    below: Callable[[int], int] = secrets.randbelow
    """A number from zero to below another."""
    new_event_id: Callable[[], str] = lambda: uuid.uuid4().hex
    new_token: Callable[[], str] = lambda: opaque_token(secrets.token_bytes(SECRET_BYTES))
    new_email_code: Callable[[], str] = lambda: email_code(secrets.randbelow(EMAIL_CODE_SPACE))
    new_temporary_password: Callable[[], str] = lambda: temporary_password(secrets.randbelow(TEMPORARY_PASSWORD_SPACE))
