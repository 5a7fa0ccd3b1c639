from __future__ import annotations

import email
from collections.abc import Iterator
from email.policy import default
from threading import Barrier
from typing import Any

import pytest

from chalicelib.domain.alert.alert import AlertState, Channel
from chalicelib.domain.alert.retry import MAX_ATTEMPTS
from chalicelib.domain.errors import Unavailable
from chalicelib.domain.event import EventType
from chalicelib.services.alert.send_alerts import LEASE_S
from chalicelib.store.alert.alert_batch_store import ClaimLapsed
from tests.alert_world import NOTICE_ID, World, a_batch, alert_world, an_alert, batch_of, hooked, refusing, states

ACCEPTED, PENDING, FAILED = AlertState.ACCEPTED, AlertState.PENDING, AlertState.FAILED


class Died(BaseException):
    """The process ends here."""


def die(**_: Any) -> None:
    raise Died


@pytest.fixture
def world() -> Iterator[World]:
    with alert_world() as opened:
        yield opened


def test_five_users_get_an_email_and_an_sms_each_in_two_calls_plus_one_a_message(world: World) -> None:
    world.deposit(batch_of(5))
    world.calls.clear()
    assert states(world.send()) == [ACCEPTED] * 10
    assert sorted(world.calls) == ["Publish"] * 5 + ["SendEmail"] * 5 + ["TransactWriteItems", "UpdateItem"]
    assert {number for number, _ in world.texts} == {f"+51900000{n:03}" for n in range(1, 6)}
    assert {m.destinations[0] for m in world.emails} == {f"u{n}@ejemplo.pe" for n in range(1, 6)}


def test_the_messages_of_a_batch_are_sent_at_the_same_time(world: World) -> None:
    world.deposit(batch_of(5))
    together = Barrier(5, timeout=10)

    def wait_for_the_others(**_: Any) -> None:
        together.wait()

    with hooked(world.sns, "Publish", wait_for_the_others):
        assert states(world.send()) == [ACCEPTED] * 10


def test_every_outcome_is_an_event_without_addresses(world: World) -> None:
    world.deposit(a_batch())
    world.send()
    events = world.timeline()
    assert [event.type for event in events] == [EventType.ALERT_SENT] * 2
    assert {event.data["alert_id"] for event in events} == {"u1.email", "u1.sms"}
    assert all(event.data["message_id"] for event in events)
    assert "ejemplo" not in str(events)
    assert "+51" not in str(events)


def test_the_stream_delivering_twice_sends_once(world: World) -> None:
    world.deposit(a_batch())
    world.send()
    assert world.send() is None
    assert (len(world.emails), len(world.texts)) == (1, 1)


def test_a_notice_without_alerts_or_unknown_sends_nothing(world: World) -> None:
    world.deposit(a_batch(alerts=()))
    assert world.send() is None
    assert world.send("9999-9999-9999") is None


def test_a_process_that_dies_before_recording_sends_again_after_its_lease(world: World) -> None:
    world.deposit(a_batch())
    with hooked(world.connection.client, "TransactWriteItems", die), pytest.raises(Died):
        world.send()
    assert world.send() is None, "the lease still runs"
    world.pass_time(LEASE_S)
    assert states(world.send()) == [ACCEPTED] * 2
    assert (len(world.emails), len(world.texts)) == (2, 2)
    assert world.batch().attempts == 2


def test_a_running_claim_keeps_others_out(world: World) -> None:
    world.deposit(a_batch())
    assert world.batches.claim(NOTICE_ID, now=world.now, lease_s=LEASE_S) is not None
    world.pass_time(LEASE_S - 1)
    assert world.send() is None
    assert world.emails == []


def test_a_worker_that_outlives_its_lease_cannot_overwrite_the_next_one(world: World) -> None:
    world.deposit(a_batch())
    message_ids: list[str | None] = []

    def another_takes_over(**_: Any) -> None:
        world.ses.meta.events.unregister("before-call.sesv2.SendEmail", another_takes_over)
        world.pass_time(LEASE_S)
        message_ids.extend(alert.message_id for alert in (world.send() or a_batch()).alerts)

    world.ses.meta.events.register("before-call.sesv2.SendEmail", another_takes_over)
    with pytest.raises(ClaimLapsed):
        world.send()
    assert [alert.message_id for alert in world.batch().alerts] == message_ids
    assert len(world.timeline()) == 2


@pytest.mark.parametrize(
    ("code", "recorded"), [("InvalidParameter", "mobile_refused"), ("OptedOut", "mobile_opted_out")]
)
def test_a_refused_number_fails_for_good_and_does_not_touch_the_email(world: World, code: str, recorded: str) -> None:
    world.deposit(a_batch())
    with refusing(world.sns, "Publish", code):
        settled = world.send()
    assert states(settled) == [ACCEPTED, FAILED]
    assert world.batch().alerts[1].error == recorded
    assert {event.type for event in world.timeline()} == {EventType.ALERT_SENT, EventType.ALERT_FAILED}
    world.pass_time(3600)
    assert world.send() is None


@pytest.mark.parametrize("destination", ["no es una dirección", "rosa@", "peña@ejemplo.pe", "a@b.pe\r\nBcc: c@d.pe"])
def test_a_wrong_email_address_fails_for_good(world: World, destination: str) -> None:
    world.deposit(a_batch(alerts=(an_alert(destination=destination), an_alert(channel=Channel.SMS))))
    assert states(world.send()) == [FAILED, ACCEPTED]
    assert world.batch().alerts[0].error == "email_address_refused"


@pytest.mark.parametrize(
    ("code", "status", "recorded"),
    [
        ("TooManyRequestsException", 429, "mail_throttled"),
        ("InternalFailure", 500, "mail_unavailable"),
        ("MessageRejected", 400, "mail_unavailable"),
        ("AccessDeniedException", 403, "mail_unavailable"),
    ],
)
def test_a_passing_fault_waits_and_is_tried_again_alone(world: World, code: str, status: int, recorded: str) -> None:
    world.deposit(batch_of(2))
    with refusing(world.ses, "SendEmail", code, status=status, only="u1@ejemplo.pe"):
        settled = world.send()
    assert states(settled) == [PENDING, ACCEPTED, ACCEPTED, ACCEPTED]
    assert world.batch().alerts[0].error == recorded
    world.pass_time(59)
    assert world.send() is None
    world.pass_time(1)
    assert states(world.send()) == [ACCEPTED] * 4
    assert (len(world.emails), len(world.texts)) == (2, 2)


def test_whatever_one_send_raises_no_other_outcome_is_lost(world: World) -> None:
    def fault(params: dict[str, Any], **_: Any) -> None:
        if "u2@ejemplo.pe" in str(params["body"]):
            raise RuntimeError("a fault nobody foresaw")

    world.deposit(batch_of(3))
    with hooked(world.ses, "SendEmail", fault):
        settled = world.send()
    assert states(settled) == [ACCEPTED, ACCEPTED, PENDING, ACCEPTED, ACCEPTED, ACCEPTED]
    assert world.batch().alerts[2].error == "unexpected"


def test_after_the_last_attempt_what_is_pending_has_failed(world: World) -> None:
    world.deposit(a_batch())
    with refusing(world.ses, "SendEmail", "TooManyRequestsException", status=429):
        for attempt in range(1, MAX_ATTEMPTS + 1):
            settled = world.send()
            assert states(settled)[0] is (FAILED if attempt == MAX_ATTEMPTS else PENDING)
            world.pass_time(60 * 2 ** (attempt - 1))
    assert world.batch().alerts[0].error == "mail_throttled"
    assert world.timeline()[-1].type is EventType.ALERT_FAILED
    assert len(world.texts) == 1


def test_a_batch_that_keeps_killing_its_worker_is_given_up_without_sending(world: World) -> None:
    world.deposit(a_batch())
    for _ in range(MAX_ATTEMPTS):
        with hooked(world.connection.client, "TransactWriteItems", die), pytest.raises(Died):
            world.send()
        world.pass_time(LEASE_S)
    assert states(world.send()) == [FAILED] * 2
    assert len(world.emails) == MAX_ATTEMPTS
    assert world.batch().alerts[0].error == "attempts_exhausted"


def test_a_store_that_does_not_answer_leaves_the_batch_to_its_lease(world: World) -> None:
    world.deposit(a_batch())
    refused = refusing(world.connection.client, "TransactWriteItems", "InternalServerError", status=500)
    with refused, pytest.raises(Unavailable):
        world.send()
    world.pass_time(LEASE_S)
    assert states(world.send()) == [ACCEPTED] * 2


def attachments(raw: str) -> list[Any]:
    return [part.get_content() for part in email.message_from_string(raw, policy=default).iter_attachments()]


def test_the_receipt_goes_along_where_the_batch_names_one(world: World) -> None:
    world.receipts["a/constancia.pdf"] = b"%PDF-1.7 demo"
    world.deposit(a_batch(receipt_key="a/constancia.pdf"))
    world.send()
    assert attachments(world.emails[0].raw_data) == [b"%PDF-1.7 demo"]


def test_a_receipt_that_is_not_there_yet_holds_only_emails_back_and_not_for_long(world: World) -> None:
    world.deposit(a_batch(receipt_key="a/constancia.pdf"))
    for wait in (60, 120, 240):
        assert states(world.send()) == [PENDING, ACCEPTED]
        world.pass_time(wait)
    assert world.batch().alerts[0].error == "file_not_found"
    assert states(world.send()) == [ACCEPTED, ACCEPTED]
    assert attachments(world.emails[0].raw_data) == []
