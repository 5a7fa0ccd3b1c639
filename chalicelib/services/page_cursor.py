"""Cursors of lists of notices: where the next page starts, opaque to who turns the pages."""

from __future__ import annotations

import base64
import binascii
import re

from chalicelib.domain.errors import InvalidInput

_LONGEST = 100
_POSITION = re.compile(r"[0-9T:-]{19}Z#[0-9A-Z-]{14}")


def cursor_of(position: str | None) -> str | None:
    """Write the position of the last notice shown; None when there are no more."""
    return None if position is None else base64.urlsafe_b64encode(position.encode()).decode().rstrip("=")


def position_of(cursor: str | None) -> str | None:
    """Read a cursor.

    Raises:
        InvalidInput: `cursor_invalid`.

    """
    if cursor is None:
        return None
    try:
        if len(cursor) > _LONGEST:
            raise ValueError("no position is so long")  # noqa: TRY301
        position = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except (binascii.Error, ValueError):
        position = ""
    if not _POSITION.fullmatch(position):
        raise cursor_invalid()
    return position


def cursor_invalid() -> InvalidInput:
    """Return the refusal for what is no cursor of ours."""
    return InvalidInput("cursor_invalid", "El cursor no es uno que dio el servicio.", field="cursor")
