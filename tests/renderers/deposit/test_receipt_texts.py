from __future__ import annotations

import hashlib
import json
from dataclasses import fields
from string import Formatter

import pytest

from chalicelib.domain.deadline import Regime
from chalicelib.renderers.deposit.receipt_texts import TEXTS, LegalText, current_legal_text_version, legal_text

DOCUMENT = json.loads(TEXTS.read_text("utf-8"))
VERSIONS = sorted(DOCUMENT["versions"])
PUBLISHED = {
    "es-PE-1": "ef78b8e0d3bf23340a8d7e8783d2b6e1f8d0de4338899855baaa9fc4a75915bc",
    "es-PE-2": "27cbdc24457d5c722db0b34f88b626852d17d55ebe0501e14807dfeb944071c8",
    "es-PE-3": "3192f09887e48cf95e6d95fb5e928fa9215254db93e09a37ad7032d0ee43855f",
}
"""The SHA-256 of each version. A new version gets a line; a line never changes, since receipts were issued with it."""
PLACES = {
    "opening": {"institution"},
    "norm": {"citation"},
    "replaces": {"notice", "day"},
    "no_norm": set(),
    "distance": {"days", "place", "norm"},
    "calendar_days": set(),
    "months": set(),
    "unconfirmed_year": {"year"},
}


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_current_version_is_published() -> None:
    assert current_legal_text_version() == VERSIONS[-1]


def test_no_published_version_was_changed() -> None:
    found = {
        version: hashlib.sha256(json.dumps(texts, sort_keys=True).encode()).hexdigest()
        for version, texts in DOCUMENT["versions"].items()
    }

    assert found == PUBLISHED


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("regime", Regime)
def test_every_version_has_a_cited_text_for_every_regime(version: str, regime: Regime) -> None:
    texts = legal_text(version, regime)

    assert "Ley N° " in texts.citation
    assert texts.text.endswith(".")
    assert places(texts.opening) == {"institution"}


@pytest.mark.parametrize("regime", Regime)
def test_the_version_in_force_has_every_note_with_its_places_and_the_first_has_none(regime: Regime) -> None:
    now, first = legal_text(current_legal_text_version(), regime), legal_text("es-PE-1", regime)
    notes = PLACES.keys() - {"opening"}

    assert notes < {field.name for field in fields(LegalText)}
    assert {name: places(getattr(now, name)) for name in notes} == {name: PLACES[name] for name in notes}
    assert {getattr(first, name) for name in notes | {"applied"}} == {None}


def test_the_laws_own_words_stand_apart_from_what_the_institution_applies() -> None:
    texts = legal_text(current_legal_text_version(), Regime.ACKNOWLEDGEMENT)

    assert "durante los cinco primeros días hábiles" in texts.text
    assert "sexto" not in texts.text
    assert texts.applied is not None
    assert "La ley no dice qué ocurre si no la confirma" in texts.applied
    assert "sexto" in texts.applied
    assert "5.4 a 5.7" in texts.citation


def test_a_term_starts_by_article_144_of_the_consolidated_text() -> None:
    texts = legal_text(current_legal_text_version(), Regime.DEPOSIT)

    assert "Numeral 20.4, artículo 25 y numeral 144.1 del Texto Único Ordenado" in texts.citation


def test_every_source_has_its_certainty_and_where_it_was_read() -> None:
    version = DOCUMENT["versions"][current_legal_text_version()]
    regimes, notes = version["regimes"].values(), version["notes"].values()
    sources = [source for part in (*regimes, *notes) for source in part["sources"]]

    assert all(regime["sources"] for regime in regimes)
    assert len(sources) > 8
    assert {source["certainty"] for source in sources} == DOCUMENT["certainty"].keys()
    assert all(source["norm"] and source["source"] for source in sources)
