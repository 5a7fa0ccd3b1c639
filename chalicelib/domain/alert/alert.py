"""Alerts: the e-mails and SMS that say a notice arrived, or is unread.

What a worker did (`sending`) and what the provider told of it later (`reports`) are kept apart, and the state follows
from both. So reports may come in any order, and before the worker has written down what it did.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from chalicelib.domain.mailbox import Channel

GIVE_UP_AFTER = timedelta(hours=72)
"""How long an alert is tried: longer than a weekend. Then it is on the operators' list."""


class AlertState(StrEnum):
    """Where an alert stands. Only an address that is refused for good has failed; what nobody knows is `unknown`."""

    WAITING = "waiting"
    """Still to be sent."""
    ATTEMPTED = "attempted"
    """Written before a message is handed over."""
    REFUSED = "refused"
    """The provider takes nothing now, from anybody; it is sent again."""
    UNKNOWN = "unknown"
    """The attempt's outcome was lost; it is sent again, unless a report settles it before."""
    ACCEPTED = "accepted"
    """By the provider; the rest of the way is reported later, if at all."""
    DELAYED = "delayed"
    DELIVERED = "delivered"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    FAILED = "failed"
    """The provider refused the address for good."""
    GAVE_UP = "gave_up"
    """Not sent within its time, or thrown away by the provider: on the operators' list, who can send it again."""
    CANCELLED = "cancelled"
    """Not sent, since there was no more reason to: the notice was opened, the address died or is another one now, or
    the day it reminds of has passed."""


class AlertPurpose(StrEnum):
    """Why somebody is alerted."""

    DEPOSIT = "deposit"
    """A notice arrived."""
    FALLBACK = "fallback"
    """It arrived, and every alert by the other channel failed."""
    RENEWAL = "renewal"
    """It arrived, its alert failed, and the channel lives again."""
    REMINDER = "reminder"
    """It is still unread, and its term ends soon, or it will soon take effect without being opened."""
    SUSPENSION = "suspension"
    """Its reading was suspended after somebody was alerted."""


TOO_LATE = "too_late"
"""Why what somebody has missed was not sent."""
ADDRESS_CHANGED = "address_changed"
"""Why an alert was not sent whose user has another address now, or left."""
ADDRESS_DEAD = "address_dead"
"""Why one was not sent whose address receives nothing any more."""
OPEN = frozenset({AlertState.WAITING, AlertState.ATTEMPTED, AlertState.REFUSED, AlertState.UNKNOWN})
"""Those that are sent when their time comes."""
FAILURES = frozenset({AlertState.BOUNCED, AlertState.FAILED, AlertState.GAVE_UP})
"""Those that reached nobody."""


class ReportKind(StrEnum):
    """What the provider told of a message that it had accepted, the weakest first: the strongest decides."""

    REJECTED = "rejected"
    """It threw the message away."""
    DELAYED = "delayed"
    RETURNED = "returned"
    """It gave up for now, or an automatic reply came, which says nothing of a delivery."""
    DELIVERED = "delivered"
    BOUNCED = "bounced"
    """For good: also after a delivery, when the server took the message and returned it later."""
    COMPLAINED = "complained"


_STRENGTH = {kind: strength for strength, kind in enumerate(ReportKind)}
_TOLD = {
    ReportKind.DELAYED: AlertState.DELAYED,
    ReportKind.RETURNED: AlertState.BOUNCED,
    ReportKind.DELIVERED: AlertState.DELIVERED,
    ReportKind.BOUNCED: AlertState.BOUNCED,
    ReportKind.COMPLAINED: AlertState.COMPLAINED,
}
_OF_ONE_MESSAGE = frozenset({ReportKind.REJECTED, ReportKind.DELAYED, ReportKind.RETURNED})
"""Kinds that say nothing of another message to the same address."""
_TRIED_AGAIN = frozenset({AlertState.WAITING, AlertState.REFUSED})


@dataclass(frozen=True, slots=True)
class AlertReport:
    """One report of the provider; `at` is None in items written before reports were kept."""

    kind: ReportKind
    at: datetime | None
    message_id: str | None = None
    error: str | None = None

    @property
    def state(self) -> AlertState:
        """Where an alert stands of which this decides."""
        return _TOLD.get(self.kind, AlertState.GAVE_UP)


@dataclass(frozen=True, slots=True)
class AlertStep:
    """An attempt, or what it came to."""

    state: AlertState
    at: datetime
    error: str | None = None
    message_id: str | None = None


@dataclass(frozen=True, slots=True)
class Alert:
    """One e-mail or SMS to one user.

    `alert_id` is `<user_id>.<channel>` for the deposit's own, else with `.<purpose>` or `.<purpose>-<number>` behind:
    unique within its notice.
    """

    alert_id: str
    channel: Channel
    destination: str
    sending: AlertState = AlertState.WAITING
    """What the workers know of it; never one of the states that only reports tell."""
    message_id: str | None = None
    """The provider's id, once accepted."""
    refusal: str | None = None
    """Why the last attempt did not get through: a code, never the address."""
    attempts: int = 0
    """How often it was handed over, or was about to be. Those written by packages before have none."""
    refusals: int = 0
    """Attempts in a row that were not taken, from which their back-off follows."""
    losses: int = 0
    """Attempts whose outcome nobody knows, from which theirs does."""
    due_at: datetime | None = None
    """When it may be tried again; None is at once."""
    resent_at: datetime | None = None
    """When an operator last had it sent again, else None."""
    steps: tuple[AlertStep, ...] = ()
    reports: tuple[AlertReport, ...] = ()
    """At most one of each kind and message, the earliest; the weakest first."""
    purpose: AlertPurpose = AlertPurpose.DEPOSIT
    added_at: datetime | None = None
    """When it was decided to send it; None for the deposit's own."""
    useful_until: datetime | None = None
    """From when on it would come too late; None for those that never do."""

    @property
    def is_added(self) -> bool:
        """Whether it was added to the deposit's own."""
        return self.purpose is not AlertPurpose.DEPOSIT

    @property
    def is_missed(self) -> bool:
        """Whether somebody missed it: what it told of was over when it could be sent, or its address was lost."""
        return self.state is AlertState.CANCELLED and self.refusal in (TOO_LATE, ADDRESS_CHANGED, ADDRESS_DEAD)

    @property
    def user_id(self) -> str:
        """Whose address it goes to."""
        return self.alert_id.split(".", 1)[0]

    @property
    def state(self) -> AlertState:
        """Where it stands: the strongest report decides, and without one what the workers know."""
        return self.sending if self.deciding is None else self.deciding.state

    @property
    def error(self) -> str | None:
        """Why it did not get through, as far as anybody knows."""
        return self.refusal if self.deciding is None else self.deciding.error

    @property
    def deciding(self) -> AlertReport | None:
        """The strongest of the reports that count, or None."""
        return next((report for report in reversed(self.reports) if self._counts(report)), None)

    def _counts(self, report: AlertReport) -> bool:
        """Tell whether a report says something of where the alert stands."""
        if report.kind not in _OF_ONE_MESSAGE:
            return True
        is_of_another = self.message_id is not None and report.message_id != self.message_id
        is_of_before = self.resent_at is not None and (report.at is None or report.at < self.resent_at)
        is_tried_again = report.kind is ReportKind.REJECTED and self.sending in _TRIED_AGAIN
        return not (is_of_another or is_of_before or is_tried_again)

    @property
    def settled_at(self) -> datetime | None:
        """When what decides where it stands happened, as far as anybody knows."""
        if self.deciding is not None:
            return self.deciding.at
        return self.steps[-1].at if self.steps else None

    @property
    def is_open(self) -> bool:
        """Whether it is still to be sent."""
        return self.state in OPEN

    @property
    def attempted_at(self) -> datetime | None:
        """When it was last attempted."""
        return next((step.at for step in reversed(self.steps) if step.state is AlertState.ATTEMPTED), None)

    def is_due(self, now: datetime) -> bool:
        """Whether its time has come, if it is open."""
        return self.is_open and (self.due_at is None or self.due_at <= now)

    def with_report(self, report: AlertReport) -> Alert:
        """Add a report. The result is the same in whatever order reports come, and however often."""
        kept = {(known.kind, known.message_id): known for known in self.reports}
        name = (report.kind, report.message_id)
        kept[name] = min(kept.get(name, report), report, key=_order)
        return replace(self, reports=tuple(sorted(kept.values(), key=_order)))


def _order(report: AlertReport) -> tuple[int, float, str, str]:
    at = 0.0 if report.at is None else report.at.timestamp()
    return _STRENGTH[report.kind], at, report.error or "", report.message_id or ""
