from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from chalicelib.domain.alert.alert import GIVE_UP_AFTER, Alert, AlertReport, AlertState, ReportKind
from chalicelib.domain.alert.alert_batch import AlertBatch
from chalicelib.domain.alert.alert_sending import (
    Accepted,
    AddressRefused,
    Lost,
    NotSent,
    Outcome,
    ProviderRefused,
    begin_attempt,
    merge,
    send_again,
    settle,
)
from chalicelib.domain.alert.retry import LEASE
from tests.alert_world import DEPOSITED_AT, a_batch, an_alert, states

S = AlertState
NOW = DEPOSITED_AT + timedelta(seconds=2)
MINUTE = timedelta(minutes=1)
LATE = DEPOSITED_AT + GIVE_UP_AFTER
EMAIL = "u1.email"


def claimed(batch: AlertBatch, now: datetime = NOW) -> AlertBatch:
    """Begin an attempt as the store's claim does."""
    return replace(begin_attempt(batch, now), attempts=batch.attempts + 1, claimed_at=now, leased_until=now + LEASE)


def came_to(outcome: Outcome, batch: AlertBatch | None = None, *, now: datetime = NOW) -> Alert:
    """Attempt one alert, once, and return what the outcome made of it."""
    begun = claimed(batch or a_batch(alerts=(an_alert(),)), now)
    return settle(begun, {EMAIL: outcome}, now=now).alerts[0]


def tried(outcomes: list[Outcome | None]) -> tuple[AlertBatch, datetime]:
    """Attempt one alert again and again, each time as soon as it is due; None is a worker that died."""
    batch, now = a_batch(alerts=(an_alert(),)), NOW
    for outcome in outcomes:
        now = max(now, batch.alerts[0].due_at or now)
        batch = claimed(batch, now)
        if outcome is not None:
            batch = settle(batch, {EMAIL: outcome}, now=now)
    return batch, now


def test_an_attempt_is_written_before_the_send_with_its_hour() -> None:
    begun = claimed(a_batch())
    assert states(begun) == [S.ATTEMPTED, S.ATTEMPTED]
    assert [alert.attempted_at for alert in begun.alerts] == [NOW, NOW]
    assert begun.attempted == begun.alerts


@pytest.mark.parametrize(
    ("outcome", "state", "error", "message_id"),
    [
        (Accepted("m-1"), S.ACCEPTED, None, "m-1"),
        (AddressRefused("mobile_opted_out"), S.FAILED, "mobile_opted_out", None),
        (ProviderRefused("mail_throttled"), S.REFUSED, "mail_throttled", None),
        (Lost("mail_unavailable"), S.UNKNOWN, "mail_unavailable", None),
        (NotSent("file_not_found"), S.WAITING, "file_not_found", None),
    ],
)
def test_an_outcome_settles_its_alert_with_its_hour(
    outcome: Outcome, state: AlertState, error: str | None, message_id: str | None
) -> None:
    alert = came_to(outcome)
    assert (alert.state, alert.error, alert.message_id) == (state, error, message_id)
    assert [(step.state, step.at, step.error) for step in alert.steps] == [
        (S.ATTEMPTED, NOW, None),
        (state, NOW, error),
    ]
    assert alert.is_open is (state in {S.REFUSED, S.UNKNOWN, S.WAITING})


def test_the_claim_ends_and_what_was_not_attempted_stays_as_it_was() -> None:
    batch = a_batch(alerts=(an_alert("u1"), an_alert("u2", sending=S.ACCEPTED, message_id="m-2")))
    settled = settle(claimed(batch), {EMAIL: Accepted("m-1")}, now=NOW)
    assert (settled.claimed_at, settled.leased_until) == (None, None)
    assert settled.alerts[1] == batch.alerts[1]


def test_only_what_is_due_is_attempted() -> None:
    waits = an_alert("u2", due_at=NOW + timedelta(microseconds=1))
    begun = claimed(a_batch(alerts=(an_alert("u1", due_at=NOW), waits)))
    assert [alert.alert_id for alert in begun.attempted] == [EMAIL]
    assert begun.alerts[1] == waits


def test_a_claim_that_is_read_again_marks_nothing_twice() -> None:
    begun = claimed(a_batch())
    assert begin_attempt(begun, NOW) == begun


def test_what_a_dead_worker_attempted_is_due_again_after_longer_and_longer_delays() -> None:
    waits = []
    for deaths in range(1, 9):
        batch, now = tried([None] * deaths)
        waits.append(((batch.alerts[0].due_at or now) - now) // MINUTE)
    assert waits == [7, 14, 28, 56, 112, 224, 240, 240]


def test_a_lost_attempt_is_left_alone_for_longer_than_a_lease() -> None:
    batch, now = tried([None])
    due_at = batch.alerts[0].due_at
    assert due_at is not None
    assert due_at - now > LEASE


def test_lost_answers_and_deaths_share_one_back_off() -> None:
    batch, now = tried([None, Lost("mail_unavailable"), None])
    assert ((batch.alerts[0].due_at or now) - now) // MINUTE == 28
    assert batch.alerts[0].state is S.ATTEMPTED


def test_ten_deaths_use_up_nothing() -> None:
    batch, _ = tried([*[None] * 10, Accepted("m-11")])
    assert states(batch) == [S.ACCEPTED]
    assert batch.alerts[0].message_id == "m-11"


@pytest.mark.parametrize("outcome", [ProviderRefused("mail_throttled"), NotSent("file_not_found")])
def test_refusals_wait_half_an_hour_at_most_however_long_they_last(outcome: Outcome) -> None:
    waits = []
    for refusals in range(1, 40):
        batch, now = tried([outcome] * refusals)
        waits.append((batch.alerts[0].due_at or now) - now)
    for wait, whole in zip(waits, [1, 2, 4, 8, 16, *[30] * 34], strict=True):
        assert 0.8 * whole * MINUTE <= wait <= whole * MINUTE
    assert batch.alerts[0].state in {S.REFUSED, S.WAITING}


def test_what_was_refused_together_does_not_come_back_together() -> None:
    batch = a_batch(alerts=tuple(an_alert(f"u{n}") for n in range(1, 30)))
    outcomes: dict[str, Outcome] = {alert.alert_id: ProviderRefused("mail_throttled") for alert in batch.alerts}
    settled = settle(claimed(batch), outcomes, now=NOW)
    assert len({alert.due_at for alert in settled.alerts}) == 29
    assert settle(claimed(batch), outcomes, now=NOW) == settled


def test_after_a_lost_answer_refusals_begin_anew() -> None:
    batch, now = tried([*[ProviderRefused("x")] * 5, Lost("y"), ProviderRefused("x")])
    assert (batch.alerts[0].due_at or now) - now <= MINUTE


def test_what_is_sent_again_begins_anew() -> None:
    batch, now = tried([*[ProviderRefused("x")] * 5, Lost("y"), Lost("y")])
    ended = settle(claimed(batch, LATE), {EMAIL: ProviderRefused("x")}, now=LATE)
    again = claimed(send_again(ended, LATE), LATE)
    assert again.alerts[0].due_at == LATE + 7 * MINUTE
    refused = settle(again, {EMAIL: ProviderRefused("x")}, now=LATE)
    assert (refused.alerts[0].due_at or now) - LATE <= MINUTE


def test_an_accepted_message_forgets_the_refusals_before_it() -> None:
    batch, _ = tried([ProviderRefused("mail_throttled"), Lost("x"), Accepted("m-1")])
    alert = batch.alerts[0]
    assert (alert.refusals, alert.losses, alert.refusal, alert.due_at) == (0, 0, None, None)


@pytest.mark.parametrize("outcome", [ProviderRefused("mail_throttled"), NotSent("file_not_found"), Lost("x")])
def test_after_72_hours_it_is_given_up_with_the_last_reason(outcome: ProviderRefused | NotSent | Lost) -> None:
    before = came_to(outcome, now=LATE - timedelta(microseconds=1))
    assert before.is_open
    alert = came_to(outcome, now=LATE)
    assert (alert.state, alert.error, alert.due_at, alert.is_open) == (S.GAVE_UP, outcome.code, None, False)


def test_an_address_that_is_refused_for_good_has_failed_even_late() -> None:
    assert came_to(AddressRefused("mobile_refused"), now=LATE).state is S.FAILED
    assert came_to(Accepted("m"), now=LATE).state is S.ACCEPTED


def test_what_nobody_tried_in_72_hours_gets_its_attempt() -> None:
    assert came_to(Accepted("m"), now=LATE + timedelta(days=30)).state is S.ACCEPTED


@pytest.mark.parametrize("sending", [S.ATTEMPTED, S.UNKNOWN])
def test_what_is_unsettled_after_72_hours_is_given_up_without_another_send(sending: AlertState) -> None:
    batch = a_batch(alerts=(an_alert(sending=sending, due_at=LATE),))
    begun = claimed(batch, LATE)
    assert begun.attempted == ()
    settled = settle(begun, {}, now=LATE)
    assert states(settled) == [S.GAVE_UP]
    assert settled.alerts[0].error == "unconfirmed"
    assert settled.given_up == settled.alerts


def test_what_is_not_due_is_not_given_up() -> None:
    batch = a_batch(alerts=(an_alert(sending=S.UNKNOWN, due_at=LATE + MINUTE),))
    assert settle(claimed(batch, LATE), {}, now=LATE) == replace(batch, attempts=1)


def test_no_delay_sleeps_through_the_end() -> None:
    near = LATE - 3 * MINUTE
    assert came_to(Lost("x"), now=near).due_at == LATE
    assert claimed(a_batch(), near).alerts[0].due_at == LATE
    assert claimed(a_batch(), LATE).alerts[0].due_at == LATE + 7 * MINUTE


def given_up() -> AlertBatch:
    return a_batch(alerts=(an_alert(sending=S.GAVE_UP, refusal="mail_throttled"), an_alert("u2")))


def test_what_is_sent_again_has_its_whole_time_before_it() -> None:
    batch = send_again(given_up(), LATE)
    assert [alert.state for alert in batch.alerts] == [S.WAITING, S.WAITING]
    assert (batch.alerts[0].error, batch.alerts[0].due_at) == (None, LATE)
    assert batch.ends_at(batch.alerts[0]) == LATE + GIVE_UP_AFTER
    assert batch.ends_at(batch.alerts[1]) == LATE, "nobody sent that one again"
    assert batch.alerts[1] == given_up().alerts[1]
    assert [alert.alert_id for alert in claimed(batch, LATE).attempted] == ["u1.email", "u2.email"]


def test_what_is_told_of_the_message_before_does_not_touch_the_one_sent_again() -> None:
    rejected = AlertReport(ReportKind.REJECTED, LATE - MINUTE, "m-1", "rejected_by_provider")
    batch = a_batch(alerts=(an_alert(sending=S.ACCEPTED, message_id="m-1").with_report(rejected),))
    assert states(batch) == [S.GAVE_UP]
    again = claimed(send_again(batch, LATE), LATE)
    assert states(again) == [S.ATTEMPTED]
    assert again.alerts[0].steps[-2].message_id is None
    delayed = AlertReport(ReportKind.DELAYED, LATE + MINUTE, "m-2")
    assert again.alerts[0].with_report(delayed).state is S.DELAYED, "the worker died, and the provider tells of it"
    told_twice = replace(again, alerts=(again.alerts[0].with_report(rejected),))
    assert states(settle(told_twice, {EMAIL: Accepted("m-2")}, now=LATE)) == [S.ACCEPTED]


def test_a_report_without_an_hour_is_of_the_message_before_and_does_not_stop_the_one_sent_again() -> None:
    rejected = AlertReport(ReportKind.REJECTED, None, "m-1", "rejected_by_provider")
    batch = a_batch(alerts=(an_alert(sending=S.ACCEPTED, message_id="m-1").with_report(rejected),))
    again = claimed(send_again(batch, LATE), LATE)
    assert states(again) == [S.ATTEMPTED]
    assert [alert.alert_id for alert in again.attempted] == [EMAIL]


def test_attempts_are_counted_however_few_steps_are_kept() -> None:
    batch, now = tried([ProviderRefused("mail_throttled")] * 100)
    assert batch.alerts[0].attempts == 100
    lapsed = replace(batch, alerts=(replace(batch.alerts[0], attempts=99),))
    assert [merge(*both).alerts[0].attempts for both in ((batch, lapsed), (lapsed, batch))] == [100, 100]
    assert claimed(batch, now + timedelta(hours=1)).alerts[0].attempts == 101


def test_steps_that_repeat_are_told_by_the_first_and_the_last() -> None:
    batch, now = tried([ProviderRefused("mail_throttled")] * 100)
    steps = batch.alerts[0].steps
    assert [step.state for step in steps] == [S.ATTEMPTED, S.REFUSED] * 2
    assert (steps[0].at, steps[-1].at) == (NOW, now)


def test_steps_never_grow_without_bound_and_keep_the_first() -> None:
    outcomes: list[Outcome | None] = [ProviderRefused(code) for _ in range(48) for code in ("a", "b")]
    batch, now = tried(outcomes)
    steps = batch.alerts[0].steps
    assert [step.error for step in steps] == [None, "a", None, "b", *[None, "a", None, "b"] * 4]
    assert (steps[0].at, steps[-1].at) == (NOW, now)


ATTEMPT = claimed(a_batch(alerts=(an_alert(),)))
LATER = NOW + timedelta(minutes=8)
SECOND = claimed(ATTEMPT, LATER)


def of(batch: AlertBatch, outcome: Outcome, now: datetime) -> AlertBatch:
    return settle(batch, {EMAIL: outcome}, now=now)


@pytest.mark.parametrize(
    ("ours", "stored", "state", "message_id"),
    [
        (of(ATTEMPT, Accepted("m-1"), NOW), ATTEMPT, S.ACCEPTED, "m-1"),
        (of(ATTEMPT, ProviderRefused("x"), NOW), ATTEMPT, S.REFUSED, None),
        (of(ATTEMPT, Accepted("m-1"), LATER), SECOND, S.ACCEPTED, "m-1"),
        (of(ATTEMPT, ProviderRefused("x"), LATER), SECOND, S.ATTEMPTED, None),
        (of(ATTEMPT, Lost("x"), LATER), of(SECOND, Accepted("m-2"), LATER), S.ACCEPTED, "m-2"),
        (of(SECOND, Lost("x"), LATER), of(ATTEMPT, Accepted("m-1"), NOW), S.ACCEPTED, "m-1"),
        (of(ATTEMPT, Accepted("m-1"), LATER), of(SECOND, Accepted("m-2"), LATER), S.ACCEPTED, "m-2"),
        (of(SECOND, ProviderRefused("x"), LATER), of(ATTEMPT, Lost("y"), NOW), S.REFUSED, None),
        (of(ATTEMPT, ProviderRefused("x"), LATER), settle(ATTEMPT, {}, now=LATE + MINUTE), S.GAVE_UP, None),
    ],
)
def test_what_was_accepted_is_kept_else_the_later_attempt(
    ours: AlertBatch, stored: AlertBatch, state: AlertState, message_id: str | None
) -> None:
    merged = merge(ours, stored)
    assert states(merged) == [state]
    assert merged.alerts[0].message_id == message_id
    steps = merged.alerts[0].steps
    assert {*ours.alerts[0].steps, *stored.alerts[0].steps} == set(steps)
    assert [step.at for step in steps] == sorted(step.at for step in steps)
    assert merge(ours, merged) == merged, "once more changes nothing"


def test_what_was_written_first_of_one_attempt_is_kept() -> None:
    stored = of(ATTEMPT, Lost("x"), NOW)
    assert merge(of(ATTEMPT, ProviderRefused("y"), NOW), stored).alerts[0].state is S.UNKNOWN


def test_merging_keeps_the_claim_and_the_reports_of_both() -> None:
    told = [AlertReport(kind, NOW, "m") for kind in (ReportKind.DELIVERED, ReportKind.COMPLAINED)]
    ours = replace(ATTEMPT, alerts=(ATTEMPT.alerts[0].with_report(told[0]),))
    stored = replace(SECOND, alerts=(SECOND.alerts[0].with_report(told[1]),))
    merged = merge(ours, stored)
    assert (merged.attempts, merged.claimed_at, merged.leased_until) == (2, LATER, LATER + LEASE)
    assert merged.alerts[0].reports == tuple(told)


def test_whatever_happens_an_alert_ends_and_is_never_lost() -> None:
    """Every series of four outcomes: the alert is open and due again, accepted, or refused for good."""
    kinds: list[Outcome | None] = [
        None,
        Accepted("m"),
        AddressRefused("a"),
        ProviderRefused("p"),
        Lost("l"),
        NotSent("n"),
    ]
    for series in itertools.product(kinds, repeat=4):
        batch, now = a_batch(alerts=(an_alert(),)), NOW
        for outcome in series:
            if not batch.open:
                break
            now = max(now, batch.alerts[0].due_at or now)
            batch = claimed(batch, now)
            if outcome is not None:
                batch = settle(batch, {EMAIL: outcome}, now=now)
        [alert] = batch.alerts
        expected = next((outcome for outcome in series if isinstance(outcome, Accepted | AddressRefused)), None)
        if expected is None:
            assert alert.is_open
            assert alert.due_at is not None
            assert alert.due_at > now
        else:
            assert alert.state is (S.ACCEPTED if isinstance(expected, Accepted) else S.FAILED)
