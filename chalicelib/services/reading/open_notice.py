"""Open a notice: the first opening is recorded once and counted once, whoever else is at it; later ones are logged.

Two round trips: the notice comes with the session, one write records. Whoever loses a race opens again. From an opening
on, what the same login looks at again within `LOOK_LASTS` is that opening, and nothing is recorded of it.

The first opening is recorded or the notice stays closed. Nobody is kept out of what is open because the log takes
nothing: then the function's own log tells of it.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.domain.alert.alert_batch import AlertBatch
from chalicelib.domain.deadline import fix_deadline
from chalicelib.domain.errors import Conflict, Unavailable
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.mailbox import require_thawed
from chalicelib.domain.reading.reading import DeliveredNotice, Opening, Seen, require_readable
from chalicelib.domain.session import Session
from chalicelib.services.reading.tools import ReadingTools, delivered_to
from chalicelib.store.look_store import Look
from chalicelib.store.reading.reading_store import FoundNotice, ReadingUncertain

_TRIES = 6
_PAUSE_S = 0.1
_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class OpenedNotice:
    """A notice as it stands after it was opened, its alerts, and whether this was the first opening.

    `event` is what this opening added to the log, None where it is the same as one before.
    """

    delivered: DeliveredNotice
    alerts: AlertBatch | None
    is_first: bool
    event: Event | None


@dataclass(frozen=True, slots=True)
class _Act:
    """One user's opening: when it was asked for, and the look by whose event it is known again."""

    session: Session
    notice_id: str
    look: Look
    origin: str

    @property
    def at(self) -> datetime:
        return self.look.at

    @property
    def seen(self) -> Seen:
        return Seen(self.session.user_id, self.session.shown_name, self.at)


def open_notice(session: Session, found: FoundNotice, *, origin: str, tools: ReadingTools) -> OpenedNotice:
    """Record that whose session this is opened a notice, `found` together with the session.

    Under the regime `acknowledgement` the first opening fixes the dates for good.

    Raises:
        NotFound: `notice_not_found`, also for another mailbox's.
        MailboxFrozen: `mailbox_frozen`: it froze since the session was read.
        ReadingSuspended: `reading_suspended`, also where that was done since the notice was read.
        Unavailable: of a first opening, `opening_unavailable` or `store_unavailable`: open it again.

    """
    delivered = delivered_to(session, found)
    require_readable(delivered)
    notice_id = delivered.notice.notice_id
    look = tools.looks.name_look(session.access_id, notice_id, tools.clock())
    act, was_open = _Act(session, notice_id, look, origin), delivered.opening is not None
    for attempt in range(1, _TRIES + 1):
        try:
            recorded, event = _record(act, delivered, tools, is_guarded=attempt < _TRIES)
        except ReadingUncertain as error:
            if delivered.opening is not None and not error.is_answered:
                break
            tools.pause(attempt * _PAUSE_S)
            try:
                found = tools.readings.find(notice_id)
            except Unavailable:
                if delivered.opening is None:
                    raise
                break
            delivered = delivered_to(session, found)
            require_readable(delivered)
            if delivered.opening is None:
                require_thawed(tools.mailboxes.find(session.mailbox_id))
            continue
        is_first = not was_open and recorded.opening is not None and recorded.opening.opening_id == look.event_id
        return OpenedNotice(recorded, found.alerts, is_first, event)
    if delivered.opening is None:
        detail = "No se pudo registrar la apertura. Vuelve a abrir la notificación."
        raise Unavailable("opening_unavailable", detail, retry_after=2)
    _logger.error("reopening not recorded", extra={"notice_id": notice_id, "item": look.event_id})
    return OpenedNotice(delivered, found.alerts, is_first=False, event=None)


def _record(
    act: _Act, delivered: DeliveredNotice, tools: ReadingTools, *, is_guarded: bool
) -> tuple[DeliveredNotice, Event | None]:
    """Write what this opening is to the notice as it was read; return the notice as it then stands, and the event.

    Without its guard a look may be logged twice within its five minutes, but it is logged.
    """
    if delivered.opening is None:
        return _open_first(act, delivered, tools)
    if _is_first_look(act, delivered.opening, tools):
        return delivered, None
    event = _event(act, EventType.NOTICE_REOPENED, {})
    guard = act.look if is_guarded else None
    if delivered.was_seen_by(act.session.user_id):
        return delivered, event if tools.readings.reopen(event, guard) else None
    tools.readings.add_seen(act.notice_id, act.seen, event, guard)
    return replace(delivered, seen=(*delivered.seen, act.seen)), event


def _is_first_look(act: _Act, opening: Opening, tools: ReadingTools) -> bool:
    """Whether it is still the first opening: by the same login, and lasting. The opening's own id tells."""
    first = tools.looks.name_look(act.session.access_id, act.notice_id, opening.opened_at)
    return opening.opening_id in first.event_ids and act.at < first.until


def _open_first(act: _Act, delivered: DeliveredNotice, tools: ReadingTools) -> tuple[DeliveredNotice, Event]:
    notice = delivered.notice
    opened_on = tools.calendar.local(act.at).date()
    fixed = fix_deadline(notice.deadline, notice.openings, opened_on) if delivered.is_fixed_by_opening else None
    opening = Opening(act.look.event_id, act.at, act.session.user_id, fixed)
    dates = {} if fixed is None else {"effective_on": str(fixed.effective_on), "term_starts_on": str(fixed.starts_by)}
    event = _event(act, EventType.NOTICE_OPENED, dates)
    tools.readings.open(delivered, opening, act.seen, event)
    return replace(delivered, opening=opening, seen=(act.seen,)), event


def _event(act: _Act, kind: EventType, data: dict[str, str]) -> Event:
    return Event(
        subject=f"notice#{act.notice_id}",
        type=kind,
        occurred_at=act.at,
        event_id=act.look.event_id,
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
