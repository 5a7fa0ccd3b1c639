from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from infra.local.state import claim_folder, mark_of
from infra.template import load_template

TEMPLATE = load_template()


def changed(change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    """Return the template with a change to its resources."""
    template = copy.deepcopy(TEMPLATE)
    change(template["Resources"])
    return template


def uploads_index(resources: dict[str, Any]) -> dict[str, Any]:
    index: dict[str, Any] = resources["UploadsTable"]["Properties"]["GlobalSecondaryIndexes"][0]
    return index


OTHERS: dict[str, Callable[[dict[str, Any]], object]] = {
    "table": lambda resources: resources.pop("ExportsTable"),
    "key": lambda resources: resources["UploadsTable"]["Properties"]["KeySchema"][0].update(AttributeName="id"),
    "key's type": lambda resources: resources["UploadsTable"]["Properties"]["AttributeDefinitions"][0].update(
        AttributeType="N"
    ),
    "index": lambda resources: resources["UploadsTable"]["Properties"].pop("GlobalSecondaryIndexes"),
    "index's name": lambda resources: uploads_index(resources).update(IndexName="by_expiry"),
    "index's key": lambda resources: uploads_index(resources)["KeySchema"][0].update(AttributeName="expiry_day"),
    "projection": lambda resources: uploads_index(resources).update(Projection={"ProjectionType": "ALL"}),
}
SAME: dict[str, Callable[[dict[str, Any]], object]] = {
    "order": lambda resources: resources["NoticesTable"]["Properties"]["GlobalSecondaryIndexes"].reverse(),
    "bucket": lambda resources: resources.pop("ExportsBucket"),
    "policy": lambda resources: resources["UploadsTable"].update(DeletionPolicy="Delete"),
}


@pytest.mark.parametrize("change", OTHERS.values(), ids=OTHERS)
def test_the_mark_tells_other_keys_and_indexes_apart(change: Callable[[dict[str, Any]], object]) -> None:
    assert mark_of(changed(change)) != mark_of(TEMPLATE)


@pytest.mark.parametrize("change", SAME.values(), ids=SAME)
def test_the_mark_looks_at_nothing_else(change: Callable[[dict[str, Any]], object]) -> None:
    assert mark_of(changed(change)) == mark_of(TEMPLATE)


def test_a_fresh_folder_is_claimed_and_found_again(tmp_path: Path) -> None:
    folder = tmp_path / "some" / "state"
    assert claim_folder(folder, TEMPLATE)
    (folder / "lock").touch()
    assert claim_folder(folder, TEMPLATE)
    assert not claim_folder(folder, changed(OTHERS["index"]))


def test_an_empty_folder_is_as_good_as_none(tmp_path: Path) -> None:
    assert claim_folder(tmp_path, TEMPLATE)
    assert [path.read_text("utf-8") for path in tmp_path.iterdir()] == [mark_of(TEMPLATE)]


def test_a_folder_without_a_mark_stays_without(tmp_path: Path) -> None:
    (tmp_path / "lock").touch()
    assert not claim_folder(tmp_path, TEMPLATE)
    assert [path.name for path in tmp_path.iterdir()] == ["lock"]
