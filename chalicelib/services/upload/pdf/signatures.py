"""The signatures inside a PDF, as facts: which there are, and whether all is covered by each (ISO 32000-2, 12.8)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, BinaryIO

from chalicelib.domain.notice import FileSignature
from chalicelib.services.upload.pdf.ends import whole
from chalicelib.services.upload.pdf.places import Places
from chalicelib.services.upload.pdf.refusal import too_complex
from chalicelib.services.upload.pdf.things import name_of, parser

MOST_SIGNATURES = 100
_NUMBERS = 4
"""Of a range: two stretches, and the signature itself between them."""
_HELD = re.compile(rb"<[0-9A-Fa-f\x00\t\n\f\r ]*>")


class Signatures:
    """Looks at one dictionary after the other, and tells at the end which are signatures."""

    def __init__(self) -> None:
        """Begin with nothing seen."""
        self._seen: list[tuple[Any, list[int], bool]] = []

    def look(self, owner: Any, entries: Mapping[str, Any]) -> None:
        """Look at a dictionary of an indirect object; None is the trailer."""
        if "/ByteRange" not in entries or "/Contents" not in entries:
            return
        ranges = entries["/ByteRange"]
        is_range = isinstance(ranges, parser().Array) and len(ranges) == _NUMBERS
        covered = [one if isinstance(one, int) else -1 for one in ranges] if is_range else []
        if len(self._seen) >= MOST_SIGNATURES:
            raise too_complex(f"La lista de firmas del PDF, con más de {MOST_SIGNATURES},")
        self._seen.append((owner, covered, name_of(entries.get("/Type")) == "/DocTimeStamp"))

    def tell(self, stream: BinaryIO, size: int, places: Places) -> tuple[FileSignature, ...]:
        """Return the signatures of a file of `size` bytes in the order they were made."""
        return tuple(
            FileSignature(
                (owner is not None and places.field_of(owner)) or "", _covers(stream, size, covered), is_timestamp
            )
            for owner, covered, is_timestamp in sorted(self._seen, key=lambda one: sum(one[1][2:4]))
        )


def _covers(stream: BinaryIO, size: int, covered: list[int]) -> bool:
    """Tell whether all but the signature itself is covered, from the first byte to the last."""
    match covered:
        case [0, int(start), int(stop), int(rest)] if 0 < start < stop and stop + rest == size:
            with whole(stream) as content:
                return _HELD.fullmatch(content, start, stop) is not None
        case _:
            return False
