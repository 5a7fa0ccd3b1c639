"""Every step of a notice with its instant, in order; nothing of it is the sender's business but what it sees today."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from chalicelib.domain.alert.alert import Alert, AlertReport, AlertState, ReportKind
from chalicelib.domain.alert.alert_batch import AlertBatch
from chalicelib.domain.alert.alert_sending import Accepted, ProviderRefused, begin_attempt, settle
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.mailbox import Channel
from chalicelib.domain.reading.reading import DeliveredNotice, Opening, Seen
from chalicelib.domain.reading.timeline import MOST_READ, UNREAD, Extent, NoticeLog, Step, timeline
from tests.builders import a_notice

S = AlertState
MINUTE = timedelta(minutes=1)
MONDAY = datetime(2026, 11, 23, 15, tzinfo=UTC)
NOTICE = a_notice(deposited_at=MONDAY)
OPENED = DeliveredNotice(
    NOTICE,
    Opening("e1", MONDAY + timedelta(hours=2), "u1", None),
    (Seen("u1", "Rosa", MONDAY), Seen("u2", "Luis", MONDAY)),
)
ALERTS = AlertBatch(
    "n1",
    "Entidad",
    MONDAY,
    (
        Alert("u1.email", Channel.EMAIL, "rosa@ejemplo.pe", AlertState.DELIVERED),
        Alert("u1.sms", Channel.SMS, "+51987654321", AlertState.FAILED),
    ),
)


ATTEMPTED = replace(
    begin_attempt(AlertBatch("n1", "Entidad", MONDAY, (Alert("u1.email", Channel.EMAIL, "rosa@ejemplo.pe"),)), MONDAY),
    claimed_at=MONDAY,
)


def told_of(batch: AlertBatch) -> list[tuple[AlertState | None, float]]:
    """Return the outcome and the minute of each of an alert's steps."""
    entries = timeline(DeliveredNotice(NOTICE), batch, UNREAD).entries[1:]
    return [(one.outcome, ((one.at or MONDAY) - MONDAY) / MINUTE) for one in entries]


def with_reports(batch: AlertBatch, *kinds: ReportKind) -> AlertBatch:
    [alert] = batch.alerts
    for minutes, kind in enumerate(kinds, start=2):
        alert = alert.with_report(AlertReport(kind, MONDAY + minutes * MINUTE, alert.message_id))
    return replace(batch, alerts=(alert,))


def test_each_attempt_and_each_outcome_of_an_alert_has_its_hour() -> None:
    refused = settle(ATTEMPTED, {"u1.email": ProviderRefused("mail_throttled")}, now=MONDAY + 0.5 * MINUTE)
    again = begin_attempt(refused, MONDAY + 2 * MINUTE)
    accepted = settle(again, {"u1.email": Accepted("m-1")}, now=MONDAY + 2 * MINUTE)
    batch = with_reports(accepted, ReportKind.DELAYED, ReportKind.DELIVERED, ReportKind.COMPLAINED)

    assert told_of(batch) == [
        (S.ATTEMPTED, 0),
        (S.REFUSED, 0.5),
        (S.ATTEMPTED, 2),
        (S.ACCEPTED, 2),
        (S.DELAYED, 2),
        (S.DELIVERED, 3),
        (S.COMPLAINED, 4),
    ]
    told = timeline(DeliveredNotice(NOTICE), batch, UNREAD)
    assert [entry.is_settled for entry in told.entries[1:5]] == [True, False, True, False]
    assert [(one.outcome, one.at) for one in told.alerts] == [(S.COMPLAINED, MONDAY + 4 * MINUTE)]


def test_an_attempt_that_nothing_follows_is_under_way_and_a_report_settles_it() -> None:
    [standing] = timeline(DeliveredNotice(NOTICE), ATTEMPTED, UNREAD).alerts
    assert (standing.outcome, standing.at) == (S.ATTEMPTED, MONDAY)
    assert [one.is_settled for one in timeline(DeliveredNotice(NOTICE), ATTEMPTED, UNREAD).entries[1:]] == [False]
    reported = with_reports(ATTEMPTED, ReportKind.DELIVERED)
    assert told_of(reported) == [(S.ATTEMPTED, 0), (S.DELIVERED, 2)]
    assert timeline(DeliveredNotice(NOTICE), reported, UNREAD).entries[1].is_settled


def test_an_alert_that_nobody_tried_waits_since_the_deposit() -> None:
    untried = AlertBatch("n1", "Entidad", MONDAY, (Alert("u1.email", Channel.EMAIL, "rosa@ejemplo.pe"),))
    assert told_of(untried) == [(S.WAITING, 0)]
    resent = replace(untried.alerts[0], resent_at=MONDAY + MINUTE)
    assert told_of(replace(untried, alerts=(resent,))) == [(S.WAITING, 1)]


def test_an_automatic_reply_to_what_was_delivered_says_nothing() -> None:
    accepted = settle(ATTEMPTED, {"u1.email": Accepted("m-1")}, now=MONDAY)
    assert told_of(with_reports(accepted, ReportKind.DELIVERED, ReportKind.RETURNED))[2:] == [(S.DELIVERED, 2)]
    assert told_of(with_reports(accepted, ReportKind.RETURNED))[2:] == [(S.BOUNCED, 2)]


def test_what_was_given_up_is_told_to_holder_and_sender() -> None:
    given_up = settle(ATTEMPTED, {"u1.email": ProviderRefused("mail_throttled")}, now=ATTEMPTED.gives_up_at)
    told = timeline(DeliveredNotice(NOTICE), given_up, UNREAD)
    for seen in (told, told.for_sender()):
        assert seen.alerts[0].outcome is S.GAVE_UP
        assert seen.entries[-1].outcome is S.GAVE_UP


def an_event(kind: EventType, hours: float, user: str = "u1", **data: str) -> Event:
    at = MONDAY + timedelta(hours=hours)
    return Event("notice#n1", kind, at, f"{kind} {hours}", f"user:{user}", "192.0.2.1", data)


LOG = NoticeLog(
    (
        an_event(EventType.NOTICE_DEPOSITED, 0),
        an_event(EventType.NOTICE_DOWNLOADED, 1, "u3", file="receipt"),
        an_event(EventType.NOTICE_OPENED, 2),
        an_event(EventType.NOTICE_REOPENED, 3, "u2"),
        an_event(EventType.NOTICE_DOWNLOADED, 4, file="annex-1"),
    ),
    Extent.WHOLE,
)


def test_every_step_is_told_in_the_order_it_happened_with_addresses_masked() -> None:
    told = timeline(OPENED, ALERTS, LOG)

    assert told.extent is Extent.WHOLE
    assert [(one.step, one.at and (one.at - MONDAY) // timedelta(hours=1), one.who) for one in told.entries] == [
        (Step.DEPOSITED, 0, ""),
        (Step.ALERT, None, "r***@ejemplo.pe"),
        (Step.ALERT, None, "+51 *** *** 321"),
        (Step.DOWNLOADED, 1, ""),
        (Step.OPENED, 2, "Rosa"),
        (Step.REOPENED, 3, "Luis"),
        (Step.DOWNLOADED, 4, "Rosa"),
    ]
    assert [one.outcome for one in told.entries[1:3]] == [AlertState.DELIVERED, AlertState.FAILED]
    assert [one.file for one in told.entries if one.step is Step.DOWNLOADED] == ["receipt", "annex-1"]


def test_what_stands_beside_the_notice_is_told_without_the_log() -> None:
    told = timeline(OPENED, ALERTS, UNREAD)

    assert [one.step for one in told.entries] == [Step.DEPOSITED, Step.ALERT, Step.ALERT, Step.OPENED]
    assert told.extent is Extent.UNREAD
    assert [one.step for one in timeline(DeliveredNotice(NOTICE), None, UNREAD).entries] == [Step.DEPOSITED]


def test_the_sender_sees_deposit_alerts_opening_and_downloads_and_nobodys_name() -> None:
    told = timeline(OPENED, ALERTS, LOG).for_sender()

    assert [(one.step, one.who) for one in told.entries] == [
        (Step.DEPOSITED, ""),
        (Step.ALERT, "r***@ejemplo.pe"),
        (Step.ALERT, "+51 *** *** 321"),
        (Step.DOWNLOADED, ""),
        (Step.OPENED, ""),
        (Step.DOWNLOADED, ""),
    ]


def test_of_a_long_log_the_newest_part_is_kept_and_that_there_is_more_is_said() -> None:
    events = tuple(an_event(EventType.NOTICE_DOWNLOADED, hour, file="main") for hour in range(MOST_READ + 1))

    assert NoticeLog.of_newest(events) == NoticeLog(events[1:], Extent.NEWEST)
    assert NoticeLog.of_newest(events[1:]) == NoticeLog(events[1:], Extent.WHOLE)


def test_what_was_recorded_while_the_log_was_read_is_added_once() -> None:
    new = an_event(EventType.NOTICE_REOPENED, 5)

    assert LOG.with_event(new).events == (*LOG.events, new)
    assert LOG.with_event(new).with_event(new) == LOG.with_event(new)
    assert LOG.with_event(None) == LOG
    assert UNREAD.with_event(new) == UNREAD
