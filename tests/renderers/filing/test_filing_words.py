"""The states of a filing have one word each, on both sides, and a filter offers each word once."""

from __future__ import annotations

import pytest

from chalicelib.domain.filing.filing import FilingState, as_told
from chalicelib.renderers.filing.filing_words import CHOICES, STATES


def test_a_filter_offers_each_word_once_in_the_order_of_a_filings_life() -> None:
    assert CHOICES == (
        ("filed", "Presentada"),
        ("in_evaluation", "En evaluación"),
        ("observed", "Observada"),
        ("answered", "Atendida"),
        ("not_filed", "No presentada"),
    )


@pytest.mark.parametrize("state", FilingState)
def test_each_state_is_called_what_it_is_looked_for_by(state: FilingState) -> None:
    assert STATES[state] == dict(CHOICES)[as_told(state).value]
