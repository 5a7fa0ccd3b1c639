"""What happened to a notice, each step with its instant: deposited, alerted, reminded of, opened, downloaded.

Deposit, alerts, first opening, replacement and suspension stand beside the notice and are always told. The rest comes
out of the log, of which only the newest part may have been read: `extent` says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import zip_longest

from chalicelib.domain.alert.alert import Alert, AlertPurpose, AlertState, ReportKind
from chalicelib.domain.alert.alert_batch import AlertBatch
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.mailbox import Channel
from chalicelib.domain.masking import mask_email, mask_mobile
from chalicelib.domain.reading.reading import DeliveredNotice

MOST_READ = 300
"""Events read of one notice's log to tell its timeline: the newest, in one call."""


class Step(StrEnum):
    """What can have happened."""

    DEPOSITED = "deposited"
    ALERT = "alert"
    REMINDER_MISSED = "reminder_missed"
    """A reminder was due, and could be sent to nobody, or not in time."""
    OPENED = "opened"
    REOPENED = "reopened"
    DOWNLOADED = "downloaded"
    REPLACED = "replaced"
    """Another notice was deposited in its place."""
    SUSPENDED = "suspended"
    """Its institution suspended its reading."""


_OF_USERS = frozenset({Step.OPENED, Step.REOPENED, Step.DOWNLOADED})
_OF_MAILBOX = frozenset({"address_changed", "address_dead"})
"""Reasons that tell what became of an address since the deposit, which is no sender's business."""


class Extent(StrEnum):
    """How much of a notice's log was read."""

    WHOLE = "whole"
    NEWEST = "newest"
    """There is more, and it is older."""
    UNREAD = "unread"
    """The log did not answer."""


@dataclass(frozen=True, slots=True)
class NoticeLog:
    """What was read of a notice's log, oldest first."""

    events: tuple[Event, ...]
    extent: Extent

    @classmethod
    def of_newest(cls, events: tuple[Event, ...]) -> NoticeLog:
        """Keep the newest `MOST_READ`, of one more that was asked for."""
        return cls(events[-MOST_READ:], Extent.WHOLE if len(events) <= MOST_READ else Extent.NEWEST)

    def with_event(self, event: Event | None) -> NoticeLog:
        """Add what was recorded while it was read, unless it is there."""
        if event is None or self.extent is Extent.UNREAD or any(one.event_id == event.event_id for one in self.events):
            return self
        return replace(self, events=(*self.events, event))


UNREAD = NoticeLog((), Extent.UNREAD)


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One step. `at` is None for an alert's outcome whose instant a package before did not keep.

    `who` is a mailbox user's name, empty where it is not known, or a masked address; `file` is what was downloaded:
    named as by `Notice.file_names`, `receipt`, or the kind of a prepared file.
    """

    step: Step
    at: datetime | None
    who: str = ""
    channel: Channel | None = None
    outcome: AlertState | None = None
    is_settled: bool = False
    """Of an attempt: what it came to is told by another step."""
    file: str | None = None
    is_contested: bool = False
    """Done while the mailbox's access was in hands that its holder does not know, as the holder says."""
    purpose: AlertPurpose | None = None
    """Of an alert."""
    reason: str | None = None
    """Why an alert was cancelled or a reminder missed, as a code."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """Every step in the order they happened; alerts without an instant stand after the deposit."""

    entries: tuple[TimelineEntry, ...]
    extent: Extent
    alerts: tuple[TimelineEntry, ...] = ()
    """Where each alert stands now."""
    failed_channels: tuple[Channel, ...] = ()
    """Those by which no alert of it arrived, and none is on its way."""

    def for_sender(self) -> Timeline:
        """Leave out what is the mailbox's own: who of its users did something or looked again, its addresses."""
        kept = tuple(_for_sender(entry) for entry in self.entries if entry.step is not Step.REOPENED)
        return replace(self, entries=kept, alerts=tuple(_for_sender(entry) for entry in self.alerts))


def _for_sender(entry: TimelineEntry) -> TimelineEntry:
    who = "" if entry.step in _OF_USERS else entry.who
    return replace(entry, who=who, reason=None if entry.reason in _OF_MAILBOX else entry.reason)


def timeline(delivered: DeliveredNotice, alerts: AlertBatch | None, log: NoticeLog) -> Timeline:
    """Return the steps in the order they happened."""
    names = {f"user:{seen.user_id}": seen.name for seen in delivered.seen}
    deposited_at = delivered.notice.deposited_at
    entries = [TimelineEntry(Step.DEPOSITED, deposited_at)]
    standing: list[TimelineEntry] = []
    if alerts is not None:
        standing = [_standing(alert, alerts.waits_since(alert)) for alert in alerts.alerts]
        entries += [step for alert in alerts.alerts for step in _of_alert(alert, alerts.waits_since(alert))]
    if delivered.opening is not None:
        who = names.get(f"user:{delivered.opening.opened_by}", "")
        entries.append(TimelineEntry(Step.OPENED, delivered.opening.opened_at, who))
    if delivered.replaced_by is not None:
        entries.append(TimelineEntry(Step.REPLACED, delivered.replaced_by.deposited_at))
    if delivered.suspension is not None:
        entries.append(TimelineEntry(Step.SUSPENDED, delivered.suspension.at))
    entries += _of_log(log, names)
    entries = [_contested(entry, delivered) for entry in entries]
    entries.sort(key=lambda entry: entry.at or deposited_at)
    failed = () if alerts is None else alerts.failed_channels
    return Timeline(tuple(entries), log.extent, tuple(standing), failed)


def _contested(entry: TimelineEntry, delivered: DeliveredNotice) -> TimelineEntry:
    is_contested = entry.step in _OF_USERS and delivered.is_contested_at(entry.at)
    return replace(entry, is_contested=True) if is_contested else entry


def _standing(alert: Alert, waiting_since: datetime) -> TimelineEntry:
    """Tell where an alert stands, and since when."""
    mask = mask_email if alert.channel is Channel.EMAIL else mask_mobile
    is_untried = alert.state is AlertState.WAITING and not alert.steps
    at = waiting_since if is_untried else alert.settled_at
    who, reason = mask(alert.destination), _reason(alert.state, alert.error)
    return TimelineEntry(Step.ALERT, at, who, alert.channel, alert.state, purpose=alert.purpose, reason=reason)


def _reason(state: AlertState, error: str | None) -> str | None:
    return error if state is AlertState.CANCELLED else None


def _of_alert(alert: Alert, waiting_since: datetime) -> Iterator[TimelineEntry]:
    """Yield each attempt of an alert, what it came to, and what was reported of it later.

    An automatic reply to what was delivered says nothing. What was cancelled was taken up, and nothing of it left.
    """
    standing = _standing(alert, waiting_since)
    if not alert.steps and not alert.reports:
        yield standing
    for step, following in zip_longest(alert.steps, alert.steps[1:]):
        if following is not None and following.state is AlertState.CANCELLED:
            continue
        is_settled = step.state is AlertState.ATTEMPTED and (following is not None or alert.state is not step.state)
        told = replace(standing, at=step.at, outcome=step.state, reason=_reason(step.state, step.error))
        yield replace(told, is_settled=is_settled)
    strongest = alert.reports[-1].kind if alert.reports else None
    for report in alert.reports:
        if report.kind is not ReportKind.RETURNED or report.kind is strongest:
            yield replace(standing, at=report.at, outcome=report.state, reason=None)


def _of_log(log: NoticeLog, names: dict[str, str]) -> Iterator[TimelineEntry]:
    for event in log.events:
        who = names.get(event.actor, "")
        if event.type is EventType.NOTICE_REOPENED:
            yield TimelineEntry(Step.REOPENED, event.occurred_at, who)
        elif event.type is EventType.NOTICE_DOWNLOADED:
            yield TimelineEntry(Step.DOWNLOADED, event.occurred_at, who, file=event.data["file"])
        elif event.type is EventType.REMINDER_MISSED:
            yield TimelineEntry(Step.REMINDER_MISSED, event.occurred_at, reason=event.data.get("reason"))
