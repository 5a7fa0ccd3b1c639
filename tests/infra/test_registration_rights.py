"""What the nightly job may delete of the documents: scans of registrations at desks, and nothing beside."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

POLICIES = Path(__file__).parents[2] / ".chalice"
SCAN = "desk/entidad-demo/registration-f1/{}.pdf".format("0" * 64)


def statements(function: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((POLICIES / f"policy-{function}.json").read_text("utf-8"))["Statement"]
    return found


def test_the_job_deletes_scans_of_registrations_alone() -> None:
    [files] = [one for one in statements("clean_registrations") if any(act.startswith("s3:") for act in one["Action"])]

    assert files["Action"] == ["s3:DeleteObject"]
    pattern = files["Resource"]["Fn::Sub"].removeprefix("${DocumentsBucket.Arn}/")
    assert fnmatchcase(SCAN, pattern)
    for other in (
        "desk/entidad-demo/7KQ2-M9XA/0.pdf",
        "notices/N1/acta.pdf",
        "forms/0.pdf",
        "receipts/registration-1/0",
    ):
        assert not fnmatchcase(other, pattern)


def test_who_takes_registrations_deletes_no_document() -> None:
    deleting = [one for one in statements("api_handler") if "s3:DeleteObject" in one["Action"]]

    assert deleting == []


@pytest.mark.parametrize(
    ("function", "acts"),
    [
        ("api_handler", {"GetItem", "BatchGetItem", "PutItem", "UpdateItem", "Query"}),
        ("finish_registrations", {"GetItem", "PutItem", "UpdateItem", "Query"}),
        ("clean_registrations", {"GetItem", "PutItem", "DeleteItem", "Query"}),
    ],
)
def test_each_may_do_to_registrations_what_it_does(function: str, acts: set[str]) -> None:
    of_table = [one for one in statements(function) if "RegistrationsTable" in json.dumps(one.get("Resource"))]

    assert {act.removeprefix("dynamodb:") for one in of_table for act in one["Action"]} == acts
    listing = json.dumps([one["Resource"] for one in of_table if one["Action"] == ["dynamodb:Query"]])
    assert ("index/awaited" in listing) is (function == "api_handler")
