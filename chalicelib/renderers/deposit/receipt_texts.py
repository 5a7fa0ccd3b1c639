"""The receipt's legal texts: per version and regime, each with its citation. Templates, not legal advice.

A version has `greeting`, `opening`, its `regimes` and, from `es-PE-2` on, its `notes`. Of a regime, `text` is what the
cited articles say, `applied` what the institution does beyond them, or null. A note is a sentence that a receipt has
where it applies. `sources` names norm and articles of each citation, with its `certainty`, which the file explains, and
what was read of it; they are for the people who keep the texts.
"""

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
    """What the receipt says under one regime; `opening` has a place for `{institution}`.

    The rest is None in a version that never said it. `norm` has a place for `{citation}`, the norm that the
    institution cited; `no_norm` stands where it cited none. `replaces` has places for `{notice}`, the notice
    replaced, and `{day}`, in words, of its deposit. `after_hours` has a place for `{day}`, in words, and
    `distance` for `{days}`, in words such as `5 días hábiles`, for `{place}` and for the table's `{norm}`;
    `unconfirmed_year` for `{year}`, the last one confirmed.
    """

    greeting: str
    opening: str
    regime_name: str
    text: str
    citation: str
    applied: str | None = None
    norm: str | None = None
    no_norm: str | None = None
    replaces: str | None = None
    after_hours: str | None = None
    distance: str | None = None
    calendar_days: str | None = None
    months: str | None = None
    unconfirmed_year: str | None = None


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
    notes = {name: note["text"] for name, note in texts.get("notes", {}).items()}
    return LegalText(
        greeting=texts["greeting"],
        opening=texts["opening"],
        regime_name=of_regime["name"],
        text=of_regime["text"],
        citation=of_regime["citation"],
        applied=of_regime.get("applied"),
        **notes,
    )


@cache
def _texts() -> dict[str, Any]:
    texts: dict[str, Any] = json.loads(TEXTS.read_text("utf-8"))
    return texts
