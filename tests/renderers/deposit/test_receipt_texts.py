from __future__ import annotations

import json
from string import Formatter

import pytest

from chalicelib.domain.deadline import Regime
from chalicelib.renderers.deposit.receipt_texts import TEXTS, current_legal_text_version, legal_text

VERSIONS = sorted(json.loads(TEXTS.read_text("utf-8"))["versions"])


def test_current_version_is_published() -> None:
    assert current_legal_text_version() in VERSIONS


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("regime", Regime)
def test_every_version_has_a_cited_text_for_every_regime(version: str, regime: Regime) -> None:
    texts = legal_text(version, regime)
    assert "Ley N° " in texts.citation
    assert texts.text.endswith(".")
    assert [name for _, name, _, _ in Formatter().parse(texts.opening) if name] == ["institution"]
