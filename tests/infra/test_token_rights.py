"""Who makes tokens may also take away what a name has under another pepper (`TokenStore.issue_in`)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

POLICIES = sorted((Path(__file__).parents[2] / ".chalice").glob("policy-*.json"))


ISSUES_NONE = "policy-sender_handler"
"""It puts nonces and counts alone, which have no other name."""


def reads_the_pepper(statements: list[dict[str, Any]]) -> bool:
    return any('"TokenSecret"' in json.dumps(statement.get("Resource")) for statement in statements)


@pytest.mark.parametrize("path", POLICIES, ids=lambda path: path.stem)
def test_who_puts_tokens_may_delete_them(path: Path) -> None:
    statements = json.loads(path.read_text("utf-8"))["Statement"]
    of_tokens = {
        action
        for statement in statements
        if '"TokensTable"' in json.dumps(statement.get("Resource"))
        for action in statement["Action"]
    }
    if "dynamodb:PutItem" in of_tokens and reads_the_pepper(statements) and path.stem != ISSUES_NONE:
        assert "dynamodb:DeleteItem" in of_tokens
