from __future__ import annotations

import email
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from email.policy import default
from threading import Barrier
from typing import Any

import pytest
from botocore.exceptions import ConnectTimeoutError, ReadTimeoutError

from chalicelib.domain.alert.alert import GIVE_UP_AFTER, AlertState
from chalicelib.domain.alert.retry import LEASE
from chalicelib.domain.errors import Unavailable
from chalicelib.domain.event import EventType
from chalicelib.domain.mailbox import Channel
from chalicelib.gateways.way_out import BREAKER
from chalicelib.store.tables import AlertBatchItem, MailboxItem
from tests.alert_world import (
    DEPOSITED_AT,
    NOTICE_ID,
    World,
    a_batch,
    alert_world,
    an_alert,
    batch_of,
    hooked,
    refusing,
    states,
)

S = AlertState
ACCEPTED = S.ACCEPTED
MINUTE = 60


class Died(BaseException):
    """The process ends here."""


def die(**_: Any) -> None:
    raise Died


def raising(error: Exception) -> Callable[..., None]:
    def fail(**_: Any) -> None:
        raise error

    return fail


@contextmanager
def unwritable(world: World, *, also_alone: bool = True) -> Iterator[None]:
    """Have no outcome written; the claims of batches that were never tried are."""
    with ExitStack() as stack:
        client = world.connection.client
        stack.enter_context(refusing(client, "TransactWriteItems", "AccessDeniedException"))
        if also_alone:
            stack.enter_context(refusing(client, "UpdateItem", "AccessDeniedException", only='"alerts"'))
        yield


def later(world: World, minutes: float) -> Counter[str]:
    world.pass_time(int(minutes * MINUTE))
    return world.send()


@pytest.fixture
def world() -> Iterator[World]:
    with alert_world() as opened:
        yield opened


def test_five_users_get_an_email_and_an_sms_each_in_two_calls_plus_one_a_message(world: World) -> None:
    world.deposit(batch_of(5))
    world.calls.clear()
    assert world.send() == {"sent": 10}
    assert sorted(world.calls) == ["Publish"] * 5 + ["SendEmail"] * 5 + ["TransactWriteItems", "UpdateItem"]
    assert states(world.batch()) == [ACCEPTED] * 10
    assert {number for number, _ in world.texts} == {f"+51900000{n:03}" for n in range(1, 6)}
    assert {m.destinations[0] for m in world.emails} == {f"u{n}@ejemplo.pe" for n in range(1, 6)}


def test_the_messages_of_a_batch_are_sent_at_the_same_time(world: World) -> None:
    world.deposit(batch_of(5))
    together = Barrier(5, timeout=10)

    def wait_for_the_others(**_: Any) -> None:
        together.wait()

    with hooked(world.sns, "Publish", wait_for_the_others):
        assert world.send() == {"sent": 10}


def test_messages_keep_to_the_pace_of_their_own_way_out(world: World) -> None:
    world.deposit(batch_of(3))
    world.send()
    assert sorted(world.pauses) == [1, 1, 2, 2], "a second apart on each way, as this test's pace has it"


def test_every_outcome_is_an_event_without_addresses(world: World) -> None:
    world.deposit(a_batch())
    world.send()
    events = world.timeline()
    assert [event.type for event in events] == [EventType.ALERT_SENT] * 2
    assert {event.data["alert_id"] for event in events} == {"u1.email", "u1.sms"}
    assert all(event.data["message_id"] for event in events)
    assert {event.data["channel"] for event in events} == {"email", "sms"}
    assert {(event.actor, event.occurred_at) for event in events} == {("worker:send_alerts", world.now)}
    assert "ejemplo" not in str(events)
    assert "+51" not in str(events)


def test_the_stream_delivering_twice_sends_once(world: World) -> None:
    world.deposit(a_batch())
    world.send()
    assert world.send() == {}
    assert (len(world.emails), len(world.texts)) == (1, 1)


def test_a_notice_without_alerts_or_unknown_sends_nothing(world: World) -> None:
    world.deposit(a_batch(alerts=()))
    assert world.send() == {}
    assert world.send("9999-9999-9999") == {}


def test_a_process_that_dies_before_recording_sends_again_when_nothing_settled_it(world: World) -> None:
    world.deposit(a_batch())
    with hooked(world.connection.client, "TransactWriteItems", die), pytest.raises(Died):
        world.send()
    assert later(world, 6.9) == {}
    assert later(world, 0.1) == {"sent": 2}
    assert (len(world.emails), len(world.texts)) == (2, 2)
    assert world.batch().attempts == 2


def test_ten_workers_that_die_after_the_claim_use_up_nothing(world: World) -> None:
    world.deposit(a_batch())
    for wait in (0, 7, 14, 28, 56, 112, 224, 240, 240, 240):
        world.pass_time(wait * MINUTE)
        assert world.batches.claim(NOTICE_ID, now=world.now) is not None, "and there it dies"
    assert later(world, 240) == {"sent": 2}
    assert (len(world.emails), len(world.texts)) == (1, 1)
    assert EventType.ALERT_FAILED not in {event.type for event in world.timeline()}


def test_a_running_claim_keeps_others_out(world: World) -> None:
    world.deposit(a_batch())
    assert world.batches.claim(NOTICE_ID, now=world.now) is not None
    world.now += LEASE - timedelta(seconds=1)
    assert world.send() == {}
    assert world.emails == []


def test_what_a_worker_sent_that_outlived_its_lease_is_recorded_beside_the_next_ones(world: World) -> None:
    world.deposit(a_batch(alerts=(an_alert(),)))

    def another_takes_over(**_: Any) -> None:
        world.ses.meta.events.unregister("before-call.sesv2.SendEmail", another_takes_over)
        assert later(world, 7) == {"sent": 1}

    world.ses.meta.events.register("before-call.sesv2.SendEmail", another_takes_over)
    assert world.send() == {"sent": 1}
    events = world.timeline()
    assert {event.data["message_id"] for event in events} == {mail.id for mail in world.emails}
    assert (len(events), world.batch().leased_until) == (2, None)
    assert world.batch().alerts[0].message_id == events[0].data["message_id"]


@pytest.mark.parametrize(
    ("code", "message", "recorded"),
    [
        ("InvalidParameter", "Invalid parameter: PhoneNumber Reason: is not valid to publish to", "mobile_refused"),
        ("OptedOut", "", "mobile_opted_out"),
    ],
)
def test_a_refused_number_fails_for_good_and_does_not_touch_the_email(
    world: World, code: str, message: str, recorded: str
) -> None:
    world.deposit(a_batch())
    with refusing(world.sns, "Publish", code, message=message):
        assert world.send() == {"sent": 1, "address_refused": 1}
    assert states(world.batch()) == [ACCEPTED, S.FAILED]
    assert world.batch().alerts[1].error == recorded
    assert [event.data for event in world.timeline() if event.type is EventType.ALERT_FAILED] == [
        {"alert_id": "u1.sms", "channel": "sms", "state": "failed", "error": recorded}
    ]
    assert later(world, 60) == {}


@pytest.mark.parametrize("destination", ["no es una dirección", "rosa@", "peña@ejemplo.pe", "a@b.pe\r\nBcc: c@d.pe"])
def test_a_wrong_email_address_fails_for_good(world: World, destination: str) -> None:
    world.deposit(a_batch(alerts=(an_alert(destination=destination), an_alert(channel=Channel.SMS))))
    assert world.send() == {"sent": 1, "address_refused": 1}
    assert states(world.batch()) == [S.FAILED, ACCEPTED]
    assert world.batch().alerts[0].error == "email_address_refused"


@pytest.mark.parametrize(
    ("code", "status", "recorded"),
    [
        ("TooManyRequestsException", 429, "mail_throttled"),
        ("ServiceUnavailable", 503, "mail_unavailable"),
        ("SendingPausedException", 400, "mail_unavailable"),
        ("AccountSuspendedException", 400, "mail_unavailable"),
        ("MailFromDomainNotVerifiedException", 400, "mail_unavailable"),
        ("MessageRejected", 400, "mail_unavailable"),
        ("BadRequestException", 400, "mail_unavailable"),
        ("AccessDeniedException", 403, "mail_unavailable"),
    ],
)
def test_a_refusing_provider_is_waited_for_and_uses_up_nobodys_attempts(
    world: World, code: str, status: int, recorded: str
) -> None:
    world.deposit(batch_of(2))
    with refusing(world.ses, "SendEmail", code, status=status, only="u1@ejemplo.pe"):
        assert world.send() == {"sent": 3, "waiting": 1}
    assert states(world.batch()) == [S.REFUSED, ACCEPTED, ACCEPTED, ACCEPTED]
    assert world.batch().alerts[0].error == recorded
    assert later(world, 0.79) == {}
    assert later(world, 0.22) == {"sent": 1}
    assert (len(world.emails), len(world.texts)) == (2, 2)


@pytest.mark.parametrize(
    ("hook", "state"),
    [
        (raising(ReadTimeoutError(endpoint_url="https://ses")), S.UNKNOWN),
        (raising(RuntimeError("a fault nobody foresaw")), S.UNKNOWN),
        (raising(ConnectTimeoutError(endpoint_url="https://ses")), S.REFUSED),
    ],
)
def test_only_what_was_surely_not_taken_is_sent_again_soon(world: World, hook: Any, state: AlertState) -> None:
    world.deposit(batch_of(2))

    def fault(params: dict[str, Any], **_: Any) -> None:
        if "u2@ejemplo.pe" in str(params["body"]):
            hook()

    with hooked(world.ses, "SendEmail", fault):
        counts = world.send()
    assert counts == {"sent": 3, "unknown" if state is S.UNKNOWN else "waiting": 1}
    assert states(world.batch()) == [ACCEPTED, ACCEPTED, state, ACCEPTED]
    assert later(world, 1.1) == ({} if state is S.UNKNOWN else {"sent": 1})
    assert later(world, 5.9) == ({"sent": 1} if state is S.UNKNOWN else {})


def test_an_answer_of_the_provider_that_tells_of_its_own_fault_is_unknown(world: World) -> None:
    world.deposit(a_batch())
    with refusing(world.ses, "SendEmail", "InternalFailure", status=500):
        assert world.send() == {"sent": 1, "unknown": 1}


def test_a_weekend_without_the_provider_alerts_everybody_on_monday(world: World) -> None:
    world.deposit(a_batch())
    tries = 0
    with refusing(world.ses, "SendEmail", "SendingPausedException"):
        while world.now < DEPOSITED_AT + timedelta(hours=60):
            tries += world.send()["waiting"]
            world.now = world.batch().alerts[0].due_at or world.now
    assert 110 < tries < 160, "every half hour, less the chance"
    assert states(world.batch()) == [S.REFUSED, ACCEPTED]
    assert later(world, 30) == {"sent": 1}
    assert [event.type for event in world.timeline()].count(EventType.ALERT_DEFERRED) == 1


def test_after_72_hours_it_is_given_up_and_on_the_list(world: World) -> None:
    world.deposit(a_batch())
    with refusing(world.ses, "SendEmail", "SendingPausedException"):
        world.send()
        world.now = world.batch().deposited_at + GIVE_UP_AFTER
        assert world.send() == {"gave_up": 1}
    assert states(world.batch()) == [S.GAVE_UP, ACCEPTED]
    assert world.timeline()[-1].type is EventType.ALERT_GAVE_UP
    assert world.timeline()[-1].data["error"] == "mail_unavailable"
    assert later(world, 60) == {}


def test_several_refusals_in_a_row_rest_the_provider_but_not_the_other_channel(world: World) -> None:
    world.deposit(batch_of(5))
    with refusing(world.ses, "SendEmail", "SendingPausedException"):
        world.send()
        world.deposit(batch_of(5, notice_id="N2"))
        world.calls.clear()
        assert world.send("N2") == {"sent": 5, "waiting": 5}
    assert "SendEmail" not in world.calls
    assert {alert.error for alert in world.batch("N2").alerts} == {"mail_unavailable", None}
    world.now += BREAKER.pause
    world.deposit(a_batch(notice_id="N3"))
    assert world.send("N3") == {"sent": 2}


def test_one_address_that_fails_again_and_again_rests_nobody(world: World) -> None:
    world.deposit(a_batch(alerts=tuple(an_alert(f"u{n}") for n in range(1, 12))))
    with refusing(world.ses, "SendEmail", "MessageRejected", only="u1@ejemplo.pe"):
        for n in range(10):
            world.deposit(a_batch(notice_id=f"N{n}", alerts=(an_alert("u1"), an_alert("u2"))))
            assert world.send(f"N{n}") == {"sent": 1, "waiting": 1}


def test_a_claim_that_cannot_be_made_sends_nothing(world: World) -> None:
    world.deposit(a_batch())
    refused = refusing(world.connection.client, "UpdateItem", "InternalServerError", status=500)
    with refused, pytest.raises(Unavailable):
        world.send()
    assert (world.emails, world.texts) == ([], [])


def test_a_log_that_takes_no_events_for_half_an_hour_doubles_nothing(world: World) -> None:
    world.deposit(a_batch())
    with unwritable(world, also_alone=False):
        counts: Counter[str] = Counter()
        for _ in range(14):
            counts += world.send()
            world.pass_time(2 * MINUTE)
    assert counts == {"sent": 2}
    assert world.timeline() == ()
    later(world, 1)
    assert [event.type for event in world.timeline()] == [EventType.ALERT_SENT] * 2
    assert (len(world.emails), len(world.texts), states(world.batch())) == (1, 1, [ACCEPTED] * 2)
    assert later(world, 60) == {}


def test_an_outcome_that_cannot_be_written_is_kept_and_the_write_is_tried_again_not_the_send(world: World) -> None:
    world.deposit(a_batch())
    with unwritable(world):
        assert world.send() == {"sent": 2, "unwritten": 1}
        rest = world.write_rest(minutes=4)
        assert (len(world.unwritten), rest) == (1, 48)
    assert states(world.batch()) == [S.ATTEMPTED] * 2
    assert world.write_rest(minutes=4) == 0
    assert (states(world.batch()), len(world.timeline()), len(world.emails)) == ([ACCEPTED] * 2, 2, 1)
    assert later(world, 60) == {}


def test_a_process_that_knows_an_outcome_never_sends_it_again(world: World) -> None:
    world.deposit(a_batch())
    with unwritable(world):
        world.send()
    assert later(world, 60) == {}
    assert (len(world.emails), len(world.texts)) == (1, 1)


def test_one_outcome_that_never_can_be_written_keeps_no_other(world: World) -> None:
    for name in ("N1", "N2", "N3"):
        world.deposit(a_batch(notice_id=name, alerts=(an_alert(),)))
    with unwritable(world):
        for name in ("N1", "N2", "N3"):
            world.send(name)
        world.write_rest(minutes=1)
    AlertBatchItem("N1").delete()
    AlertBatchItem("N2").update([AlertBatchItem.alerts.set([{"state": "a state of tomorrow"}])])
    assert world.write_rest(minutes=4) == 0, "nothing to wait for"
    assert (states(world.batch("N3")), len(world.unwritten)) == ([ACCEPTED], 0)


def test_what_is_kept_is_bounded_and_then_nothing_more_is_sent(world: World) -> None:
    with unwritable(world):
        for n in range(50):
            world.deposit_alone(a_batch(notice_id=f"N{n}", alerts=(an_alert(),)))
            world.send(f"N{n}")
        world.deposit_alone(a_batch(alerts=(an_alert(),)))
        with pytest.raises(Unavailable) as refusal:
            world.send()
        assert refusal.value.code == "outcomes_unwritten"
    assert len(world.emails) == len(world.unwritten) == 50
    world.write_rest(minutes=1)
    assert world.send() == {"sent": 1}


def attachments(raw: str) -> list[Any]:
    return [part.get_content() for part in email.message_from_string(raw, policy=default).iter_attachments()]


def test_the_receipt_goes_along_where_the_batch_names_one(world: World) -> None:
    world.receipts["a/constancia.pdf"] = b"%PDF-1.7 demo"
    world.deposit(a_batch(receipt_key="a/constancia.pdf"))
    world.send()
    assert attachments(world.emails[0].raw_data) == [b"%PDF-1.7 demo"]


@pytest.mark.parametrize("attached", ["a/constancia.pdf", "otra.pdf", "nada.pdf", None])
def test_what_the_log_says_goes_along_is_read_early_and_the_batch_decides(world: World, attached: str | None) -> None:
    world.receipts |= {"a/constancia.pdf": b"%PDF-1.7 demo", "otra.pdf": b"%PDF-1.7 otra"}
    world.deposit(a_batch(receipt_key="a/constancia.pdf"))
    assert world.send(attached=attached) == {"sent": 2}
    assert attachments(world.emails[0].raw_data) == [b"%PDF-1.7 demo"]
    assert world.read.count("a/constancia.pdf") == 1


def test_a_batch_that_names_no_receipt_carries_none_whatever_was_read(world: World) -> None:
    world.receipts["a/constancia.pdf"] = b"%PDF-1.7 demo"
    world.deposit(a_batch())
    world.send(attached="a/constancia.pdf")
    assert attachments(world.emails[0].raw_data) == []


def test_a_receipt_read_early_that_is_not_there_holds_only_emails_back(world: World) -> None:
    world.deposit(a_batch(receipt_key="a/constancia.pdf"))
    assert world.send(attached="a/constancia.pdf") == {"sent": 1, "waiting": 1}
    assert world.batch().alerts[0].error == "file_not_found"
    assert world.send(attached="a/constancia.pdf") == {}


def test_a_receipt_that_is_not_there_yet_holds_only_emails_back_and_not_for_long(world: World) -> None:
    world.deposit(a_batch(receipt_key="a/constancia.pdf"))
    assert world.send() == {"sent": 1, "waiting": 1}
    assert later(world, 1) == {"waiting": 1}
    assert states(world.batch()) == [S.WAITING, ACCEPTED]
    assert world.batch().alerts[0].error == "file_not_found"
    world.now = DEPOSITED_AT + timedelta(minutes=7, microseconds=-1)
    assert world.send() == {"waiting": 1}
    assert later(world, 4) == {"sent": 1}
    assert attachments(world.emails[0].raw_data) == []


FIELDS = ("notice_id", "alert_id", "code", "cause")


def test_the_worker_logs_codes_and_no_address(world: World, caplog: pytest.LogCaptureFixture) -> None:
    world.deposit(a_batch())
    with refusing(world.ses, "SendEmail", "MessageRejected", message="u1@ejemplo.pe is not verified"):
        world.send()
    [record] = [record for record in caplog.records if record.message == "alert deferred"]
    told = [record.__dict__[name] for name in FIELDS]
    assert told == [NOTICE_ID, "u1.email", "mail_unavailable", "MessageRejected"]
    assert record.name == "chalicelib.services.alert.send_alerts"
    assert "ejemplo" not in str(record.__dict__)


def test_an_outcome_that_is_not_written_is_logged_by_notice_and_code(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.deposit(a_batch())
    with unwritable(world):
        world.send()
    [record] = [record for record in caplog.records if record.message == "outcome not written"]
    assert (record.__dict__["notice_id"], record.__dict__["code"]) == (NOTICE_ID, "store_unavailable")
    assert (record.name, record.levelname) == ("chalicelib.services.alert.unwritten", "ERROR")


def test_what_nobody_foresaw_is_unknown_by_that_name(world: World) -> None:
    world.deposit(a_batch())
    with hooked(world.ses, "SendEmail", raising(RuntimeError("a fault nobody foresaw"))):
        world.send()
    assert world.batch().alerts[0].error == "unexpected"


def test_of_refusals_in_a_row_the_first_is_logged_and_another_reason_anew(world: World) -> None:
    world.deposit(a_batch())
    for code in ("SendingPausedException", "SendingPausedException", "TooManyRequestsException"):
        with refusing(world.ses, "SendEmail", code):
            world.send()
        world.now = world.batch().alerts[0].due_at or world.now
    deferred = [event.data for event in world.timeline() if event.type is EventType.ALERT_DEFERRED]
    about = {"alert_id": "u1.email", "channel": "email", "state": "refused"}
    assert deferred == [about | {"error": "mail_unavailable"}, about | {"error": "mail_throttled"}]


def test_a_message_that_was_never_refused_for_a_reason_is_given_up_as_unconfirmed(world: World) -> None:
    world.deposit(a_batch(alerts=(an_alert(),)))
    world.batches.claim(NOTICE_ID, now=world.now)
    world.now += GIVE_UP_AFTER
    assert world.send() == {"gave_up": 1}
    assert world.timeline()[-1].data["error"] == "unconfirmed"


def test_a_mailbox_that_cannot_be_read_has_nothing_sent_twice_and_its_batch_comes_again(world: World) -> None:
    MailboxItem("1-40000002", state="open", version=1, data={"nonsense": True}).save()
    world.deposit(a_batch(mailbox_id="1-40000002"))
    with refusing(world.sns, "Publish", "OptedOut"):
        assert world.send() == {"sent": 1, "address_refused": 1, "failed": 1}
    assert states(world.batch()) == [S.ACCEPTED, S.FAILED]
    world.calls.clear()
    assert later(world, 10) == {"failed": 1}, "and tells that it could not be followed up"
    assert "SendEmail" not in world.calls
    assert world.batch().is_to_follow, "it is looked at again"
