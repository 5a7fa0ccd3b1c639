"""Tables are restored under new names with all that a restore leaves out; what was lost is found and brought back."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from chalice.test import Client

from app import app
from chalicelib.bootstrap import using
from chalicelib.bootstrap.deposit import deposit_tools
from chalicelib.bootstrap.session import token_store
from chalicelib.domain.access.token import NewToken, TokenKind
from infra.restore.bring_back import bring_back
from infra.restore.places import CannotRestore, Places, places_of, restored_names, under_new_names, with_restored_tables
from infra.restore.restored_tables import restore_tables
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


def restore(world: RestoreWorld) -> tuple[Places, dict[str, str]]:
    target = under_new_names(world.places, PREFIX)
    now = world.world.clock()
    told = restore_tables(
        world.places, target, to=now, dynamodb=world.dynamodb, now=now, pause=lambda _: None, say=lambda _: None
    )
    return target, told


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


def test_run_again_it_goes_on_and_keeps_since_when_jobs_wait(world: RestoreWorld) -> None:
    target, told = restore(world)
    before = world.items("institutions", target)
    world.dynamodb.update_table(TableName=target.table("NOTICES_TABLE"), DeletionProtectionEnabled=False)
    world.dynamodb.delete_table(TableName=target.table("NOTICES_TABLE"))
    world.world.clock.advance(hours=1)

    assert restore(world)[1] == told
    assert world.items("institutions", target) == before


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
