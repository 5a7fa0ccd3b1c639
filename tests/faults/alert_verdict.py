"""What must hold of alerts at the end, whatever went wrong."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise

from chalicelib.domain.alert.alert import AlertState
from chalicelib.domain.event import EventType
from tests.deposit_world import NOW
from tests.faults.alert_journey import NOTICE_ID, AlertJourney
from tests.faults.journey import RECIPIENTS
from tests.faults.strike import Attempt

_TIME_TO_SEND = timedelta(hours=72)
_AFTER_LOSS = timedelta(minutes=6, seconds=50)
"""So long a report may take: seven minutes from the claim, which is some seconds older than the message."""
_AFTER_REFUSAL = timedelta(seconds=48)
_STATES = {
    "Reject": AlertState.GAVE_UP,
    "DeliveryDelay": AlertState.DELAYED,
    "Delivery": AlertState.DELIVERED,
    "Bounce": AlertState.BOUNCED,
    "Complaint": AlertState.COMPLAINED,
}
"""By the strongest report, the weakest first: what anybody may rely on, whatever order they came in."""
_KINDS = {
    "Reject": "rejected",
    "DeliveryDelay": "delayed",
    "Delivery": "delivered",
    "Bounce": "bounced",
    "Complaint": "complained",
}


def alert_violations(journey: AlertJourney) -> list[str]:
    """Return what does not hold, each as `<kind>: <detail>`."""
    return [*journey.wrong, *_of_rest(journey), *_of_alerts(journey), *_of_messages(journey),
            *_of_patience(journey), *_of_events(journey), *_of_reports(journey)]  # fmt: skip


def _of_rest(journey: AlertJourney) -> Iterator[str]:
    item = journey.item()
    if journey.has_work() or item["leased_until"]["N"] != "0" or {"claimed_at", "owed"} & item.keys():
        yield f"not at rest: {sorted(item)}"


def _of_alerts(journey: AlertJourney) -> Iterator[str]:
    batch = journey.batch()
    for alert in batch.alerts:
        state = _expected_state(journey, alert.destination)
        is_given_up = alert.state is AlertState.GAVE_UP and state is None
        if is_given_up and journey.lab.clock.now < NOW + _TIME_TO_SEND:
            yield f"given up before its time: {alert.destination}"
        if alert.state is not (state or AlertState.ACCEPTED) and not is_given_up:
            yield f"alert lost: {alert.destination} is {alert.state}, not {state or AlertState.ACCEPTED}"
        failed = [step for step in alert.steps if step.state is AlertState.FAILED]
        if failed and alert.destination not in journey.refused:
            yield f"failed: {alert.destination}, though nobody refused it for good ({failed[0].error})"
    is_listed = NOTICE_ID in journey.list_given_up()
    if is_listed is not any(alert.state is AlertState.GAVE_UP for alert in batch.alerts):
        yield f"operators' list: {'listed' if is_listed else 'missing'}"


def _expected_state(journey: AlertJourney, recipient: str) -> AlertState | None:
    """Return what the provider's word makes of an alert; None where it said nothing."""
    if recipient in journey.refused:
        return AlertState.FAILED
    told = {told.kind for told in journey.told if told.recipient == recipient}
    return next((state for kind, state in reversed(_STATES.items()) if kind in told), None)


def _of_messages(journey: AlertJourney) -> Iterator[str]:
    """Hold doubles to what nobody could know: a message whose answer was lost, or whose sender died with it."""
    sent = journey.lab.messages()
    allowed = Counter(attempt.recipient for attempt in _taken(journey) if not is_known(journey, attempt))
    for recipient in RECIPIENTS:
        most = 1 + allowed[recipient] + journey.lapses
        if sent[recipient] > most:
            yield f"message doubled: {sent[recipient]} to {recipient}, at most {most} are to be forgiven"
    for told in journey.told:
        after = [one for one in journey.lab.wire.attempts if one.is_sending and one.recipient == told.recipient
                 and one.run > told.run]  # fmt: skip
        if after:
            yield f"message after a report: to {told.recipient}, {told.kind} was known"
    batch = journey.batch()
    for alert in batch.alerts:
        if alert.sending is AlertState.ACCEPTED and not sent[alert.destination]:
            yield f"message missing: to {alert.destination}"


def _of_patience(journey: AlertJourney) -> Iterator[str]:
    """Hold back what was refused, and longer what may have been taken."""
    for recipient in RECIPIENTS:
        tried = [one for one in journey.lab.wire.attempts if one.is_sending and one.recipient == recipient]
        for before, after in pairwise(tried):
            assert before.at is not None
            assert after.at is not None
            waited = after.at - before.at
            if waited < (_AFTER_LOSS if before.took_effect else _AFTER_REFUSAL):
                yield f"too soon: to {recipient} again after {waited}"


def _taken(journey: AlertJourney) -> list[Attempt]:
    return [attempt for attempt in journey.lab.wire.attempts if attempt.message_id]


def is_known(journey: AlertJourney, sent: Attempt) -> bool:
    """Tell whether the service has to know of a message: its answer came, and its sender lived to write it."""
    outcome = re.compile(rf"accepted[^{{}}]*{sent.message_id}")  # not what a report tells of it
    is_written = any(outcome.search(other.body) for other in journey.lab.wire.attempts if other.took_effect)
    return not sent.was_struck and (is_written or sent.process not in journey.dead)


def _of_events(journey: AlertJourney) -> Iterator[str]:
    logged = Counter(data["message_id"] for data in journey.log(EventType.ALERT_SENT))
    for sent in _taken(journey):
        if is_known(journey, sent) and logged[sent.message_id] != 1:
            yield f"events: {logged[sent.message_id]} of a message to {sent.recipient}"
    strays = logged.keys() - {sent.message_id for sent in _taken(journey)}
    if strays:
        yield f"events: of {len(strays)} messages that were not sent"
    given_up = {data["alert_id"] for data in journey.log(EventType.ALERT_GAVE_UP)}
    failed = {data["alert_id"] for data in journey.log(EventType.ALERT_FAILED)}
    for alert in journey.batch().alerts:
        if alert.sending is AlertState.GAVE_UP and alert.alert_id not in given_up:
            yield f"events: none of giving up {alert.destination}"
        if alert.sending is AlertState.FAILED and alert.alert_id not in failed:
            yield f"events: none of the refusal of {alert.destination}"


def _of_reports(journey: AlertJourney) -> Iterator[str]:
    alerts = {alert.destination: alert for alert in journey.batch().alerts}
    logged = Counter((data["alert_id"], data["report"]) for data in journey.log(EventType.ALERT_REPORTED))
    told = Counter((told.recipient, told.kind, told.message_id) for told in journey.told)
    for recipient, kind, message_id in told:
        kept = [report for report in alerts[recipient].reports
                if report.kind == _KINDS[kind] and report.message_id == message_id]  # fmt: skip
        if len(kept) != 1:
            yield f"report lost: {kind} of {recipient}, kept {len(kept)} times"
    expected = Counter((alerts[recipient].alert_id, _KINDS[kind]) for recipient, kind, _ in told)
    if logged != expected:
        yield f"events: of reports {dict(logged)}, not {dict(expected)}"
