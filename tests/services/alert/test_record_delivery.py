from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.domain.alert.alert import AlertState
from chalicelib.domain.alert.alert_sending import Accepted, settle
from chalicelib.domain.event import EventType
from chalicelib.services.alert.record_delivery import record_delivery
from tests.alert_world import NOTICE_ID, World, a_batch, alert_world, states

BOUNCE = {"bounceType": "Permanent", "bounceSubType": "General", "timestamp": "2026-03-09T20:15:40.512Z"}
DELIVERY = {"timestamp": "2026-03-09T20:15:33.512Z", "recipients": ["u1@ejemplo.pe"]}


@pytest.fixture
def world() -> Iterator[World]:
    with alert_world() as opened:
        opened.deposit(a_batch())
        yield opened


def ses_event(kind: str, details: dict[str, Any], *, notice_id: str = NOTICE_ID) -> dict[str, Any]:
    mail = {
        "messageId": "m-1",
        "timestamp": "2026-03-09T20:15:31.000Z",
        "destination": ["u1@ejemplo.pe"],
        "tags": {"notice_id": [notice_id], "user_id": ["u1"], "ses:configuration-set": ["casilla"]},
    }
    return {"eventType": kind, "mail": mail, kind.lower(): details}


def report(world: World, event: dict[str, Any]) -> bool:
    return record_delivery(event, batches=world.batches, new_event_id=world.new_id)


def test_a_delivery_is_recorded_with_its_own_time_and_no_address(world: World) -> None:
    world.send()
    assert report(world, ses_event("Delivery", DELIVERY))
    assert states(world.batch()) == [AlertState.DELIVERED, AlertState.ACCEPTED]
    last = world.timeline()[-1]
    assert last.type is EventType.ALERT_REPORTED
    assert last.occurred_at.isoformat() == "2026-03-09T20:15:33.512000+00:00"
    assert last.data == {"alert_id": "u1.email", "state": "delivered", "error": ""}


def test_the_same_report_twice_counts_once(world: World) -> None:
    world.send()
    assert report(world, ses_event("Delivery", DELIVERY))
    assert not report(world, ses_event("Delivery", DELIVERY))
    assert len(world.timeline()) == 3


def test_a_delivery_reported_after_a_bounce_does_not_hide_the_bounce(world: World) -> None:
    world.send()
    assert report(world, ses_event("Bounce", BOUNCE))
    assert not report(world, ses_event("Delivery", DELIVERY))
    assert states(world.batch())[0] is AlertState.BOUNCED
    assert world.batch().alerts[0].error == "bounce_permanent_general"


def test_reports_of_unknown_notices_other_mail_and_other_kinds_are_passed_over(world: World) -> None:
    assert not report(world, ses_event("Delivery", DELIVERY, notice_id="9999-9999-9999"))
    assert not report(world, ses_event("Open", {}))
    other = ses_event("Delivery", DELIVERY)
    other["mail"]["tags"] = {}
    assert not report(world, other)


def test_a_report_that_overtakes_the_recording_of_its_attempt_is_kept(world: World) -> None:
    def overtake(**_: Any) -> None:
        world.connection.client.meta.events.unregister("before-call.dynamodb.TransactWriteItems", overtake)
        assert report(world, ses_event("Delivery", DELIVERY))

    world.connection.client.meta.events.register("before-call.dynamodb.TransactWriteItems", overtake)
    world.send()
    assert states(world.batch()) == [AlertState.DELIVERED, AlertState.ACCEPTED]
    assert world.batch().leased_until is None
    assert len(world.timeline()) == 3


def test_a_message_whose_report_outlived_its_worker_is_not_sent_again(world: World) -> None:
    assert world.batches.claim(NOTICE_ID, now=world.now, lease_s=10) is not None
    assert report(world, ses_event("Delivery", DELIVERY))
    world.pass_time(10)
    assert states(world.send()) == [AlertState.DELIVERED, AlertState.ACCEPTED]
    assert world.emails == []


def test_recording_an_attempt_twice_changes_nothing(world: World) -> None:
    claimed = world.batches.claim(NOTICE_ID, now=world.now, lease_s=10)
    assert claimed is not None
    settled = settle(claimed, {alert.alert_id: Accepted("m") for alert in claimed.alerts})
    world.batches.record(claimed, settled, (), now=world.now)
    world.batches.record(claimed, replace(settled, alerts=claimed.alerts), (), now=world.now)
    assert world.batch() == settled


def test_two_reports_at_once_are_both_applied(world: World) -> None:
    world.send()

    def overtake(**_: Any) -> None:
        world.connection.client.meta.events.unregister("before-call.dynamodb.TransactWriteItems", overtake)
        assert report(world, ses_event("Delivery", DELIVERY))

    world.connection.client.meta.events.register("before-call.dynamodb.TransactWriteItems", overtake)
    assert report(world, ses_event("Complaint", {"timestamp": "2026-03-09T21:00:00.000Z"}))
    assert states(world.batch())[0] is AlertState.COMPLAINED
    assert len(world.timeline()) == 4
