"""Procedures are found by words as people type them, and listed by title, those retired last."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.domain.filing.catalogue import LONGEST_SUMMARY, entry_of, in_order, is_found, summary_of, words_of
from tests.catalogue_world import PROCEDURE, a_procedure
from tests.deposit_world import NOW

ENTRY = entry_of(PROCEDURE)


@pytest.mark.parametrize(
    "search",
    [
        "",
        "licencia",
        "LICENCIAS",
        "licencias de funcionamiento",
        "funciónamiento licencia",
        "pa-12",
        "PA-12 licencia",
        "tiendas",
        "abrir negocios",
        "la",
        "¿licencia?",
        "para abrir el negocio",
    ],
)
def test_accents_case_order_plurals_and_small_words_do_not_count(search: str) -> None:
    assert is_found(ENTRY, words_of(search))


@pytest.mark.parametrize("search", ["divorcio", "licencia divorcio", "pa-13", "xyz", "***licenciax"])
def test_every_word_has_to_stand_there(search: str) -> None:
    assert not is_found(ENTRY, words_of(search))


def test_what_is_searched_for_is_bounded() -> None:
    assert sum(map(len, words_of("palabra " * 10_000))) <= 100


def test_an_n_with_tilde_is_found_without() -> None:
    entry = entry_of(a_procedure(title="Constancia de años de servicio"))
    assert is_found(entry, words_of("anos"))
    assert is_found(entry, words_of("años"))


def test_a_summary_is_cut_between_words() -> None:
    assert summary_of("Uno.\nDos.") == "Uno. Dos."
    cut = summary_of("palabra " * 60)
    assert len(cut) <= LONGEST_SUMMARY
    assert cut.endswith("palabra…")
    assert len(summary_of("x" * 900)) == LONGEST_SUMMARY


def test_entries_are_listed_by_title_without_accents_and_the_retired_last() -> None:
    titles = [("Ámbito", None), ("Zona", None), ("Acta", NOW), ("baja", None)]
    listed = in_order([replace(ENTRY, title=title, retired_at=at) for title, at in titles])
    assert [one.title for one in listed] == ["Ámbito", "baja", "Zona", "Acta"]
