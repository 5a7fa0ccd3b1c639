"""Remind of notices that nobody opened, two business days before what they warn of ends (ALR-5).

What is due is found by index; what is not due is never read. Each reminder is decided and written once, together with
the condition that nobody opened the notice, and goes out like every alert.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.domain.alert.alert import TOO_LATE
from chalicelib.domain.alert.alert_batch import Expiry
from chalicelib.domain.alert.follow_up import remind
from chalicelib.domain.alert.reminder_day import end_of_day
from chalicelib.domain.calendar import BusinessCalendar
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.mailbox import MailboxState
from chalicelib.services.alert.send_alerts import SendingTools, planned_event
from chalicelib.services.work_through import FAILED, counted, log_failed
from chalicelib.store.alert.situation_store import DueReminder, Situation
from chalicelib.store.shards import SHARDS

_ACTOR = "worker:send_reminders"
_AGAIN = timedelta(hours=1)
"""When to look again at a mailbox that is frozen."""
_COUNTED_AT_MOST = 1000
_PLANNED = "planned"
_COMES_AGAIN = frozenset({FAILED, "left", "raced"})
_NO_LIVE_CHANNEL = "no_live_channel"


@dataclass(frozen=True, slots=True)
class Reminded:
    """What became of the notices that were due, and of their alerts, as `send_alerts` counts them.

    `planned` were reminded of now. `opened` were read just before. `missed` could not be reminded of in time, and
    `unreachable` have no live channel: both are in the notice's log. `held` wait for a mailbox that is frozen, `raced`
    changed while they were looked at: both come again. `left` are due and were not begun; `oldest_due_s` is how long
    the longest of those that come again has been due.
    """

    planned: int
    opened: int
    missed: int
    unreachable: int
    held: int
    raced: int
    failed: int
    left: int
    sent: int
    address_refused: int
    waiting: int
    unknown: int
    gave_up: int
    cancelled: int
    unwritten: int
    oldest_due_s: int
    is_complete: bool


@dataclass(frozen=True, slots=True)
class ReminderTools:
    """What reminding goes through. `send` is `send_alerts` with its tools."""

    sending: SendingTools
    calendar: BusinessCalendar
    send: Callable[[str], Counter[str]]


def send_reminders(tools: ReminderTools, *, until: datetime) -> Reminded:
    """Remind of what is due, the longest due first, beginning none after `until`. One that fails stops no other."""
    now = tools.sending.now
    outcomes: Counter[str] = Counter()
    waiting_since: list[datetime] = []
    for due in _due(tools, now()):
        outcome = "left" if now() >= until else _tried(due, tools, outcomes)
        outcomes[outcome] += 1
        if outcome in _COMES_AGAIN:
            waiting_since.append(due.at)
        if outcome == "left" and outcomes[outcome] >= _COUNTED_AT_MOST:
            break
    oldest = min(waiting_since, default=now())
    is_complete = not any(outcomes[name] for name in (FAILED, "left", "unwritten"))
    waited = max(0, int((now() - oldest).total_seconds()))
    return counted(Reminded, outcomes, oldest_due_s=waited, is_complete=is_complete)


def _due(tools: ReminderTools, now: datetime) -> Iterator[DueReminder]:
    """Yield what is due; the shards take turns, so that one that is full keeps no other waiting."""
    open_ones = [tools.sending.situations.due(shard, now=now) for shard in SHARDS]
    while open_ones:
        found = [(one, next(one, None)) for one in open_ones]
        yield from (due for _, due in found if due is not None)
        open_ones = [one for one, due in found if due is not None]


def _tried(due: DueReminder, tools: ReminderTools, outcomes: Counter[str]) -> str:
    try:
        outcome = _reminded(due, tools)
        if outcome == _PLANNED:
            outcomes.update(tools.send(due.notice_id))
    except Exception as error:  # noqa: BLE001 - whatever it is, the others go on
        log_failed("send_reminders", due.notice_id, error)
        return FAILED
    return outcome


def _reminded(due: DueReminder, tools: ReminderTools) -> str:
    situations, now = tools.sending.situations, tools.sending.now()
    found = situations.find(due.notice_id, due.mailbox_id)
    if found.opened_at is not None:
        situations.let_go(due)
        return "opened"
    if found.remind_at != due.at or found.expiry is None:
        return "raced"
    useful_until = end_of_day(found.expiry.day, tools.calendar)
    if now >= useful_until:
        return _let_go(due, "missed", TOO_LATE, tools)
    if found.mailbox is not None and found.mailbox.state is MailboxState.FROZEN:
        situations.postpone(due, now + _AGAIN)
        return "held"
    return _written(due, found, found.expiry, useful_until, tools)


def _written(due: DueReminder, found: Situation, expiry: Expiry, useful_until: datetime, tools: ReminderTools) -> str:
    sending, batch = tools.sending, found.batch
    if batch is None or found.mailbox is None:
        return _let_go(due, "unreachable", _NO_LIVE_CHANNEL, tools)
    now, reach = sending.now(), sending.reach
    reminded = remind(batch, found.mailbox, expiry, useful_until=useful_until, now=now, reach=reach)
    if reminded is batch:
        return _let_go(due, "unreachable", _NO_LIVE_CHANNEL, tools)
    event = planned_event(batch, reminded, now, sending.new_event_id(), _ACTOR)
    return _PLANNED if sending.situations.remind(due, batch, reminded, event) else "raced"


def _let_go(due: DueReminder, outcome: str, reason: str, tools: ReminderTools) -> str:
    """Give a reminder up, which the log tells."""
    sending, subject = tools.sending, f"notice#{due.notice_id}"
    event = Event(
        subject, EventType.REMINDER_MISSED, sending.now(), sending.new_event_id(), _ACTOR, data={"reason": reason}
    )
    return outcome if sending.situations.let_go(due, event) else "raced"
