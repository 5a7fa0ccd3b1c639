from __future__ import annotations

from pathlib import Path

import pytest

from infra.deploy.stage import PLACEHOLDER, STAGES, StageError, read_stage, stage_names, stage_of_stack
from infra.template import load_template


def copied(folder: Path, *changes: tuple[str, str], name: str = "copy") -> Path:
    """Write a copy of the local stage with other words in it, and return the folder."""
    said = (STAGES / "local.toml").read_text(encoding="utf-8")
    for before, after in changes:
        assert before in said
        said = said.replace(before, after)
    (folder / f"{name}.toml").write_text(said, encoding="utf-8")
    return folder


@pytest.mark.parametrize("name", stage_names())
def test_each_stage_names_parameters_that_the_template_has_and_all_that_have_no_default(name: str) -> None:
    known = load_template()["Parameters"]
    given = read_stage(name).parameters
    assert set(given) <= set(known)
    assert {parameter for parameter, said in known.items() if "Default" not in said} <= set(given)


def test_the_example_has_something_to_fill_in_and_the_local_stage_nothing() -> None:
    assert {"account", "parameters.ApiAuthority", "parameters.PageListener"} <= set(read_stage("prod").unfilled())
    assert read_stage("local").unfilled() == []


@pytest.mark.parametrize("name", stage_names())
def test_the_alarms_that_roll_back_are_alarms_of_the_template(name: str) -> None:
    resources = load_template()["Resources"]
    assert {resources[one]["Type"] for one in read_stage(name).rollback_alarms} == {"AWS::CloudWatch::Alarm"}


def test_all_that_is_wrong_with_a_stage_is_told_at_once(tmp_path: Path) -> None:
    folder = copied(
        tmp_path,
        ('region = "us-east-1"\n', ""),
        ("sms_monthly_usd = 0", "sms_monthly = 0"),
        ("minutes = 0", 'minutes = "ten"'),
        ('DeletionProtection = "false"', "DeletionProtection = false"),
    )
    with pytest.raises(StageError) as told:
        read_stage("copy", folder)
    lines = str(told.value).splitlines()[1:]
    assert lines == [
        "- falta region",
        "- falta sms_monthly_usd",
        "- sms_monthly no es un ajuste de una etapa: bórrelo o corrija su nombre",
        "- rollback.minutes tiene que ser un número",
        "- parameters.DeletionProtection tiene que ir entre comillas",
    ]


def test_a_stage_that_is_not_there_is_told_with_those_that_are() -> None:
    with pytest.raises(StageError, match=r"No hay etapa «nada».*Hay: local, prod"):
        read_stage("nada")


def test_a_file_that_is_no_toml_is_told(tmp_path: Path) -> None:
    (tmp_path / "odd.toml").write_text("account = ", encoding="utf-8")
    with pytest.raises(StageError, match="no es TOML"):
        read_stage("odd", tmp_path)


def test_a_stack_has_one_stage_alone(tmp_path: Path) -> None:
    folder = copied(tmp_path, ('stack = "casilla-local"', 'stack = "otra"'))
    assert stage_of_stack("otra", folder).name == "copy"
    with pytest.raises(StageError, match="Ningún"):
        stage_of_stack("ninguna", folder)
    copied(folder, ('stack = "casilla-local"', 'stack = "otra"'), name="twin")
    with pytest.raises(StageError, match="2 archivo"):
        stage_of_stack("otra", folder)


def test_a_placeholder_is_found_wherever_it_is_left(tmp_path: Path) -> None:
    folder = copied(tmp_path, ("avisos@casilla.example", f"{PLACEHOLDER}avisos@…»"))
    assert read_stage("copy", folder).unfilled() == ["parameters.MailFrom"]
