"""How passwords and lists of words are compared: lower-case, without marks."""

from __future__ import annotations

import unicodedata


def fold(text: str) -> str:
    """Write lower-case and without marks: `Ñandú` → `nandu`."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))
