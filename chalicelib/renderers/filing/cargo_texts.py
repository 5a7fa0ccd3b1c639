"""The filing receipt's legal texts: per version, with their citation. Templates, not legal advice."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

TEXTS = Path(__file__).parents[1] / "templates" / "cargo.es-PE.json"


@dataclass(frozen=True, slots=True)
class CargoText:
    """What a filing receipt says.

    `filed` and `corrected` have a place for `{institution}`, the second one for `{number}` too; `place` has one for
    `{portal}`, `observable` one for `{until}`, a day in words.
    """

    filed: str
    corrected: str
    place: str
    observable: str
    citation: str


def current_cargo_text() -> str:
    """Name the version that new filings freeze."""
    return str(_texts()["current"])


def cargo_text(version: str) -> CargoText:
    """Find the texts that a filing was received under.

    Raises:
        LookupError: the version was never published.

    """
    try:
        texts = _texts()["versions"][version]
    except KeyError as error:
        raise LookupError(f"no version {version!r} of the filing receipt's texts") from error
    return CargoText(texts["filed"], texts["corrected"], texts["place"], texts["observable"], texts["citation"])


@cache
def _texts() -> dict[str, Any]:
    texts: dict[str, Any] = json.loads(TEXTS.read_text("utf-8"))
    return texts
