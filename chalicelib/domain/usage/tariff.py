"""What a month's use costs: whole céntimos, by a tariff that the deployment sets.

A price is in ten-thousandths of a sol, so that a message may cost S/ 0.0450. Each line, quantity by price, is rounded
to the céntimo by itself, half a céntimo upwards; then the tax on the sum of the lines, likewise. So whoever adds up
what is printed gets what is printed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from chalicelib.domain.errors import InvalidInput

MOST_CENTIMOS = 99_999_999_99
_TO_CENTIMOS = 100
_PERCENT = 100
_MONEY = re.compile(r"(?:S/\s*)?([0-9]{1,3}(?:[ ,]?[0-9]{3})*|[0-9]+)(?:\.([0-9]{1,2}))?")
_PRICE = re.compile(r"([0-9]{1,6})(?:\.([0-9]{1,4}))?")


class Measure(StrEnum):
    """What is counted of a month."""

    DEPOSITS = "deposits"
    SMS = "sms"
    CONSULTATIONS = "consultations"

    @property
    def label(self) -> str:
        """As pages and files say it."""
        return _LABELS[self]


_LABELS = {
    Measure.DEPOSITS: "Depósitos",
    Measure.SMS: "Mensajes SMS",
    Measure.CONSULTATIONS: "Consultas",
}


@dataclass(frozen=True, slots=True)
class Tariff:
    """The prices from a month on, `YYYY-MM`, in ten-thousandths of a sol; `tax_percent` is added to their sum."""

    since: str
    deposits: int = 0
    sms: int = 0
    consultations: int = 0
    tax_percent: int = 0

    def price(self, measure: Measure) -> int:
        """Return what one costs."""
        return int(getattr(self, measure.value))


@dataclass(frozen=True, slots=True)
class Line:
    """What one kind of use costs: `amount` in céntimos, `price` in ten-thousandths of a sol."""

    measure: Measure
    quantity: int
    price: int
    amount: int


@dataclass(frozen=True, slots=True)
class Bill:
    """What a month costs, in céntimos."""

    lines: tuple[Line, ...]
    tax_percent: int
    tax: int

    @property
    def subtotal(self) -> int:
        """The sum of the lines."""
        return sum(line.amount for line in self.lines)

    @property
    def total(self) -> int:
        """With the tax."""
        return self.subtotal + self.tax


def bill_of(quantities: dict[Measure, int], tariff: Tariff) -> Bill:
    """Return what a month's use costs by a tariff."""
    lines = tuple(
        Line(one, quantities[one], tariff.price(one), _rounded(quantities[one] * tariff.price(one), _TO_CENTIMOS))
        for one in Measure
    )
    return Bill(lines, tariff.tax_percent, _rounded(sum(line.amount for line in lines) * tariff.tax_percent, _PERCENT))


def tariff_for(month: str, tariffs: Sequence[Tariff]) -> Tariff | None:
    """Return the tariff in force in a month: the last one that began; None before the first."""
    return max((one for one in tariffs if one.since <= month), key=lambda one: one.since, default=None)


def read_price(text: str) -> int:
    """Return a price in ten-thousandths of a sol, as the deployment writes it: `0.0450`.

    Raises:
        ValueError: it is no such price.

    """
    found = _PRICE.fullmatch(text)
    if found is None:
        raise ValueError(f"no price: {text!r}")
    return int(found[1]) * 10_000 + int((found[2] or "").ljust(4, "0"))


def read_money(text: str, *, field: str) -> int:
    """Return an amount in céntimos, as people type it: `1,234.50`, `S/ 1234.5`.

    Raises:
        InvalidInput: `amount_invalid`; also where a comma may stand for the decimals.

    """
    found = _MONEY.fullmatch(text.strip())
    amount = 0 if found is None else int(re.sub("[ ,]", "", found[1])) * 100 + int((found[2] or "").ljust(2, "0"))
    if not 0 < amount <= MOST_CENTIMOS:
        detail = "Escribe el importe en soles, con punto para los céntimos, como 1234.50."
        raise InvalidInput("amount_invalid", detail, field=field)
    return amount


def _rounded(amount: int, parts: int) -> int:
    return (amount + parts // 2) // parts
