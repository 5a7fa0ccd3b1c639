from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations
from typing import Any

import pytest

from chalicelib.domain.alert.alert import AlertState
from chalicelib.domain.event import EventType
from chalicelib.services.alert.record_delivery import ReportTools, record_delivery
from chalicelib.store.mailbox_store import MailboxStore
from chalicelib.store.tables import AlertBatchItem, MailboxItem
from tests.alert_world import NOTICE_ID, World, a_batch, alert_world, refusing, states
from tests.deposit_world import a_mailbox, a_user

S = AlertState
BOUNCE = {"bounceType": "Permanent", "bounceSubType": "General", "timestamp": "2026-03-09T20:15:40.512Z"}
TRANSIENT = {"bounceType": "Transient", "bounceSubType": "General", "timestamp": "2026-03-09T20:15:50.512Z"}
DELIVERY = {"timestamp": "2026-03-09T20:15:33.512Z", "recipients": ["u1@ejemplo.pe"]}
DELAY = {"delayType": "MailboxFull", "timestamp": "2026-03-09T20:15:32.512Z"}
COMPLAINT = {"timestamp": "2026-03-09T21:00:00.000Z"}
KINDS: dict[str, dict[str, Any]] = {
    "Bounce": BOUNCE,
    "Delivery": DELIVERY,
    "DeliveryDelay": DELAY,
    "Complaint": COMPLAINT,
}


@pytest.fixture
def world() -> Iterator[World]:
    with alert_world() as opened:
        opened.deposit(a_batch())
        yield opened


def ses_event(
    kind: str, details: dict[str, Any], *, notice_id: str = NOTICE_ID, message_id: str | None = "m-1"
) -> dict[str, Any]:
    mail = {
        "messageId": message_id,
        "timestamp": "2026-03-09T20:15:31.000Z",
        "destination": ["u1@ejemplo.pe"],
        "tags": {"notice_id": [notice_id], "user_id": ["u1"], "ses:configuration-set": ["casilla"]},
    }
    return {"eventType": kind, "mail": mail, kind[0].lower() + kind[1:]: details}


def report(world: World, event: dict[str, Any]) -> bool:
    tools = ReportTools(world.batches, world.tools.mailboxes, world.tools.situations, world.new_id)
    return record_delivery(event, tools)


def test_a_delivery_is_recorded_with_its_own_time_and_no_address(world: World) -> None:
    world.send()
    assert report(world, ses_event("Delivery", DELIVERY))
    assert states(world.batch()) == [AlertState.DELIVERED, AlertState.ACCEPTED]
    last = world.timeline()[-1]
    assert last.type is EventType.ALERT_REPORTED
    assert last.occurred_at.isoformat() == "2026-03-09T20:15:33.512000+00:00"
    assert last.data == {"alert_id": "u1.email", "report": "delivered", "error": ""}


def test_the_same_report_twice_counts_once(world: World) -> None:
    world.send()
    assert report(world, ses_event("Delivery", DELIVERY))
    assert not report(world, ses_event("Delivery", DELIVERY))
    assert len(world.timeline()) == 3


def test_a_delivery_reported_after_a_bounce_does_not_hide_the_bounce_and_is_kept(world: World) -> None:
    world.send()
    assert report(world, ses_event("Bounce", BOUNCE))
    assert report(world, ses_event("Delivery", DELIVERY))
    assert states(world.batch())[0] is S.BOUNCED
    assert world.batch().alerts[0].error == "bounce_permanent_general"
    assert [told.kind.value for told in world.batch().alerts[0].reports] == ["delivered", "bounced"]


@pytest.mark.parametrize(
    ("told", "state", "error"),
    [
        ((("Delivery", DELIVERY), ("Bounce", TRANSIENT)), S.DELIVERED, None),
        ((("Bounce", BOUNCE), ("Bounce", TRANSIENT)), S.BOUNCED, "bounce_permanent_general"),
        ((("Bounce", BOUNCE), ("Complaint", COMPLAINT), ("Delivery", DELIVERY)), S.COMPLAINED, None),
        ((("DeliveryDelay", DELAY), ("Delivery", DELIVERY)), S.DELIVERED, None),
        ((("DeliveryDelay", DELAY), ("Bounce", TRANSIENT)), S.BOUNCED, "bounce_transient_general"),
        ((("DeliveryDelay", DELAY),), S.DELAYED, "delayed_mailboxfull"),
        ((("Reject", {"reason": "Bad content"}),), S.GAVE_UP, "rejected_by_provider"),
    ],
)  # fmt: skip
def test_one_result_for_one_set_of_reports(
    world: World, told: tuple[tuple[str, dict[str, Any]], ...], state: AlertState, error: str | None
) -> None:
    for number, order in enumerate(permutations(told)):
        notice_id = world.deposit(a_batch(notice_id=f"N{number}")).notice_id
        world.send(notice_id)
        message_id = world.batch(notice_id).alerts[0].message_id
        for kind, details in order:
            assert report(world, ses_event(kind, details, notice_id=notice_id, message_id=message_id))
        batch = world.batch(notice_id)
        assert (batch.alerts[0].state, batch.alerts[0].error) == (state, error)


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
    assert states(world.batch()) == [S.DELIVERED, S.ACCEPTED]
    assert world.batch().leased_until is None
    assert len(world.timeline()) == 3


@pytest.mark.parametrize("kind", KINDS)
def test_a_message_whose_report_outlived_its_worker_is_not_sent_again(world: World, kind: str) -> None:
    assert world.batches.claim(NOTICE_ID, now=world.now) is not None
    assert report(world, ses_event(kind, KINDS[kind]))
    world.pass_time(7 * 60)
    assert world.send() == {"sent": 1}
    assert (len(world.emails), len(world.texts)) == (0, 1)


def test_a_report_that_the_log_does_not_take_is_not_lost(world: World) -> None:
    world.send()
    with refusing(world.connection.client, "TransactWriteItems", "AccessDeniedException"):
        assert report(world, ses_event("Delivery", DELIVERY))
        assert not report(world, ses_event("Delivery", DELIVERY))
    assert states(world.batch()) == [S.DELIVERED, S.ACCEPTED]
    world.pass_time(60)
    world.send()
    assert EventType.ALERT_REPORTED in {event.type for event in world.timeline()}


def test_two_reports_at_once_are_both_applied(world: World) -> None:
    world.send()

    def overtake(**_: Any) -> None:
        world.connection.client.meta.events.unregister("before-call.dynamodb.TransactWriteItems", overtake)
        assert report(world, ses_event("Delivery", DELIVERY))

    world.connection.client.meta.events.register("before-call.dynamodb.TransactWriteItems", overtake)
    assert report(world, ses_event("Complaint", COMPLAINT))
    assert states(world.batch())[0] is S.COMPLAINED
    assert len(world.timeline()) == 4


@pytest.mark.parametrize(
    ("kind", "subtype", "status", "is_dead"),
    [
        ("Permanent", "General", "5.1.1", True),
        ("Permanent", "General", "", True),
        ("Transient", "General", "5.1.1", True),
        ("Transient", "MailboxFull", "5.2.2", False),
        ("Transient", "ContentRejected", "5.7.1", False),
        ("Transient", "MessageTooLarge", "5.3.4", False),
        ("Transient", "General", "4.4.7", False),
    ],
)
@pytest.mark.parametrize("of_probe", [False, True], ids=["alert", "probe"])
def test_only_what_is_said_of_the_address_itself_makes_it_dead_at_once(  # noqa: PLR0913, PLR0917 - a row of the table
    world: World, kind: str, subtype: str, status: str, is_dead: bool, of_probe: bool
) -> None:
    mailbox = a_mailbox(users=(a_user(1, email="u1@ejemplo.pe"),))
    MailboxStore().put(mailbox)
    AlertBatchItem(NOTICE_ID).update([AlertBatchItem.mailbox_id.set(mailbox.mailbox_id)])
    world.send()
    recipients = [{"emailAddress": "u1@ejemplo.pe", **({"status": status} if status else {})}]
    told = {"bounceType": kind, "bounceSubType": subtype, "bouncedRecipients": recipients}
    event = ses_event("Bounce", {**told, "timestamp": "2026-03-09T20:15:33.512Z"})
    if of_probe:
        event["mail"]["tags"] = {"mailbox_id": [mailbox.mailbox_id], "user_id": ["u1"], "purpose": ["probe"]}
    assert report(world, event)
    found = MailboxStore().find(mailbox.mailbox_id)
    assert found
    assert [one.is_dead for one in found.health] == [is_dead]


def test_a_report_is_kept_though_its_mailbox_cannot_be_read(world: World) -> None:
    MailboxItem("1-40000002", state="open", version=1, data={"nonsense": True}).save()
    AlertBatchItem(NOTICE_ID).update([AlertBatchItem.mailbox_id.set("1-40000002")])
    assert report(world, ses_event("Bounce", BOUNCE))
    assert states(world.batch())[0] is S.BOUNCED
