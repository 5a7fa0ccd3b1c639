"""The pages of a PDF, and whether all that they need is there.

A reference to an object that does not exist means nothing (ISO 32000-1, 7.3.10), and the parser leaves such entries
out. So what a page needs is read once more from the bytes: what draws it, and what it is drawn with.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from chalicelib.services.upload.pdf.raw_objects import RawObjects
from chalicelib.services.upload.pdf.refusal import Findings, damaged, shown_name, too_complex
from chalicelib.services.upload.pdf.syntax import Reference
from chalicelib.services.upload.pdf.things import Number, is_dictionary, name_of, parser

if TYPE_CHECKING:
    from pikepdf import Pdf

_DEEPEST = 64
_HANDED_DOWN = ("/Resources", "/MediaBox", "/CropBox", "/Rotate")
"""What a page takes from the branches above it (ISO 32000-1, 7.7.3.4)."""
_REFERENCE = re.compile(
    rb"(\d{1,10})[\x00\t\n\f\r ]{1,9}(\d{1,5})[\x00\t\n\f\r ]{1,9}R(?![^\x00\t\n\f\r ()<>\[\]{}/%])"
)
_DRAWN_WITH = ("/Font", "/XObject", "/ExtGState", "/ColorSpace", "/Pattern", "/Shading")
_NAMED = {"/Font": "la fuente", "/XObject": "la imagen o dibujo"}


def pages_of(pdf: Pdf, raw: RawObjects, most: int) -> list[Any]:
    """Return the pages in their order. Branches are read as they are written: the parser leaves out what is missing.

    Raises:
        InvalidInput: `pdf_damaged` when the tree is not whole, `pdf_too_complex` beyond `most` entries.

    """
    root: Any = pdf.Root.get("/Pages")
    if not is_dictionary(root):
        raise damaged("El árbol de páginas falta: el catálogo no dice cuáles son las páginas")
    tree = _Tree(raw, most)
    tree.enter(root, None, frozenset(), 0)
    if not tree.pages:
        raise damaged("El árbol de páginas está dañado: no tiene páginas")
    return tree.pages


class _Tree:
    """Goes through the branches of a page tree."""

    def __init__(self, raw: RawObjects, most: int) -> None:
        self.pages: list[Any] = []
        self._raw, self._left = raw, most
        self._seen: set[Number] = set()

    def enter(self, node: Any, branch: Any, given: frozenset[str], depth: int) -> None:
        """Take a page, or the pages of a branch; `given` are the entries that branches above it hand down."""
        if not is_dictionary(node):
            raise damaged(f"El árbol de páginas está incompleto: falta la página {len(self.pages) + 1}")
        if branch is not None:
            self._check_parent(node, branch, given)
        kids = node.get("/Kids")
        if kids is None or name_of(node.get("/Type")) == "/Page":
            self.pages.append(node)
            return
        if not isinstance(kids, parser().Array) or depth > _DEEPEST or (node.is_indirect and node.objgen in self._seen):
            raise damaged("El árbol de páginas está dañado: una rama se contiene a sí misma o no tiene páginas")
        self._seen.add(node.objgen)
        listed = list(kids)
        self._left -= len(listed)
        if self._left < 0:
            raise too_complex("El árbol de páginas")
        self._check_listed(node, len(listed))
        before, handed = len(self.pages), given | {key for key in _HANDED_DOWN if key in node}
        for kid in listed:
            self.enter(kid, node, handed, depth + 1)
        said = node.get("/Count", None if branch is not None else len(self.pages))
        if type(said) is not int or said != len(self.pages) - before:
            raise damaged(
                f"El árbol de páginas está dañado: {'una rama' if branch is not None else 'el documento'} dice que tiene "
                f"{_count(said)} páginas y tiene {len(self.pages) - before}"
            )

    def _check_parent(self, node: Any, branch: Any, given: frozenset[str]) -> None:
        """Require that a page, or branch, names as its parent the branch that lists it.

        Readers that go up and readers that go down would show it with other fonts, measures or turns. One that names no
        parent is the same for both as long as no branch hands anything down that it does not say itself.
        """
        parent = node.get("/Parent")
        if parent is None and all(key in node for key in given):
            return
        if not is_dictionary(parent) or parent.objgen != branch.objgen:
            raise damaged(
                f"Página {len(self.pages) + 1}: el árbol de páginas está dañado, la rama que la tiene no es la que ella "
                "nombra (/Parent), y los lectores la mostrarían distinta"
            )

    def _check_listed(self, node: Any, kept: int) -> None:
        """Require all that a branch lists; the parser has kept so many."""
        listed = self._raw.array_of(node.objgen, "/Kids") if node.is_indirect else []
        if len(listed) > kept:
            raise damaged("El árbol de páginas está incompleto: falta una página")
        for one in listed:
            if one is None or (isinstance(one, Reference) and not self._raw.exists((one.number, one.generation))):
                number = f" (objeto {one.number})" if isinstance(one, Reference) else ""
                raise damaged(f"El árbol de páginas está incompleto: falta una página{number}")


def contents_of(pages: list[Any], most: int) -> Iterator[tuple[int, Any]]:
    """Yield what draws each page, with its number; a list that several pages refer to is gone through once.

    Raises:
        InvalidInput: `pdf_too_complex` beyond `most` entries, `pdf_damaged` when something draws no page.

    """
    array = parser().Array
    seen: set[Number] = set()
    for number, page in enumerate(pages, 1):
        contents: Any = page.get("/Contents")
        if not isinstance(contents, array):
            yield number, _drawing(contents, number)
        elif not contents.is_indirect or contents.objgen not in seen:
            seen |= {contents.objgen} if contents.is_indirect else set()
            most -= len(contents)
            if most < 0:
                raise too_complex(f"El contenido de la página {number}")
            yield from ((number, _drawing(one, number)) for one in contents)


def _drawing(thing: Any, page: int) -> Any:
    if thing is not None and not isinstance(thing, parser().Stream):
        raise damaged(f"Página {page}: su contenido está dañado, no es un dibujo")
    return thing


class Needs:
    """Finds what a page needs and the file does not have."""

    def __init__(self, raw: RawObjects, findings: Findings) -> None:
        """Look in these objects."""
        self._raw, self._findings = raw, findings
        self._seen: set[Number] = set()
        self._done: set[Number] = set()

    def check(self, pages: list[Any]) -> None:
        """Go through the pages, what draws them and what they are drawn with, each once."""
        for number, page in enumerate(pages, 1):
            if page.is_indirect and self._misses(page.objgen):
                self._check_page(number, self._raw.entries(page.objgen))
            self._check_resources(number, _inherited(page, "/Resources"), 0)

    def _misses(self, number: Number) -> bool:
        """Tell whether an object refers to any that does not exist; each object is asked once."""
        if number in self._seen:
            return False
        self._seen.add(number)
        text = self._raw.text(number)
        return any(not self._raw.exists((int(one), int(other))) for one, other in _REFERENCE.findall(text))

    def _check_page(self, number: int, entries: dict[str, Any]) -> None:
        contents = entries.get("/Contents")
        for one in contents if isinstance(contents, list) else [contents]:
            self._need(number, one, "su contenido")
        self._need(number, entries.get("/Resources"), "la lista de sus fuentes e imágenes")
        self._check_entries(number, entries.get("/Resources"))

    def _check_entries(self, number: int, resources: Any) -> None:
        """Look at resources as they were written."""
        if not isinstance(resources, dict):
            return
        for kind in _DRAWN_WITH:
            held = resources.get(kind)
            self._need(number, held, "la lista de sus fuentes e imágenes")
            for name, one in held.items() if isinstance(held, dict) else ():
                self._need(number, one, f"{_NAMED.get(kind, 'el recurso')} {shown_name(name)}")

    def _check_resources(self, number: int, resources: Any, depth: int) -> None:
        if not is_dictionary(resources) or depth > _DEEPEST or self._is_done(resources):
            return
        if resources.is_indirect and self._misses(resources.objgen):
            self._check_entries(number, self._raw.entries(resources.objgen))
        for kind in _DRAWN_WITH:
            held = resources.get(kind)
            if is_dictionary(held) and held.is_indirect and self._misses(held.objgen):
                self._check_entries(number, {kind: self._raw.entries(held.objgen)})
        drawings = resources.get("/XObject")
        if not is_dictionary(drawings) or self._is_done(drawings):
            return
        for drawing in dict(drawings.items()).values():
            if not isinstance(drawing, parser().Stream) or "/Resources" not in drawing or drawing.objgen in self._seen:
                continue
            if self._misses(drawing.objgen):
                self._check_entries(number, self._raw.entries(drawing.objgen).get("/Resources"))
            self._check_resources(number, drawing.get("/Resources"), depth + 1)

    def _is_done(self, thing: Any) -> bool:
        """Tell whether an object was gone through before; what stands inside another is gone through with it."""
        if not thing.is_indirect:
            return False
        is_done = thing.objgen in self._done
        self._done.add(thing.objgen)
        return is_done

    def _need(self, page: int, thing: Any, what: str) -> None:
        if isinstance(thing, Reference) and not self._raw.exists((thing.number, thing.generation)):
            self._findings.add(damaged(f"Página {page}: falta {what} (objeto {thing.number})"))


def _inherited(page: Any, key: str) -> Any:
    """Return what a page says, or the nearest branch above it (ISO 32000-1, 7.7.3.4)."""
    node, depth = page, 0
    while is_dictionary(node) and depth < _DEEPEST:
        if key in node:
            return node[key]
        node, depth = node.get("/Parent"), depth + 1
    return None


def _count(said: Any) -> str:
    return str(said) if type(said) is int else "no se sabe cuántas"
