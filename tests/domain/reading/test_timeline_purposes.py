"""What is sent beside a deposit's own alerts is told with its hours and why; the mailbox's own reasons to its users."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.domain.alert.alert import Alert, AlertPurpose, AlertReport, AlertState, AlertStep, ReportKind
from chalicelib.domain.alert.alert_batch import AlertBatch
from chalicelib.domain.alert.alert_sending import Lost, NotNeeded, ProviderRefused
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.mailbox import Channel
from chalicelib.domain.reading.reading import DeliveredNotice
from chalicelib.domain.reading.timeline import UNREAD, Extent, NoticeLog, Step, Timeline, timeline
from tests.builders import a_notice
from tests.deposit_world import a_mailbox, a_user
from tests.told_world import BOUNCED_AFTER, OPENED_AFTER, REMINDED_AFTER, a_followed_batch, a_renewed_batch, attempt

P, S = AlertPurpose, AlertState
AT = datetime(2026, 3, 9, 20, 15, tzinfo=UTC)
MAILBOX = a_mailbox(users=(a_user(1, email="rosa@ejemplo.pe", mobile="+51987654321"),))
OWN = AlertBatch(
    "n1",
    "Entidad",
    AT,
    (
        Alert("u1.email", Channel.EMAIL, "rosa@ejemplo.pe"),
        Alert("u1.sms", Channel.SMS, "+51987654321"),
    ),
)
REMINDER = Alert(
    "u1.sms.reminder", Channel.SMS, "+51987654321", purpose=P.REMINDER, added_at=AT, useful_until=AT + OPENED_AFTER
)


def told(batch: AlertBatch, log: NoticeLog = UNREAD) -> Timeline:
    return timeline(DeliveredNotice(a_notice(deposited_at=AT)), batch, log)


def steps(batch: AlertBatch, purpose: AlertPurpose) -> list[tuple[Channel | None, AlertState | None, timedelta | None]]:
    found = [one for one in told(batch).entries if one.purpose is purpose]
    return [(one.channel, one.outcome, None if one.at is None else one.at - AT) for one in found]


def test_a_fallback_is_told_with_its_hours_beside_what_failed() -> None:
    batch = a_followed_batch(OWN, MAILBOX)

    assert steps(batch, P.DEPOSIT) == [
        (Channel.EMAIL, S.ATTEMPTED, timedelta()),
        (Channel.EMAIL, S.ACCEPTED, timedelta()),
        (Channel.SMS, S.ATTEMPTED, timedelta()),
        (Channel.SMS, S.ACCEPTED, timedelta()),
        (Channel.EMAIL, S.BOUNCED, BOUNCED_AFTER),
    ]
    assert steps(batch, P.FALLBACK) == [
        (Channel.SMS, S.ATTEMPTED, BOUNCED_AFTER),
        (Channel.SMS, S.ACCEPTED, BOUNCED_AFTER),
    ]
    assert told(batch).failed_channels == (Channel.EMAIL,)


def test_a_renewal_is_told_with_its_hours() -> None:
    mended = replace(MAILBOX, users=(replace(MAILBOX.users[0], email="rosa@otro.pe"),))
    batch = a_renewed_batch(OWN, mended)

    assert steps(batch, P.RENEWAL) == [
        (Channel.EMAIL, S.ATTEMPTED, REMINDED_AFTER),
        (Channel.EMAIL, S.ACCEPTED, REMINDED_AFTER),
    ]
    assert [one.who for one in told(batch).alerts] == ["r***@ejemplo.pe", "+51 *** *** 321", "r***@otro.pe"]
    assert told(batch).failed_channels == ()


def test_a_reminder_and_why_it_was_cancelled_are_told_and_that_it_was_taken_up_is_not() -> None:
    batch = a_followed_batch(OWN, MAILBOX)

    assert steps(batch, P.REMINDER) == [
        (Channel.EMAIL, S.CANCELLED, OPENED_AFTER),
        (Channel.SMS, S.ATTEMPTED, OPENED_AFTER),
        (Channel.SMS, S.ACCEPTED, OPENED_AFTER),
    ]
    reasons = [(one.outcome, one.reason) for one in told(batch).entries if one.reason]
    assert reasons == [(S.CANCELLED, "notice_opened")]
    assert [one.reason for one in told(batch).alerts if one.outcome is S.CANCELLED] == ["notice_opened"]


def test_what_was_handed_over_before_it_was_cancelled_stays_told() -> None:
    batch = replace(OWN, alerts=(REMINDER,))
    lost = attempt(batch, AT, lambda _: Lost("sms_timeout"))
    [due_at] = [alert.due_at for alert in lost.alerts]
    assert due_at is not None

    opened = attempt(lost, due_at, lambda _: NotNeeded("notice_opened"))
    assert [outcome for _, outcome, _ in steps(opened, P.REMINDER)] == [S.ATTEMPTED, S.UNKNOWN, S.CANCELLED]


def test_a_reminder_that_was_not_taken_in_time_is_cancelled_and_one_that_may_have_arrived_is_not() -> None:
    batch, late = replace(OWN, alerts=(REMINDER,)), AT + OPENED_AFTER

    assert steps(attempt(batch, late, lambda _: ProviderRefused("sms_down")), P.REMINDER) == [
        (Channel.SMS, S.CANCELLED, OPENED_AFTER)
    ]
    assert [outcome for _, outcome, _ in steps(attempt(batch, late, lambda _: Lost("sms_timeout")), P.REMINDER)] == [
        S.ATTEMPTED,
        S.GAVE_UP,
    ]


def test_a_report_of_what_was_cancelled_has_no_reason() -> None:
    cancelled = replace(
        REMINDER,
        sending=S.CANCELLED,
        refusal="notice_opened",
        steps=(AlertStep(S.CANCELLED, AT, "notice_opened"),),
    )
    reported = cancelled.with_report(AlertReport(ReportKind.DELIVERED, AT + BOUNCED_AFTER))

    assert [(one.outcome, one.reason) for one in told(replace(OWN, alerts=(reported,))).entries[1:]] == [
        (S.CANCELLED, "notice_opened"),
        (S.DELIVERED, None),
    ]
    assert [(one.outcome, one.reason) for one in told(replace(OWN, alerts=(reported,))).alerts] == [(S.DELIVERED, None)]


def test_an_added_alert_that_nobody_tried_waits_since_it_was_decided() -> None:
    [standing] = told(replace(OWN, alerts=(replace(REMINDER, added_at=AT + REMINDED_AFTER),))).alerts
    assert (standing.outcome, standing.at) == (S.WAITING, AT + REMINDED_AFTER)


@pytest.mark.parametrize("reason", ["too_late", "no_live_channel"])
def test_a_reminder_that_was_missed_is_told_from_the_log_to_both(reason: str) -> None:
    missed = Event("notice#n1", EventType.REMINDER_MISSED, AT + REMINDED_AFTER, "e1", "worker", data={"reason": reason})
    whole = told(OWN, NoticeLog((missed,), Extent.WHOLE))

    for seen in (whole, whole.for_sender()):
        last = seen.entries[-1]
        assert (last.step, last.at, last.reason) == (Step.REMINDER_MISSED, AT + REMINDED_AFTER, reason)
        assert (last.who, last.channel, last.outcome, last.purpose) == ("", None, None, None)


@pytest.mark.parametrize(
    ("reason", "sender_s"),
    [
        ("notice_opened", "notice_opened"),
        ("too_late", "too_late"),
        ("address_changed", None),
        ("address_dead", None),
    ],
)
def test_the_sender_sees_every_alert_and_no_reason_that_lies_in_the_mailbox(reason: str, sender_s: str | None) -> None:
    batch = attempt(replace(OWN, alerts=(REMINDER,)), AT, lambda _: NotNeeded(reason))
    whole = told(batch)
    seen = whole.for_sender()

    assert [one.reason for one in (*whole.entries[1:], *whole.alerts)] == [reason] * (len(whole.entries[1:]) + 1)
    assert {one.reason for one in (*seen.entries[1:], *seen.alerts)} == {sender_s}
    kept = [(one.at, one.who, one.channel, one.purpose, one.outcome) for one in seen.alerts]
    assert kept == [(one.at, one.who, one.channel, one.purpose, one.outcome) for one in whole.alerts]
