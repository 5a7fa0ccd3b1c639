"""A month's statement: what was used on each day, what it costs, and when that is to be paid. It never changes.

Its content is one text, written in one way only, whose SHA-256 is printed with it. So whoever has the text can tell
that it is the one that was closed, and what is shown is read back out of that text alone.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date, datetime

from chalicelib.domain.usage.tariff import Bill, Line, Measure, Tariff, bill_of

_FORMAT = 1


@dataclass(frozen=True, slots=True)
class DayUse:
    """What was used on a local day."""

    day: date
    deposits: int = 0
    sms: int = 0
    consultations: int = 0

    def of(self, measure: Measure) -> int:
        """Return how much of one kind."""
        return int(getattr(self, measure.value))


@dataclass(frozen=True, slots=True)
class Statement:
    """`month` is `YYYY-MM`; `days` are those on which something was used, in order.

    `closed_at` is None of a month that can still change, which has no number either; `due_on` is None where nothing is
    to be paid. `bill` is None without a tariff.
    """

    institution_id: str
    institution_name: str
    month: str
    days: tuple[DayUse, ...]
    bill: Bill | None = None
    closed_at: datetime | None = None
    due_on: date | None = None

    @property
    def number(self) -> str:
        """What it is called: an institution has one of each month."""
        return f"EC-{self.month}-{self.institution_id}"

    @property
    def is_closed(self) -> bool:
        """Whether it never changes any more."""
        return self.closed_at is not None

    @property
    def owed(self) -> int:
        """What is to be paid, in céntimos; 0 until it is closed."""
        return self.bill.total if self.bill is not None and self.is_closed else 0

    def total(self, measure: Measure) -> int:
        """Return how much was used in the whole month."""
        return sum(day.of(measure) for day in self.days)


def statement_of(
    institution: tuple[str, str], month: str, days: tuple[DayUse, ...], tariff: Tariff | None
) -> Statement:
    """Return a statement that is not closed. `institution` is its id and name."""
    used = {measure: sum(day.of(measure) for day in days) for measure in Measure}
    return Statement(*institution, month, days, None if tariff is None else bill_of(used, tariff))


def content_of(statement: Statement) -> str:
    """Write a closed statement as its one text."""
    bill = statement.bill
    content = {
        "format": _FORMAT,
        "number": statement.number,
        "institution": {"id": statement.institution_id, "name": statement.institution_name},
        "month": statement.month,
        "closed_at": statement.closed_at.isoformat() if statement.closed_at else None,
        "days": [[day.day.isoformat(), *(day.of(measure) for measure in Measure)] for day in statement.days],
        "used": {measure.value: statement.total(measure) for measure in Measure},
        "bill": bill
        and {
            "currency": "PEN",
            "lines": [[line.measure.value, line.quantity, line.price, line.amount] for line in bill.lines],
            "subtotal": bill.subtotal,
            "tax_percent": bill.tax_percent,
            "tax": bill.tax,
            "total": bill.total,
        },
        "due_on": statement.due_on.isoformat() if statement.due_on else None,
    }
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def read_content(text: str) -> Statement:
    """Read a statement out of its text."""
    content = json.loads(text)
    bill, due_on = content["bill"], content["due_on"]
    return Statement(
        content["institution"]["id"],
        content["institution"]["name"],
        content["month"],
        tuple(DayUse(date.fromisoformat(day), *counts) for day, *counts in content["days"]),
        bill
        and Bill(
            tuple(Line(Measure(measure), *numbers) for measure, *numbers in bill["lines"]),
            bill["tax_percent"],
            bill["tax"],
        ),
        datetime.fromisoformat(content["closed_at"]),
        date.fromisoformat(due_on) if due_on else None,
    )


def sha256_of(content: str) -> str:
    """Return the hash that is printed with it."""
    return hashlib.sha256(content.encode()).hexdigest()
