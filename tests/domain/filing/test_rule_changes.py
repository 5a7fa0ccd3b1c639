"""What a coordinator may set of when filings count."""

from __future__ import annotations

import pytest

from chalicelib.domain.calendar import CountsUntil, FilingRule
from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.filing.rule_changes import LONGEST_NORM, read_rule

GENERAL = FilingRule(CountsUntil.MIDNIGHT, "Norma general")
CLOSING = FilingRule(CountsUntil.CLOSING, "Ordenanza 1", 4)


def test_a_rule_is_of_the_version_that_brings_it() -> None:
    assert read_rule("closing", "  Ordenanza  1 ", GENERAL, None, 4) == CLOSING
    assert read_rule("closing", "Ordenanza 1", GENERAL, CLOSING, 9) is CLOSING
    assert read_rule("closing", "Ordenanza 2", GENERAL, CLOSING, 9) == FilingRule(CountsUntil.CLOSING, "Ordenanza 2", 9)
    assert read_rule("general", "", GENERAL, CLOSING, 9) is None


def test_a_norm_of_the_greatest_length_is_taken() -> None:
    rule = read_rule("closing", "x" * 300, GENERAL, None, 4)
    assert rule is not None
    assert len(rule.norm) == LONGEST_NORM == 300


def test_until_midnight_the_general_norm_is_enough_and_until_closing_none_but_an_own_one_is() -> None:
    assert read_rule("midnight", "", GENERAL, None, 2) == FilingRule(CountsUntil.MIDNIGHT, "Norma general", 2)
    assert read_rule("midnight", "Res. 5", GENERAL, None, 2) == FilingRule(CountsUntil.MIDNIGHT, "Res. 5", 2)
    for blank in ("", "  ", "\u200b"):
        with pytest.raises(InvalidInput, match="field_empty"):
            read_rule("closing", blank, GENERAL, None, 2)


@pytest.mark.parametrize(
    ("counts_until", "norm", "fields"),
    [
        ("", "", ["counts_until"]),
        ("noon", "x" * (LONGEST_NORM + 1), ["counts_until", "norm"]),
        ("closing", "x" * (LONGEST_NORM + 1), ["norm"]),
    ],
)
def test_all_that_is_wrong_is_told_at_once(counts_until: str, norm: str, fields: list[str]) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_rule(counts_until, norm, GENERAL, None, 2)
    assert [problem.field for problem in refused.value.problems] == fields
