from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from chalicelib.domain.sender.institution import SigningKey
from chalicelib.domain.sender.key_coverage import days_left, signs_until, warning_due
from tests.deposit_world import NOW, a_signing_key

DAY = timedelta(days=1)


def a_key(begins: int, ends: int, **overrides: object) -> SigningKey:
    return a_signing_key(not_before=NOW + begins * DAY, not_after=NOW + ends * DAY, **overrides)


@pytest.mark.parametrize(
    ("keys", "until"),
    [
        ([], None),
        ([a_key(-5, 0)], None),
        ([a_key(1, 9)], None),
        ([a_key(-5, 9, revoked_at=NOW)], None),
        ([a_key(0, 9)], 9),
        ([a_key(-5, 3), a_key(-2, 9), a_key(-9, -1)], 9),
        ([a_key(3, 9), a_key(-5, 3)], 9),
        ([a_key(4, 9), a_key(-5, 3)], 3),
        ([a_key(-5, 3), a_key(2, 9, revoked_at=NOW)], 3),
        ([a_key(-5, 30), a_key(2, 9)], 30),
    ],
)
def test_it_signs_until_the_first_instant_without_a_good_key(keys: list[SigningKey], until: int | None) -> None:
    assert signs_until(keys, NOW) == (None if until is None else NOW + until * DAY)


@pytest.mark.parametrize(
    ("left", "due", "days"),
    [
        (30 * DAY + timedelta(seconds=1), None, 30),
        (30 * DAY, 30, 30),
        (8 * DAY, 30, 8),
        (7 * DAY, 7, 7),
        (timedelta(hours=25), 7, 1),
        (DAY, 1, 1),
        (timedelta(seconds=1), 1, 0),
    ],
)
def test_a_warning_is_due_from_its_day_on_and_the_last_one_alone(left: timedelta, due: int | None, days: int) -> None:
    until: datetime = NOW + left
    assert (warning_due(until, NOW), days_left(until, NOW)) == (due, days)
