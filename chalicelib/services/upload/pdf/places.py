"""Where in a document an object is, in words a person finds it by: the page, the field, the bookmark.

Nothing is looked up until something is wrong.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from chalicelib.services.upload.pdf.refusal import quoted
from chalicelib.services.upload.pdf.things import Number, entry, held, is_indirect, items, text_of

if TYPE_CHECKING:
    from pikepdf import Pdf

_DEEPEST_FIELD = 32
_LONGEST_NAME = 200
_ROOTS = {
    "/OpenAction": "Al abrir el documento",
    "/AA": "El documento",
    "/Outlines": "Los marcadores",
    "/AcroForm": "El formulario",
    "/Names": "El documento",
}


class Places:
    """The places of a document's objects."""

    def __init__(self, pdf: Pdf, pages: list[Any], most: int) -> None:
        """Look through at most so many entries."""
        self._pdf, self._pages, self._left = pdf, pages, most

    def of(self, thing: Any) -> str:
        """Return where an indirect object is, as the beginning of a sentence; None is the document's trailer."""
        if thing is None:
            return "El documento"
        number = thing.objgen
        page, field = self._page_of.get(number), self._field_of.get(number)
        if field is not None:
            return f"Campo {quoted(field)}" + (f" (página {page})" if page else "")
        if page:
            return f"Página {page}"
        return self._root_of.get(number) or f"Objeto {number[0]}"

    def page_of(self, thing: Any) -> int | None:
        """Return the page an indirect object is on, the first if there are several."""
        return self._page_of.get(thing.objgen)

    def field_of(self, thing: Any) -> str | None:
        """Return the full name of the form field an indirect object belongs to."""
        return self._field_of.get(thing.objgen)

    @functools.cached_property
    def _borders(self) -> set[Number]:
        borders = {page.objgen for page in self._pages} | {self._pdf.Root.objgen}
        for page in self._pages:
            parent, seen = page.get("/Parent"), 0
            while parent is not None and parent.objgen not in borders and seen < _DEEPEST_FIELD:
                borders.add(parent.objgen)
                parent, seen = entry(parent, "/Parent"), seen + 1
        return borders

    @functools.cached_property
    def _page_of(self) -> dict[Number, int]:
        found = {page.objgen: number for number, page in reversed(list(enumerate(self._pages, 1)))}
        for number, page in enumerate(self._pages, 1):
            for annotation in self._items(entry(page, "/Annots")):
                if is_indirect(annotation):
                    found.setdefault(annotation.objgen, number)
        borders = self._borders
        for number, page in enumerate(self._pages, 1):
            annotations = [one for one in self._items(entry(page, "/Annots")) if is_indirect(one)]
            for one in (page, *annotations):
                if found.get(one.objgen) == number:
                    self._spread(one, number, found, borders)
        return found

    @functools.cached_property
    def _field_of(self) -> dict[Number, str]:
        found: dict[Number, str] = {}
        form = entry(self._pdf.Root, "/AcroForm")
        pending = [(field, "", 0) for field in self._items(entry(form, "/Fields"))]
        borders = set(self._borders)
        fields: list[tuple[Any, str]] = []
        lists: set[Number] = set()
        while pending:
            field, before, depth = pending.pop()
            if not is_indirect(field) or field.objgen in found or depth > _DEEPEST_FIELD:
                continue
            name = ".".join(part for part in (before, self._name(field)) if part)[:_LONGEST_NAME]
            found[field.objgen] = name
            fields.append((field, name))
            kids = entry(field, "/Kids")
            if not is_indirect(kids) or kids.objgen not in lists:
                lists |= {kids.objgen} if is_indirect(kids) else set()
                pending += [(kid, name, depth + 1) for kid in self._items(kids)]
        borders |= set(found)
        for field, name in fields:
            for key in ("/A", "/AA", "/V"):
                self._spread(entry(field, key), name, found, borders)
        return found

    @functools.cached_property
    def _root_of(self) -> dict[Number, str]:
        found: dict[Number, str] = {self._pdf.Root.objgen: "El documento"}
        for key, words in _ROOTS.items():
            self._spread(entry(self._pdf.Root, key), words, found, self._borders)
        return found

    def _items(self, thing: Any) -> Iterable[Any]:
        """Return what stands in an array; nothing once very much was gone through."""
        many = items(thing)
        self._left -= len(many)
        return many if self._left > 0 else ()

    def _name(self, field: Any) -> str:
        name = text_of(entry(field, "/T")) if self._left > 0 else ""
        self._left -= len(name) // _LONGEST_NAME
        return name[:_LONGEST_NAME]

    def _spread(self, start: Any, label: Any, found: dict[Number, Any], borders: set[Number]) -> None:
        """Label what hangs at an object, as far as nothing else has it and no border is crossed."""
        pending = [start]
        if is_indirect(start):
            found.setdefault(start.objgen, label)
        while pending and self._left > 0:
            for one in held(pending.pop()):
                self._left -= 1
                if is_indirect(one):
                    if one.objgen in found or one.objgen in borders:
                        continue
                    found[one.objgen] = label
                pending.append(one)
