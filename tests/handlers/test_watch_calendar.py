"""The nightly job that tells how far the calendar is known."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.bootstrap.storage import calendar_store
from chalicelib.domain.business_days.calendar_version import CalendarVersion
from chalicelib.domain.calendar import CalendarEntries
from chalicelib.domain.event import Event, EventType
from tests.deposit_world import NOW, World

SCHEDULED = dict.fromkeys(
    ("version", "account", "region", "detail", "detail-type", "source", "time", "id", "resources"), ""
)


def confirm(world: World, year: int) -> None:
    """Keep the year as confirmed by the calendar's first version."""
    version = CalendarVersion(CalendarEntries(1, confirmed_until=year), NOW, "operator:rquispe", "confirma", "Revisado")
    event = Event("calendar#PE", EventType.CALENDAR_CHANGED, NOW, "e1", "operator:rquispe")
    calendar_store(world.container).change(version, event)


def watch(world: World) -> dict[str, Any]:
    report: dict[str, Any] = world.client.lambda_.invoke("watch_calendar", SCHEDULED).payload
    return report


@pytest.mark.parametrize(
    ("year", "now", "left", "until"),
    [
        (None, NOW, 0, 2025),
        (2026, NOW, 297, 2026),
        (2026, datetime(2026, 11, 17, 5, tzinfo=UTC), 44, 2026),
        (2026, datetime(2026, 11, 17, 4, 59, tzinfo=UTC), 45, 2026),
        (2026, datetime(2027, 1, 1, 5, tzinfo=UTC), 0, 2026),
        (2027, NOW, 662, 2027),
    ],
)
def test_the_days_that_are_left_are_counted_on_limas_clock(
    world: World, year: int | None, now: datetime, left: int, until: int
) -> None:
    if year is not None:
        confirm(world, year)
    world.clock.now = now

    assert watch(world) == {"days_left": left, "confirmed_until": until, "failed": 0, "is_complete": True}


def test_a_year_that_is_taken_back_is_told_the_next_night(world: World) -> None:
    confirm(world, 2026)
    back = CalendarVersion(CalendarEntries(2), NOW, "operator:rquispe", "retira", "Faltaba un decreto")
    event = Event("calendar#PE", EventType.CALENDAR_CHANGED, NOW, "e2", "operator:rquispe")
    calendar_store(world.container).change(back, event)

    assert watch(world)["days_left"] == 0
