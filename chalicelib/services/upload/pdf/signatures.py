"""The signatures inside a PDF, as facts: which there are, and whether all is covered by each (ISO 32000-2, 12.8).

A signature is the value of a signature field that readers reach from the form or from a page. A dictionary that only
looks like one is none, and nothing is told of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.notice import FileSignature
from chalicelib.services.upload.pdf.ends import whole
from chalicelib.services.upload.pdf.refusal import too_complex
from chalicelib.services.upload.pdf.things import entry, is_dictionary, is_indirect, parser
from chalicelib.services.upload.pdf.work import Work

MOST_SIGNATURES = 100
_NUMBERS = 4
"""Of a range: two stretches, and the signature itself between them."""
_DEEPEST = 32
_LONGEST_NAME = 200
_KEY = b"/Contents"
_BLANK = b"\x00\t\n\f\r "
_BLANKS_BEFORE = 16


@dataclass(frozen=True, slots=True)
class _Field:
    """What a field has of its own or from those above it."""

    kind: str = ""
    value: Any = None
    name: str = ""


class Signatures:
    """Looks at one dictionary after the other, and tells at the end which are signatures."""

    def __init__(self, work: Work) -> None:
        """Begin with nothing seen."""
        self._work = work
        self._ranges = 0
        self._has_fields = False

    def look(self, entries: Mapping[str, Any]) -> None:
        """Look at a dictionary.

        Raises:
            InvalidInput: `pdf_too_complex` where there are very many.

        """
        if "/FT" in entries and not self._has_fields:
            self._has_fields = self._work.name(entries["/FT"]) == "/Sig"
        if "/ByteRange" in entries and "/Contents" in entries:
            self._ranges += 1
            if self._ranges > MOST_SIGNATURES:
                raise _too_many()

    def tell(self, stream: BinaryIO, size: int, root: Any, pages: list[Any]) -> tuple[FileSignature, ...]:
        """Return the signatures of a file of `size` bytes in the order they were made. Raises as `look` does."""
        if not self._has_fields:
            return ()
        told: dict[tuple[Any, str], tuple[int, FileSignature]] = {}
        covers: dict[Any, bool] = {}
        for field in self._fields(root, pages):
            if field.kind != "/Sig" or not is_dictionary(field.value) or "/Contents" not in field.value:
                continue
            number = field.value.objgen if is_indirect(field.value) else None
            if (number, field.name) in told and number:
                continue
            if len(told) >= MOST_SIGNATURES:
                raise _too_many()
            covered = _range(field.value)
            if number is None or number not in covers:
                covers[number] = self._covers(stream, size, covered, field.value["/Contents"])
            is_timestamp = self._work.name(field.value.get("/Type")) == "/DocTimeStamp"
            one = FileSignature(field.name, covers[number], is_timestamp)
            told[number or len(told), field.name] = (sum(covered[2:4]), one)
        return tuple(one for _, one in sorted(told.values(), key=lambda each: each[0]))

    def _fields(self, root: Any, pages: list[Any]) -> Iterator[_Field]:
        """Yield the fields of the form, then those that only pages have; a widget of a field is one with it."""
        seen: set[tuple[int, int]] = set()
        form = entry(root, "/AcroForm")
        pending = [(one, _Field(), 0) for one in self._work.items(entry(form, "/Fields"))]
        pending.reverse()
        while pending:
            thing, above, depth = pending.pop()
            if not self._is_new(thing, seen) or depth > _DEEPEST:
                continue
            field = self._read(thing, above)
            yield field
            pending += [(kid, field, depth + 1) for kid in self._work.items(thing.get("/Kids"))]
        for page in pages:
            for thing in self._work.items(entry(page, "/Annots")):
                if self._is_new(thing, seen):
                    yield self._read_upwards(thing)

    def _is_new(self, thing: Any, seen: set[tuple[int, int]]) -> bool:
        if not is_dictionary(thing) or (is_indirect(thing) and thing.objgen in seen):
            return False
        self._work.take(1)
        if is_indirect(thing):
            seen.add(thing.objgen)
        return True

    def _read(self, thing: Any, above: _Field) -> _Field:
        value = thing.get("/V")
        own = self._work.text(thing.get("/T"))[:_LONGEST_NAME]
        name = ".".join(part for part in (above.name, own) if part)[:_LONGEST_NAME]
        return _Field(self._work.name(thing.get("/FT")) or above.kind, above.value if value is None else value, name)

    def _read_upwards(self, thing: Any) -> _Field:
        line = [thing]
        while len(line) <= _DEEPEST and is_dictionary(parent := line[-1].get("/Parent")):
            line.append(parent)
        self._work.take(len(line))
        field = _Field()
        for one in reversed(line):
            field = self._read(one, field)
        return field

    def _covers(self, stream: BinaryIO, size: int, covered: list[int], contents: Any) -> bool:
        """Tell whether all but the signature's own bytes is covered, from the first byte to the last."""
        match covered:
            case [0, int(start), int(stop), int(rest)] if 0 < start < stop and stop + rest == size:
                held = self._work.data(contents)
                if stop - start > 4 * len(held) + _BLANKS_BEFORE:
                    return False
                with whole(stream) as content:
                    before = content[max(0, start - len(_KEY) - _BLANKS_BEFORE) : start].rstrip(_BLANK)
                    return before.endswith(_KEY) and _unhexed(content[start:stop]) == held
            case _:
                return False


def _too_many() -> InvalidInput:
    return too_complex(f"La lista de firmas del PDF, con más de {MOST_SIGNATURES},")


def _range(value: Any) -> list[int]:
    ranges = value.get("/ByteRange")
    if not isinstance(ranges, parser().Array) or len(ranges) != _NUMBERS:
        return []
    return [one if isinstance(one, int) else -1 for one in ranges]


def _unhexed(text: bytes) -> bytes | None:
    """Return what a string written in hexadecimal says; None for anything else."""
    if not (text.startswith(b"<") and text.endswith(b">")):
        return None
    digits = text[1:-1].translate(None, _BLANK)
    try:
        return bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode("ascii"))
    except ValueError:
        return None
