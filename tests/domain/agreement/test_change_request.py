"""A certificate of powers is at most thirty days old, and of no day that is still to come."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from chalicelib.domain.agreement.change_request import read_issue_day, read_letter
from chalicelib.domain.errors import InvalidInput

TODAY = date(2026, 3, 9)


@pytest.mark.parametrize("age", [0, 1, 30])
def test_thirty_days_pass(age: int) -> None:
    issued = TODAY - timedelta(days=age)
    assert read_issue_day(issued.isoformat(), TODAY, TODAY) == issued


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
        read_issue_day(typed, TODAY, TODAY)
    assert (refused.value.code, refused.value.field) == (code, "power_issued_on")


def test_a_certificate_is_as_old_as_it_was_when_the_document_came() -> None:
    came_on = TODAY - timedelta(days=20)
    issued = came_on - timedelta(days=30)
    assert read_issue_day(issued.isoformat(), came_on, TODAY) == issued
    for wrong, code in ((issued - timedelta(days=1), "old"), (came_on + timedelta(days=1), "from_future")):
        with pytest.raises(InvalidInput) as refused:
            read_issue_day(wrong.isoformat(), came_on, TODAY)
        assert refused.value.code.endswith(code)


@pytest.mark.parametrize(
    ("number", "day", "fields"),
    [
        ("Oficio 12-2026", "2026-03-09", []),
        ("Oficio 12-2026", "7/2/2026", []),
        ("Oficio 12-2026", "6/2/2026", ["came_on"]),
        ("x" * 61, "10/3/2026", ["letter_number", "came_on"]),
        (" ", "", ["letter_number", "came_on"]),
        ("1", "31/2/2026", ["came_on"]),
    ],
)
def test_a_document_has_a_number_and_came_in_the_last_thirty_days(number: str, day: str, fields: list[str]) -> None:
    typed = {"letter_number": number, "came_on": day}
    if not fields:
        assert read_letter(typed, TODAY).number == number
        return
    with pytest.raises(InvalidInput) as refused:
        read_letter(typed, TODAY)
    assert [one.field for one in refused.value.problems or (refused.value,)] == fields
