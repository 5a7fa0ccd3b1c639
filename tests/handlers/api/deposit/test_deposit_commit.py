"""What one deposit stores, to the byte, and how often it is tried when another is in its way."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.bootstrap.alert import alert_batch_store
from chalicelib.bootstrap.aws import connection
from chalicelib.bootstrap.deposit import deposit_tools
from chalicelib.bootstrap.files import files
from chalicelib.bootstrap.storage import event_store, mailbox_store, notice_store
from chalicelib.domain.alert.plan_alerts import plan_alerts
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.mailbox import MailboxState
from chalicelib.renderers.deposit.deposit_answer import render_deposit_answer
from chalicelib.renderers.deposit.receipt import render_receipt
from chalicelib.store.tables import NoticeItem
from tests.deposit_world import (
    INSTITUTION_ID,
    KEY_ID,
    NOW,
    PDF,
    World,
    a_body,
    a_mailbox,
    an_inline_file,
    an_institution,
    put_institution,
)

TEXT = b"Anexo sencillo.\n"


@dataclass
class Contest:
    """Another writer that changes the mailbox just before some commits, and how long each try waited before."""

    world: World
    overtakes: int = 0
    commits: int = 0
    pauses: list[float] = field(default_factory=list)

    def overtake(self, **_: Any) -> None:
        self.commits += 1
        if self.commits <= self.overtakes:
            mailbox_store(self.world.container).put(a_mailbox(version=1 + self.commits))


@pytest.fixture
def contest(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Contest]:
    box, contest = world.container, Contest(world)
    monkeypatch.setitem(box.made, deposit_tools, replace(deposit_tools(box), pause=contest.pauses.append))
    events = connection(box).client.meta.events
    events.register("before-call.dynamodb.TransactWriteItems", contest.overtake)
    yield contest
    events.unregister("before-call.dynamodb.TransactWriteItems", contest.overtake)


def test_a_deposit_is_tried_four_times_with_longer_and_longer_pauses(contest: Contest) -> None:
    contest.overtakes = 9

    answer = contest.world.deposit()

    assert (answer.status_code, answer.json_body["code"]) == (503, "deposit_unavailable")
    assert answer.json_body["retryable"] is True
    assert answer.headers["Retry-After"] == "5"
    assert contest.pauses == [0, 0.1, 0.2, pytest.approx(0.3)]
    assert contest.commits == 4
    assert not list(NoticeItem.scan())


def test_the_fourth_try_may_succeed(contest: Contest) -> None:
    contest.overtakes = 3

    answer = contest.world.deposit()

    assert answer.status_code == 201
    assert "Idempotency-Replayed" not in answer.headers
    assert [item.notice_id for item in NoticeItem.scan()] == [answer.json_body["notice_id"]]


def test_nothing_waits_where_nothing_is_in_the_way(contest: Contest) -> None:
    assert contest.world.deposit().status_code == 201
    assert (contest.commits, contest.pauses) == (1, [0])


def test_everything_stored_follows_from_the_notice(world: World) -> None:
    box, institution = world.container, an_institution(attaches_receipt=True)
    put_institution(box, institution)
    world.clock.advance(microseconds=250_001)
    answer = world.deposit(a_body(annexes=[an_inline_file(TEXT, "anexo.txt", media_type="text/plain")]))

    notice = notice_store(box).get(answer.json_body["notice_id"])
    receipt = files(box).get_document(notice.receipt_key)
    assert notice.deposited_at == NOW
    assert receipt == render_receipt(
        notice,
        verification_url=f"https://{box.config.portal_address}/verificar/{notice.verification_code}",
        zone=box.calendar.zone,
    )
    [event] = event_store(box).list_for_subject(f"notice#{notice.notice_id}")
    assert event.data["attached"] == notice.receipt_key
    assert answer.body == render_deposit_answer(
        notice,
        receipt_sha256=hashlib.sha256(receipt).hexdigest(),
        receipt_size=len(receipt),
        api_base_url=box.config.api_base_url,
    )
    assert alert_batch_store(box).find(notice.notice_id) == plan_alerts(
        a_mailbox(),
        notice_id=notice.notice_id,
        institution=institution,
        deposited_at=NOW,
        receipt_key=notice.receipt_key,
    )
    [event] = event_store(box).list_for_subject(f"notice#{notice.notice_id}")
    assert event == Event(
        f"notice#{notice.notice_id}",
        EventType.NOTICE_DEPOSITED,
        NOW,
        event.event_id,
        f"institution:{INSTITUTION_ID}:{KEY_ID}",
        "127.0.0.1",
        event.data,
    )
    assert event.event_id
    assert notice.verification_code != notice.notice_id


def test_each_object_is_kept_as_what_it_is(world: World) -> None:
    answer = world.deposit(a_body(annexes=[an_inline_file(TEXT, "anexo.txt", media_type="text/plain")]))

    notice, box = notice_store(world.container).get(answer.json_body["notice_id"]), world.container
    client: Any = files(box)._client  # noqa: SLF001 - what is stored, seen from outside
    kept = {
        key: (found["ContentType"], found["Body"].read())
        for key in (notice.receipt_key, *(file.object_key for file in notice.files))
        for found in [client.get_object(Bucket=box.config.documents_bucket, Key=key)]
    }
    assert list(kept.values())[1:] == [("application/pdf", PDF), ("text/plain", TEXT)]
    assert kept[notice.receipt_key][0] == "application/pdf"


def test_an_unreadable_deposit_under_a_used_key_is_told_that_the_key_was_used(world: World) -> None:
    world.deposit()

    refused = world.deposit(json.dumps({"anexos": []}).encode())

    assert (refused.status_code, refused.json_body["code"]) == (409, "idempotency_key_reused")


def test_a_replay_is_answered_although_the_mailbox_takes_nothing_any_more(world: World) -> None:
    first = world.deposit()
    mailbox_store(world.container).put(a_mailbox(state=MailboxState.DISABLED, version=2))
    world.clock.now += timedelta(days=1)

    assert world.deposit().body == first.body
