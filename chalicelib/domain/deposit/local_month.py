"""Months as people count them, out of an index that is kept by months of UTC."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from chalicelib.domain.errors import InvalidInput

_MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True)
class MonthPart:
    """What of a local month lies in one month of UTC: from `first` on, before `before`, both UTC."""

    utc_month: str
    first: datetime
    before: datetime


def parts_of(month: str, zone: ZoneInfo) -> tuple[MonthPart, ...]:
    """Return the parts of a local month, `YYYY-MM`, in order: one where the zone is UTC, else two.

    In Lima March 2026 is March of UTC from its first day at five on, and the first five hours of April.

    Raises:
        InvalidInput: `month_invalid`.

    """
    if not _MONTH.fullmatch(month):
        raise InvalidInput("month_invalid", "El parámetro month va como AAAA-MM, por ejemplo 2026-01.", field="month")
    first = datetime.strptime(month, "%Y-%m").replace(tzinfo=zone)
    return tuple(_parts(first.astimezone(UTC), _next_month(first).astimezone(UTC)))


def _parts(first: datetime, before: datetime) -> Iterator[MonthPart]:
    while first < before:
        ends = min(before, _next_month(first))
        yield MonthPart(f"{first:%Y-%m}", first, ends)
        first = ends


def _next_month(instant: datetime) -> datetime:
    """Return the first midnight of the next month, on the clock of the instant's zone."""
    year, month = divmod(instant.year * 12 + instant.month, 12)
    return datetime(year, month + 1, 1, tzinfo=instant.tzinfo)
