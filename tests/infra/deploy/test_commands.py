from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from infra import operate
from infra.deploy import commands
from infra.deploy.cloud import Cloud
from infra.deploy.stage import read_stage
from infra.deploy.steps import Deployer

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("line", ["packages", "  packages ", "rollback abc"])
def test_what_is_about_the_deployment_is_done_here(line: str) -> None:
    assert operate.is_about_deployment(line)


@pytest.mark.parametrize("line", ["", "alerts list", "help packages", "packagesx"])
def test_everything_else_goes_to_the_function(line: str) -> None:
    assert not operate.is_about_deployment(line)


@pytest.mark.parametrize("line", ["rollback", "packages x", "rollback a b c", "rollback 'a"])
def test_what_is_not_understood_says_how_it_is_used_and_does_nothing(
    line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert commands.run("casilla", line) == 2
    assert capsys.readouterr().err.splitlines() == list(commands.USES.values())


def test_a_way_back_gives_up_what_is_named_and_never_the_tables_that_serve() -> None:
    assert commands.given_up("") == frozenset()
    assert commands.given_up("Queue0,RestoredTables,,JobLogGroup") == {"Queue0", "JobLogGroup"}


def test_a_stack_that_no_stage_has_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert commands.run("nobodys", "packages") == 1
    assert 'stack = "nobodys"' in capsys.readouterr().err


def test_an_example_is_no_stage_yet(capsys: pytest.CaptureFixture[str]) -> None:
    assert commands.run(read_stage("prod").stack, "packages") == 1
    assert "tiene por llenar:\n- account" in capsys.readouterr().err


def test_without_a_stack_there_is_no_package(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CMD", "packages")
    monkeypatch.delenv("STACK", raising=False)
    assert operate.main() == 1
    assert "Diga STACK=nombre" in capsys.readouterr().err


@pytest.mark.ministack
def test_an_empty_bucket_has_no_package_to_go_back_to(
    ministack: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    del ministack
    told: list[str] = []
    stage = replace(read_stage("local"), account="111111111111")
    monkeypatch.setattr(commands, "stage_of_stack", lambda _: stage)
    Deployer(stage, Cloud(stage.region), told.append).store.prepare()
    assert commands.run("casilla", "packages", told.append) == 0
    assert told == [f"Todavía no se subió ningún paquete a {stage.bucket}."]
    assert commands.run("casilla", "rollback abc", told.append) == 1
    assert "No hay un paquete abc" in capsys.readouterr().err


def test_a_way_back_needs_nothing_that_operates_without() -> None:
    """`make operator` installs what the service needs, not what packages or tests it."""
    program = (
        "import sys\n"
        "for name in ('packaging', 'samtranslator', 'cfnlint', 'pytest', 'moto'): sys.modules[name] = None\n"
        "import infra.operate, infra.deploy.commands\n"
        "from infra.deploy.resource_count import resource_count\n"
        "assert resource_count({}, 'us-east-1', {}) is None\n"
    )
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)  # noqa: S603 - ours
    assert (done.returncode, done.stderr) == (0, "")


def test_the_operators_program_gives_on_what_the_deployers_knows() -> None:
    assert set(operate.HERE) == set(commands.USES)


def test_the_operators_program_gives_it_on_as_it_was_typed(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CMD", "rollback 'a b' c d")
    monkeypatch.setenv("STACK", "nobodys")
    assert operate.main() == 2
    assert capfd.readouterr().err.splitlines() == list(commands.USES.values())
