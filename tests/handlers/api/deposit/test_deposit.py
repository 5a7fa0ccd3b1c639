"""A signed deposit, from the HTTP request to what is stored."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from chalicelib.bootstrap.alert import alert_batch_store
from chalicelib.bootstrap.aws import connection
from chalicelib.bootstrap.files import files
from chalicelib.bootstrap.storage import event_store, mailbox_store, notice_store
from chalicelib.domain.alert.alert import AlertState
from chalicelib.domain.event import EventType
from chalicelib.domain.sender.institution import InstitutionState
from chalicelib.store.tables import DepositItem
from tests.deposit_world import (
    AUTHORITY,
    INSTITUTION_ID,
    KEY_ID,
    P256_KEY,
    PDF,
    World,
    a_body,
    a_mailbox,
    a_pdf,
    a_signing_key,
    a_user,
    an_inline_file,
    an_institution,
    put_institution,
    put_key,
)

FIXTURES = Path(__file__).parents[3] / "fixtures" / "pdf"


def test_deposit_answers_what_was_deposited_and_when_it_counts(world: World) -> None:
    answer = world.deposit()

    assert answer.status_code == 201
    assert answer.json_body["deposited_at"] == "2026-03-09T20:15:30Z"
    assert answer.json_body["effective_on"] == "2026-03-09"
    assert answer.json_body["term_starts_on"] == "2026-03-10"
    assert answer.json_body["term_ends_on"] == "2026-03-23"
    assert answer.headers["Content-Type"] == "application/json"
    assert "Idempotency-Replayed" not in answer.headers


@pytest.mark.parametrize(
    "program",
    ["libreoffice", "libreoffice-pdfa2", "chromium", "ghostscript", "latex", "linearized", "signed-twice", "form"],
)
def test_documents_of_unrelated_programs_are_deposited_as_they_are(world: World, program: str) -> None:
    content = (FIXTURES / f"{program}.pdf").read_bytes()

    answer = world.deposit(a_body(main=an_inline_file(content)))

    assert answer.status_code == 201
    (file,) = notice_store(world.container).get(answer.json_body["notice_id"]).files
    assert files(world.container).get_document(file.object_key) == content


def test_deposit_stores_notice_receipt_files_event_and_alerts(world: World) -> None:
    answer = world.deposit(a_body(annexes=[an_inline_file(a_pdf("Anexo"), "anexo-1.pdf")])).json_body

    notice = notice_store(world.container).get(answer["notice_id"])
    receipt = files(world.container).get_document(notice.receipt_key)
    assert receipt.startswith(b"%PDF-")
    assert hashlib.sha256(receipt).hexdigest() == answer["receipt"]["sha256"]
    assert len(receipt) == answer["receipt"]["size"]
    assert [files(world.container).get_document(file.object_key) for file in notice.files] == [PDF, a_pdf("Anexo")]
    (event,) = event_store(world.container).list_for_subject(f"notice#{notice.notice_id}")
    assert event.type is EventType.NOTICE_DEPOSITED
    assert event.actor == f"institution:{INSTITUTION_ID}:{KEY_ID}"
    assert event.data == {
        "notice_id": notice.notice_id,
        "receipt_sha256": hashlib.sha256(receipt).hexdigest(),
        "files_sha256": f"{hashlib.sha256(PDF).hexdigest()} {hashlib.sha256(a_pdf('Anexo')).hexdigest()}",
        "signature_base_sha256": hashlib.sha256(_record().evidence["base"].encode()).hexdigest(),
    }
    batch = alert_batch_store(world.container).find(notice.notice_id)
    assert batch is not None
    assert {alert.alert_id: alert.state for alert in batch.alerts} == dict.fromkeys(
        ("u1.email", "u1.sms", "u2.email"), AlertState.WAITING
    )


def _record() -> DepositItem:
    [record] = DepositItem.scan()
    return record


def test_what_was_signed_is_kept_with_the_signature(world: World) -> None:
    call = world.signed("POST", "/v1/deposits", json.dumps(a_body()).encode(), idempotency_key="clave-1")
    notice_id = world.send(call).json_body["notice_id"]

    kept = _record()
    assert kept.evidence == {
        "base": "\n".join(
            [
                '"@method": POST',
                f'"@authority": {AUTHORITY}',
                '"@path": /v1/deposits',
                '"content-type": application/json',
                f'"content-digest": {call.headers["content-digest"]}',
                '"idempotency-key": clave-1',
                f'"@signature-params": {call.headers["Signature-Input"].removeprefix("sig1=")}',
            ]
        ),
        "signature_input": call.headers["Signature-Input"],
        "signature": call.headers["Signature"],
        "algorithm": "ed25519",
    }
    assert (kept.notice_id, kept.fingerprint) == (notice_id, hashlib.sha256(call.body).hexdigest())


def test_disabled_and_pending_users_are_not_alerted(world: World) -> None:
    users = (a_user(1), a_user(2, state="disabled"), a_user(3, state="pending"))
    mailbox_store(world.container).put(a_mailbox(users=users, version=2))

    alerts = world.deposit().json_body["alerts"]

    assert [alert["channel"] for alert in alerts] == ["email", "sms"]


def test_a_user_disabled_while_a_deposit_is_under_way_is_not_alerted_of_it(world: World) -> None:
    mailboxes, client = mailbox_store(world.container), connection(world.container).client

    def overtake(**_: Any) -> None:
        client.meta.events.unregister("before-call.dynamodb.TransactWriteItems", overtake)
        mailboxes.update(a_mailbox(users=(a_user(1), a_user(2, mobile=None, state="disabled"))))

    client.meta.events.register("before-call.dynamodb.TransactWriteItems", overtake)
    answer = world.deposit().json_body

    batch = alert_batch_store(world.container).find(answer["notice_id"])
    assert batch is not None
    assert [alert.alert_id for alert in batch.alerts] == ["u1.email", "u1.sms"]
    assert len(answer["alerts"]) == 2


def test_same_key_and_body_answer_the_same_bytes_for_ever(world: World) -> None:
    first = world.deposit()
    world.clock.advance(days=40)
    again = world.deposit()

    assert (again.status_code, again.body) == (201, first.body)
    assert again.headers["Idempotency-Replayed"] == "true"


def test_same_signed_bytes_answer_as_the_key_does(world: World) -> None:
    call = world.signed("POST", "/v1/deposits", json.dumps(a_body()).encode(), idempotency_key="clave-1")

    assert world.send(call).body == world.send(call).body


def test_same_key_with_another_body_is_refused(world: World) -> None:
    world.deposit()

    refused = world.deposit(a_body(case_file={"number": "OTRO", "opened_on": "2026-02-16"}))

    assert (refused.status_code, refused.json_body["code"]) == (409, "idempotency_key_reused")


def test_same_key_with_a_body_that_differs_in_a_blank_is_refused(world: World) -> None:
    raw = json.dumps(a_body()).encode()
    world.deposit(raw)

    for other in (raw + b" ", raw.replace(b", ", b",", 1), raw.replace(b"{", b"{\n", 1)):
        refused = world.deposit(other)
        assert (refused.status_code, refused.json_body["code"]) == (409, "idempotency_key_reused")


def test_keys_that_differ_in_case_do_not_meet(world: World) -> None:
    first, other = world.deposit(key="clave-1"), world.deposit(key="Clave-1")

    assert first.json_body["notice_id"] != other.json_body["notice_id"]


def test_keys_of_two_institutions_do_not_meet(world: World) -> None:
    put_institution(world.container, an_institution(institution_id="otra-entidad"))
    put_key(world.container, a_signing_key(institution_id="otra-entidad"))

    first, other = world.deposit(), world.deposit(keyid=f"otra-entidad:{KEY_ID}")

    assert other.status_code == 201
    assert first.json_body["notice_id"] != other.json_body["notice_id"]


def test_p256_signatures_are_accepted(world: World) -> None:
    assert world.deposit(private_key=P256_KEY, keyid=f"{INSTITUTION_ID}:p256").status_code == 201


def test_key_algorithm_comes_from_the_registry(world: World) -> None:
    refused = world.deposit(private_key=P256_KEY)

    assert (refused.status_code, refused.json_body["code"]) == (401, "signature_wrong")


def test_nonce_used_for_something_else_is_refused(world: World) -> None:
    world.deposit(nonce="un-nonce-de-prueba")

    refused = world.deposit(key="clave-2", nonce="un-nonce-de-prueba")

    assert (refused.status_code, refused.json_body["code"]) == (401, "nonce_reused")


def test_inactive_institution_cannot_deposit_but_reads_what_it_deposited(world: World) -> None:
    first = world.deposit()
    put_institution(world.container, an_institution(state=InstitutionState.INACTIVE))

    refused = world.deposit(key="clave-2")

    assert (refused.status_code, refused.json_body["code"]) == (403, "institution_inactive")
    assert world.deposit().body == first.body
    assert world.get(f"/v1/deposits/{first.json_body['notice_id']}").status_code == 200


def test_own_deposit_is_shown_as_the_receipt_tells_it(world: World) -> None:
    notice_id = world.deposit().json_body["notice_id"]

    shown = world.get(f"/v1/deposits/{notice_id.lower().replace('-', '')}").json_body

    assert shown["notice_id"] == notice_id
    assert shown["document"]["number"] == "000079-2026"


def test_deposit_of_another_institution_is_not_found(world: World) -> None:
    notice_id = world.deposit().json_body["notice_id"]
    put_institution(world.container, an_institution(institution_id="otra-entidad"))
    put_key(world.container, a_signing_key(institution_id="otra-entidad"))

    refused = world.get(f"/v1/deposits/{notice_id}", keyid=f"otra-entidad:{KEY_ID}")

    assert (refused.status_code, refused.json_body["code"]) == (404, "notice_not_found")


def test_receipt_is_reached_by_a_short_lived_link(world: World) -> None:
    notice_id = world.deposit().json_body["notice_id"]

    answer = world.get(f"/v1/deposits/{notice_id}/receipt")

    assert answer.status_code == 303
    assert f"{notice_id}/constancia.pdf" in answer.headers["Location"]
    assert "X-Amz-Expires=300" in answer.headers["Location"]


def test_listing_walks_a_month_by_cursor_without_gaps(world: World) -> None:
    deposited = []
    for number in range(5):
        deposited.append(world.deposit(key=f"clave-{number}").json_body["notice_id"])
        world.clock.advance(seconds=1)
    listed, cursor = [], ""
    while cursor is not None:
        page = world.get("/v1/deposits?" + (f"cursor={cursor}&" if cursor else "") + "limit=2&month=2026-03").json_body
        listed += [deposit["notice_id"] for deposit in page["deposits"]]
        cursor = page["next_cursor"]

    assert listed == deposited
    assert world.get("/v1/deposits?month=2026-02").json_body["deposits"] == []


def test_consultation_tells_only_whether_it_can_receive_and_is_recorded(world: World) -> None:
    known, unknown = world.get("/v1/mailboxes/1-40000002"), world.get("/v1/mailboxes/1-40000003")

    regimes = ["deposit", "acknowledgement", "immediate"]
    unreported = {"live": True, "required": True, "last_delivered_in": None, "failing_since": None}
    channels = [{"channel": channel, **unreported} for channel in ("email", "sms")]
    told = {"can_receive": True, "missing_channels": [], "regimes": regimes, "channels": channels}
    assert known.json_body == {"mailbox_id": "1-40000002", **told}
    told = {"can_receive": False, "missing_channels": [], "regimes": [], "channels": []}
    assert unknown.json_body == {"mailbox_id": "1-40000003", **told}
    for mailbox_id in ("1-40000002", "1-40000003"):
        (event,) = event_store(world.container).list_for_subject(f"mailbox#{mailbox_id}")
        assert event.type is EventType.MAILBOX_CONSULTED


@pytest.mark.parametrize("text", ["Ñandú Ashaninka ñ", "Qʼero p̈"])  # noqa: RUF001 - Quechua
def test_texts_are_kept_in_composed_form(world: World, text: str) -> None:
    decomposed = unicodedata.normalize("NFD", text)
    body = a_body()
    body["document"]["subject"] = decomposed

    notice = notice_store(world.container).get(world.deposit(body).json_body["notice_id"])

    assert notice.document.subject == unicodedata.normalize("NFC", text)


def test_regime_of_the_institution_applies_unless_the_deposit_names_one(world: World) -> None:
    put_institution(world.container, an_institution(regime="acknowledgement"))

    own = world.deposit().json_body
    named = world.deposit(a_body(regime="immediate"), key="clave-2").json_body

    assert (own["regime"], own["effective_on"], own["starts_by"]) == ("acknowledgement", None, "2026-03-17")
    assert (named["regime"], named["term_starts_on"]) == ("immediate", "2026-03-09")


@pytest.mark.parametrize(("issued_at", "status"), [("2026-03-09T20:16:00Z", 201), ("2026-03-09T20:16:01Z", 422)])
def test_document_issued_by_a_clock_half_a_minute_ahead_is_taken(world: World, issued_at: str, status: int) -> None:
    body = a_body()
    body["document"]["issued_at"] = issued_at

    assert world.deposit(body).status_code == status


@pytest.mark.parametrize(
    ("border", "before", "effective_on"),
    [
        (datetime(2026, 3, 9, 21, 30, 1, tzinfo=UTC), 1, "2026-03-10"),  # closing time in Lima
        (datetime(2026, 3, 9, 21, 30, 1, tzinfo=UTC), 2, "2026-03-09"),
        (datetime(2026, 3, 10, 5, tzinfo=UTC), 1, "2026-03-11"),  # midnight in Lima
        (datetime(2026, 3, 10, 5, tzinfo=UTC), 2, "2026-03-10"),
    ],
)
def test_deposit_during_which_closing_time_or_midnight_passes_is_dated_as_of_its_commit(
    world: World, border: datetime, before: int, effective_on: str
) -> None:
    world.clock.now = border - timedelta(seconds=before)
    events = files(world.container)._client.meta.events  # noqa: SLF001 - what a deposit stores, it stores by this

    def store_for_a_second(**_: Any) -> None:
        events.unregister("before-call.s3.PutObject", store_for_a_second)
        world.clock.advance(seconds=1)

    events.register("before-call.s3.PutObject", store_for_a_second)
    answer = world.deposit().json_body

    assert answer["effective_on"] == effective_on
    (event,) = event_store(world.container).list_for_subject(f"notice#{answer['notice_id']}")
    assert event.occurred_at == border - timedelta(seconds=before if before > 1 else 0)


def test_revoked_key_stops_at_once(world: World) -> None:
    world.deposit()
    put_key(world.container, a_signing_key(revoked_at=world.clock.now - timedelta(seconds=1)))

    refused = world.deposit(key="clave-2")

    assert (refused.status_code, refused.json_body["code"]) == (401, "key_not_valid")


def test_a_holders_name_that_a_registry_garbled_blocks_no_deposit(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    mailbox = a_mailbox()
    holder = replace(mailbox.holder, name="ROSA MU\ufffdOZ")
    mailbox_store(world.container).put(replace(mailbox, holder=holder))

    deposited = world.deposit()

    assert deposited.status_code == 201, deposited.body
    told = [vars(line)["notice_id"] for line in caplog.records if line.message == "name garbled"]
    assert told == [deposited.json_body["notice_id"]]
