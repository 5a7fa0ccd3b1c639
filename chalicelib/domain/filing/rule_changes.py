"""What a coordinator may set of when filings count: no later than the general rule without an own norm (FIL-3)."""

from __future__ import annotations

from chalicelib.domain.calendar import CountsUntil, FilingRule
from chalicelib.domain.errors import InvalidInput, refusal_of
from chalicelib.domain.typed import tidy

LONGEST_NORM = 300
INHERITED = "general"
"""Typed for no rule of its own."""


def read_rule(
    counts_until: str, norm: str, general: FilingRule, before: FilingRule | None, version: int
) -> FilingRule | None:
    """Return the rule that was chosen, as of the version that brings it; the very same where it says the same.

    To count until closing takes a norm of the institution's own. To count until midnight cites the general one where
    none is typed and that says so too.

    Raises:
        InvalidInput: all that is wrong, each with its field: `field_choice`, `field_empty`, `field_too_long`.

    """
    problems: list[InvalidInput] = []
    cited = tidy(norm)
    if counts_until not in {INHERITED, *CountsUntil}:
        problems.append(InvalidInput("field_choice", "Elige hasta cuándo cuenta.", field="counts_until"))
    if len(cited) > LONGEST_NORM:
        problems.append(InvalidInput("field_too_long", f"Escribe hasta {LONGEST_NORM} letras.", field="norm"))
    if counts_until == general.counts_until:
        cited = cited or general.norm
    elif counts_until in set(CountsUntil) and not cited:
        detail = "Escribe la norma propia que lo dispone: sin ella rige la regla general."
        problems.append(InvalidInput("field_empty", detail, field="norm"))
    if problems:
        raise refusal_of(problems)
    if counts_until == INHERITED:
        return None
    rule = FilingRule(CountsUntil(counts_until), cited, version)
    is_same = before is not None and (before.counts_until, before.norm) == (rule.counts_until, rule.norm)
    return before if is_same else rule
