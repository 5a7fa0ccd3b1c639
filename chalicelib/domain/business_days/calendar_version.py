"""One version of what was entered of the calendar, as it is kept: with who changed what, when, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.calendar import CalendarEntries
from chalicelib.domain.errors import Conflict


@dataclass(frozen=True, slots=True)
class CalendarVersion:
    """`actor` is `operator:<name>`, `change` one line that says what this version changed."""

    entries: CalendarEntries
    changed_at: datetime
    actor: str
    change: str
    reason: str


class CalendarChanged(Conflict):
    """Somebody else changed the calendar since it was read."""


def calendar_changed() -> CalendarChanged:
    """Return the refusal for two changes at once."""
    detail = "Otra persona cambió el calendario mientras tanto; no se hizo nada. Véalo con «calendar show» y repita."
    return CalendarChanged("calendar_changed", detail)
