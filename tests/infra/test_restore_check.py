"""The checker finds each kind of damage, says which thing it is, and nothing where nothing is damaged."""

from __future__ import annotations

import hashlib
import json
import stat
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from chalice.test import Client

from app import app
from chalicelib.bootstrap import using
from chalicelib.bootstrap.alert import alert_batch_store
from chalicelib.bootstrap.files import files
from chalicelib.bootstrap.session import token_store
from chalicelib.bootstrap.storage import event_store
from chalicelib.domain.access.token import NewToken, TokenKind
from chalicelib.domain.event import Event, EventType
from infra.restore import damage
from infra.restore.check import read_accepted, summary
from infra.restore.damage import CHECKS
from infra.restore.filing_damage import FILING_CHECKS
from infra.restore.places import CannotRestore
from tests.cloud import Engine
from tests.deposit_world import NOW, World
from tests.kept_container import kept_container
from tests.restore_world import RestoreWorld, Snapshot, add_accounts, open_as_its_user
from tests.upload_world import satisfy_moto

Plant = Callable[[RestoreWorld], None]


@cache
def kept() -> list[Snapshot]:
    """Return where the world is kept once it was made."""
    return []


@pytest.fixture
def world(aws: dict[str, str], moto_engine: Engine, tmp_path: Path) -> Iterator[RestoreWorld]:
    """Yield two deposits, of which one was opened, an account for each user, and a registered institution."""
    container, clock = kept_container(aws)
    with using(container):
        inner = World(container, Client(app), clock)
        made = RestoreWorld(inner, moto_engine, aws, tmp_path)
        if kept():
            made.put_back(kept()[0])
        else:
            inner.seed()
            add_accounts(inner)
            notice_id = inner.deposit().json_body["notice_id"]
            clock.advance(minutes=5)
            inner.deposit(key="clave-2")
            open_as_its_user(inner, notice_id)
            kept().append(made.snapshot())
        clock.now = NOW + timedelta(minutes=10)
        yield made


def _event(world: RestoreWorld, subject: str, kind: EventType, **data: str) -> None:
    event_store(world.world.container).add(Event(subject, kind, NOW, f"e-{kind}-{subject}", "worker:test", data=data))


def _is(kind: str) -> Callable[[dict[str, Any]], bool]:
    return lambda item: bool(item["type"]["S"] == kind)


def _overwrite(world: RestoreWorld, content: bytes) -> None:
    world.s3.put_object(Bucket=world.places.documents, Key=world.file_key(), Body=content)


def _same_length(world: RestoreWorld) -> None:
    key = world.file_key()
    size = world.s3.head_object(Bucket=world.places.documents, Key=key)["ContentLength"]
    _overwrite(world, b"x" * size)


def _statements(world: RestoreWorld, *months: str) -> None:
    for month in months:
        world.put(
            "statements", {"institution_id": {"S": "entidad-demo"}, "month": {"S": month}, "content": {"S": "{}"}}
        )


def _sent(world: RestoreWorld) -> None:
    item = world.items("alerts")[0]
    batch = alert_batch_store(world.world.container).find(item["notice_id"]["S"])
    assert batch is not None
    _event(world, f"notice#{batch.notice_id}", EventType.ALERT_SENT, alert_id=batch.open[0].alert_id)


def _session(world: RestoreWorld) -> None:
    token_store(world.world.container).issue(
        NewToken(
            TokenKind.SESSION, "secret", issued_at=NOW, valid_until=NOW + timedelta(hours=1), subject="u1", data={}
        )
    )


def _calendar(world: RestoreWorld) -> None:
    for number in (1, 3):
        key = {"institution_id": {"S": "calendar#PE"}, "item": {"S": f"version#{number:06}"}}
        world.put("institutions", {**key, "data": {"S": "{}"}})


def _newer_notices(world: RestoreWorld) -> None:
    """Have the other tables of a deposit end before the newest notice, as if restored to an earlier instant."""
    newest = max(world.items("notices"), key=lambda item: item["deposited_key"]["S"])["notice_id"]["S"]
    world.drop("alerts", lambda item: bool(item["notice_id"]["S"] == newest))


def _one(world: RestoreWorld, table: str) -> None:
    _first(world, table, lambda _: True)


def _first(world: RestoreWorld, table: str, which: Callable[[dict[str, Any]], bool]) -> None:
    wanted = next(item for item in world.items(table) if which(item))
    world.drop(table, lambda item: bool(item == wanted))


def _unopen(world: RestoreWorld) -> None:
    item = next(one for one in world.items("notices") if "opened_at" in one)
    for name in ("opened_at", "opening_id"):
        item.pop(name)
    world.put("notices", item)


MISSED = {"record_without_notice", "alerts_without_notice", "event_without_notice"}
"""Where a notice that cannot be read is missed."""
PLANTED: dict[str, tuple[Plant, set[str]]] = {
    "unreadable": (lambda w: w.change("notices", data="{"), MISSED),
    "tables_apart": (_newer_notices, {"notice_without_alerts"}),
    "notice_without_record": (lambda w: _one(w, "deposits"), set()),
    "record_without_notice": (lambda w: _one(w, "notices"), {"alerts_without_notice", "event_without_notice"}),
    "notice_without_alerts": (lambda w: _one(w, "alerts"), set()),
    "alerts_without_notice": (lambda w: _one(w, "notices"), {"record_without_notice", "event_without_notice"}),
    "notice_without_event": (lambda w: _first(w, "events", _is("notice.deposited")), set()),
    "event_without_notice": (lambda w: _event(w, "notice#GONE", EventType.NOTICE_DEPOSITED, receipt_sha256="0"), set()),
    "opening_without_event": (lambda w: _first(w, "events", _is("notice.opened")), set()),
    "event_without_opening": (_unopen, set()),
    "notice_without_mailbox": (lambda w: _one(w, "mailboxes"), {"account_without_mailbox"}),
    "notice_without_institution": (lambda w: _first(w, "institutions", lambda i: i["item"]["S"] == "profile"), set()),
    "user_without_account": (lambda w: _one(w, "accounts"), set()),
    "account_without_mailbox": (lambda w: _one(w, "mailboxes"), {"notice_without_mailbox"}),
    "event_without_mailbox": (lambda w: _event(w, "mailbox#1-40000099", EventType.MAILBOX_OPENED), set()),
    "event_without_institution": (lambda w: _event(w, "institution#gone", EventType.INSTITUTION_ADDED), set()),
    "event_without_statement": (
        lambda w: _event(w, "institution#entidad-demo", EventType.STATEMENT_CLOSED, month="2026-02"),
        set(),
    ),
    "statement_gap": (lambda w: _statements(w, "2025-11", "2025-12", "2026-02"), set()),
    "number_gap": (_calendar, set()),
    "object_missing": (lambda w: w.s3.delete_object(Bucket=w.places.documents, Key=w.receipt_key()), set()),
    "object_wrong_size": (lambda w: _overwrite(w, b"other"), {"object_wrong_hash"}),
    "object_wrong_hash": (_same_length, set()),
    "receipt_differs": (lambda w: w.change("notices", receipt_sha256="0" * 64), {"object_wrong_hash"}),
    "lets_in": (_session, set()),
    "alert_sent_and_open": (_sent, set()),
}
"""How each kind comes about, and what else it leaves, since a thing that is gone is missed in more than one place."""
ELSEWHERE = {"alerts_in_flight", "deposit_committed", "deposit_unknown"}
"""Those that have a test of their own below, or in test_restore_tables.py."""


def test_every_kind_is_planted() -> None:
    of_filings = {check.kind for check in FILING_CHECKS}  # planted in test_restore_filings.py
    assert PLANTED.keys() | ELSEWHERE | of_filings == {check.kind for check in CHECKS}


def test_where_nothing_is_damaged_nothing_is_found_and_jobs_may_go_on(world: RestoreWorld) -> None:
    checked = world.check()

    assert (checked.findings, checked.is_clean) == ((), True)
    [kept] = [item for item in world.items("institutions") if item["institution_id"]["S"] == "#restore"]
    result = json.loads(kept["data"]["S"])
    assert (result["findings"], result["tables"]) == ({}, "")
    assert result["report"] == hashlib.sha256(checked.text.encode()).hexdigest()


@pytest.mark.parametrize("kind", PLANTED)
def test_each_damage_is_found_and_only_it(world: RestoreWorld, kind: str) -> None:
    plant, others = PLANTED[kind]
    plant(world)

    checked = world.check()

    found = {one.kind for one in checked.findings}
    apart = {"tables_apart"} & found  # where the newest of a table is gone, tables do end at different instants
    assert found - apart == ({kind} | others) - apart, checked.text
    assert kind in found
    assert checked.result.findings[kind] >= 1


class TestObjects:
    def test_one_that_is_hidden_is_told_with_the_version_to_copy_over_the_mark(self, world: RestoreWorld) -> None:
        key, bucket = world.receipt_key(), world.places.documents
        version = world.s3.head_object(Bucket=bucket, Key=key)["VersionId"]
        for _ in range(2):
            world.s3.delete_object(Bucket=bucket, Key=key)

        [found] = world.check().findings

        assert (found.thing, f"--copy-source 'BUCKET/{key}?versionId={version}'" in found.about) == (key, True)
        assert "delete-object" not in found.about, "the bucket's policy refuses it to everybody"
        source = f"{bucket}/{key}?versionId={version}"
        world.s3.meta.events.register("before-call.s3.CopyObject", satisfy_moto, unique_id="copies")
        world.s3.copy_object(Bucket=bucket, Key=key, CopySource=source, ChecksumAlgorithm="SHA256")
        assert world.check().is_clean, "what it says to do brings it back"

    def test_one_of_which_no_version_is_left_comes_from_the_copy(self, world: RestoreWorld) -> None:
        key = world.receipt_key()
        for version in world.s3.list_object_versions(Bucket=world.places.documents, Prefix=key)["Versions"]:
            world.s3.delete_object(
                Bucket=world.places.documents, Key=key, VersionId=version["VersionId"], BypassGovernanceRetention=True
            )

        assert "AWS Backup" in world.check().findings[0].about

    def test_a_wrong_one_is_told_with_the_versions_before(self, world: RestoreWorld) -> None:
        key = world.file_key()
        before = world.s3.head_object(Bucket=world.places.documents, Key=key)["VersionId"]
        _overwrite(world, b"other")

        assert all(f"versiones anteriores: {before}" in one.about for one in world.check().findings)

    def test_one_whose_hash_s3_does_not_keep_is_read(self, world: RestoreWorld) -> None:
        key = world.receipt_key()
        content = files(world.world.container).get_document(key)
        world.s3.put_object(Bucket=world.places.documents, Key=key, Body=content)

        assert world.check().is_clean


class TestMessages:
    def test_few_in_flight_are_told_and_are_no_damage(self, world: RestoreWorld) -> None:
        assert "avisos saldrán al liberar, a lo más por segunda vez: 2." in world.check().text

    def test_many_have_somebody_decide(self, world: RestoreWorld, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(damage, "MOST_IN_FLIGHT", 1)

        assert [one.kind for one in world.check().findings] == ["alerts_in_flight"]


class TestInUse:
    """Tables that people work on while they are read."""

    def come_and_go(self, world: RestoreWorld) -> Callable[[], None]:
        """Have a notice be there only once its table was read; return what ends that."""
        emitter = world.dynamodb.meta.events
        notice = world.items("notices")[0]
        world.drop("notices", lambda item: bool(item == notice))

        def come(params: dict[str, Any], **_: Any) -> None:
            if json.loads(params["body"])["TableName"] == world.places.table("DEPOSITS_TABLE"):
                world.put("notices", notice)

        emitter.register("before-call.dynamodb.Scan", come)
        return lambda: emitter.unregister("before-call.dynamodb.Scan", come)

    def test_what_a_second_reading_does_not_find_is_none(self, world: RestoreWorld) -> None:
        end = self.come_and_go(world)
        try:
            checked = world.check(is_in_use=True)
        finally:
            end()

        assert checked.is_clean, checked.text

    def test_of_tables_that_nobody_uses_it_is_one(self, world: RestoreWorld) -> None:
        end = self.come_and_go(world)
        try:
            assert not world.check().is_clean
        finally:
            end()

    def test_what_both_readings_find_is_one(self, world: RestoreWorld) -> None:
        _one(world, "deposits")

        assert "notice_without_record" in {one.kind for one in world.check(is_in_use=True).findings}

    def test_the_last_minute_sets_no_tables_apart(self, world: RestoreWorld) -> None:
        world.world.clock.now = NOW + timedelta(minutes=5, seconds=30)
        _newer_notices(world)

        assert [one.kind for one in world.check().findings] == ["notice_without_alerts"]


class TestAccepted:
    def test_what_cannot_be_mended_is_accepted_by_a_line_with_a_reason(
        self, world: RestoreWorld, tmp_path: Path
    ) -> None:
        _first(world, "events", _is("notice.opened"))
        [found] = world.check().findings
        (tmp_path / "aceptado.txt").write_text(
            f"# acta 3\n{found.kind} {found.thing}: La apertura consta en el acta 3\n"
        )

        checked = world.check(accepted=read_accepted(tmp_path / "aceptado.txt"))

        assert (checked.is_clean, checked.result.accepted) == (True, 1)
        assert f"Aceptado: {found.kind} {found.thing}: La apertura consta en el acta 3" in checked.text

    def test_another_thing_of_the_kind_is_not(self, world: RestoreWorld) -> None:
        _first(world, "events", _is("notice.opened"))

        assert not world.check(accepted={("opening_without_event", "ANOTHER"): "no es esa"}).is_clean

    @pytest.mark.parametrize(
        "line", ["nonsense X: un motivo", "object_missing: un motivo", "object_missing X: no", "X"]
    )
    def test_a_line_that_says_less_is_refused(self, tmp_path: Path, line: str) -> None:
        (tmp_path / "aceptado.txt").write_text(f"{line}\n")

        with pytest.raises(CannotRestore, match="línea 1"):
            read_accepted(tmp_path / "aceptado.txt")


class TestGoingOn:
    def test_a_run_that_stopped_goes_on_where_it_was(self, world: RestoreWorld) -> None:
        asked: list[str] = []
        emitter = world.dynamodb.meta.events

        def note(params: dict[str, Any], **_: Any) -> None:
            asked.append(json.loads(params["body"])["TableName"])
            if len(asked) == 4:
                raise KeyboardInterrupt

        emitter.register("before-call.dynamodb.Scan", note)
        try:
            with pytest.raises(KeyboardInterrupt):
                world.check()
            assert world.check().is_clean
        finally:
            emitter.unregister("before-call.dynamodb.Scan", note)

        assert len(asked) == 12
        assert asked[3] == asked[4], "the page at which it stopped is read again, those before are not"

    def test_pages_of_one_thing_each_find_the_same(self, world: RestoreWorld, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("infra.restore.gather._ITEMS", 1)
        monkeypatch.setattr("infra.restore.gather._OBJECTS", 1)
        monkeypatch.setattr("infra.restore.gather._HASHES", 1)

        assert world.check().is_clean
        _one(world, "deposits")
        assert "notice_without_record" in {one.kind for one in world.check().findings}

    def test_after_it_ended_the_next_one_reads_everything_anew(self, world: RestoreWorld) -> None:
        assert world.check().is_clean
        _one(world, "deposits")

        assert not world.check().is_clean

    def test_what_it_notes_is_for_its_owner_alone(self, world: RestoreWorld) -> None:
        world.check()

        assert stat.S_IMODE((world.folder / "revision.sqlite").stat().st_mode) == 0o600


def test_on_the_screen_stand_the_first_of_each_kind(world: RestoreWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("infra.restore.check._LISTED", 1)
    world.drop("deposits")

    told = summary(world.check())

    assert told.count("  notice_without_record ") == 1
    assert "los demás están en el informe" in told
