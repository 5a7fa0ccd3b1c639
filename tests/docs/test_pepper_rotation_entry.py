"""What the runbook says of a change of the pepper holds for everything that lives under one."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path

from chalicelib.domain.access.token import KEPT_FOR, VALID_FOR
from chalicelib.domain.registration.registration import LIFETIME, REGISTRY_LIFETIME

ROOT = Path(__file__).parents[2]
RUNBOOK = (ROOT / "docs" / "runbook.md").read_text("utf-8")
[ENTRY] = re.findall(r"^## Changing the pepper\n(.+?)^## ", RUNBOOK, re.MULTILINE | re.DOTALL)


def test_a_former_pepper_is_kept_for_longer_than_anything_made_under_it() -> None:
    [days] = re.findall(r"no earlier than (\d+) days", ENTRY)
    [longest] = re.findall(r"for (\d+) days can be opened", ENTRY)
    lives = [VALID_FOR.get(kind, timedelta(0)) + kept for kind, kept in KEPT_FOR.items()]

    assert max(lives) == timedelta(days=int(longest))
    assert timedelta(days=int(days)) > max(*lives, REGISTRY_LIFETIME + LIFETIME)


def test_every_function_that_reads_the_pepper_is_replaced() -> None:
    [replaced] = re.findall(r"for name in (.+?); do", ENTRY)
    readers = {
        path.stem.removeprefix("policy-")
        for path in (ROOT / ".chalice").glob("policy-*.json")
        if '"TokenSecret"' in json.dumps(json.loads(path.read_text("utf-8")))
    }

    assert set(replaced.split()) == readers
