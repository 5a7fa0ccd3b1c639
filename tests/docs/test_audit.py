"""Every door of the staff and of senders, and every command, says whether it shows a holder's data to somebody else."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from chalicelib.domain.event import LOOKS, EventType
from chalicelib.domain.institution.permission import Act
from chalicelib.handlers.door import SIGNED
from chalicelib.handlers.doors import DOORS
from chalicelib.handlers.operator.commands import COMMANDS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "audit.md").read_text("utf-8")
ROWS = [line.split("|")[1:4] for line in PAGE.splitlines() if line.startswith("| ") and ":" in line]
TOLD = Counter(target for _, _, targets in ROWS for target in re.findall(r"`([a-z_.]+:[a-z_]+)`", targets))


def test_every_door_of_others_than_the_holder_is_declared_once() -> None:
    doors = {door.target for door in DOORS if door.access == SIGNED or door.access in set(Act)}

    assert set(TOLD) == doors | {command.target for command in COMMANDS}, "docs/audit.md: is it a look at a person?"
    assert set(TOLD.values()) == {1}


def test_each_look_has_its_event_and_no_other_event_is_one() -> None:
    named = {
        kind
        for _, event, _ in ROWS
        if not event.strip().startswith("none")
        for kind in re.findall(r"`([a-z_.]+)`", event)
    }

    assert {EventType(kind) for kind in named} == LOOKS


def _grants() -> list[tuple[str, str]]:
    return [
        (path.name, action)
        for path in sorted((ROOT / ".chalice").glob("policy-*.json"))
        for statement in json.loads(path.read_text("utf-8"))["Statement"]
        if "EventsTable" in json.dumps(statement.get("Resource", ""))
        for action in statement["Action"]
    ]


def test_no_function_may_change_or_delete_an_event() -> None:
    granted = _grants()

    assert ("policy-api_handler.json", "dynamodb:PutItem") in granted
    assert not [
        one
        for one in granted
        if one[1] in {f"dynamodb:{act}" for act in ("UpdateItem", "DeleteItem", "BatchWriteItem")}
    ]


@pytest.mark.parametrize(
    "way", ["EventItem.*\\.update\\(", "EventItem.*\\.delete\\(", "transaction\\.(update|delete)\\(EventItem"]
)
def test_no_code_changes_or_deletes_an_event(way: str) -> None:
    found = [path for path in (ROOT / "chalicelib").rglob("*.py") if re.search(way, path.read_text("utf-8"))]

    assert not found
