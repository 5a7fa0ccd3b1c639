"""Months by the country's days, when they are closed, and the text that a statement is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from chalicelib.domain.errors import NotFound
from chalicelib.domain.usage.month import UsageSettings, closes_on, days_of, next_month, read_month, to_close
from chalicelib.domain.usage.statement import DayUse, content_of, read_content, sha256_of, statement_of
from chalicelib.domain.usage.tariff import Tariff
from chalicelib.renderers.usage.usage_settings import read_settings, usage_settings

SETTINGS = UsageSettings("2026-02", close_days=4)


@pytest.mark.parametrize(("month", "days"), [("2026-02", 28), ("2028-02", 29), ("2026-12", 31), ("2026-04", 30)])
def test_a_month_has_its_days(month: str, days: int) -> None:
    found = list(days_of(month))
    assert (len(found), found[0].day, found[-1].day) == (days, 1, days)


def test_december_is_followed_by_january() -> None:
    assert next_month("2026-12") == "2027-01"
    assert closes_on("2026-12", SETTINGS) == date(2027, 1, 5)


@pytest.mark.parametrize(
    ("last", "today", "months"),
    [
        (None, date(2026, 3, 4), []),
        (None, date(2026, 3, 5), ["2026-02"]),
        (None, date(2026, 5, 5), ["2026-02", "2026-03", "2026-04"]),
        ("2026-02", date(2026, 4, 4), []),
        ("2026-02", date(2026, 4, 8), ["2026-03"]),
    ],
)
def test_months_are_closed_by_the_date_however_long_nobody_did(
    last: str | None, today: date, months: list[str]
) -> None:
    assert list(to_close("2026-01", last, today, SETTINGS)) == months


@pytest.mark.parametrize("typed", ["", "2026-13", "2026-00", "2026-3", "26-03", "2026-03-01", "x", "\uff12026-03"])
def test_what_is_no_month_is_not_found(typed: str) -> None:
    with pytest.raises(NotFound, match="month_unknown"):
        read_month(typed)


@pytest.mark.parametrize("tariff", [None, Tariff("2026-01", 1500, 450, 200, 18)])
def test_a_statement_is_its_text_and_comes_back_out_of_it(tariff: Tariff | None) -> None:
    days = (DayUse(date(2026, 3, 9), 2, 3, 1), DayUse(date(2026, 3, 31), 1))
    one = statement_of(("mine", "=HYPERLINK(1)"), "2026-03", days, tariff)
    closed = replace(one, closed_at=datetime(2026, 4, 5, 9, tzinfo=UTC), due_on=date(2026, 4, 20))
    text = content_of(closed)
    assert read_content(text) == closed
    assert content_of(read_content(text)) == text
    assert sha256_of(text) != sha256_of(content_of(replace(closed, days=days[:1])))


def test_the_deployments_settings_can_be_read_and_a_tariff_is_read_strictly() -> None:
    assert usage_settings().close_days >= 4
    text = 'first_month = "2026-01"\nclose_days = 4\ndue_days = 15\nwarn_days = 5\n'
    tariff = '[[tariff]]\nsince = "2026-01"\ndeposits = "0.15"\nsms = "0.0450"\nconsultations = "0"\ntax_percent = 18\n'
    assert read_settings(text + tariff).tariffs == (Tariff("2026-01", 1500, 450, 0, 18),)
    for wrong in (
        text.replace("close_days = 4", "close_days = 3"),
        text.replace("2026-01", "2026-13"),
        text + tariff + tariff,
        text + tariff.replace("0.0450", "0,0450"),
        text + tariff.replace("= 18", "= 101"),
    ):
        with pytest.raises(ValueError, match=r".+"):
            read_settings(wrong)
