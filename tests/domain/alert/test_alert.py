"""Where an alert stands follows from what workers did and from the set of reports, in whatever order they came."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.domain.alert.alert import OPEN, Alert, AlertReport, AlertState, ReportKind
from tests.alert_world import DEPOSITED_AT, a_batch, an_alert

S, R = AlertState, ReportKind
SENDING = [S.WAITING, S.ATTEMPTED, S.REFUSED, S.UNKNOWN, S.ACCEPTED, S.FAILED, S.GAVE_UP]
TOLD = {R.DELAYED: S.DELAYED, R.RETURNED: S.BOUNCED, R.DELIVERED: S.DELIVERED, R.BOUNCED: S.BOUNCED,
        R.COMPLAINED: S.COMPLAINED}  # fmt: skip
AT = datetime(2026, 3, 9, 20, 16, tzinfo=UTC)


def told(kind: ReportKind, *, message_id: str | None = "m-1", minutes: int = 0) -> AlertReport:
    return AlertReport(kind, AT + timedelta(minutes=minutes), message_id, f"{kind}_{minutes}")


def with_reports(alert: Alert, *reports: AlertReport) -> Alert:
    for report in reports:
        alert = alert.with_report(report)
    return alert


def test_without_reports_it_stands_where_workers_left_it() -> None:
    assert [an_alert(sending=sending, refusal="x").state for sending in SENDING] == SENDING
    assert an_alert(refusal="mail_throttled").error == "mail_throttled"


def test_only_four_states_are_sent_when_their_time_comes() -> None:
    assert [sending for sending in SENDING if an_alert(sending=sending).is_open] == SENDING[:4]
    assert set(SENDING[:4]) == OPEN


@pytest.mark.parametrize("sending", [S.ATTEMPTED, S.UNKNOWN, S.ACCEPTED])
@pytest.mark.parametrize("kind", TOLD)
def test_a_report_settles_what_was_handed_over(kind: ReportKind, sending: AlertState) -> None:
    alert = an_alert(sending=sending).with_report(told(kind))
    assert (alert.state, alert.error, alert.settled_at) == (TOLD[kind], f"{kind}_0", AT)
    assert not alert.is_open


@pytest.mark.parametrize("kind", [R.DELIVERED, R.BOUNCED, R.COMPLAINED])
@pytest.mark.parametrize("sending", SENDING)
def test_what_reached_the_address_or_shows_it_dead_counts_whoever_sent_it(
    kind: ReportKind, sending: AlertState
) -> None:
    assert an_alert(sending=sending, message_id="m-2").with_report(told(kind)).state is TOLD[kind]


@pytest.mark.parametrize("sending", [S.ATTEMPTED, S.UNKNOWN, S.ACCEPTED, S.GAVE_UP])
def test_what_the_provider_threw_away_is_given_up(sending: AlertState) -> None:
    assert an_alert(sending=sending).with_report(told(R.REJECTED)).state is S.GAVE_UP


@pytest.mark.parametrize("sending", [S.WAITING, S.REFUSED])
def test_what_is_tried_again_is_not_given_up_for_a_message_thrown_away_before(sending: AlertState) -> None:
    alert = an_alert(sending=sending, refusal="mail_throttled").with_report(told(R.REJECTED))
    assert (alert.state, alert.error, alert.is_open) == (sending, "mail_throttled", True)


@pytest.mark.parametrize("kind", [R.REJECTED, R.DELAYED, R.RETURNED])
def test_what_is_told_of_one_message_says_nothing_of_another(kind: ReportKind) -> None:
    alert = an_alert(sending=S.ACCEPTED, message_id="m-2").with_report(told(kind, message_id="m-1"))
    assert alert.state is S.ACCEPTED
    assert alert.with_report(told(R.RETURNED, message_id="m-2", minutes=9)).state is S.BOUNCED


@pytest.mark.parametrize("kind", [R.REJECTED, R.DELAYED, R.RETURNED])
def test_what_was_told_before_it_was_sent_again_is_over(kind: ReportKind) -> None:
    resent = an_alert(sending=S.ATTEMPTED, resent_at=AT + timedelta(seconds=1))
    assert resent.with_report(told(kind)).state is S.ATTEMPTED
    assert resent.with_report(told(kind, minutes=1)).state is not S.ATTEMPTED
    assert an_alert(sending=S.ATTEMPTED, resent_at=AT).with_report(told(kind)).state is not S.ATTEMPTED


def test_a_stronger_report_decides_and_gives_its_own_reason() -> None:
    for weaker, stronger in itertools.combinations(TOLD, 2):
        alert = with_reports(an_alert(sending=S.ACCEPTED), told(stronger), told(weaker, minutes=1))
        assert (alert.state, alert.error) == (TOLD[stronger], f"{stronger}_0")


def test_one_result_for_one_set_of_reports() -> None:
    """Every set of up to four reports, of two messages and at two times, in every order."""
    reports = [
        told(kind, message_id=message, minutes=minutes)
        for kind, (message, minutes) in itertools.product(ReportKind, [("m-1", 0), ("m-2", 5)])
    ]
    for size in (2, 3):
        for chosen in itertools.combinations(reports, size):
            results = {with_reports(an_alert(sending=S.ACCEPTED, message_id="m-2"), *order)
                       for order in itertools.permutations(chosen)}  # fmt: skip
            assert len(results) == 1, chosen
    assert len({with_reports(an_alert(), *order) for order in itertools.permutations(reports[::2])}) == 1


def test_of_the_same_report_the_earliest_is_kept_and_the_same_twice_is_one() -> None:
    alert = with_reports(an_alert(), told(R.DELIVERED, minutes=3), told(R.DELIVERED, minutes=1), told(R.DELIVERED))
    assert alert.reports == (told(R.DELIVERED),)
    assert alert.with_report(told(R.DELIVERED, minutes=1)) == alert
    former = an_alert().with_report(AlertReport(R.DELIVERED, None, "m-1"))
    assert former.with_report(told(R.DELIVERED)).reports[0].at is None


def test_of_two_that_differ_the_earlier_is_kept_whatever_they_say() -> None:
    earlier = AlertReport(R.BOUNCED, AT, "m-1", "z")
    later = AlertReport(R.BOUNCED, AT + timedelta(minutes=1), "m-1", "a")
    assert with_reports(an_alert(), later, earlier).reports == (earlier,)
    assert with_reports(an_alert(), earlier, later).reports == (earlier,)


def test_states_and_kinds_are_stored_and_answered_by_these_names() -> None:
    assert [an_alert(sending=state).state.value for state in AlertState] == [
        "waiting",
        "attempted",
        "refused",
        "unknown",
        "accepted",
        "delayed",
        "delivered",
        "bounced",
        "complained",
        "failed",
        "gave_up",
        "cancelled",
    ]
    assert [an_alert().with_report(told(kind)).reports[0].kind.value for kind in ReportKind] == [
        "rejected",
        "delayed",
        "returned",
        "delivered",
        "bounced",
        "complained",
    ]


def test_it_is_due_from_its_instant_on_and_only_while_it_is_open() -> None:
    assert an_alert().is_due(AT)
    assert an_alert(due_at=AT).is_due(AT)
    assert not an_alert(due_at=AT).is_due(AT - timedelta(microseconds=1))
    assert not an_alert(sending=S.ACCEPTED).is_due(AT)
    assert not an_alert(sending=S.ATTEMPTED).with_report(told(R.DELIVERED)).is_due(AT)


def test_each_alert_waits_since_the_deposit_or_since_it_was_sent_again() -> None:
    first, resent, done = an_alert("u1"), an_alert("u2", resent_at=AT), an_alert("u3", sending=S.ACCEPTED, resent_at=AT)
    assert a_batch().gives_up_at == DEPOSITED_AT + timedelta(hours=72)
    batch = a_batch(alerts=(first, resent, done))
    assert [batch.ends_at(alert) - timedelta(hours=72) for alert in (first, resent)] == [DEPOSITED_AT, AT]
    assert (batch.waiting_since, batch.resent_at) == (DEPOSITED_AT, AT)
    assert a_batch(alerts=(resent, done)).gives_up_at == AT + timedelta(hours=72)
    assert (a_batch(alerts=(done,)).waiting_since, a_batch().resent_at) == (DEPOSITED_AT, None)


def test_a_batch_tells_what_is_open_and_what_was_given_up() -> None:
    waits, gone, done = an_alert("u1"), an_alert("u2", sending=S.GAVE_UP), an_alert("u3", sending=S.ACCEPTED)
    batch = a_batch(alerts=(waits, gone, done))
    assert (batch.open, batch.given_up, batch.attempted) == ((waits,), (gone,), ())
