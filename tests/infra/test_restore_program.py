"""The program that an operator restores with: what it is given, what it answers, and what it leaves."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from infra.restore.__main__ import DAMAGED, DONE, FAILED, main
from infra.restore.places import before_restore, logical_ids, places_of, restored_names
from tests.infra.test_restore_check import world as world  # noqa: PLC0414 - a fixture
from tests.restore_world import RestoreWorld

PREFIX = "casilla-r1"


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have no local run be found, and what is written lie in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STATE", str(tmp_path / "state"))
    monkeypatch.delenv("STACK", raising=False)


def test_a_clean_check_ends_well_and_leaves_the_report_to_its_owner_alone(
    world: RestoreWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check"]) == DONE

    assert "Nada por reparar." in capsys.readouterr().out
    assert stat.S_IMODE(Path("revision.txt").stat().st_mode) == 0o600
    assert not Path(".revision.sqlite").exists(), "it names people, and is used up"
    assert "Nada por reparar." in Path("revision.txt").read_text("utf-8")
    [kept] = [item for item in world.items("institutions") if item["item"]["S"] == "check"]
    assert json.loads(kept["data"]["S"])["findings"] == {}


def test_damage_is_told_by_the_exit_code_and_accepted_by_a_file(
    world: RestoreWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    item = world.items("deposits")[0]
    world.drop("deposits", lambda one: bool(one == item))
    wanted = world.check().findings
    Path("aceptado.txt").write_text("".join(f"{one.kind} {one.thing}: Consta en el acta 3\n" for one in wanted))

    assert main(["check"]) == DAMAGED
    assert item["notice_id"]["S"] in capsys.readouterr().out
    assert main(["check", "--accepted", "aceptado.txt"]) == DONE


def test_tables_are_restored_checked_and_what_was_lost_is_brought_back(
    world: RestoreWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        assert main(["tables", "--to", "2026-03-09T20:30:00Z", "--as", PREFIX]) == DONE
        told = capsys.readouterr().out
        assert f'RestoredTables = "{PREFIX}"' in told
        assert 'RestoredEventsStream = "arn:aws:dynamodb:' in told
        lost = str(world.world.deposit(key="clave-3", nonce="nonce-for-tests-0900").json_body["notice_id"])
        assert main(["check", "--as", PREFIX]) == DAMAGED
        assert f"deposit_committed {lost}" in capsys.readouterr().out
        assert main(["bring-back", "--as", PREFIX, lost]) == DONE
        assert main(["end-sessions", "--as", PREFIX]) == DONE
        assert main(["check", "--as", PREFIX]) == DONE
    finally:
        for name in restored_names(PREFIX).values():
            world.dynamodb.update_table(TableName=name, DeletionProtectionEnabled=False)
            world.dynamodb.delete_table(TableName=name)


def test_an_instant_without_its_zone_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["tables", "--to", "2026-03-09T20:30:00", "--as", PREFIX])
    assert "en UTC" in capsys.readouterr().err


def test_a_name_that_the_policy_lets_nobody_write_to_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("STACK", "casilla")

    assert main(["end-sessions", "--as", "otras-r1"]) == FAILED
    assert "--as empieza con casilla-r" in capsys.readouterr().err


def test_tables_of_before_are_the_stacks_own_though_it_works_on_others(aws: dict[str, str]) -> None:
    class CloudFormation:
        """Tells the stack's resources as AWS does, on two pages."""

        def get_paginator(self, _: str) -> CloudFormation:
            return self

        def paginate(self, **_: str) -> list[dict[str, list[dict[str, str]]]]:
            told = [
                {"LogicalResourceId": name, "PhysicalResourceId": f"casilla-{name}-X1"}
                for name in logical_ids().values()
            ]
            return [{"StackResourceSummaries": told[:5]}, {"StackResourceSummaries": told[5:]}]

    before = before_restore("casilla", places_of({**aws, "RESTORED_TABLES": PREFIX}), CloudFormation())

    assert (before.table("NOTICES_TABLE"), before.restored) == ("casilla-NoticesTable-X1", "")


@pytest.mark.usefixtures("aws")
def test_what_aws_refuses_is_told_in_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["end-sessions", "--as", PREFIX]) == FAILED
    assert "AWS no lo hizo" in capsys.readouterr().err
