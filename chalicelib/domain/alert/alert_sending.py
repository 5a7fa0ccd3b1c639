"""Rules of sending: what attempts and their outcomes make of a batch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from chalicelib.domain.alert.alert import Alert, AlertState, AlertStep
from chalicelib.domain.alert.alert_batch import AlertBatch, Following
from chalicelib.domain.alert.retry import delay_after_loss, delay_after_refusal

_NEVER = datetime.min.replace(tzinfo=UTC)
_UNSETTLED = frozenset({AlertState.ATTEMPTED, AlertState.UNKNOWN})
_UNCONFIRMED = "unconfirmed"
_FIRST_STEPS, _LAST_STEPS = 4, 16


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider took the message and gave it an id."""

    message_id: str


@dataclass(frozen=True, slots=True)
class AddressRefused:
    """The provider never will take a message to this address."""

    code: str


@dataclass(frozen=True, slots=True)
class ProviderRefused:
    """The provider takes nothing now, which says nothing of this address."""

    code: str


@dataclass(frozen=True, slots=True)
class NotSent:
    """It was not handed over: something of our own was missing."""

    code: str


@dataclass(frozen=True, slots=True)
class Lost:
    """It was handed over, and no answer came."""

    code: str


@dataclass(frozen=True, slots=True)
class NotNeeded:
    """It was not handed over, since there is no more reason to."""

    code: str


Outcome = Accepted | AddressRefused | ProviderRefused | NotSent | Lost | NotNeeded


def begin_attempt(batch: AlertBatch, now: datetime) -> AlertBatch:
    """Mark what is due as attempted, as a claim does before anything is sent.

    The delay after a lost attempt runs from here, since a worker that dies writes nothing later.
    """
    return replace(
        batch,
        alerts=tuple(
            _attempted(alert, batch, now) if alert.is_due(now) and not _is_over(alert, batch, now) else alert
            for alert in batch.alerts
        ),
    )


def _attempted(alert: Alert, batch: AlertBatch, now: datetime) -> Alert:
    losses = alert.losses + (alert.sending is AlertState.ATTEMPTED)
    due_at = _due(batch.ends_at(alert), now, delay_after_loss(losses + 1))
    steps = _with_step(alert, AlertState.ATTEMPTED, now)
    attempts = alert.attempts + 1
    return replace(alert, sending=AlertState.ATTEMPTED, attempts=attempts, losses=losses, due_at=due_at, steps=steps)


def _is_over(alert: Alert, batch: AlertBatch, now: datetime) -> bool:
    """Tell whether an alert is past its time, and was handed over without anybody knowing what became of it.

    Otherwise a batch that kills each of its workers would be sent for ever. What was not taken so far gets one attempt
    more, however late it is: perhaps nobody was there to make one.
    """
    return now >= batch.ends_at(alert) and alert.is_due(now) and alert.state in _UNSETTLED


def settle(batch: AlertBatch, outcomes: Mapping[str, Outcome], *, now: datetime) -> AlertBatch:
    """Apply an attempt's outcomes, by alert id, and end the claim. What is past its time is given up."""
    alerts = tuple(_settled(alert, outcomes.get(alert.alert_id), batch, now) for alert in batch.alerts)
    return replace(batch, alerts=alerts, claimed_at=None, leased_until=None)


def _settled(alert: Alert, outcome: Outcome | None, batch: AlertBatch, now: datetime) -> Alert:
    match outcome:
        case None:
            is_over = _is_over(alert, batch, now)
            return _ended(alert, AlertState.GAVE_UP, alert.refusal or _UNCONFIRMED, now) if is_over else alert
        case Accepted(message_id):
            return _ended(replace(alert, message_id=message_id), AlertState.ACCEPTED, None, now)
        case AddressRefused(code) | NotNeeded(code):
            state = AlertState.FAILED if isinstance(outcome, AddressRefused) else AlertState.CANCELLED
            return _ended(alert, state, code, now)
        case _ if now >= batch.ends_at(alert):
            is_late = alert.useful_until is not None and not isinstance(outcome, Lost)  # it may have arrived
            state, code = (AlertState.CANCELLED, "too_late") if is_late else (AlertState.GAVE_UP, outcome.code)
            return _ended(alert, state, code, now)
        case Lost(code):
            losses = alert.losses + 1
            due_at = _due(batch.ends_at(alert), now, delay_after_loss(losses))
            return replace(_waiting(alert, AlertState.UNKNOWN, code, now), losses=losses, refusals=0, due_at=due_at)
        case ProviderRefused(code) | NotSent(code):
            refusals = alert.refusals + 1
            state = AlertState.REFUSED if isinstance(outcome, ProviderRefused) else AlertState.WAITING
            delay = delay_after_refusal(refusals, f"{batch.notice_id}/{alert.alert_id}")
            due_at = _due(batch.ends_at(alert), now, delay)
            return replace(_waiting(alert, state, code, now), refusals=refusals, due_at=due_at)


def _due(ends_at: datetime, now: datetime, delay: timedelta) -> datetime:
    """Return the end of a delay; the instant at which an alert is given up is not slept through."""
    return min(now + delay, ends_at) if now < ends_at else now + delay


def _waiting(alert: Alert, state: AlertState, code: str, now: datetime) -> Alert:
    return replace(alert, sending=state, refusal=code, steps=_with_step(alert, state, now, code))


def _ended(alert: Alert, state: AlertState, code: str | None, now: datetime) -> Alert:
    steps = _with_step(alert, state, now, code)
    return replace(alert, sending=state, refusal=code, refusals=0, losses=0, due_at=None, steps=steps)


def send_again(batch: AlertBatch, now: datetime) -> AlertBatch:
    """Put what was given up back to be sent, with its whole time before it."""
    alerts = tuple(
        replace(_ended(alert, AlertState.WAITING, None, now), message_id=None, due_at=now, resent_at=now)
        if alert.state is AlertState.GAVE_UP
        else alert
        for alert in batch.alerts
    )
    return replace(batch, alerts=alerts)


def merge(ours: AlertBatch, stored: AlertBatch) -> AlertBatch:
    """Put together what a worker did and what was written meanwhile: reports, alerts added, another's attempt."""
    own = {alert.alert_id: alert for alert in ours.alerts}
    known = {alert.alert_id for alert in stored.alerts}
    both = [_merged(own[alert.alert_id], alert) if alert.alert_id in own else alert for alert in stored.alerts]
    added = [alert for alert in ours.alerts if alert.alert_id not in known]
    return replace(
        stored,
        alerts=(*both, *added),
        institution_id=stored.institution_id or ours.institution_id,
        mailbox_id=stored.mailbox_id or ours.mailbox_id,
        following=_merged_following(ours.following, stored.following),
    )


def _merged_following(ours: Following, theirs: Following) -> Following:
    followed = tuple(dict.fromkeys((*theirs.followed, *ours.followed)))
    marked = tuple(dict.fromkeys((*theirs.marked, *ours.marked)))
    known_at = min((at for at in (ours.known_at, theirs.known_at) if at is not None), default=None)
    suspended_at = theirs.suspended_at or ours.suspended_at
    return Following(followed, marked, known_at, theirs.expiry or ours.expiry, suspended_at)


def _merged(ours: Alert, theirs: Alert) -> Alert:
    """Keep what was accepted, else the later attempt, and every step and report.

    Of the same attempt what was written first is kept: somebody may have gone on from there.
    """
    begun = [alert.attempted_at or _NEVER for alert in (ours, theirs)]
    is_accepted = [alert.sending is AlertState.ACCEPTED for alert in (ours, theirs)]
    is_ours_later = begun[0] > begun[1] or (begun[0] == begun[1] and theirs.sending is AlertState.ATTEMPTED)
    kept = ours if not is_accepted[1] and (is_accepted[0] or is_ours_later) else theirs
    for report in (*ours.reports, *theirs.reports):
        kept = kept.with_report(report)
    steps = dict.fromkeys((*theirs.steps, *ours.steps))
    attempts = max(ours.attempts, theirs.attempts)
    return replace(kept, attempts=attempts, steps=tuple(sorted(steps, key=lambda step: step.at)))


def _with_step(alert: Alert, state: AlertState, at: datetime, error: str | None = None) -> tuple[AlertStep, ...]:
    """Append a step. Of attempts in a row that came to the same, the first and the last are kept.

    However long it goes on, the first few and the last steps are kept.
    """
    message_id = alert.message_id if state is AlertState.ACCEPTED else None
    steps = (*alert.steps, AlertStep(state, at, error, message_id))
    told = [(step.state, step.error) for step in steps[-6:]]
    if state is not AlertState.ATTEMPTED and len(told) == 6 and told[:2] == told[2:4] == told[4:]:  # noqa: PLR2004
        steps = (*steps[:-4], *steps[-2:])
    return steps if len(steps) <= _FIRST_STEPS + _LAST_STEPS else (*steps[:_FIRST_STEPS], *steps[-_LAST_STEPS:])
