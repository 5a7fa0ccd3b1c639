from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from chalicelib.domain.deposit.local_month import MonthPart, parts_of

MONTHS = [f"{year}-{month:02}" for year in (2025, 2026, 2027, 2028) for month in range(1, 13)]
ZONES = ("America/Lima", "America/Guayaquil", "UTC", "Asia/Tokyo", "America/Santiago", "Pacific/Kiritimati")


def utc(*instant: int) -> datetime:
    return datetime(*instant, tzinfo=UTC)  # type: ignore[misc,arg-type]


def test_a_month_of_lima_ends_five_hours_into_the_next_month_of_utc() -> None:
    assert parts_of("2026-11", ZoneInfo("America/Lima")) == (
        MonthPart("2026-11", utc(2026, 11, 1, 5), utc(2026, 12, 1)),
        MonthPart("2026-12", utc(2026, 12, 1), utc(2026, 12, 1, 5)),
    )
    assert parts_of("2026-12", ZoneInfo("America/Lima"))[1].utc_month == "2027-01"


def test_a_month_east_of_greenwich_begins_in_the_month_before() -> None:
    assert [part.utc_month for part in parts_of("2026-03", ZoneInfo("Asia/Tokyo"))] == ["2026-02", "2026-03"]
    assert parts_of("2026-03", ZoneInfo("UTC")) == (MonthPart("2026-03", utc(2026, 3, 1), utc(2026, 4, 1)),)


@pytest.mark.parametrize("name", ZONES)
def test_every_instant_belongs_to_one_part_of_one_month_which_is_its_own(name: str) -> None:
    zone = ZoneInfo(name)
    parts = [(month, part) for month in MONTHS for part in parts_of(month, zone)]
    assert all(one.before == next_.first for (_, one), (_, next_) in pairwise(parts))
    for month, part in parts:
        for instant in (part.first, part.before - timedelta(seconds=1)):
            assert f"{instant.astimezone(zone):%Y-%m}" == month
            assert f"{instant:%Y-%m}" == part.utc_month
