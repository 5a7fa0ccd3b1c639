"""A certificate of powers is at most thirty days old, and of no day that is still to come."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from chalicelib.domain.agreement.change_request import read_issue_day
from chalicelib.domain.errors import InvalidInput

TODAY = date(2026, 3, 9)


@pytest.mark.parametrize("age", [0, 1, 30])
def test_thirty_days_pass(age: int) -> None:
    issued = TODAY - timedelta(days=age)
    assert read_issue_day(issued.isoformat(), TODAY) == issued


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("2026-02-06", "certificate_too_old"),
        ("2026-03-10", "certificate_from_future"),
        ("31/2/2026", "field_format"),
        ("", "field_missing"),
    ],
)
def test_thirty_one_days_tomorrow_and_no_date_do_not(typed: str, code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_issue_day(typed, TODAY)
    assert (refused.value.code, refused.value.field) == (code, "power_issued_on")
