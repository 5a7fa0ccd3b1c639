"""Tables are restored under new names with all that a restore leaves out; what was lost is found and brought back."""

from __future__ import annotations

import itertools
import json
import sys
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from chalice.test import Client

import infra.restore.bring_back
from app import app
from chalicelib.bootstrap import using
from chalicelib.bootstrap.deposit import deposit_tools
from chalicelib.bootstrap.session import token_store
from chalicelib.domain.access.token import NewToken, TokenKind
from infra.restore.bring_back import bring_back
from infra.restore.places import CannotRestore, Places, places_of, restored_names, under_new_names, with_restored_tables
from infra.restore.restore_tables import restore_tables
from tests.cloud import Engine
from tests.deposit_world import NOW, World
from tests.kept_container import kept_container
from tests.restore_world import RestoreWorld, add_accounts, open_as_its_user

PREFIX = "casilla-r1"


@pytest.fixture
def world(aws: dict[str, str], moto_engine: Engine, tmp_path: Path) -> Iterator[RestoreWorld]:
    container, clock = kept_container(aws)
    with using(container):
        inner = World(container, Client(app), clock)
        inner.seed()
        add_accounts(inner)
        inner.deposit()
        made = RestoreWorld(inner, moto_engine, aws, tmp_path)
        yield made
        for name in restored_names(PREFIX).values():
            if name in made.dynamodb.list_tables()["TableNames"]:
                made.dynamodb.update_table(TableName=name, DeletionProtectionEnabled=False)
                made.dynamodb.delete_table(TableName=name)


def restore(
    world: RestoreWorld, to: datetime | None = None, pause: Callable[[float], None] = lambda _: None
) -> tuple[Places, dict[str, str]]:
    target = under_new_names(world.places, PREFIX)
    now = world.world.clock()
    told = restore_tables(
        world.places, target, to=to or now, dynamodb=world.dynamodb, now=now, pause=pause, say=lambda _: None
    )
    return target, told


@pytest.fixture
def instants(world: RestoreWorld) -> Iterator[dict[str, datetime]]:
    """Have tables tell the instant that they were restored to, by name, as DynamoDB does; moto tells when it was."""
    told: dict[str, datetime] = {}
    events, name = world.dynamodb.meta.events, "dynamodb.RestoreTableToPointInTime"

    def note(params: dict[str, Any], **_: Any) -> None:
        told[params["TargetTableName"]] = params["RestoreDateTime"]

    def tell(parsed: dict[str, Any], **_: Any) -> None:
        table = parsed.get("Table", {})
        if table.get("TableName") in told:
            table["RestoreSummary"]["RestoreDateTime"] = told[table["TableName"]].replace(microsecond=0)

    events.register(f"provide-client-params.{name}", note)
    events.register("after-call.dynamodb.DescribeTable", tell)
    yield told
    events.unregister(f"provide-client-params.{name}", note)
    events.unregister("after-call.dynamodb.DescribeTable", tell)


@pytest.fixture
def busy(world: RestoreWorld) -> Iterator[set[str]]:
    """Have a table refuse a second change while the first goes on, as DynamoDB does; the set empties with a pause."""
    changing: set[str] = set()
    events = world.dynamodb.meta.events

    def change(params: dict[str, Any], **_: Any) -> None:
        if params["TableName"] in changing:
            raise ClientError({"Error": {"Code": "ResourceInUseException"}}, "UpdateTable")
        changing.add(params["TableName"])

    def tell(parsed: dict[str, Any], **_: Any) -> None:
        if parsed.get("Table", {}).get("TableName") in changing:
            parsed["Table"]["TableStatus"] = "UPDATING"

    events.register("provide-client-params.dynamodb.UpdateTable", change)
    events.register("after-call.dynamodb.DescribeTable", tell)
    yield changing
    events.unregister("provide-client-params.dynamodb.UpdateTable", change)
    events.unregister("after-call.dynamodb.DescribeTable", tell)


def notice_of(world: RestoreWorld, key: str) -> str:
    """Deposit, and return the number."""
    return str(world.world.deposit(key=key).json_body["notice_id"])


def test_a_restored_table_has_what_a_restore_leaves_out(world: RestoreWorld) -> None:
    target, told = restore(world)

    for name in target.tables.values():
        table = world.dynamodb.describe_table(TableName=name)["Table"]
        backups = world.dynamodb.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
        assert table["DeletionProtectionEnabled"]
        assert backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"
    expiry = world.dynamodb.describe_time_to_live(TableName=target.table("TOKENS_TABLE"))["TimeToLiveDescription"]
    assert expiry == {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires_at"}
    log = world.dynamodb.describe_table(TableName=target.table("EVENTS_TABLE"))["Table"]
    assert told == {"RestoredTables": PREFIX, "RestoredEventsStream": log["LatestStreamArn"]}
    assert log["StreamSpecification"]["StreamViewType"] == "NEW_IMAGE"


@pytest.mark.usefixtures("instants")
def test_run_again_it_goes_on_and_keeps_since_when_jobs_wait(world: RestoreWorld) -> None:
    to = world.world.clock()
    target, told = restore(world, to)
    before = world.items("institutions", target)
    world.dynamodb.update_table(TableName=target.table("NOTICES_TABLE"), DeletionProtectionEnabled=False)
    world.dynamodb.delete_table(TableName=target.table("NOTICES_TABLE"))
    world.world.clock.advance(hours=1)

    assert restore(world, to)[1] == told
    assert world.items("institutions", target) == before


def test_a_table_is_changed_once_at_a_time(world: RestoreWorld, busy: set[str]) -> None:
    assert "RestoredEventsStream" in restore(world, pause=lambda _: busy.clear())[1]


@pytest.mark.usefixtures("instants")
def test_run_again_with_another_instant_nothing_is_mixed(world: RestoreWorld) -> None:
    to = world.world.clock()
    target, _ = restore(world, to)
    name = target.table("NOTICES_TABLE")
    for gone in {*target.tables.values()} - {name}:
        world.dynamodb.update_table(TableName=gone, DeletionProtectionEnabled=False)
        world.dynamodb.delete_table(TableName=gone)

    with pytest.raises(CannotRestore, match=f"{name} a {to.isoformat(timespec='seconds')[:19]}"):
        restore(world, to + timedelta(minutes=1))
    assert world.dynamodb.list_tables()["TableNames"].count(target.table("TOKENS_TABLE")) == 0, "nothing was begun"


def test_where_tables_do_not_tell_their_instant_the_hold_does(
    world: RestoreWorld, instants: dict[str, datetime]
) -> None:
    to = world.world.clock()
    restore(world, to)
    later = to + timedelta(minutes=1)
    instants.update(dict.fromkeys(instants, later))

    with pytest.raises(CannotRestore, match="InstitutionsTable a "):
        restore(world, later)


def test_what_came_from_a_backup_is_taken_whenever_that_was_made(world: RestoreWorld) -> None:
    target = under_new_names(world.places, PREFIX)
    backup = world.dynamodb.create_backup(TableName=world.places.table("NOTICES_TABLE"), BackupName="night")
    world.dynamodb.restore_table_from_backup(
        TargetTableName=target.table("NOTICES_TABLE"), BackupArn=backup["BackupDetails"]["BackupArn"]
    )

    assert restore(world)[1]["RestoredTables"] == PREFIX


def test_who_was_inside_is_out_and_what_begins_an_access_is_kept(world: RestoreWorld) -> None:
    for kind in TokenKind:
        new = NewToken(kind, "secret", issued_at=NOW, valid_until=NOW + timedelta(hours=1), subject="u1", data={})
        token_store(world.world.container).issue(new)

    target, _ = restore(world)

    left = {item["token"]["S"].partition("#")[0] for item in world.items("tokens", target)}
    assert left & {kind.value for kind in TokenKind} == {
        TokenKind.ACTIVATION_LINK,
        TokenKind.AGREEMENT_LINK,
        TokenKind.CAPTCHA,
        TokenKind.CONTEST,
        TokenKind.DRAFT,
        TokenKind.EMAIL_CODE,
        TokenKind.EMAIL_LINK,
        TokenKind.REPEATED,
        TokenKind.REPEATED_TOLD,
        TokenKind.STAFF_LINK,
        TokenKind.TELLING,
        TokenKind.WAITING_EMAIL,
    }
    assert world.check(target).is_clean


def test_a_table_that_is_nowhere_is_told(world: RestoreWorld) -> None:
    gone = Places({**world.places.tables, "NOTICES_TABLE": "nowhere"}, world.places.documents)
    with pytest.raises(CannotRestore, match="nowhere"):
        restore_tables(
            gone,
            under_new_names(gone, PREFIX),
            to=NOW,
            dynamodb=world.dynamodb,
            now=NOW,
            pause=lambda _: None,
            say=lambda _: None,
        )


@pytest.mark.parametrize("prefix", ["", "1r", "r", "casilla_r1", "casilla r1"])
def test_a_prefix_that_no_table_can_have_is_refused(world: RestoreWorld, prefix: str) -> None:
    with pytest.raises(CannotRestore, match="no sirve"):
        under_new_names(world.places, prefix)


def test_the_stacks_environment_is_read_and_one_that_lacks_a_table_refused(world: RestoreWorld) -> None:
    assert places_of(with_restored_tables(_environment(world), PREFIX)).restored == PREFIX
    with pytest.raises(CannotRestore, match="NOTICES_TABLE"):
        places_of({**_environment(world), "NOTICES_TABLE": ""})


def _environment(world: RestoreWorld) -> dict[str, str]:
    return {**world.places.tables, "DOCUMENTS_BUCKET": world.places.documents}


class TestWhatWasLost:
    def test_a_deposit_of_after_the_instant_is_found_by_its_receipt(self, world: RestoreWorld) -> None:
        target, _ = restore(world)
        lost = notice_of(world, "clave-2")

        [found] = world.check(target).findings

        assert (found.kind, found.thing) == ("deposit_unknown", lost)
        assert "entidad-demo" in found.about

    def test_tables_of_before_tell_that_it_was_committed(self, world: RestoreWorld) -> None:
        target, _ = restore(world)
        lost = notice_of(world, "clave-2")

        [found] = world.check(target, before=world.places).findings

        assert (found.kind, found.thing) == ("deposit_committed", lost)

    def test_a_try_that_never_committed_is_none(self, world: RestoreWorld) -> None:
        target, _ = restore(world)
        key = world.receipt_key().replace(world.receipt_key().split("/")[4], "NEVER")
        world.s3.put_object(Bucket=world.places.documents, Key=key, Body=b"%PDF-")

        checked = world.check(target, before=world.places)

        assert checked.is_clean
        assert "tablas de antes tampoco tienen: 1" in checked.text

    def test_a_receipt_that_cannot_be_read_is_found_all_the_same(self, world: RestoreWorld) -> None:
        target, _ = restore(world)
        key = world.receipt_key().replace(world.receipt_key().split("/")[4], "BROKEN")
        world.s3.put_object(Bucket=world.places.documents, Key=key, Body=b"%PDF-")

        assert [(one.kind, one.thing) for one in world.check(target).findings] == [("deposit_unknown", "BROKEN")]

    def test_what_is_brought_back_is_all_there_once(self, world: RestoreWorld) -> None:
        target, _ = restore(world)
        lost = notice_of(world, "clave-2")
        open_as_its_user(world.world, lost)

        for _ in range(2):
            bring_back([lost], source=world.places, target=target, dynamodb=world.dynamodb, say=lambda _: None)

        assert world.check(target, before=world.places).is_clean
        for table in ("notices", "deposits", "alerts", "events"):
            assert world.items(table, target) == world.items(table)
        counts = [{name: item[name] for name in ("deposited", "opened")} for item in world.items("mailboxes", target)]
        assert counts == [{name: item[name] for name in ("deposited", "opened")} for item in world.items("mailboxes")]

    def test_what_a_run_that_died_left_out_is_completed(
        self, world: RestoreWorld, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        target, _ = restore(world)
        lost = notice_of(world, "clave-2")
        open_as_its_user(world.world, lost)
        monkeypatch.setattr(infra.restore.bring_back, "_MOST_AT_ONCE", 1)
        stored = next(item for item in world.items("notices") if item["notice_id"]["S"] == lost)
        data = json.loads(stored["data"]["S"])
        data["files"][0]["upload_id"] = "up1"
        world.put("notices", {**stored, "data": {"S": json.dumps(data)}})
        world.put("uploads", {"upload_id": {"S": "up1"}, "state": {"S": "accepted"}})
        world.put("uploads", {"upload_id": {"S": "up1"}, "state": {"S": "accepted"}, "expires_at": {"N": "1"}}, target)
        told: list[str] = []

        def bring() -> None:
            bring_back([lost], source=world.places, target=target, dynamodb=world.dynamodb, say=told.append)

        with monkeypatch.context() as dying:
            dying.setattr(infra.restore.bring_back, "_complete", lambda *_: sys.exit(1))
            with pytest.raises(SystemExit):
                bring()
        assert len(world.items("events", target)) < len(world.items("events"))

        bring()
        bring()

        assert told == [f"{lost}: ya estaba; se completó con 2", f"{lost}: ya estaba"]
        assert world.items("events", target) == world.items("events")
        assert world.items("uploads", target) == world.items("uploads")

    def test_sent_again_it_is_answered_as_it_was(self, world: RestoreWorld, aws: dict[str, str]) -> None:
        target, _ = restore(world)
        first = world.world.deposit(key="clave-2")
        bring_back(
            [first.json_body["notice_id"]],
            source=world.places,
            target=target,
            dynamodb=world.dynamodb,
            say=lambda _: None,
        )
        container, clock = kept_container(with_restored_tables(aws, PREFIX))
        with using(container):
            there = World(container, Client(app), clock, nonces=itertools.count(100))
            assert deposit_tools(container)
            again = there.deposit(key="clave-2")

        assert (again.status_code, again.body) == (first.status_code, first.body)

    def test_what_is_half_there_before_is_not_brought(self, world: RestoreWorld) -> None:
        target, _ = restore(world)
        lost = notice_of(world, "clave-2")
        world.drop("alerts", lambda item: bool(item["notice_id"]["S"] == lost))

        with pytest.raises(CannotRestore, match=lost):
            bring_back([lost], source=world.places, target=target, dynamodb=world.dynamodb, say=lambda _: None)
        assert len(world.items("notices", target)) == 1

    def test_without_its_mailbox_nothing_of_it_is_brought(self, world: RestoreWorld) -> None:
        target, _ = restore(world)
        lost = notice_of(world, "clave-2")
        world.drop("mailboxes", places=target)

        with pytest.raises(CannotRestore, match="casilla"):
            bring_back([lost], source=world.places, target=target, dynamodb=world.dynamodb, say=lambda _: None)
        assert len(world.items("deposits", target)) == 1


def test_the_result_says_of_which_tables_it_is(world: RestoreWorld) -> None:
    target, _ = restore(world)
    world.check(target)

    [kept] = [one for one in world.items("institutions", target) if one["item"]["S"] == "check"]
    assert json.loads(kept["data"]["S"])["tables"] == PREFIX
    assert not [one for one in world.items("institutions") if one["item"]["S"] == "check"]
