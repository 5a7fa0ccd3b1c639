"""What is counted of institutions, each thing once: for their panel (INS-9), and for their statement of use (INS-6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from chalicelib.domain.alert.alert import ReportKind
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.mailbox import Channel


class Activity(StrEnum):
    """What is counted of a day."""

    DEPOSITED = "deposited"
    OPENED = "opened"
    FAILED = "failed"
    """An e-mail or SMS that reached nobody: the address refused it, it was given up, or it came back."""

    @property
    def label(self) -> str:
        """As the panel says it."""
        return _LABELS[self]


class Metered(StrEnum):
    """What is counted beside, for the statement of use alone."""

    SMS = "sms"
    """A message that the provider took. Each has one part of 160 characters (`domain/sender/gsm7.py`)."""
    CONSULTED = "consulted"
    """Somebody asked whether a holder has a mailbox and was answered, also by a deposit refused for the answer."""


_LABELS = {
    Activity.DEPOSITED: "Depósitos",
    Activity.OPENED: "Aperturas",
    Activity.FAILED: "Alertas fallidas",
}
_KINDS = {
    EventType.NOTICE_DEPOSITED: Activity.DEPOSITED,
    EventType.NOTICE_OPENED: Activity.OPENED,
    EventType.ALERT_FAILED: Activity.FAILED,
    EventType.ALERT_GAVE_UP: Activity.FAILED,
    EventType.ALERT_REPORTED: Activity.FAILED,
}
TOLD_BY = frozenset({*_KINDS, EventType.NOTICE_DOWNLOADED, EventType.ALERT_SENT, EventType.MAILBOX_CONSULTED})
"""The events by which anything of this is told."""
_LOSSES = frozenset({ReportKind.REJECTED, ReportKind.RETURNED, ReportKind.BOUNCED})
_RECEIPT = "receipt"
_UNANSWERED = frozenset({"institution_inactive", "consultation_limit", "undelivered_limit", "nonce_reused"})
"""What a consultation was refused for that was recorded all the same, and told nothing of the mailbox."""
LAST_DAYS, LAST_MONTHS = 30, 12


@dataclass(frozen=True, slots=True)
class Happened:
    """One thing that is counted of a notice. `once` names it, however many events tell of it."""

    activity: Activity | Metered
    notice_id: str
    at: datetime
    alert_id: str | None = None
    is_uncertain: bool = False
    """A message came back for now, or an automatic reply did: where the alert stands tells which."""
    message_id: str | None = None
    """The provider's name for what it took, of SMS: one alert may be sent more than once."""

    @property
    def once(self) -> str:
        """What marks it as counted."""
        return "#".join(filter(None, ("once", self.activity, self.notice_id, self.alert_id, self.message_id)))


@dataclass(frozen=True, slots=True)
class Consulted:
    """An institution asked about a mailbox; whose is not told. `event_id` names the one time that it did."""

    event_id: str
    institution_id: str
    at: datetime

    @property
    def once(self) -> str:
        """What marks it as counted."""
        return f"once#{Metered.CONSULTED}#{self.event_id}"


@dataclass(frozen=True, slots=True)
class Downloaded:
    """A document of a notice was asked for; its receipt is none, which can be had without opening the notice."""

    notice_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose a notice is, and which of its alerts reached nobody."""

    institution_id: str
    office_id: str | None
    lost_alerts: frozenset[str] = frozenset()


def happened(event: Event) -> Happened | Downloaded | Consulted | None:
    """Return what an event tells that is counted or marked; None for what else there is in the log."""
    if event.type is EventType.MAILBOX_CONSULTED:
        return _consulted(event)
    activity, notice_id = _KINDS.get(event.type), event.subject.removeprefix("notice#")
    if notice_id == event.subject:
        return None
    if event.type is EventType.ALERT_SENT:
        return _sms(event, notice_id) if event.data.get("channel") == Channel.SMS else None
    if event.type is EventType.NOTICE_DOWNLOADED and event.data.get("file") != _RECEIPT:
        return Downloaded(notice_id, event.occurred_at)
    return None if activity is None else _of_notice(event, activity, notice_id)


def _sms(event: Event, notice_id: str) -> Happened:
    message_id = event.data.get("message_id") or event.event_id
    return Happened(Metered.SMS, notice_id, event.occurred_at, message_id=message_id)


def _of_notice(event: Event, activity: Activity, notice_id: str) -> Happened | None:
    report = event.data.get("report")
    if event.type is EventType.ALERT_REPORTED and report not in _LOSSES:
        return None
    is_uncertain = report == ReportKind.RETURNED
    return Happened(activity, notice_id, event.occurred_at, event.data.get("alert_id"), is_uncertain)


def _consulted(event: Event) -> Consulted | None:
    """Return a consultation that was answered; a desk's search, told by its `result`, is none."""
    if event.data.get("refused") in _UNANSWERED or "result" in event.data:
        return None
    institution_id = event.data.get("institution_id") or _of_key(event.actor)
    return Consulted(event.event_id, institution_id, event.occurred_at) if institution_id else None


def _of_key(actor: str) -> str:
    """Return whose key an actor is; empty for anybody else, whom an event of a package before does not place."""
    kind, _, rest = actor.partition(":")
    return rest.partition(":")[0] if kind == "institution" else ""


@dataclass(frozen=True, slots=True)
class Counted:
    """What is to be added: to whose counts, and on which local day."""

    once: str
    institution_id: str
    office_id: str | None
    activity: Activity | Metered
    day: date


@dataclass(frozen=True, slots=True)
class Period:
    """A day or a month, by its first day, with how much there was of each."""

    begins: date
    counts: Mapping[Activity, int] = field(default_factory=dict)

    def of(self, activity: Activity) -> int:
        """Return how much there was."""
        return self.counts.get(activity, 0)


def first_month(today: date) -> date:
    """Return the first of the months that are shown."""
    months = today.year * 12 + today.month - LAST_MONTHS
    return date(months // 12, months % 12 + 1, 1)


def last_days(today: date) -> tuple[date, ...]:
    """Return the days that are shown, oldest first."""
    return tuple(today - timedelta(days=back) for back in range(LAST_DAYS))[::-1]


def last_months(today: date) -> tuple[date, ...]:
    """Return the months that are shown by their first days, oldest first."""
    first = first_month(today)
    numbers = (first.year * 12 + first.month - 1 + later for later in range(LAST_MONTHS))
    return tuple(date(number // 12, number % 12 + 1, 1) for number in numbers)


def periods_of(
    counts: Mapping[tuple[date, Activity], int], today: date
) -> tuple[tuple[Period, ...], tuple[Period, ...]]:
    """Return the last days and the last months out of what was counted of each day."""
    months: dict[tuple[date, Activity], int] = {}
    for (day, activity), count in counts.items():
        key = day.replace(day=1), activity
        months[key] = months.get(key, 0) + count
    return (
        tuple(Period(day, _on(counts, day)) for day in last_days(today)),
        tuple(Period(month, _on(months, month)) for month in last_months(today)),
    )


def _on(counts: Mapping[tuple[date, Activity], int], begins: date) -> dict[Activity, int]:
    return {activity: counts.get((begins, activity), 0) for activity in Activity}
