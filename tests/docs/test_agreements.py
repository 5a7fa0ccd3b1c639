"""The page about agreements says what the table in code says."""

from __future__ import annotations

import re
from pathlib import Path

from chalicelib.domain.agreement.agreement import AgreementState, Reason
from chalicelib.domain.agreement.allowance import ALLOWANCE_WORDS, Allowance, is_allowed
from chalicelib.domain.sender.institution import InstitutionState

PAGE = (Path(__file__).parents[2] / "docs" / "agreements.md").read_text("utf-8")


def test_the_page_has_every_allowance_as_the_code_does() -> None:
    rows = re.findall(r"^\| ([^|`]+) \| (yes|no) \| (yes|no) \| (yes|no) \|$", PAGE, re.MULTILINE)
    expected = [
        (ALLOWANCE_WORDS[one], *("yes" if is_allowed(one, state) else "no" for state in InstitutionState))
        for one in Allowance
    ]
    assert rows == expected


def test_the_page_names_every_state_and_reason() -> None:
    for name in (*AgreementState, *Reason):
        assert f"`{name}`" in PAGE, name
