"""Show an opened notice with what happened to it: opening it and reading its log go at once."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.domain.alert.alert_batch import AlertBatch
from chalicelib.domain.errors import Unavailable
from chalicelib.domain.reading.reading import DeliveredNotice
from chalicelib.domain.reading.timeline import MOST_READ, UNREAD, NoticeLog, Timeline, timeline
from chalicelib.domain.session import Session
from chalicelib.services.reading.open_notice import OpenedNotice, open_notice
from chalicelib.services.reading.tools import ReadingTools, delivered_to
from chalicelib.services.together import together
from chalicelib.store.event_store import EventStore
from chalicelib.store.reading.reading_store import FoundNotice


@dataclass(frozen=True, slots=True)
class ReadNotice:
    """An opened notice and its timeline."""

    opened: OpenedNotice
    timeline: Timeline


def read_notice(session: Session, found: FoundNotice, *, origin: str, tools: ReadingTools) -> ReadNotice:
    """Open a notice, for the first time or again, and tell what happened to it.

    A log that cannot be read keeps nobody from the notice: then its timeline is `UNREAD`.

    Raises:
        NotFound, ReadingSuspended, Unavailable: as `open_notice`.

    """
    notice_id = delivered_to(session, found).notice.notice_id
    opened: list[OpenedNotice] = []
    logs: list[NoticeLog] = []
    together(
        [
            lambda: opened.append(open_notice(session, found, origin=origin, tools=tools)),
            lambda: logs.append(_log_or_none(notice_id, tools.events)),
        ]
    )
    [after], [log] = opened, logs
    return ReadNotice(after, timeline(after.delivered, after.alerts, log.with_event(after.event)))


def tell_suspended(delivered: DeliveredNotice, alerts: AlertBatch | None, *, tools: ReadingTools) -> Timeline:
    """Tell what happened to a notice whose reading is suspended; looking at that is no opening."""
    return timeline(delivered, alerts, _log_or_none(delivered.notice.notice_id, tools.events))


def _log_or_none(notice_id: str, events: EventStore) -> NoticeLog:
    try:
        return NoticeLog.of_newest(events.newest_for_subject(f"notice#{notice_id}", limit=MOST_READ + 1))
    except Unavailable:
        return UNREAD
