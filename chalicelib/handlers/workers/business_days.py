"""Tell every night how far the calendar is known."""

from __future__ import annotations

from typing import Any

from chalice.app import CloudWatchEvent

from chalicelib.bootstrap import current
from chalicelib.bootstrap.storage import calendar_store
from chalicelib.handlers.workers.reports import reported
from chalicelib.services.business_days import watch_calendar as watching


def watch_calendar(_: CloudWatchEvent) -> dict[str, Any]:
    """Tell it."""
    box = current()
    today = box.calendar.local(box.clock()).date()
    report = watching.watch_calendar(calendars=calendar_store(box), package=box.calendar, today=today)
    return reported("watch_calendar", report)
