"""A job that waits after a restore may read whether it does, and the runbook names each of them."""

from __future__ import annotations

import json
import re
from fnmatch import fnmatchcase
from typing import Any

import pytest

from chalicelib.handlers.jobs import JOBS
from chalicelib.store.institution_keys import RESTORE
from infra.package import ROOT

HELD = [job.name for job in JOBS if job.held]
RUNBOOK = (ROOT / "docs" / "runbook.md").read_text("utf-8")


def reads_the_hold(statement: dict[str, Any]) -> bool:
    is_of_institutions = statement.get("Resource") == {"Fn::GetAtt": ["InstitutionsTable", "Arn"]}
    asked = [said.get("dynamodb:LeadingKeys", ["*"]) for said in statement.get("Condition", {}).values()]
    allows = all(any(fnmatchcase(RESTORE, key) for key in keys) for keys in asked)
    return is_of_institutions and "dynamodb:GetItem" in statement["Action"] and allows


@pytest.mark.parametrize("job", HELD)
def test_it_may_read_whether_it_waits(job: str) -> None:
    statements = json.loads((ROOT / ".chalice" / f"policy-{job}.json").read_text("utf-8"))["Statement"]
    assert [one for one in statements if reads_the_hold(one)]


def test_the_runbook_names_those_that_wait_and_no_others() -> None:
    [told] = re.findall(r"Waiting are (.+?)\. `sweep_orphans`", RUNBOOK, re.DOTALL)
    assert sorted(re.findall(r"`(\w+)`", told)) == sorted(HELD)
