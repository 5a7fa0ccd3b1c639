"""What the table of institutions lets a function delete: requests that left their list, and nothing beside."""

from __future__ import annotations

import json
from fnmatch import fnmatch
from pathlib import Path

from chalicelib.store.institution_keys import SUSPENSIONS, asked_suspensions_of

POLICIES = Path(__file__).parents[2] / ".chalice"


def test_only_lists_of_what_waits_are_taken_from() -> None:
    deleting = [
        (path.stem, statement.get("Condition"))
        for path in sorted(POLICIES.glob("policy-*.json"))
        for statement in json.loads(path.read_text("utf-8"))["Statement"]
        if "InstitutionsTable" in json.dumps(statement.get("Resource")) and "dynamodb:DeleteItem" in statement["Action"]
    ]

    assert {function for function, _ in deleting} == {"policy-api_handler", "policy-prepare_audits"}
    patterns = [one for _, condition in deleting for test in condition.values() for one in test["dynamodb:LeadingKeys"]]
    assert asked_suspensions_of("*") in patterns
    assert all(one.startswith("#") and not fnmatch(SUSPENSIONS, one) for one in patterns)
