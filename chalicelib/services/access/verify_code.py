"""Check a six-character code that was sent by e-mail (REG-5, ACC-1).

An attempt is counted before it is judged, so that a burst gets no more of them than a patient person. A missing, an
expired and a used-up code cost and say the same; where a code for an unknown person would betray them, the flow
issues one that it sends to no one.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from chalicelib.domain.access.token import CODE_ATTEMPTS, Token, TokenKind
from chalicelib.domain.errors import InvalidInput
from chalicelib.store.access.token_store import TokenStore


class CodeWrong(InvalidInput):
    """Not the code that was sent; attempts remain."""


class CodeSuperseded(InvalidInput):
    """The code of an earlier e-mail: another was sent after it, and counts."""


class CodeUnusable(InvalidInput):
    """No attempt is left, or the code expired, was used or never existed: only a new one helps."""


def judge_code(  # noqa: PLR0913 - what the code is, and against what it is held
    kind: TokenKind,
    name: str,
    is_right: Callable[[Token], bool],
    *,
    is_earlier: Callable[[Token], bool],
    tokens: TokenStore,
    now: datetime,
) -> Token:
    """Count an attempt and return the code's token if it is right; whoever asked uses it up.

    Raises:
        CodeSuperseded: `code_superseded`; the attempt is given back.
        CodeWrong: `code_wrong`.
        CodeUnusable: `code_unusable`.

    """
    token = tokens.count_attempt(kind, name, limit=CODE_ATTEMPTS, now=now)
    if token is None:
        raise code_unusable()
    if is_right(token):
        return token
    if is_earlier(token):
        tokens.give_back_attempt(kind, name)
        raise code_superseded()
    left = CODE_ATTEMPTS - token.attempts
    if left == 0:
        raise code_unusable()
    tries = "te queda 1 intento" if left == 1 else f"te quedan {left} intentos"
    detail = f"Lo que escribiste no es correcto. Revísalo; {tries}."
    raise CodeWrong("code_wrong", detail, field="code")


def code_superseded() -> CodeSuperseded:
    """Return the refusal for a code that was right, of an e-mail before the last."""
    detail = "Después de ese correo te enviamos otro. Escribe lo que dice el último."
    return CodeSuperseded("code_superseded", detail, field="code")


def code_unusable() -> CodeUnusable:
    """Return the one refusal for codes that are used up, expired or none."""
    return CodeUnusable("code_unusable", "Lo que escribiste ya no sirve. Pide otro correo.", field="code")
