from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError
from pynamodb.exceptions import TransactWriteError

from chalicelib.domain.alert.alert import AlertReport, AlertState, AlertStep, ReportKind
from chalicelib.domain.alert.alert_batch import AlertBatch
from chalicelib.domain.alert.alert_sending import Accepted, Outcome, ProviderRefused, settle
from chalicelib.domain.alert.delivery_report import DeliveryReport
from chalicelib.domain.alert.retry import LEASE
from chalicelib.domain.errors import Unavailable
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.mailbox import Channel
from chalicelib.store.alert.alert_batch_item import SWEEP_AFTER
from chalicelib.store.shards import SHARDS, shard_of_code
from chalicelib.store.tables import AlertBatchItem
from tests.alert_world import (
    DEPOSITED_AT,
    NOTICE_ID,
    World,
    a_batch,
    alert_world,
    an_alert,
    hooked,
    pages_of,
    refusing,
    states,
)

S = AlertState
LATER = datetime(2030, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SHARD = shard_of_code(NOTICE_ID)


@pytest.fixture
def world() -> Iterator[World]:
    with alert_world() as opened:
        yield opened


def claim(world: World) -> AlertBatch:
    claimed = world.batches.claim(NOTICE_ID, now=world.now)
    assert claimed is not None
    return claimed


def record(
    world: World, claimed: AlertBatch, outcome: Callable[[str], Outcome], *events: Event, now: datetime | None = None
) -> AlertBatch:
    """Record the same kind of outcome for all that were attempted."""
    outcomes = {alert.alert_id: outcome(alert.alert_id) for alert in claimed.attempted}
    settled = settle(claimed, outcomes, now=now or world.now)
    world.batches.record(claimed, settled, events)
    return settled


def refused(_: str) -> Outcome:
    return ProviderRefused("mail_throttled")


def an_event(number: int = 1, at: datetime | None = None) -> Event:
    return Event(
        f"notice#{NOTICE_ID}", EventType.ALERT_SENT, at or LATER, f"event-{number}", "worker:test", data={"a": "b"}
    )


def due(world: World, *, now: datetime = LATER, limit: int = 10) -> list[tuple[datetime, str]]:
    found = islice(world.batches.due(SHARD, now=now), limit)
    return [(datetime.fromtimestamp(at, UTC), notice_id) for at, notice_id in found]


def given_up(world: World) -> list[tuple[datetime, str]]:
    return [(datetime.fromtimestamp(at, UTC), one) for at, one in world.batches.given_up(SHARD)]


def waiting_since(world: World) -> int | None:
    return min((since for shard in SHARDS for since, _ in world.batches.waiting(shard)), default=None)


def raw() -> AlertBatchItem:
    return AlertBatchItem.get(NOTICE_ID)


def rewrite(**attributes: Any) -> None:
    """Change an item as another package would have left it."""
    known = AlertBatchItem.get_attributes()
    AlertBatchItem(NOTICE_ID).update(
        [known[name].remove() if value is None else known[name].set(value) for name, value in attributes.items()]
    )


def test_a_batch_comes_back_as_it_was_written(world: World) -> None:
    told = AlertReport(ReportKind.DELIVERED, world.now, "m", "e")
    rich = an_alert(
        sending=S.REFUSED, message_id="m", refusal="e", refusals=3, losses=2, due_at=LATER, resent_at=world.now
    ).with_report(told)
    batch = a_batch(alerts=(replace(rich, steps=(AlertStep(S.REFUSED, world.now, "e"),)),), receipt_key="a/b.pdf")
    assert world.batches.find(world.deposit(batch).notice_id) == batch
    assert world.batches.find("9999-9999-9999") is None


def test_a_batch_keeps_the_short_name_and_one_from_before_short_names_has_none(world: World) -> None:
    batch = world.deposit(a_batch(institution_short_name="Muni. Ejemplo"))
    assert world.batches.find(NOTICE_ID) == batch
    rewrite(institution_short_name=None)
    assert world.batch().institution_short_name is None
    assert claim(world).institution_short_name is None


def test_a_batch_is_written_once(world: World) -> None:
    world.deposit(a_batch())
    with pytest.raises(TransactWriteError):
        world.deposit(a_batch())


def test_the_first_claim_is_one_call_and_says_what_is_attempted(world: World) -> None:
    world.deposit(a_batch())
    world.calls.clear()
    claimed = claim(world)
    assert world.calls == ["UpdateItem"]
    assert (claimed.attempts, claimed.claimed_at, claimed.leased_until) == (1, world.now, world.now + LEASE)
    assert states(claimed) == [S.ATTEMPTED] * 2
    assert claimed.attempted == claimed.alerts
    assert world.batch() == claimed, "whoever reads it sees the attempt"


def test_the_first_claim_waits_for_nothing_even_on_a_slow_clock(world: World) -> None:
    world.deposit(a_batch())
    assert world.batches.claim(NOTICE_ID, now=world.now - timedelta(seconds=5)) is not None


def test_a_claim_keeps_others_out_and_its_attempt_waits_longer_than_the_lease(world: World) -> None:
    world.deposit(a_batch())
    claim(world)
    assert due(world) == [(world.now + 7 * MINUTE, NOTICE_ID)]
    world.now += LEASE - timedelta(seconds=1)
    assert world.batches.claim(NOTICE_ID, now=world.now) is None


def test_what_a_dead_worker_left_is_attempted_again_when_it_is_due(world: World) -> None:
    world.deposit(a_batch())
    first = claim(world)
    world.now += 7 * MINUTE
    world.calls.clear()
    second = claim(world)
    assert world.calls == ["UpdateItem", "GetItem", "UpdateItem"]
    assert (second.attempts, second.claimed_at, second.leased_until) == (2, world.now, world.now + LEASE)
    assert [alert.losses for alert in second.attempted] == [1, 1]
    assert second.alerts[0].steps == (*first.alerts[0].steps, AlertStep(S.ATTEMPTED, world.now))
    assert due(world) == [(world.now + 14 * MINUTE, NOTICE_ID)]
    assert world.batch() == second


def test_a_claim_keeps_the_instant_it_began_and_not_one_reckoned_from_its_end(world: World) -> None:
    world.deposit(a_batch())
    world.now += timedelta(milliseconds=250)
    first = claim(world)
    assert world.batch().claimed_at == first.claimed_at == world.now
    world.now += 7 * MINUTE
    second = claim(world)
    assert world.batch().claimed_at == second.claimed_at == world.now
    assert second.attempted


def test_a_batch_is_written_alone_only_as_nobody_changed_it(world: World) -> None:
    """The log takes nothing, and a report comes between reading and writing."""
    world.deposit(a_batch())
    claimed = claim(world)
    delivered = DeliveryReport(NOTICE_ID, "u1.email", world.now, AlertReport(ReportKind.DELIVERED, world.now, "m"))
    told: list[bool] = []

    def report(params: dict[str, Any], **_: Any) -> None:
        if not told and '"alerts"' in str(params["body"]):
            told.append(True)
            world.batches.record_report(delivered, an_event(2))

    client = world.connection.client
    with refusing(client, "TransactWriteItems", "AccessDeniedException"), hooked(client, "UpdateItem", report):
        record(world, claimed, refused, an_event())
    assert states(world.batch()) == [S.DELIVERED, S.REFUSED]
    assert {event.event_id for event in world.batch().owed} == {"event-1", "event-2"}


def test_a_lapsed_claim_is_cleared_away_though_nothing_is_due(world: World) -> None:
    world.deposit(a_batch())
    claim(world)
    delivered = DeliveryReport(NOTICE_ID, "u1.email", world.now, AlertReport(ReportKind.DELIVERED, world.now, "m"))
    assert world.batches.record_report(delivered, an_event())
    rewrite(alerts=[{**alert, "state": "accepted"} for alert in raw().alerts])
    world.now += LEASE
    claimed = claim(world)
    assert claimed.attempted == ()
    record(world, claimed, Accepted)
    assert (due(world), raw().leased_until) == ([], 0)
    assert world.batches.claim(NOTICE_ID, now=LATER) is None


def test_of_two_claims_at_once_one_wins(world: World) -> None:
    world.deposit(a_batch())
    claim(world)
    world.now += 7 * MINUTE
    others: list[AlertBatch | None] = []

    def another(**_: Any) -> None:
        if not others:
            others.append(None)
            others.append(world.batches.claim(NOTICE_ID, now=world.now))

    with hooked(world.connection.client, "GetItem", another):
        ours = world.batches.claim(NOTICE_ID, now=world.now)
    assert [batch for batch in (ours, others[1]) if batch] == [world.batch()]
    assert world.batch().attempts == 2


def test_a_settled_batch_leaves_the_indexes(world: World) -> None:
    world.deposit(a_batch())
    assert due(world) == [(world.now + SWEEP_AFTER, NOTICE_ID)]
    assert waiting_since(world) == int(world.now.timestamp())
    settled = record(world, claim(world), Accepted, an_event())
    assert (due(world), given_up(world), waiting_since(world)) == ([], [], None)
    assert world.batch() == settled
    assert world.timeline() == (an_event(),)
    assert world.batches.claim(NOTICE_ID, now=LATER) is None


def test_an_unfinished_batch_is_due_when_its_first_alert_is(world: World) -> None:
    world.deposit(a_batch())
    settled = record(world, claim(world), refused)
    first = min(alert.due_at or LATER for alert in settled.alerts)
    [(at, _)] = due(world)
    assert first <= at < first + timedelta(seconds=1)
    assert world.batches.claim(NOTICE_ID, now=first - timedelta(microseconds=1)) is None
    again = world.batches.claim(NOTICE_ID, now=at)
    assert again is not None
    assert again.attempted


def test_what_was_given_up_is_on_the_list_by_when_it_was(world: World) -> None:
    world.deposit(a_batch())
    end = world.batch().gives_up_at
    record(world, claim(world), refused, now=end)
    assert given_up(world) == [(end, NOTICE_ID)]
    assert (due(world), waiting_since(world)) == ([(end, NOTICE_ID)], None), "to see what can be done about it"


def test_what_was_given_up_is_on_the_list_though_another_alert_waits(world: World) -> None:
    world.deposit(a_batch())
    rejected = DeliveryReport(
        NOTICE_ID, "u1.email", world.now, AlertReport(ReportKind.REJECTED, world.now, "m", "rejected_by_provider")
    )
    claim(world)
    world.batches.record_report(rejected, an_event())
    assert states(world.batch()) == [S.GAVE_UP, S.ATTEMPTED]
    assert given_up(world) == [(world.now, NOTICE_ID)]
    claimed_until = world.batch().leased_until
    assert due(world) == [(claimed_until, NOTICE_ID)], "that every e-mail failed is followed up before the SMS is again"


def test_a_report_takes_it_off_the_list(world: World) -> None:
    world.deposit(a_batch(alerts=(an_alert(),)))
    record(world, claim(world), refused, now=world.batch().gives_up_at)
    delivered = DeliveryReport(NOTICE_ID, "u1.email", LATER, AlertReport(ReportKind.DELIVERED, LATER, "m"))
    assert world.batches.record_report(delivered, an_event())
    assert given_up(world) == []


def test_what_is_sent_again_is_due_at_once_and_off_the_list(world: World) -> None:
    world.deposit(a_batch())
    record(world, claim(world), refused, now=world.batch().gives_up_at)
    world.now = LATER
    assert world.batches.send_again(world.batch(), an_event(), now=LATER)
    assert (given_up(world), due(world)) == ([], [(LATER, NOTICE_ID)])
    assert waiting_since(world) == int(LATER.timestamp())
    assert [alert.state for alert in claim(world).attempted] == [S.ATTEMPTED] * 2
    assert world.timeline() == (an_event(),)


def test_sending_again_what_was_not_given_up_writes_nothing(world: World) -> None:
    world.deposit(a_batch())
    assert not world.batches.send_again(world.batch(), an_event(), now=LATER)
    assert (world.timeline(), world.batch()) == ((), a_batch())


def test_what_is_sent_again_is_what_the_event_names_or_nothing(world: World) -> None:
    world.deposit(a_batch())
    record(world, claim(world), refused, now=world.batch().gives_up_at)
    before = world.batch()
    delivered = DeliveryReport(NOTICE_ID, "u1.email", LATER, AlertReport(ReportKind.DELIVERED, LATER, "m"))
    assert world.batches.record_report(delivered, an_event(1))
    assert not world.batches.send_again(before, an_event(2), now=LATER), "one of the two arrived after all"
    assert world.timeline() == (an_event(1),)
    assert world.batches.send_again(world.batch(), an_event(3), now=LATER)
    assert states(world.batch()) == [S.DELIVERED, S.WAITING]


@pytest.mark.parametrize("page", [1, 3, 100])
def test_whole_lists_are_read_however_many_pages_they_take(world: World, page: int) -> None:
    entries = [(int(DEPOSITED_AT.timestamp()) + number // 4, f"N{number:02}") for number in range(20)]
    for number, (at, notice_id) in enumerate(entries):
        since = datetime.fromtimestamp(at, UTC)
        if number % 2:
            world.give_up(notice_id, since)
        else:
            world.deposit(a_batch(notice_id=notice_id, deposited_at=since))
    with pages_of(world, page):
        lists = (world.batches.given_up, world.batches.waiting, partial(world.batches.due, now=LATER))
        found = tuple([entry for shard in SHARDS for entry in listed(shard)] for listed in lists)
    assert [len(set(listed)) for listed in found] == [len(listed) for listed in found] == [10, 10, 20]
    assert sorted(found[0]) == entries[1::2]
    assert sorted(found[1]) == entries[::2]
    assert sorted(notice_id for _, notice_id in found[2]) == [notice_id for _, notice_id in entries]


def test_recording_twice_changes_nothing(world: World) -> None:
    world.deposit(a_batch())
    claimed = claim(world)
    settled = record(world, claimed, Accepted, an_event())
    world.batches.record(claimed, settled, (an_event(),))
    assert world.batch() == settled
    assert len(world.timeline()) == 1


def test_an_answer_that_is_lost_writes_once(world: World) -> None:
    world.deposit(a_batch())
    claimed = claim(world)

    def lose(**_: Any) -> None:
        raise ReadTimeoutError(endpoint_url="https://dynamodb")

    client = world.connection.client
    client.meta.events.register("after-call.dynamodb.TransactWriteItems", lose)
    try:
        settled = record(world, claimed, Accepted, an_event())
    finally:
        client.meta.events.unregister("after-call.dynamodb.TransactWriteItems", lose)
    assert world.batch() == settled
    assert (world.timeline(), world.batch().owed) == ((an_event(),), ())


def test_a_lapsed_worker_adds_what_it_sent_and_leaves_the_next_ones_claim(world: World) -> None:
    world.deposit(a_batch())
    lapsed = claim(world)
    world.now += 7 * MINUTE
    running = claim(world)
    record(world, lapsed, lambda _: Accepted("late"), an_event())
    batch = world.batch()
    assert states(batch) == [S.ACCEPTED] * 2
    assert (batch.attempts, batch.claimed_at, batch.leased_until) == (2, running.claimed_at, running.leased_until)
    world.now += MINUTE
    record(world, running, lambda _: Accepted("second"), an_event(2))
    assert [alert.message_id for alert in world.batch().alerts] == ["late"] * 2
    assert [step.state for step in world.batch().alerts[0].steps] == [S.ATTEMPTED, S.ATTEMPTED, S.ACCEPTED, S.ACCEPTED]
    assert (len(world.timeline()), due(world), raw().leased_until) == (2, [], 0)


def test_a_lapsed_worker_that_sent_nothing_leaves_everything_to_the_next(world: World) -> None:
    world.deposit(a_batch())
    lapsed = claim(world)
    world.now += 7 * MINUTE
    running = claim(world)
    record(world, lapsed, refused)
    assert states(world.batch()) == [S.ATTEMPTED] * 2
    assert world.batch().claimed_at == running.claimed_at


def test_where_the_log_takes_nothing_the_outcome_is_written_and_the_events_are_owed(world: World) -> None:
    world.deposit(a_batch())
    claimed = claim(world)
    with refusing(world.connection.client, "TransactWriteItems", "AccessDeniedException"):
        settled = record(world, claimed, Accepted, an_event(at=world.now))
    assert world.batch() == replace(settled, owed=(an_event(at=world.now),))
    assert due(world) == [(world.now + MINUTE, NOTICE_ID)]
    world.now += MINUTE
    again = claim(world)
    assert again.attempted == ()
    record(world, again, Accepted)
    assert (world.timeline(), world.batch().owed, due(world)) == ((an_event(at=again.owed[0].occurred_at),), (), [])


def test_a_report_is_kept_where_the_log_takes_nothing(world: World) -> None:
    world.deposit(a_batch())
    delivered = DeliveryReport(NOTICE_ID, "u1.email", world.now, AlertReport(ReportKind.DELIVERED, world.now, "m"))
    with refusing(world.connection.client, "TransactWriteItems", "ProvisionedThroughputExceededException"):
        assert world.batches.record_report(delivered, an_event())
    assert world.batch().alerts[0].state is S.DELIVERED
    assert world.batch().owed == (an_event(),)
    assert not world.batches.record_report(delivered, an_event(2))


def test_however_many_events_are_owed_they_are_written_in_the_end(world: World) -> None:
    world.deposit(a_batch(owed=()))
    owed = tuple(an_event(n, at=world.now) for n in range(200))
    with refusing(world.connection.client, "TransactWriteItems", "AccessDeniedException"):
        record(world, claim(world), Accepted, *owed)
    left = []
    for _ in range(3):
        world.now += 2 * MINUTE
        record(world, claim(world), Accepted)
        left.append(len(world.batch().owed))
    assert left == [110, 20, 0]
    assert {event.event_id for event in world.timeline()} == {event.event_id for event in owed}


@pytest.mark.parametrize("fault", ["AccessDeniedException", "InternalServerError"])
def test_an_outcome_that_cannot_be_written_at_all_says_so_and_can_be_recorded_later(world: World, fault: str) -> None:
    world.deposit(a_batch())
    claimed, client = claim(world), world.connection.client
    status = 500 if fault == "InternalServerError" else 400
    together = refusing(client, "TransactWriteItems", fault, status=status)
    alone = refusing(client, "UpdateItem", fault, status=status)
    with together, alone, pytest.raises(Unavailable, match="store_unavailable"):
        record(world, claimed, Accepted, an_event())
    assert states(world.batch()) == [S.ATTEMPTED] * 2
    settled = record(world, claimed, Accepted, an_event())
    assert (world.batch(), world.timeline()) == (settled, (an_event(),))


FORMER = [
    ({"state": "pending", "error": "mail_throttled"}, S.WAITING, "mail_throttled"),
    ({"state": "accepted", "message_id": "m"}, S.ACCEPTED, None),
    ({"state": "delivered", "message_id": "m"}, S.DELIVERED, None),
    ({"state": "bounced", "message_id": "m", "error": "bounce_permanent"}, S.BOUNCED, "bounce_permanent"),
    ({"state": "complained", "message_id": "m"}, S.COMPLAINED, None),
    ({"state": "failed", "error": "email_address_refused"}, S.FAILED, "email_address_refused"),
    ({"state": "failed", "error": "mobile_opted_out"}, S.FAILED, "mobile_opted_out"),
    ({"state": "failed", "error": "mobile_refused"}, S.FAILED, "mobile_refused"),
    ({"state": "failed", "error": "attempts_exhausted"}, S.GAVE_UP, "attempts_exhausted"),
    ({"state": "failed", "error": "mail_throttled"}, S.GAVE_UP, "mail_throttled"),
    ({"state": "failed", "message_id": "m", "error": "rejected_by_provider"}, S.GAVE_UP, "rejected_by_provider"),
]


@pytest.mark.parametrize(("former", "state", "error"), FORMER)
def test_items_of_the_package_before_are_read_rightly(
    world: World, former: dict[str, str], state: AlertState, error: str | None
) -> None:
    world.deposit(a_batch())
    whole = {
        "alert_id": "u1.email",
        "channel": "email",
        "destination": "u1@ejemplo.pe",
        "message_id": None,
        "error": None,
    }
    rewrite(alerts=[{**whole, **former}])
    [alert] = world.batch().alerts
    assert (alert.state, alert.error, alert.message_id) == (state, error, former.get("message_id"))
    delivered = DeliveryReport(NOTICE_ID, "u1.email", LATER, AlertReport(ReportKind.COMPLAINED, LATER, "m-2"))
    assert world.batches.record_report(delivered, an_event()), "and changed rightly"
    assert states(world.batch()) == [S.COMPLAINED]


def test_a_claim_of_the_package_before_that_still_runs_keeps_others_out(world: World) -> None:
    world.deposit(a_batch())
    until = world.now + timedelta(seconds=200)
    rewrite(attempts=1, leased_until=int(until.timestamp()), due_at=int(until.timestamp()))
    assert states(world.batch()) == [S.ATTEMPTED] * 2
    assert world.batches.claim(NOTICE_ID, now=until - timedelta(seconds=1)) is None
    assert world.batches.claim(NOTICE_ID, now=until + 7 * MINUTE) is not None


@pytest.mark.parametrize(
    ("sending", "known"),
    [
        (S.WAITING, "pending"),
        (S.ATTEMPTED, "pending"),
        (S.REFUSED, "pending"),
        (S.UNKNOWN, "pending"),
        (S.ACCEPTED, "accepted"),
        (S.FAILED, "failed"),
        (S.GAVE_UP, "failed"),
    ],
)
def test_the_package_before_can_go_on_with_what_this_one_wrote(world: World, sending: AlertState, known: str) -> None:
    world.deposit(a_batch(alerts=(an_alert(sending=sending, due_at=LATER),)))
    [alert] = raw().alerts
    assert json.dumps(alert) == json.dumps(
        {
            "alert_id": "u1.email",
            "channel": "email",
            "destination": "u1@ejemplo.pe",
            "state": known,
            "message_id": None,
            "error": None,
        }
    ), "to the letter, since it compares what it read"
    rewrite(alerts=[{**alert, "state": "accepted", "message_id": "m-1"}])
    assert (states(world.batch()), world.batch().alerts[0].message_id) == ([S.ACCEPTED], "m-1")


def test_a_claim_of_the_package_before_over_one_of_this_is_read_by_its_own_end(world: World) -> None:
    world.deposit(a_batch())
    claim(world)
    until = world.now + timedelta(hours=1)
    rewrite(attempts=2, leased_until=int(until.timestamp()))
    assert world.batch().claimed_at == until - LEASE


def test_an_empty_batch_is_kept_and_never_due(world: World) -> None:
    batch = world.deposit(a_batch(alerts=()))
    assert world.batch() == batch
    assert (due(world), waiting_since(world)) == ([], None)


def test_due_batches_come_longest_due_first_and_bounded(world: World) -> None:
    same_shard = [f"N{n}" for n in range(200) if shard_of_code(f"N{n}") == SHARD][:4]
    for age, notice_id in enumerate(same_shard):
        world.deposit(a_batch(notice_id=notice_id, deposited_at=world.now - timedelta(days=age)))
    assert [notice_id for _, notice_id in due(world, limit=3)] == same_shard[:0:-1]
    assert waiting_since(world) == int((world.now - timedelta(days=3)).timestamp())


@pytest.mark.parametrize("operation", ["UpdateItem", "GetItem", "Query"])
def test_an_engine_that_does_not_answer_is_unavailable(world: World, operation: str) -> None:
    actions: dict[str, Callable[[], object]] = {
        "UpdateItem": lambda: world.batches.claim(NOTICE_ID, now=world.now),
        "GetItem": lambda: world.batches.find(NOTICE_ID),
        "Query": lambda: due(world),
    }
    refused = refusing(world.connection.client, operation, "InternalServerError", status=500)
    with refused, pytest.raises(Unavailable, match="store_unavailable"):
        actions[operation]()


def test_what_was_cancelled_looks_to_a_package_before_like_what_failed(world: World) -> None:
    steps = (AlertStep(S.ATTEMPTED, LATER), AlertStep(S.CANCELLED, LATER, "notice_opened"))
    cancelled = an_alert(sending=S.CANCELLED, refusal="notice_opened", attempts=1, steps=steps)
    world.deposit(a_batch(alerts=(cancelled, an_alert(channel=Channel.SMS))))
    item = AlertBatchItem.get(NOTICE_ID)
    assert [alert["state"] for alert in item.alerts] == ["failed", "pending"]
    assert "cancelled" not in str([(told["sending"], told.get("steps")) for told in item.progress])
    assert world.batch().alerts[0] == cancelled
