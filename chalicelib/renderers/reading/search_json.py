"""A search as JSON: its conditions as they were understood, and how far it looked."""

from __future__ import annotations

from datetime import datetime

from chalicelib.domain.reading.search import Condition
from chalicelib.domain.reading.search_query import PARAMETERS


def conditions_as_json(conditions: tuple[Condition, ...]) -> list[dict[str, str]]:
    """Write the conditions as they were understood, under the names of the query's parameters."""
    rows = ((one.field.value, one.operator.value, one.value) for one in conditions)
    return [dict(zip(PARAMETERS, row, strict=True)) for row in rows]


def looked_in_words(looked_until: datetime | None, *, is_complete: bool) -> str:
    """Say how far the search looked; `looked_until` is in the country's zone."""
    if is_complete or looked_until is None:
        return "Buscamos en todas las notificaciones."
    return f"Buscamos en las notificaciones hasta el {looked_until:%d/%m/%Y}. Puedes seguir buscando en las anteriores."
