"""What is found among one's own filings: by every word, folded, and by the state that the clock gives."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain.filing.filing import Correction, Filing, FilingState, Observation, Taken
from chalicelib.domain.filing.filing_draft import Represented
from chalicelib.domain.filing.filing_search import LONGEST_SEARCH, FilingSearch, is_match, search_for
from chalicelib.domain.mailbox import DocumentType
from tests.deposit_world import NOW
from tests.filing_world import OFFICER, a_filing

UNTIL = NOW + timedelta(days=2)


def observed() -> Filing:
    return a_filing(observation=Observation("Falta el plano", OFFICER, NOW, UNTIL))


@pytest.mark.parametrize(
    "typed",
    ["", "  ", "2026-000001", "BODEGA", "licéncia  bodega", "solicitud.pdf", "demostración", "2.07", "oficina norte"],
)
def test_every_word_stands_somewhere_in_it(typed: str) -> None:
    assert is_match(a_filing(), search_for(typed, None), NOW)


@pytest.mark.parametrize("typed", ["divorcio", "bodega divorcio", "2026-000002", "40000002", "quispe"])
def test_a_word_that_stands_nowhere_finds_nothing(typed: str) -> None:
    assert not is_match(a_filing(), search_for(typed, None), NOW)


def test_in_whose_name_it_was_filed_is_found() -> None:
    filing = replace(a_filing(), represented=Represented(DocumentType.DNI, "40000010", "Rosa Demo Huamán"))
    assert is_match(filing, search_for("huaman", None), NOW)


@pytest.mark.parametrize(
    ("seconds", "state"), [(0, FilingState.OBSERVED), (1, FilingState.NOT_FILED), (86400, FilingState.NOT_FILED)]
)
def test_the_state_is_that_of_the_moment(seconds: int, state: FilingState) -> None:
    now = UNTIL + timedelta(seconds=seconds)
    assert [one for one in FilingState if is_match(observed(), search_for("", one), now)] == [state]


@pytest.mark.parametrize("looked_for", [FilingState.IN_EVALUATION, FilingState.CORRECTED])
def test_what_was_corrected_is_in_evaluation_for_who_looks(looked_for: FilingState) -> None:
    dates = replace(a_filing().dates, received_at=NOW + timedelta(days=1))
    filing = replace(observed(), correction=Correction("C-1", "code", a_filing().filer, (), dates))
    search = search_for("", looked_for)
    assert is_match(filing, search, UNTIL + timedelta(days=1))
    assert is_match(a_filing(taken=Taken(OFFICER, NOW)), search, NOW)
    assert not any(is_match(one, search, NOW) for one in (a_filing(), observed()))


def test_what_is_looked_for_has_an_end_and_says_whether_it_narrows() -> None:
    assert search_for("a" * 10_000, None).words == ("a" * LONGEST_SEARCH,)
    assert not search_for(" ", None).is_narrowed
    assert search_for("a", None).is_narrowed
    assert FilingSearch(state=FilingState.FILED).is_narrowed
