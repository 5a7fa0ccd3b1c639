"""Local months, `YYYY-MM`, and when their statement is closed and paid. All days are the country's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from chalicelib.domain.errors import NotFound
from chalicelib.domain.usage.tariff import Tariff

_MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])", re.ASCII)
LEAST_CLOSE_DAYS = 4
"""An alert is tried for 72 hours, and what was sent by then is in the log a little later."""


@dataclass(frozen=True, slots=True)
class UsageSettings:
    """What the deployment sets. `first_month` is the first that was counted whole.

    A month is closed `close_days` after its last day, and paid `due_days` after it is closed; `warn_days` before that
    coordinators are told. Without a tariff statements have no amount, and nothing is owed.
    """

    first_month: str
    close_days: int = LEAST_CLOSE_DAYS
    due_days: int = 15
    warn_days: int = 5
    tariffs: tuple[Tariff, ...] = ()


def month_of(day: date) -> str:
    """Return the month of a day."""
    return f"{day:%Y-%m}"


def first_day(month: str) -> date:
    """Return the first day of a month."""
    return date(int(month[:4]), int(month[5:]), 1)


def next_month(month: str) -> str:
    """Return the month after."""
    return month_of(first_day(month) + timedelta(days=31))


def month_before(month: str) -> str:
    """Return the month before."""
    return month_of(first_day(month) - timedelta(days=1))


def days_of(month: str) -> Iterator[date]:
    """Yield every day of a month."""
    day = first_day(month)
    while month_of(day) == month:
        yield day
        day += timedelta(days=1)


def closes_on(month: str, settings: UsageSettings) -> date:
    """Return the first day on which a month may be closed: no late event comes any more."""
    return first_day(next_month(month)) + timedelta(days=settings.close_days)


def to_close(first: str, last_closed: str | None, today: date, settings: UsageSettings) -> Iterator[str]:
    """Yield the months to be closed by now, oldest first, however long nobody did."""
    month = max(first, settings.first_month) if last_closed is None else next_month(last_closed)
    while today >= closes_on(month, settings):
        yield month
        month = next_month(month)


def read_month(typed: str) -> str:
    """Return a month that an address names.

    Raises:
        NotFound: `month_unknown`.

    """
    if not _MONTH.fullmatch(typed):
        raise month_unknown()
    return typed


def month_unknown() -> NotFound:
    """Return what is told of a month that has no statement."""
    return NotFound("month_unknown", "De ese mes no hay un estado de consumo. Vuelve a la lista de meses.")
