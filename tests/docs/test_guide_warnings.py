"""The integration guide shows a warning as an answer has it, and names each."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, replace
from datetime import UTC, date, datetime
from pathlib import Path

from chalicelib.domain.deposit import deposit_warning
from tests.builders import a_notice
from tests.calendars import PERU

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "guia-de-integracion.md").read_text("utf-8")


def test_the_example_of_a_warning_is_one_that_is_told() -> None:
    [example] = (json.loads(block) for block in re.findall(r"```json\n(\{\"code\".*?)\n```", GUIDE))

    notice = a_notice(deposited_at=datetime(2026, 3, 10, 15, tzinfo=UTC))
    deadline = replace(notice.deadline, effective_on=date(2026, 3, 10))
    document = replace(notice.document, issued_at=datetime(2026, 3, 2, 15, tzinfo=UTC))
    notice = replace(notice, deadline=deadline, document=document)
    [told] = map(asdict, deposit_warning.warnings_of(notice, PERU))
    assert list(example) == list(told)
    assert (example["code"], example["field"]) == (told["code"], told["field"])
    assert told["detail"].startswith(example["detail"].removesuffix("…"))


def test_every_warning_stands_in_the_guide() -> None:
    source = Path(deposit_warning.__file__).read_text("utf-8")
    codes = re.findall(r'DepositWarning\(\s*"(\w+)"', source)
    assert codes
    assert all(f"| `{code}` | " in GUIDE for code in codes)
