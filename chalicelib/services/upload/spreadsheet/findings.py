"""All that is wrong with one spreadsheet: gathered while it is read, told at once."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.domain.errors import InvalidInput, refusal_of

MOST_TOLD = 20
"""Problems in one refusal; where there are more, the last says how many are left out."""
MOST_NOTED = 10_000
"""After as many the rest isn't looked at: what is told would hardly change."""
_MOST_PLACES = 3
_MOST_LETTERS = 80
MACROS, EMBEDDED, LINKS = "spreadsheet_macros", "spreadsheet_embedded_file", "spreadsheet_external_links"
DAMAGED, ENCRYPTED = "spreadsheet_damaged", "spreadsheet_encrypted"
_GRAVEST_FIRST = ("file_type_mismatch", ENCRYPTED, MACROS, EMBEDDED, LINKS, DAMAGED)
"""The first problem gives the refusal its code."""


def shown(text: str) -> str:
    """Return a stranger's text as it can stand in a message: on one line, and not too long of it."""
    start = text[: _MOST_LETTERS + 1]
    line = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in start)
    return line if len(line) <= _MOST_LETTERS else f"{line[:_MOST_LETTERS]}…"


@dataclass(frozen=True, slots=True)
class _Kind:
    code: str
    what: str
    where: str
    remedy: str


class Findings:
    """Problems by their kind and part or sheet, each with the cells it stands in."""

    def __init__(self) -> None:
        """Begin with none."""
        self._places: dict[_Kind, list[str]] = {}
        self._counts: dict[_Kind, int] = {}
        self._untold = 0
        self._noted = 0

    def add(self, code: str, what: str, *, where: str, remedy: str, cell: str = "") -> None:
        """Note a problem, or refuse at once if there are too many.

        `what` and `remedy` are sentences, `where` is a part or a sheet, `cell` a place in it.
        """
        self._noted += 1
        if self._noted > MOST_NOTED:
            self.raise_if_any()
        kind = _Kind(code, what, where, remedy)
        if kind not in self._places:
            if len(self._places) == MOST_TOLD:
                self._untold += 1
                return
            self._places[kind], self._counts[kind] = [], 0
        self._counts[kind] += 1
        if cell and len(self._places[kind]) < _MOST_PLACES:
            self._places[kind].append(shown(cell))

    def has(self, code: str) -> bool:
        """Whether there is a problem of this code."""
        return any(kind.code == code for kind in self._places)

    def raise_if_any(self) -> None:
        """Refuse with everything that was noted."""
        if not self._places:
            return
        kinds = sorted(self._places, key=lambda kind: _GRAVEST_FIRST.index(kind.code))
        problems = [InvalidInput(kind.code, self._told(kind)) for kind in kinds]
        if self._untold:
            more = f"Hay {self._untold + 1} problemas más, que se dirán cuando se corrijan estos."
            problems[-1] = InvalidInput(kinds[-1].code, more)
        raise refusal_of(tuple(problems))

    def _told(self, kind: _Kind) -> str:
        places, more = self._places[kind], self._counts[kind] - len(self._places[kind])
        cells = ""
        if places:
            cells = f", {'celda' if len(places) == 1 else 'celdas'} {', '.join(places)}"
            cells += f" y {more} más" if more else ""
        return f"{kind.what} ({kind.where}{cells}). {kind.remedy}"
