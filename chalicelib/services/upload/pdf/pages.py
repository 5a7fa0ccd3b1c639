"""The pages of a PDF as its tree lists them, and what draws each.

The parser leaves out what a branch refers to and the file lacks. So each branch is read once more as it is written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from chalicelib.services.upload.pdf.raw_objects import RawObjects
from chalicelib.services.upload.pdf.refusal import damaged, too_complex
from chalicelib.services.upload.pdf.syntax import Reference
from chalicelib.services.upload.pdf.things import Number, is_dictionary, name_of, parser

if TYPE_CHECKING:
    from pikepdf import Pdf

_DEEPEST = 64
_DIRECT: Number = (0, 0)
"""Of what is no object of its own."""
_KIDS = re.compile(
    rb"/Kids[\x00\t\n\f\r ]*+\[((?:[\x00\t\n\f\r ]*+\d{1,10}[\x00\t\n\f\r ]++\d{1,5}[\x00\t\n\f\r ]++R)*+)"
    rb"[\x00\t\n\f\r ]*+\]"
)
_HANDED_DOWN = ("/Resources", "/MediaBox", "/CropBox", "/Rotate")
"""What a page takes from the branches above it (ISO 32000-1, 7.7.3.4)."""


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
            who = "una rama" if branch is not None else "el documento"
            counts = f"dice que tiene {_count(said)} páginas y tiene {len(self.pages) - before}"
            raise damaged(f"El árbol de páginas está dañado: {who} {counts}")

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
                f"Página {len(self.pages) + 1}: el árbol de páginas está dañado, la rama que la tiene no es la que ella"
                " nombra (/Parent), y los lectores la mostrarían distinta"
            )

    def _check_listed(self, node: Any, kept: int) -> None:
        """Require all that a branch lists; the parser has kept so many."""
        listed = self._listed(node.objgen) if node.is_indirect else []
        if len(listed) > kept:
            raise damaged("El árbol de páginas está incompleto: falta una página")
        for one in listed:
            if one is None or (isinstance(one, Reference) and not self._raw.exists((one.number, one.generation))):
                number = f" (objeto {one.number})" if isinstance(one, Reference) else ""
                raise damaged(f"El árbol de páginas está incompleto: falta una página{number}")

    def _listed(self, number: Number) -> list[Any]:
        """Return what a branch lists as it is written, at once where only references stand there."""
        text = self._raw.text(number)
        plain = _KIDS.search(text) if text.count(b"/Kids") == 1 and b"#" not in text else None
        if not plain:
            return self._raw.array_of(number, "/Kids")
        words = plain[1].replace(b"\x00", b" ").split()
        return [Reference(int(one), int(other)) for one, other in zip(words[::3], words[1::3], strict=True)]


def contents_of(pages: list[Any], most: int) -> Iterator[tuple[int, Any]]:
    """Yield what draws each page, with its number; a list, and a drawing, that several pages refer to is met once.

    Raises:
        InvalidInput: `pdf_too_complex` beyond `most` entries, `pdf_damaged` when something draws no page.

    """
    array = parser().Array
    seen: set[Number] = {_DIRECT}
    for number, page in enumerate(pages, 1):
        contents: Any = page.get("/Contents")
        if not isinstance(contents, array):
            many: Iterable[Any] = (contents,)
        elif contents.objgen == _DIRECT or contents.objgen not in seen:
            seen.add(contents.objgen)
            many = contents
            most -= len(contents)
            if most < 0:
                raise too_complex(f"El contenido de la página {number}")
        else:
            continue
        for one in many:
            drawing = _drawing(one, number)
            if drawing is not None and drawing.objgen not in seen:
                seen.add(drawing.objgen)
                yield number, drawing


def _drawing(thing: Any, page: int) -> Any:
    if thing is not None and not isinstance(thing, parser().Stream):
        raise damaged(f"Página {page}: su contenido está dañado, no es un dibujo")
    return thing


def _count(said: Any) -> str:
    return str(said) if type(said) is int else "no se sabe cuántas"
