"""Terms in Spanish."""

from __future__ import annotations

from chalicelib.domain.deadline import Term, TermUnit

_UNITS = {
    TermUnit.BUSINESS_DAYS: ("día hábil", "días hábiles"),
    TermUnit.CALENDAR_DAYS: ("día calendario", "días calendario"),
    TermUnit.MONTHS: ("mes", "meses"),
}


def term_in_words(term: Term) -> str:
    """Write a term as `10 días hábiles`."""
    singular, plural = _UNITS[term.unit]
    return f"{term.amount} {singular if term.amount == 1 else plural}"
