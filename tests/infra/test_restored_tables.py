"""A stack works on restored tables by a change of parameters, may use them and no others, and loses none of its own."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from infra.package import ROOT
from infra.restore.places import logical_ids, restored_names
from infra.restored_tables import with_a_choice
from infra.template import load_template

TEMPLATE = load_template()
TABLES = {name for name, r in TEMPLATE["Resources"].items() if r.get("Type") == "AWS::DynamoDB::Table"}
POLICIES = sorted((ROOT / ".chalice").glob("policy-*.json"))
PREFIX, STREAM = "casilla-r1", "arn:aws:dynamodb:us-east-1:1:table/casilla-r1-EventsTable/stream/1"
PSEUDO = {"AWS::Partition": "aws", "AWS::Region": "us-east-1", "AWS::AccountId": "1"}


def resolved(value: Any, prefix: str) -> Any:  # noqa: PLR0911 - one for each word of CloudFormation's
    """Return what CloudFormation makes of a part: what is chosen, with names put in."""
    if isinstance(value, list):
        return [resolved(item, prefix) for item in value]
    if not isinstance(value, dict):
        return value
    names = {**PSEUDO, "RestoredTables": prefix, "RestoredEventsStream": STREAM if prefix else ""}
    if value.keys() == {"Fn::If"}:
        condition, yes, no = value["Fn::If"]
        assert condition == "HasRestoredTables"
        return resolved(yes if prefix else no, prefix)
    if value.keys() == {"Fn::Sub"} and isinstance(value["Fn::Sub"], str):
        return re.sub(r"\$\{([^}]+)\}", lambda m: names.get(m[1], f"own:{m[1]}"), value["Fn::Sub"])
    if value.keys() == {"Ref"}:
        return names.get(value["Ref"], f"own:{value['Ref']}")
    if value.keys() == {"Fn::GetAtt"}:
        return f"own:{'.'.join(value['Fn::GetAtt'])}"
    return {key: resolved(item, prefix) for key, item in value.items()}


def environment(prefix: str) -> dict[str, str]:
    variables = with_a_choice(TEMPLATE["Globals"], TABLES)["Function"]["Environment"]["Variables"]
    told: dict[str, str] = resolved(variables, prefix)
    return told


def test_functions_read_the_names_that_the_restore_gives_tables() -> None:
    told = environment(PREFIX)
    assert {name: told[name] for name in logical_ids()} == restored_names(PREFIX)
    assert told["RESTORED_TABLES"] == PREFIX


def test_without_the_parameter_they_read_the_stacks_own() -> None:
    told = environment("")
    assert {name: told[name] for name in logical_ids()} == {
        name: f"own:{table}" for name, table in logical_ids().items()
    }
    assert told["RESTORED_TABLES"] == ""


def test_every_table_can_be_restored() -> None:
    assert set(logical_ids().values()) == TABLES


def test_nothing_but_what_names_tables_is_changed() -> None:
    before, after = environment(""), resolved(TEMPLATE["Globals"]["Function"]["Environment"]["Variables"], "")
    assert before == after


@pytest.mark.parametrize("path", POLICIES, ids=lambda path: path.stem)
def test_a_policy_lets_its_function_do_to_the_restored_table_what_it_may_do_to_the_own_and_no_more(path: Path) -> None:
    written = json.loads(path.read_text("utf-8"))["Statement"]
    chosen = with_a_choice(written, TABLES)
    restored = json.dumps(resolved(chosen, PREFIX))
    for own, there in zip(resolved(written, ""), resolved(chosen, PREFIX), strict=True):
        if "NotResource" in own:
            assert there == own
            continue
        said = json.dumps(own["Resource"])
        for table in TABLES:
            said = said.replace(f"own:{table}.StreamArn", STREAM)
            said = said.replace(f"own:{table}.Arn", f"arn:aws:dynamodb:us-east-1:1:table/{PREFIX}-{table}")
        assert json.dumps(there["Resource"]) == said
        assert {key: value for key, value in there.items() if key != "Resource"} == {
            key: value for key, value in own.items() if key != "Resource"
        }
    assert not re.search(r"own:\w+Table\b", restored), "it would still reach the stack's own tables"
    assert json.dumps(resolved(chosen, "")) == json.dumps(resolved(written, ""))


def test_the_streams_functions_follow_the_restored_log() -> None:
    for name in ("SendAlerts", "CountActivity"):
        events = with_a_choice(TEMPLATE["Resources"][name]["Properties"], TABLES)["Events"]
        [source] = events.values()
        assert resolved(source["Properties"]["Stream"], PREFIX) == STREAM
        assert resolved(source["Properties"]["Stream"], "") == "own:EventsTable.StreamArn"


def test_the_names_are_as_dynamodb_takes_them() -> None:
    pattern = TEMPLATE["Parameters"]["RestoredTables"]["AllowedPattern"]
    assert re.fullmatch(pattern, PREFIX)
    longest = "c" * 61
    assert re.fullmatch(pattern, longest)
    assert all(len(name) <= 255 for name in restored_names(longest).values())
