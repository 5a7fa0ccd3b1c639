"""The receipt's legal texts: per version and regime, each with its citation. Templates, not legal advice."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from chalicelib.domain.deadline import Regime

TEXTS = Path(__file__).parents[1] / "templates" / "receipt.es-PE.json"


@dataclass(frozen=True, slots=True)
class LegalText:
    """What the receipt says under one regime; `opening` has a place for `{institution}`."""

    greeting: str
    opening: str
    regime_name: str
    text: str
    citation: str


def current_legal_text_version() -> str:
    """Name the version that new notices freeze."""
    return str(_texts()["current"])


def legal_text(version: str, regime: Regime) -> LegalText:
    """Find the texts a notice was issued under.

    Raises:
        LookupError: the version was never published.

    """
    try:
        texts = _texts()["versions"][version]
    except KeyError as error:
        raise LookupError(f"no legal text version {version!r}") from error
    of_regime = texts["regimes"][regime]
    return LegalText(
        greeting=texts["greeting"],
        opening=texts["opening"],
        regime_name=of_regime["name"],
        text=of_regime["text"],
        citation=of_regime["citation"],
    )


@cache
def _texts() -> dict[str, Any]:
    texts: dict[str, Any] = json.loads(TEXTS.read_text("utf-8"))
    return texts
