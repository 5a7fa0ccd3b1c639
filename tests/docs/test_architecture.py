"""The architecture's page says what the code is: wings and their arrows, doors, jobs, and files that exist."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from chalicelib.handlers.doors import DOORS
from chalicelib.handlers.jobs import JOBS
from infra.template import load_template

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "architecture.md").read_text("utf-8")
WINGS = set(re.findall(r"^\| `(\w+)` \|", PAGE.partition("## Wings")[2].partition("## ")[0], re.MULTILINE))
LAYERS = ("services", "domain", "renderers", "handlers/api", "handlers/web")
PATH = re.compile(r"`((?:chalicelib|tests|infra|bench|docs|examples|\.chalice)/[^`]+)`")
RULES = PAGE.partition("## Where a rule or a number stands")[2].partition("\n## ")[0]
RULE_PATH = re.compile(r"`([a-z]+/[^`]*)`")
_IN_WORDS = dict(
    enumerate(
        [
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
            "twenty",
            "twenty-one",
            "twenty-two",
            "twenty-three",
        ],
        start=14,
    )
)
SHARED = {"mailbox"}
"""Folders of what several wings use."""
DATA = (ROOT / "docs" / "data-model.md").read_text("utf-8")


def _contracts() -> list[dict[str, Any]]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    found: list[dict[str, Any]] = settings["tool"]["importlinter"]["contracts"]
    return found


def _packages(layer: str) -> set[str]:
    return {path.parent.name for path in (ROOT / "chalicelib" / layer).glob("*/__init__.py")}


def test_the_wings_are_the_services_packages_and_other_layers_have_no_others() -> None:
    assert _packages("services") == WINGS
    for layer in LAYERS:
        assert _packages(layer) <= WINGS | (SHARED if layer == "domain" else set()), layer
    assert _packages("store") | _packages("gateways") <= WINGS


def test_the_arrows_are_those_that_the_contracts_allow() -> None:
    drawn = set(re.findall(r"^  (\w+) --> (\w+)$", PAGE, re.MULTILINE))
    forbidden = {
        (contract["source_modules"][0].rpartition(".")[2], module.rpartition(".")[2])
        for contract in _contracts()
        if " uses " in contract["name"]
        for module in contract["forbidden_modules"]
    }
    every = {(one, other) for one in WINGS for other in WINGS if one != other}

    assert drawn == every - forbidden
    assert {one for one, _ in forbidden} == WINGS


def test_the_number_of_doors_and_the_jobs_are_told_right() -> None:
    [told] = re.findall(r"(\d+) doors on (\d+) API resources", PAGE)
    parts = [[part for part in door.path.split("/") if part] for door in DOORS]
    resources = {tuple(path[:end]) for path in parts for end in range(1, len(path) + 1)}
    jobs = re.findall(r"^\| `(\w+)` \|", PAGE.partition("## After the commit")[2].partition("## ")[0], re.MULTILINE)

    assert told == (str(len(DOORS)), str(len(resources)))
    assert set(jobs) == {job.name for job in JOBS}
    assert f"The {_IN_WORDS[len(JOBS)]} jobs of `handlers/jobs.py`" in PAGE


@pytest.mark.parametrize("path", sorted(set(PATH.findall(PAGE))))
def test_every_file_that_is_named_exists(path: str) -> None:
    pattern = re.sub(r"<\w+>", "*", path)

    assert list(ROOT.glob(pattern)), path


@pytest.mark.parametrize("path", sorted(set(RULE_PATH.findall(RULES)) - {"chalicelib/"}))
def test_every_rule_stands_where_it_is_said_to(path: str) -> None:
    assert list((ROOT / "chalicelib").glob(re.sub(r"<\w+>", "*", path))), path


@pytest.mark.parametrize("layer", ["services", "domain", "renderers", "gateways", "handlers", "bootstrap"])
def test_a_layer_can_be_seen_at_a_glance(layer: str) -> None:
    found = len(list((ROOT / "chalicelib" / layer).glob("[!_]*.py")))

    # there a wing is one module, institution two, since few of its pages deposit; beside them is what all share
    most = len(WINGS) + 8 if layer == "bootstrap" else 16
    assert found <= most, f"{found} modules directly in {layer}: move what belongs to a wing into its folder"


def test_the_store_has_one_file_a_noun_and_can_be_seen_at_a_glance() -> None:
    assert len(list((ROOT / "chalicelib" / "store").glob("*.py"))) <= 31


TABLES = {name: resource for name, resource in load_template()["Resources"].items() if name.endswith("Table")}


@pytest.mark.parametrize("name", TABLES)
def test_the_data_model_tells_each_table_its_key_and_its_indexes(name: str) -> None:
    told = re.search(rf"^\| `{name.removesuffix('Table').lower()}` \| (.*?)\|(.*)", DATA, re.MULTILINE)
    assert told, f"docs/data-model.md has no row for {name}"
    keys = [key["AttributeName"] for key in TABLES[name]["Properties"]["KeySchema"]]
    indexes = TABLES[name]["Properties"].get("GlobalSecondaryIndexes", [])

    assert re.findall(r"`(\w+)`", told[1]) == keys
    for index in indexes:
        assert f"`{index['IndexName']}`" in told[2], f"docs/data-model.md does not tell the index {index['IndexName']}"
