"""The way from an empty account names nothing that is not there."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path

import pytest

from chalicelib.handlers.operator.commands import COMMANDS
from infra.deploy.changes import IRREPLACEABLE
from infra.deploy.cloud import DeployError, SmokeFailed, StackFailed
from infra.deploy.commands import USES
from infra.deploy.preflight import UNRESERVED
from infra.deploy.stack import ANSWERS
from infra.template import load_template

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs/despliegue.md").read_text("utf-8")
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
STAGE = tomllib.loads((ROOT / "infra/stages/prod.toml").read_text("utf-8"))
TEMPLATE = load_template()


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\bmake ([a-z]+)", TEXT))))
def test_every_target_is_one(target: str) -> None:
    assert re.search(rf"^{target}:", MAKEFILE, re.MULTILINE)


@pytest.mark.parametrize("name", sorted(set(re.findall(r"\b([A-Z]{2,})=", TEXT))))
def test_every_variable_is_one_of_the_makefile_or_of_aws(name: str) -> None:
    assert f"$({name})" in MAKEFILE or name in {"CMD", "STACK"}


@pytest.mark.parametrize("line", sorted(set(re.findall(r'CMD="([^"]+)"', TEXT))))
def test_every_command_is_known_with_all_that_it_is_given(line: str) -> None:
    words = shlex.split(line)
    if words[0] in USES:
        return
    [command] = [one for one in COMMANDS if line.startswith(f"{one.name} ")]
    known = {argument.name for argument in command.arguments} | {"--reason", "--operator"}
    assert {word for word in words if word.startswith("--")} <= known


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`([A-Z][a-z]+[A-Z][A-Za-z]+)`", TEXT))))
def test_every_setting_output_or_resource_is_in_the_template(name: str) -> None:
    api = TEMPLATE["Resources"]["RestAPI"]["Properties"]
    assert name in {*TEMPLATE["Parameters"], *TEMPLATE["Outputs"], *TEMPLATE["Resources"], *api, "AccessDenied"}


@pytest.mark.parametrize("name", ["sms_monthly_usd", "rollback"])
def test_every_setting_of_a_stage_that_is_named_is_one(name: str) -> None:
    assert name in TEXT
    assert name in STAGE


@pytest.mark.parametrize("path", sorted(set(re.findall(r"\]\((?!https?:)([^)#]+)", TEXT))))
def test_every_link_leads_to_a_file(path: str) -> None:
    assert (ROOT / "docs" / path).exists()


@pytest.mark.parametrize(
    "path", sorted(set(re.findall(r"`((?:infra|docs|chalicelib)/[\w./-]+)`", TEXT)) - {"infra/stages/ensayo.toml"})
)
def test_every_file_that_is_named_is_there(path: str) -> None:
    assert (ROOT / path).exists()


@pytest.mark.parametrize("state", sorted(set(re.findall(r"`([A-Z]+(?:_[A-Z]+)+)`", TEXT))))
def test_every_state_that_is_named_has_its_answer(state: str) -> None:
    assert state in ANSWERS


def test_the_exit_codes_are_those_of_the_program() -> None:
    [told] = re.findall(r"Termina con 0 .*?deb[eo]\w*\.", " ".join(TEXT.split()))
    codes = [int(number) for number in re.findall(r"\d", told)]
    assert codes == [0, DeployError.code, StackFailed.code, SmokeFailed.code]


def test_as_many_executions_stay_free_as_are_told() -> None:
    assert f"lo reservado y {UNRESERVED} más" in TEXT


def test_the_runbook_has_the_chapters_that_are_named() -> None:
    runbook = (ROOT / "docs/runbook.md").read_text("utf-8")
    named = re.findall(r"runbook,\s+\*([^*]+)\*", TEXT)
    assert named
    assert all(f"## {' '.join(name.split())}\n" in runbook for name in named)


def test_whatever_the_program_keeps_is_named() -> None:
    words = ("tabla", "bucket", "clave", "secreto", "registro", "cola", "tema", "dominio", "copia")
    [told] = re.findall(r"Si algo reemplaza o quita (.*?), no se", " ".join(TEXT.split()))
    assert all(word in told for word in words)
    assert len(IRREPLACEABLE) == len(words) + len({"a global table", "an identity"})
