"""Once a reading is suspended nothing that waits is sent, and each address that may have been alerted is told once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.domain.alert.alert import Alert, AlertPurpose, AlertState
from chalicelib.domain.alert.alert_batch import AlertBatch
from chalicelib.domain.alert.alert_sending import Accepted, begin_attempt, merge, settle
from chalicelib.domain.alert.follow_up import renew_alerts
from chalicelib.domain.alert.suspended import is_stopped, suspend_alerts
from chalicelib.domain.mailbox import Channel
from tests.alert_world import a_batch, an_alert
from tests.deposit_world import NOW, a_mailbox

AT = datetime(2026, 3, 10, 15, 0, tzinfo=UTC)
TOLD = {
    AlertState.ATTEMPTED,
    AlertState.UNKNOWN,
    AlertState.ACCEPTED,
    AlertState.DELAYED,
    AlertState.DELIVERED,
    AlertState.COMPLAINED,
}


def in_state(state: AlertState, **overrides: Any) -> Alert:
    return replace(an_alert(**overrides), sending=state)


def followers(batch: AlertBatch) -> list[Alert]:
    return [one for one in batch.alerts if one.purpose is AlertPurpose.SUSPENSION]


@pytest.mark.parametrize("state", list(AlertState))
def test_whoever_may_have_been_alerted_is_told_and_nobody_else(state: AlertState) -> None:
    batch = a_batch(alerts=(in_state(state),))

    after = suspend_alerts(batch, AT)

    told = followers(after)
    assert bool(told) is (state in TOLD)
    assert all(
        (one.destination, one.state, one.added_at) == (batch.alerts[0].destination, AlertState.WAITING, AT)
        for one in told
    )
    assert after.following.suspended_at == AT
    assert after.alerts[0].state is state


def test_an_address_is_told_once_however_often_it_was_alerted() -> None:
    first = in_state(AlertState.ACCEPTED)
    again = replace(first, alert_id=f"{first.alert_id}.reminder", purpose=AlertPurpose.REMINDER)
    shared = replace(first, alert_id="u9.email", destination=first.destination.upper())

    [told] = followers(suspend_alerts(a_batch(alerts=(first, again, shared)), AT))

    assert told.alert_id == f"{first.user_id}.email.suspension"


def test_what_waits_for_later_is_due_at_once_to_be_cancelled() -> None:
    later = in_state(AlertState.REFUSED, due_at=AT + timedelta(hours=2))

    [kept] = suspend_alerts(a_batch(alerts=(later,)), AT).alerts

    assert kept.due_at is None


def test_only_that_it_is_suspended_is_sent_any_more() -> None:
    batch = suspend_alerts(a_batch(alerts=(in_state(AlertState.ACCEPTED),)), AT)

    assert [is_stopped(one, batch) for one in batch.alerts] == [True, False]
    assert not is_stopped(batch.alerts[0], a_batch())


def test_what_failed_is_neither_followed_up_nor_renewed_nor_on_a_list() -> None:
    failed = a_batch(alerts=(in_state(AlertState.FAILED, refusal="mobile_refused"),))
    assert failed.unfollowed
    assert failed.failed_since

    after = suspend_alerts(failed, AT)

    assert (after.unfollowed, after.failed_since) == ((), None)
    assert renew_alerts(after, a_mailbox(), now=AT) == after


def test_a_worker_that_was_sending_keeps_that_it_was_suspended_meanwhile() -> None:
    claimed = begin_attempt(a_batch(alerts=(an_alert(),)), NOW)
    sent = settle(claimed, {claimed.alerts[0].alert_id: Accepted("m-1")}, now=AT)

    both = merge(sent, suspend_alerts(claimed, AT))

    assert both.following.suspended_at == AT
    assert [(one.purpose, one.state) for one in both.alerts] == [
        (AlertPurpose.DEPOSIT, AlertState.ACCEPTED),
        (AlertPurpose.SUSPENSION, AlertState.WAITING),
    ]
    assert both.alerts[1].channel in set(Channel)
