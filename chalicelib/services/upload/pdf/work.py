"""Work that many things of a document cause by referring to one: it is counted each time, as often as they refer."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from typing import Any

from chalicelib.services.upload.pdf.refusal import too_complex
from chalicelib.services.upload.pdf.things import name_of, parser, text_of

_ENTRY = 4
"""What a named entry costs."""
_BYTES = 64
"""Of a text, that cost as much as one entry of a list."""
_LONGEST_NAME = 128
"""That costs nothing by itself (ISO 32000-1, Annex C: 127 bytes)."""


class Work:
    """How many entries may still be gone through."""

    def __init__(self, entries: int, uncounted: Callable[[], AbstractContextManager[None]]) -> None:
        """Begin with so many; `uncounted` is how data of streams are read, whose bytes are taken here."""
        self._left = entries
        self.uncounted = uncounted

    def take(self, entries: int) -> None:
        """Take from what is left.

        Raises:
            InvalidInput: `pdf_too_complex`.

        """
        self._left -= entries
        if self._left < 0:
            raise too_complex("La estructura del PDF")

    def items(self, thing: Any) -> Iterable[Any]:
        """Return what stands in an array; nothing for anything else. Raises as `take` does."""
        if not isinstance(thing, parser().Array):
            return ()
        self.take(len(thing))
        return thing  # type: ignore[no-any-return]

    def data(self, thing: Any) -> bytes:
        """Return the bytes of a string; none for anything else. Raises as `take` does."""
        if not isinstance(thing, parser().String):
            return b""
        data = bytes(thing)
        self.take(1 + len(data) // _BYTES)
        return data

    def text(self, thing: Any) -> str:
        """Return what a string says, or a name without its slash; empty for anything else. Raises as `take` does."""
        self.data(thing)
        text = text_of(thing)
        if len(text) > _LONGEST_NAME:
            self.take(len(text) // _BYTES)
        return text

    def name(self, thing: Any) -> str:
        """Return a name with its slash; empty for anything else. Raises as `take` does."""
        name = name_of(thing)
        if len(name) > _LONGEST_NAME:
            self.take(len(name) // _BYTES)
        return name

    def entries(self, thing: Any) -> Iterable[tuple[str, Any]]:
        """Return the entries of a dictionary. Raises as `take` does."""
        self.take(_ENTRY * len(thing))
        return thing.items()  # type: ignore[no-any-return]
