"""What the pages of a PDF are drawn with, and whether the file has it.

A reference to an object that does not exist means nothing (ISO 32000-1, 7.3.10), and the parser leaves such entries
out. So each object that a page needs is looked at once more as it is written, if any that it refers to is missing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from chalicelib.services.upload.pdf.raw_objects import RawObjects
from chalicelib.services.upload.pdf.refusal import Findings, damaged, shown_name
from chalicelib.services.upload.pdf.syntax import UNFINISHED, Reference, read_dictionary
from chalicelib.services.upload.pdf.things import Number, entry, name_of, parser

_REFERENCE = re.compile(
    rb"(\d{1,10})[\x00\t\n\f\r ]{1,9}(\d{1,5})[\x00\t\n\f\r ]{1,9}R(?![^\x00\t\n\f\r ()<>\[\]{}/%])"
)
_MOST_LOOKED_AT = 500_000
_MOST_READ_AGAIN = 4 * 1024 * 1024
"""Bytes of objects that refer to missing ones. What lies beyond either bound is taken to be there."""


class _Part(NamedTuple):
    """What an entry is, in words, and as what its value is followed."""

    what: str
    kind: str = "list"


_LIST = "la lista de sus fuentes e imágenes"
_RESOURCES = _Part(_LIST, "resources")
_COLOURS = _Part("el espacio de color", "array")
_FILE = _Part("el archivo")
_PARTS = {
    "page": {"/Contents": _Part("su contenido"), "/Resources": _RESOURCES, "/Annots": _Part("", "annotation")},
    "branch": {"/Resources": _RESOURCES},
    "resources": {
        "/Font": _Part(_LIST, "fonts"),
        "/XObject": _Part(_LIST, "drawings"),
        "/ExtGState": _Part(_LIST, "states"),
        "/ColorSpace": _Part(_LIST, "colours"),
        "/Pattern": _Part(_LIST, "patterns"),
        "/Shading": _Part(_LIST, "shadings"),
    },
    "font": {
        "/DescendantFonts": _Part("una parte", "font"),
        "/FontDescriptor": _Part("la descripción", "descriptor"),
        "/Encoding": _Part("la codificación"),
        "/CharProcs": _Part("la lista de letras", "glyphs"),
        "/Resources": _RESOURCES,
    },
    "descriptor": {"/FontFile": _FILE, "/FontFile2": _FILE, "/FontFile3": _FILE},
    "drawing": {
        "/Resources": _RESOURCES,
        "/ColorSpace": _COLOURS,
        "/SMask": _Part("la máscara", "drawing"),
        "/Mask": _Part("la máscara", "drawing"),
    },
    "pattern": {"/Resources": _RESOURCES, "/Shading": _Part("el sombreado", "shading")},
    "shading": {"/ColorSpace": _COLOURS, "/Function": _Part("la función", "array")},
    "state": {"/SMask": _Part("la máscara", "mask"), "/Font": _Part("la fuente")},
    "mask": {"/G": _Part("la máscara", "drawing")},
    "annotation": {"/AP": _Part("el aspecto", "appearance")},
    "appearance": {"/N": _Part("el aspecto", "looks")},
    "array": {},
    "list": {},
}
_NAMED = {
    "fonts": _Part("la fuente", "font"),
    "drawings": _Part("la imagen o dibujo", "drawing"),
    "states": _Part("el recurso", "state"),
    "colours": _Part("el recurso", "array"),
    "patterns": _Part("el recurso", "pattern"),
    "shadings": _Part("el recurso", "shading"),
    "glyphs": _Part("la letra"),
    "looks": _Part("el aspecto de una anotación", "drawing"),
}
"""Dictionaries of which every entry is such a part."""


class _Label(NamedTuple):
    """Of what something is a part."""

    what: str
    name: str = ""

    def __str__(self) -> str:
        return f"{self.what} {shown_name(self.name)}" if self.name else self.what


_PAGE, _BRANCH, _DRAWING = _Part("", "page"), _Part("", "branch"), _Part("el aspecto", "drawing")
_ANNOTATION = _Label("una anotación")


class Needs:
    """Finds what pages need and the file does not have."""

    def __init__(self, raw: RawObjects, findings: Findings, broken: Mapping[Number, str]) -> None:
        """Look in these objects, of which some are there and cannot be read: why, by their numbers."""
        self._raw, self._findings, self._broken = raw, findings, broken
        self._told: set[Number] = set()
        self._page = 0
        self._done: set[tuple[Number, str]] = set()
        self._missing: dict[Number, bool] = {}
        self._there: dict[tuple[bytes, bytes], bool] = {}
        self._pending: list[tuple[Any, _Part, _Label | None]] = []
        self._left, self._left_to_read = _MOST_LOOKED_AT, _MOST_READ_AGAIN
        library = parser()
        self._array, self._dictionary, self._stream = library.Array, library.Dictionary, library.Stream

    def check(self, pages: list[Any]) -> set[Number]:
        """Go through the pages, what draws them and what they are drawn with, each once; return what was told of."""
        for self._page, page in enumerate(pages, 1):
            self._pending.append((page, _PAGE, None))
            while self._pending and self._left > 0:
                self._left -= 1
                self._look(*self._pending.pop())
        return self._told

    def _look(self, thing: Any, part: _Part, label: _Label | None) -> None:
        kind = part.kind
        if not isinstance(thing, (self._dictionary, self._stream, self._array)):
            return
        if thing.is_indirect:
            number = thing.objgen
            if (number, kind) in self._done:
                return
            self._done.add((number, kind))
            if kind == "annotation" and name_of(entry(thing, "/Subtype")) == "/Link":
                return
            if self._misses(number):
                self._tell(self._written(number), part, label)
        if isinstance(thing, self._array):
            if kind != "list":
                self._left -= len(thing)
                self._pending += [(one, part, label) for one in thing]
        elif kind == "looks" and isinstance(thing, self._stream):
            self._pending.append((thing, _DRAWING, label))
        elif kind in _NAMED:
            inner = _NAMED[kind]
            self._pending += [(one, inner, _Label(inner.what, name)) for name, one in thing.items()]
        else:
            self._look_at_parts(thing, kind, label)

    def _look_at_parts(self, thing: Any, kind: str, label: _Label | None) -> None:
        for key, part in _PARTS[kind].items():
            value = thing.get(key)
            if value is not None:
                self._pending.append((value, part, _ANNOTATION if part.kind == "annotation" else label))
        if kind in {"page", "branch"} and "/Resources" not in thing:
            self._pending.append((thing.get("/Parent"), _BRANCH, None))

    def _misses(self, number: Number) -> bool:
        """Tell whether an object refers to any that does not exist; each object is asked once."""
        if number not in self._missing:
            self._missing[number] = not all(map(self._is_there, set(_REFERENCE.findall(self._raw.text(number)))))
        return self._missing[number]

    def _is_there(self, reference: tuple[bytes, bytes]) -> bool:
        if reference not in self._there:
            number = (int(reference[0]), int(reference[1]))
            self._there[reference] = number not in self._broken and self._raw.exists(number)
        return self._there[reference]

    def _written(self, number: Number) -> Any:
        """Return an object as it is written: entries, or an array."""
        text = self._raw.text(number)
        if self._left_to_read < 0:
            return None
        self._left_to_read -= len(text)
        text = text.removesuffix(b"\n").removesuffix(b"\r").removesuffix(b"stream")
        read = read_dictionary(b"<</X " + text + b"\n>>", 0, len(text) + 9)
        return read[0][0][1] if read is not UNFINISHED and len(read[0]) == 1 else None

    def _tell(self, value: Any, part: _Part, label: _Label | None) -> None:
        """Tell what is missing of a value as it was written, and of what stands inside.

        Signers write `0 0 R` where an annotation looks like nothing.
        """
        if isinstance(value, Reference):
            self._tell_reference((value.number, value.generation), part, label)
        elif isinstance(value, list):
            for one in value:
                self._tell(one, part, label)
        elif isinstance(value, dict) and part.kind in _NAMED:
            inner = _NAMED[part.kind]
            for name, one in value.items():
                self._tell(one, inner, _Label(inner.what, name))
        elif isinstance(value, dict):
            for key, one_part in _PARTS[part.kind].items():
                self._tell(value.get(key), one_part, _ANNOTATION if one_part.kind == "annotation" else label)

    def _tell_reference(self, number: Number, part: _Part, label: _Label | None) -> None:
        is_none = number[0] == 0 and label is not None and label.what.endswith(_ANNOTATION.what)
        if not part.what or is_none:
            return
        what = f"{_words(part, label)} (objeto {number[0]})"
        if number in self._broken:
            self._told.add(number)
            self._findings.add(damaged(f"Página {self._page}: no se puede leer {what}: {self._broken[number]}"))
        elif not self._raw.exists(number):
            self._findings.add(damaged(f"Página {self._page}: falta {what}"))


def _words(part: _Part, label: _Label | None) -> str:
    """Return what is missing: the labelled thing itself, or a part of it."""
    if label is None:
        return part.what
    if part.what == label.what:
        return str(label)
    owner = str(label)
    return f"{part.what.replace(' sus ', ' ')} de{'l ' + owner[3:] if owner.startswith('el ') else ' ' + owner}"
