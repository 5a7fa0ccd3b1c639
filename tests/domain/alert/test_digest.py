from __future__ import annotations

from datetime import date, datetime

import pytest

from chalicelib.domain.alert.digest import digest_day
from tests.calendars import PERU


@pytest.mark.parametrize(
    ("at", "day"),
    [
        ("2026-03-09T08:09:59-05:00", None),
        ("2026-03-09T08:10:00-05:00", date(2026, 3, 9)),
        ("2026-03-09T17:59:59-05:00", date(2026, 3, 9)),
        ("2026-03-09T18:00:00-05:00", None),
        ("2026-03-09T23:30:00-05:00", None),
        ("2026-03-10T02:00:00+00:00", None),
        ("2026-03-14T10:00:00-05:00", None),
        ("2026-04-02T10:00:00-05:00", None),
        ("2026-01-02T10:00:00-05:00", None),
    ],
)
def test_a_digest_goes_out_on_the_day_of_business_days_in_lima(at: str, day: date | None) -> None:
    assert digest_day(datetime.fromisoformat(at), PERU) == day
