"""Open a notice: the first opening is recorded once and counted once, whoever else is at it; later ones are logged.

Two round trips: the notice comes with the session, one write records. Whoever loses a race opens again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.domain.alert.alert import AlertBatch
from chalicelib.domain.deadline import fix_deadline
from chalicelib.domain.errors import Conflict, Unavailable
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.reading.reading import DeliveredNotice, Opening, Seen
from chalicelib.domain.session import Session
from chalicelib.services.reading.tools import ReadingTools, delivered_to
from chalicelib.store.reading.reading_store import FoundNotice, ReadingUncertain

_TRIES = 6
_PAUSE_S = 0.1


@dataclass(frozen=True, slots=True)
class OpenedNotice:
    """A notice as it stands after it was opened, its alerts, and whether this was the first opening."""

    delivered: DeliveredNotice
    alerts: AlertBatch | None
    is_first: bool


@dataclass(frozen=True, slots=True)
class _Act:
    """One user's opening: when it was asked for, and the id of its event, by which it is known again."""

    session: Session
    at: datetime
    event_id: str
    origin: str

    @property
    def seen(self) -> Seen:
        return Seen(self.session.user_id, self.session.shown_name, self.at)


def open_notice(session: Session, found: FoundNotice, *, origin: str, tools: ReadingTools) -> OpenedNotice:
    """Record that whose session this is opened a notice, `found` together with the session.

    Under the regime `acknowledgement` the first opening fixes the dates for good.

    Raises:
        NotFound: `notice_not_found`, also for another mailbox's.
        Unavailable: `opening_unavailable` or `store_unavailable`: open it again.

    """
    act = _Act(session, tools.clock(), tools.new_event_id(), origin)
    delivered = delivered_to(session, found)
    for attempt in range(1, _TRIES + 1):
        try:
            recorded = _record(act, delivered, tools)
        except ReadingUncertain:
            tools.pause(attempt * _PAUSE_S)
            found = tools.readings.find(delivered.notice.notice_id)
            delivered = delivered_to(session, found)
            continue
        is_first = recorded.opening is not None and recorded.opening.opening_id == act.event_id
        return OpenedNotice(recorded, found.alerts, is_first)
    raise Unavailable(
        "opening_unavailable", "No se pudo registrar la apertura. Vuelve a abrir la notificación.", retry_after=2
    )


def _record(act: _Act, delivered: DeliveredNotice, tools: ReadingTools) -> DeliveredNotice:
    """Write what this opening is to the notice as it was read; return the notice as it then stands."""
    if delivered.opening is None:
        return _open_first(act, delivered, tools)
    if delivered.opening.opening_id == act.event_id:
        return delivered  # recorded by a try whose answer was lost
    event = _event(act, delivered, EventType.NOTICE_REOPENED, {})
    if delivered.was_seen_by(act.session.user_id):
        add_once(event, tools)
        return delivered
    tools.readings.add_seen(delivered.notice.notice_id, act.seen, event)
    return replace(delivered, seen=(*delivered.seen, act.seen))


def _open_first(act: _Act, delivered: DeliveredNotice, tools: ReadingTools) -> DeliveredNotice:
    notice = delivered.notice
    opened_on = tools.calendar.local(act.at).date()
    fixed = fix_deadline(notice.deadline, notice.openings, opened_on) if delivered.is_fixed_by_opening else None
    opening = Opening(act.event_id, act.at, act.session.user_id, fixed)
    dates = {} if fixed is None else {"effective_on": str(fixed.effective_on), "term_starts_on": str(fixed.starts_by)}
    event = _event(act, delivered, EventType.NOTICE_OPENED, dates)
    tools.readings.open(delivered, opening, act.seen, event)
    return replace(delivered, opening=opening, seen=(act.seen,))


def _event(act: _Act, delivered: DeliveredNotice, kind: EventType, data: dict[str, str]) -> Event:
    return Event(
        subject=f"notice#{delivered.notice.notice_id}",
        type=kind,
        occurred_at=act.at,
        event_id=act.event_id,
        actor=f"user:{act.session.user_id}",
        origin=act.origin,
        data=data,
    )


def add_once(event: Event, tools: ReadingTools) -> None:
    """Append an event of this request's own; that it is there already means that only the answer was lost."""
    try:
        tools.events.add(event)
    except Conflict:
        return
