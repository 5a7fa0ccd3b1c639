"""A look at a person's data: whose it was to make, and where it stands in the log."""

from __future__ import annotations

import re

from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.event import Event

_POSITION = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{15}Z#[0-9A-Za-z-]{1,64}")


def read_position(typed: str) -> str | None:
    """Read where a page of looks begins, as the page before wrote it; None for the first.

    Raises:
        InvalidInput: `cursor_invalid`.

    """
    if not typed:
        return None
    if not _POSITION.fullmatch(typed):
        raise InvalidInput("cursor_invalid", "Esa página no existe. Vuelve al inicio de la lista.", field="desde")
    return typed


def office_of(event: Event) -> tuple[str, str] | None:
    """Return the institution and the office that an officer asked from; None where they asked from none."""
    institution_id, office_id = event.data.get("institution_id", ""), event.data.get("office_id", "")
    return (institution_id, office_id) if institution_id and office_id else None
