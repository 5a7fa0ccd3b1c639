from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

from chalicelib.domain.alert.alert import AlertReport, AlertState, ReportKind
from chalicelib.domain.alert.delivery_report import DeliveryReport
from chalicelib.domain.alert.work_list import Resending
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.mailbox import Channel
from chalicelib.services.alert.resend_alerts import ResendingTools, resend_alerts, resend_all
from chalicelib.services.operator_act import OperatorAct
from chalicelib.store.shards import SHARDS
from chalicelib.store.tables import AlertBatchItem
from tests.alert_world import DEPOSITED_AT, NOTICE_ID, World, a_batch, alert_world, an_alert, hooked, refusing, states

SECOND = timedelta(seconds=1)
S = AlertState
REASON = "SES en pausa; AWS la levantó"


@pytest.fixture
def world() -> Iterator[World]:
    with alert_world() as opened:
        yield opened


def tools(world: World) -> ResendingTools:
    return ResendingTools(world.batches, OperatorAct("operator:rquispe", REASON, world.clock, world.new_id))


def resend(world: World, *notice_ids: str) -> dict[str, Resending]:
    return {one.notice_id: one.outcome for one in resend_alerts(notice_ids, tools(world))}


def resent(world: World, notice_id: str = NOTICE_ID) -> list[Event]:
    return [event for event in world.timeline(notice_id) if event.type is EventType.ALERT_RESENT]


def test_what_was_given_up_waits_again_and_the_log_says_who_why_and_what(world: World) -> None:
    sms = an_alert(channel=Channel.SMS, sending=S.ACCEPTED)
    world.give_up(NOTICE_ID, DEPOSITED_AT, sms)
    world.now += timedelta(days=4)

    assert resend(world, NOTICE_ID) == {NOTICE_ID: Resending.RESENT}

    assert states(world.batch()) == [S.WAITING, S.ACCEPTED]
    assert world.batch().gives_up_at == world.now + timedelta(hours=72)
    [event] = resent(world)
    assert (event.actor, event.occurred_at) == ("operator:rquispe", world.now)
    assert event.data == {"alert_ids": "u1.email", "reason": REASON}


def test_once_more_writes_nothing(world: World) -> None:
    world.give_up(NOTICE_ID, DEPOSITED_AT)
    resend(world, NOTICE_ID)
    before = world.batch()
    world.now += SECOND
    assert resend(world, NOTICE_ID) == {NOTICE_ID: Resending.NOT_GIVEN_UP}
    assert (world.batch(), len(resent(world))) == (before, 1)


@pytest.mark.parametrize("by", ["another operator", "a report"])
def test_what_others_write_meanwhile_is_kept_and_told_rightly(world: World, by: str) -> None:
    world.give_up(NOTICE_ID, DEPOSITED_AT, an_alert("u2", sending=S.GAVE_UP, refusal="x"))
    met: list[Any] = []

    def meanwhile(**_: Any) -> None:
        if met:
            return
        met.append(by)
        if by == "another operator":
            world.now += SECOND
            resend(world, NOTICE_ID)
            return
        told = AlertReport(ReportKind.DELIVERED, world.now, "m")
        report = DeliveryReport(NOTICE_ID, "u2.email", world.now, told)
        event = Event(f"notice#{NOTICE_ID}", EventType.ALERT_REPORTED, world.now, world.new_id(), "worker:test")
        world.batches.record_report(report, event)

    with hooked(world.connection.client, "TransactWriteItems", meanwhile):
        [outcome] = resend(world, NOTICE_ID).values()

    [event] = resent(world)
    if by == "another operator":
        assert outcome is Resending.NOT_GIVEN_UP
        assert (states(world.batch()), event.data["alert_ids"]) == ([S.WAITING, S.WAITING], "u1.email u2.email")
    else:
        assert outcome is Resending.RESENT
        assert (states(world.batch()), event.data["alert_ids"]) == ([S.WAITING, S.DELIVERED], "u1.email")


def test_an_answer_that_is_lost_resends_once_and_says_so(world: World) -> None:
    world.give_up(NOTICE_ID, DEPOSITED_AT)
    client, name = world.connection.client, "after-call.dynamodb.TransactWriteItems"

    def lose(**_: Any) -> None:
        client.meta.events.unregister(name, lose)
        raise ReadTimeoutError(endpoint_url="https://engine")

    client.meta.events.register(name, lose)
    assert resend(world, NOTICE_ID) == {NOTICE_ID: Resending.RESENT}
    assert (states(world.batch()), len(resent(world))) == ([S.WAITING], 1)


def test_what_cannot_be_resent_is_named_and_the_rest_is_done(world: World) -> None:
    for number in range(4):
        world.give_up(f"N{number:02}", DEPOSITED_AT)
    AlertBatchItem("N01").update([AlertBatchItem.alerts.set([{"alert_id": "a", "sending": "nowhere"}])])
    AlertBatchItem("N02").delete()
    with refusing(world.connection.client, "TransactWriteItems", "InternalServerError", status=500, only="N00"):
        assert resend(world, "N00", "N01", "N02", "N03") == {
            "N00": Resending.RESENT,  # the batch is written alone, and owes the log its event
            "N01": Resending.FAILED,
            "N02": Resending.UNKNOWN,
            "N03": Resending.RESENT,
        }
    assert [event.type for event in world.batch("N00").owed] == [EventType.ALERT_RESENT]
    assert len(resent(world, "N03")) == 1


@pytest.mark.parametrize("state", [S.FAILED, S.BOUNCED])
def test_what_is_refused_for_good_or_was_returned_is_left_alone(world: World, state: AlertState) -> None:
    alert = an_alert(sending=S.FAILED) if state is S.FAILED else an_alert(sending=S.ACCEPTED, message_id="m")
    if state is S.BOUNCED:
        alert = alert.with_report(AlertReport(ReportKind.BOUNCED, DEPOSITED_AT, "m", "bounce_permanent"))
    world.deposit(a_batch(alerts=(alert,)))
    assert resend(world, NOTICE_ID) == {NOTICE_ID: Resending.NOT_GIVEN_UP}
    assert (states(world.batch()), resent(world)) == ([state], [])


def test_the_list_is_worked_off_part_by_part_the_longest_there_first(world: World) -> None:
    for number in range(7):
        world.give_up(f"N{number:02}", DEPOSITED_AT + number * SECOND)
    AlertBatchItem("N00").update([AlertBatchItem.alerts.set([{"alert_id": "a", "sending": "nowhere"}])])
    until = world.now + timedelta(minutes=1)
    done = [resend_all(tools(world), at_most=3, until=until) for _ in range(4)]
    assert [[one.notice_id for one in part.notices if one.outcome is Resending.RESENT] for part in done] == [
        ["N01", "N02", "N03"],
        ["N04", "N05", "N06"],
        [],
        [],
    ]
    assert [part.left for part in done] == [3, 0, 0, 0]
    assert all(part.notices[0].outcome is Resending.FAILED for part in done), "told each time, and in nobody's place"


def test_nothing_is_begun_after_the_time(world: World) -> None:
    world.give_up(NOTICE_ID, DEPOSITED_AT)
    done = resend_all(tools(world), at_most=3, until=world.now)
    assert (done.notices, done.left) == ((), 1)


def test_what_is_resent_is_sent_by_the_next_sweep(world: World) -> None:
    world.give_up(NOTICE_ID, DEPOSITED_AT)
    world.now += timedelta(days=4)
    resend(world, NOTICE_ID)
    assert world.send() == {"sent": 1}
    assert [event.type for event in world.timeline()] == [EventType.ALERT_RESENT, EventType.ALERT_SENT]
    assert not [entry for shard in SHARDS for entry in world.batches.given_up(shard)]
