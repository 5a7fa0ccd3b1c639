"""What a month costs: whole céntimos, each line and the tax rounded half upwards."""

from __future__ import annotations

import pytest

from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.usage.tariff import Measure, Tariff, bill_of, read_money, read_price, tariff_for


def used(deposits: int = 0, sms: int = 0, consultations: int = 0) -> dict[Measure, int]:
    return {Measure.DEPOSITS: deposits, Measure.SMS: sms, Measure.CONSULTATIONS: consultations}


@pytest.mark.parametrize(
    ("quantity", "price", "centimos"),
    [(1, 49, 0), (1, 50, 1), (1, 149, 1), (1, 150, 2), (3, 450, 14), (100_000, 450, 450_000), (0, 450, 0)],
)
def test_a_line_is_rounded_to_the_centimo_half_upwards(quantity: int, price: int, centimos: int) -> None:
    bill = bill_of(used(sms=quantity), Tariff("2026-01", sms=price))
    assert (bill.lines[1].amount, bill.subtotal, bill.tax, bill.total) == (centimos, centimos, 0, centimos)


@pytest.mark.parametrize(("subtotal", "tax"), [(1, 0), (2, 0), (3, 1), (25, 5), (30, 5), (100, 18)])
def test_the_tax_is_rounded_once_on_the_sum(subtotal: int, tax: int) -> None:
    bill = bill_of(used(deposits=subtotal), Tariff("2026-01", deposits=100, tax_percent=18))
    assert (bill.subtotal, bill.tax, bill.total) == (subtotal, tax, subtotal + tax)


def test_what_is_printed_adds_up() -> None:
    bill = bill_of(used(2, 3, 1), Tariff("2026-01", 1500, 450, 200, 18))
    assert [line.amount for line in bill.lines] == [30, 14, 2]
    assert (bill.subtotal, bill.tax, bill.total) == (46, 8, 54)


def test_the_last_tariff_that_began_is_in_force() -> None:
    first, second = Tariff("2026-02"), Tariff("2026-04")
    found = [tariff_for(month, (second, first)) for month in ("2026-01", "2026-02", "2026-03", "2026-04", "2027-01")]
    assert found == [None, first, first, second, second]


@pytest.mark.parametrize(("text", "price"), [("0.0450", 450), ("0.15", 1500), ("2", 20_000), ("0.0001", 1)])
def test_prices_have_up_to_four_decimals(text: str, price: int) -> None:
    assert read_price(text) == price


@pytest.mark.parametrize("text", ["", "-1", "0.00001", "1,5", "1e3", "0.04.5", " 1"])
def test_what_is_no_price_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no price"):
        read_price(text)


@pytest.mark.parametrize(
    ("typed", "centimos"),
    [("1234.50", 123_450), ("1,234.5", 123_450), ("S/ 1 234", 123_400), ("0.01", 1), (" 54.00 ", 5400)],
)
def test_amounts_are_read_as_people_type_them(typed: str, centimos: int) -> None:
    assert read_money(typed, field="amount") == centimos


@pytest.mark.parametrize("typed", ["", "0", "0.00", "-5", "12,5", "12,50", "1.234.50", "mil", "1e5", "9" * 12, "1.005"])
def test_an_amount_that_could_be_read_in_two_ways_is_refused(typed: str) -> None:
    with pytest.raises(InvalidInput, match="amount_invalid"):
        read_money(typed, field="amount")
