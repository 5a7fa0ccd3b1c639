"""Workers as Lambda calls them."""

from __future__ import annotations

import json
from datetime import timedelta
from email import message_from_string
from typing import Any

import pytest
from moto.core.models import DEFAULT_ACCOUNT_ID as ACCOUNT
from moto.ses.models import ses_backends

from chalicelib.bootstrap.alert import alert_batch_store, channels
from chalicelib.bootstrap.aws import connection
from chalicelib.bootstrap.files import files
from chalicelib.bootstrap.session import token_store
from chalicelib.bootstrap.storage import mailbox_store, notice_store
from chalicelib.domain.access.token import NewToken, TokenKind
from chalicelib.domain.alert.alert import AlertPurpose, AlertState
from chalicelib.domain.mailbox import Channel
from chalicelib.domain.mailbox.address_health import AddressHealth, Sign
from chalicelib.handlers.workers.reports import JobFailed
from tests.alert_world import refusing
from tests.cloud import Engine
from tests.deposit_world import World


def _stream_event(*subjects: str, kind: str = "notice.deposited") -> dict[str, Any]:
    return {
        "Records": [
            {
                "eventID": str(number),
                "eventName": "INSERT",
                "eventSourceARN": "arn:aws:dynamodb:us-east-1:000000000000:table/events/stream/1",
                "dynamodb": {
                    "ApproximateCreationDateTime": 1,
                    "SequenceNumber": str(number),
                    "Keys": {"subject": {"S": subject}, "position": {"S": "p"}},
                    "NewImage": {"subject": {"S": subject}, "type": {"S": kind}},
                },
            }
            for number, subject in enumerate(subjects, start=1)
        ]
    }


@pytest.fixture
def lambdas(world: World) -> Any:
    return world.client.lambda_


def _states(world: World, notice_id: str) -> set[AlertState]:
    batch = alert_batch_store(world.container).find(notice_id)
    assert batch is not None
    return {alert.state for alert in batch.alerts}


def test_stream_sends_the_alerts_of_each_deposit(world: World, lambdas: Any, moto_engine: Engine) -> None:
    moto_engine.client("ses").verify_email_identity(EmailAddress=world.container.config.mail_from)
    notice_id = world.deposit().json_body["notice_id"]

    answer = lambdas.invoke("send_alerts", _stream_event(f"notice#{notice_id}")).payload

    assert answer == {"batchItemFailures": []}
    assert _states(world, notice_id) == {AlertState.ACCEPTED}
    sent = ses_backends[ACCOUNT]["us-east-1"].sent_messages
    assert {message_from_string(mail.raw_data)["To"] for mail in sent} == {
        "usuaria1@ejemplo.pe",
        "usuaria2@ejemplo.pe",
    }


def test_other_events_of_the_log_send_nothing(world: World, lambdas: Any) -> None:
    notice_id = world.deposit().json_body["notice_id"]

    lambdas.invoke("send_alerts", _stream_event(f"notice#{notice_id}", kind="alert.sent"))

    assert _states(world, notice_id) == {AlertState.WAITING}


def test_one_record_that_fails_comes_again_alone(world: World, lambdas: Any) -> None:
    notice_id = world.deposit().json_body["notice_id"]
    event = _stream_event(f"notice#{notice_id}", "notice#otro")
    del event["Records"][1]["dynamodb"]["NewImage"]["subject"]

    assert lambdas.invoke("send_alerts", event).payload == {"batchItemFailures": [{"itemIdentifier": "2"}]}


def _renewed(world: World, notice_id: str) -> list[str]:
    batch = alert_batch_store(world.container).find(notice_id)
    assert batch is not None
    return [alert.alert_id for alert in batch.alerts if alert.purpose is AlertPurpose.RENEWAL]


@pytest.mark.parametrize(
    "kind", ["address.proved", "address.changed", "user.enabled", "user.activated", "mailbox.thawed"]
)
def test_what_lets_an_address_live_again_has_its_mailbox_alerted_anew(
    world: World, lambdas: Any, moto_engine: Engine, kind: str
) -> None:
    moto_engine.client("ses").verify_email_identity(EmailAddress=world.container.config.mail_from)
    notice_id = world.deposit().json_body["notice_id"]
    with refusing(
        channels(world.container).mail._client,  # noqa: SLF001 - the engine's own hooks
        "SendEmail",
        "BadRequestException",
        message="Missing final '@domain'",
    ):
        lambdas.invoke("send_alerts", _stream_event(f"notice#{notice_id}"))
    world.clock.advance(minutes=5)
    mailboxes = mailbox_store(world.container)
    mailbox = mailboxes.find("1-40000002")
    assert mailbox is not None
    slot = AddressHealth("u1", Channel.EMAIL, mailbox.users[0].email)
    mailboxes.learn(mailbox, lambda known: known.with_sign(Sign.PROVED, world.clock.now), slot)
    event = _stream_event("mailbox#1-40000002", kind=kind)

    assert lambdas.invoke("send_alerts", event).payload == {"batchItemFailures": []}
    assert lambdas.invoke("send_alerts", event).payload == {"batchItemFailures": []}

    assert _renewed(world, notice_id) == ["u1.email.renewal-1"]
    assert lambdas.invoke("sweep_alerts", _schedule()).payload["sent"] == 2, "with the SMS that was tried instead"


@pytest.mark.parametrize("kind", ["alert.sent", "consent.revoked", "profile.email_waits", "something.new"])
def test_other_records_are_passed_over_whatever_they_hold(lambdas: Any, kind: str) -> None:
    event = _stream_event("user#u1", kind=kind)
    event["Records"][0]["dynamodb"]["NewImage"]["data"] = {"S": "no es JSON"}
    assert lambdas.invoke("send_alerts", event).payload == {"batchItemFailures": []}


def test_a_renewal_that_fails_comes_again_alone(world: World, lambdas: Any) -> None:
    world.deposit()
    event = _stream_event("mailbox#1-40000002", "mailbox#1-40000003", kind="address.proved")
    with refusing(connection(world.container).client, "Query", "InternalServerError", status=500, only="40000003"):
        assert lambdas.invoke("send_alerts", event).payload == {"batchItemFailures": [{"itemIdentifier": "2"}]}


def test_sweeper_sends_what_the_stream_missed(world: World, lambdas: Any, moto_engine: Engine) -> None:
    moto_engine.client("ses").verify_email_identity(EmailAddress=world.container.config.mail_from)
    notice_id = world.deposit().json_body["notice_id"]
    world.clock.advance(minutes=3)

    report = lambdas.invoke("sweep_alerts", _schedule()).payload

    assert (report["sent"], report["oldest_waiting_s"], report["is_complete"]) == (3, 0, True)
    assert _states(world, notice_id) == {AlertState.ACCEPTED}


def test_orphans_go_after_eight_days_and_committed_files_stay(world: World, lambdas: Any) -> None:
    notice = notice_store(world.container).get(world.deposit().json_body["notice_id"])
    orphan = "notices/2026/03/09/2222-2222-2222/constancia.pdf"
    files(world.container).put_document(orphan, b"%PDF-", "application/pdf")

    world.clock.advance(days=7)
    early = lambdas.invoke("sweep_orphans", _schedule()).payload
    world.clock.advance(days=1)
    report = lambdas.invoke("sweep_orphans", _schedule()).payload

    assert early["seen"] == 0
    assert (report["seen"], report["deleted"], report["is_complete"]) == (3, 1, True)
    left = files(world.container).list_documents("notices/")
    assert orphan not in left
    assert notice.receipt_key in left


def test_nightly_expiry_reports_what_it_did(lambdas: Any) -> None:
    report = lambdas.invoke("expire_uploads", _schedule()).payload

    assert report == {"expired": 0, "used": 0, "failed": 0, "is_complete": True}


def test_tokens_go_the_night_after_their_time_to_live(world: World, lambdas: Any) -> None:
    until = world.clock.now + timedelta(minutes=10)
    token_store(world.container).issue(NewToken(TokenKind.CAPTCHA, "c1", world.clock.now, until))

    world.clock.advance(days=1)
    done = lambdas.invoke("clean_tokens", _schedule()).payload

    assert done == {"deleted": 1, "gone": 0, "failed": 0, "is_complete": True}


def _mail_events(*messages: str) -> dict[str, Any]:
    return {"Records": [{"Sns": {"Message": text, "Subject": None, "MessageAttributes": {}}} for text in messages]}


def _delivery(notice_id: str) -> str:
    mail = {
        "messageId": "m1",
        "timestamp": "2026-03-09T20:15:30Z",
        "tags": {"notice_id": [notice_id], "user_id": ["u1"]},
    }
    return json.dumps({"eventType": "Delivery", "mail": mail, "delivery": {"timestamp": "2026-03-09T20:16:30Z"}})


def test_delivery_reports_are_recorded_once(world: World, lambdas: Any) -> None:
    notice_id = world.deposit().json_body["notice_id"]
    event = _mail_events(_delivery(notice_id), _delivery(notice_id), json.dumps({"eventType": "Open", "mail": {}}))

    report = lambdas.invoke("record_deliveries", event).payload

    known = {"bounced": 0, "known": 1, "ignored": 1, "unreadable": 0, "failed": 0}
    assert report == {"recorded": 1, **known, "is_complete": True}


def _bounce(notice_id: str, kind: str, status: str) -> str:
    told = json.loads(_delivery(notice_id))
    at = told.pop("delivery")["timestamp"]
    recipients = [{"emailAddress": "usuaria1@ejemplo.pe", "status": status}]
    bounce = {"bounceType": kind, "bounceSubType": "General", "timestamp": at, "bouncedRecipients": recipients}
    return json.dumps({**told, "eventType": "Bounce", "bounce": bounce})


@pytest.mark.parametrize(
    ("kind", "status", "bounced"), [("Permanent", "5.1.1", 1), ("Transient", "4.2.2", 0), ("Transient", "5.4.4", 1)]
)
def test_an_address_that_receives_nothing_any_more_is_counted_once(
    world: World, lambdas: Any, kind: str, status: str, bounced: int
) -> None:
    notice_id = world.deposit().json_body["notice_id"]
    event = _mail_events(*[_bounce(notice_id, kind, status)] * 2)

    report = lambdas.invoke("record_deliveries", event).payload

    assert (report["recorded"], report["bounced"], report["known"]) == (1, bounced, 1)


@pytest.mark.parametrize(
    "unreadable", ["no es JSON", "[]", json.dumps({"eventType": "Bounce", "mail": {"tags": "rosa@ejemplo.pe"}})]
)
def test_a_report_that_is_not_understood_goes_to_the_dead_letters_and_stops_no_other(
    world: World, lambdas: Any, caplog: pytest.LogCaptureFixture, unreadable: str
) -> None:
    notice_id = world.deposit().json_body["notice_id"]

    with pytest.raises(JobFailed, match="DeliveriesUnrecorded"):
        lambdas.invoke("record_deliveries", _mail_events(unreadable, _delivery(notice_id)))

    assert AlertState.DELIVERED in _states(world, notice_id)
    [done] = [vars(line) for line in caplog.records if line.message == "job done"]
    assert (done["recorded"], done["unreadable"], done["is_complete"]) == (1, 1, False)
    assert "rosa" not in str([vars(line) for line in caplog.records])


def _schedule() -> dict[str, Any]:
    return {
        "version": "0",
        "account": "0",
        "region": "us-east-1",
        "detail": {},
        "detail-type": "",
        "source": "",
        "time": "",
        "id": "",
        "resources": [],
    }


def test_reminders_go_out_on_their_morning_once_and_never_before(world: World, lambdas: Any) -> None:
    notice_id = world.deposit().json_body["notice_id"]
    lambdas.invoke("send_alerts", _stream_event(f"notice#{notice_id}"))
    reminded = []
    for _ in range(10):
        world.clock.now += timedelta(days=1)
        report = lambdas.invoke("send_reminders", _schedule()).payload
        reminded.append((report["planned"], report["missed"], report["is_complete"]))

    assert reminded.count((1, 0, True)) == 1
    assert reminded.count((0, 0, True)) == 9
    assert reminded[0] == (0, 0, True)
