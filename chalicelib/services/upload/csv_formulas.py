"""Formulas in a CSV that reach outside of it: a spreadsheet program runs what begins with `=`, `+`, `-` or `@`.

The rule is that of spreadsheets: what calculates passes; what runs, fetches, or reads another file is refused. An
address can stand in a CSV as itself, so HYPERLINK has no use there but to hide where it leads, and is refused too.
Numbers, telephones and accounts (`-5,00`, `+51 999 999 999`, `@entidad`) call nothing and pass.

Which sign parts the cells is a setting of whoever opens the file, so all usual ones are tried. Few tables hold a word
that a formula would need to reach outside: only these are read cell by cell.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_FUNCTIONS = frozenset({
    "DDE", "DDEAUTO", "RTD", "WEBSERVICE", "IMAGE", "HYPERLINK", "STOCKHISTORY", "IMPORTDATA", "IMPORTFEED",
    "IMPORTHTML", "IMPORTRANGE", "IMPORTXML", "GOOGLEFINANCE", "SQL.REQUEST", "COPILOT", "CALL", "REGISTER",
    "REGISTER.ID", "EXEC", "EXECUTE", "EVALUATE", "RUN", "FOPEN", "FWRITE", "FREAD", "INITIATE", "POKE", "REQUEST",
    "TERMINATE", "SEND.KEYS", "PY",
    "RDTR", "SERVICIOWEB", "IMAGEN", "HIPERVINCULO", "HIPERVÍNCULO", "HISTORIALCOTIZACIONES", "LLAMAR", "ID.REGISTRO",
    "EJECUTAR", "EVALUAR",
})  # fmt: skip
"""In English and in Spanish: in a CSV they are named as the program of whoever opens it names them."""
_PREFIX = re.compile(r"(?:_XL\w*\.|COM\.MICROSOFT\.)+")
_CALL = re.compile(r"(?<![\w.])([^\W\d][\w.]*+)[ \t\r\n\xa0]*+\(")
_ORDER = re.compile(r"\w'?\|[ ]*(?:'[^'\r\n]{0,1024}'|[\w.$:\\/ -]{1,1024})!")
"""DDE: a program, `|`, a topic, `!`, an item."""
_ELSEWHERE = re.compile(r"\[[^\[\]\r\n]{1,1024}\][^!\"\[\]\r\n]{0,256}!|'[^'\"\r\n]{0,256}[\\/][^'\"\r\n]{0,1024}'[!#]")
"""A cell of another file: `[Libro.xlsx]Hoja!A1`, `'\\\\servidor\\[Libro.xlsx]Hoja'!A1`, `'file:///a.ods'#Hoja.A1`."""
_LITERAL = re.compile(r'"[^"]*"')
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_SEPARATORS = (",", ";", "\t", "|")
_OWN_SEPARATOR = re.compile(r'"?sep=([^\w\s"=])"?\s*', re.IGNORECASE)
"""What Excel obeys in a first line."""
_BEGINS = tuple("=+-@＝＋－＠")  # noqa: RUF001  (Excel takes the wide ones for the same)
_EQUALS = "=＝"  # noqa: RUF001  (the same)
_BLANKS = " \t\r\n\xa0"
LONGEST_FORMULA = 8_192
"""Letters that Excel takes."""


@dataclass(frozen=True, slots=True)
class Formula:
    """One that reaches outside: the line its row ends in, its cell in the row, both from 1, and what it does."""

    line: int
    cell: int
    does: str


def may_reach_out(text: str) -> bool:
    """Whether there is anything by which a formula reaches outside."""
    return bool(
        _call_outside(text)
        or ("|" in text and _ORDER.search(text))
        or (("]" in text or "'" in text) and _ELSEWHERE.search(text))
    )


def outward_formulas(texts: Iterable[str], separator: str) -> Iterator[Formula]:
    """Yield the formulas that reach outside if this sign parts the cells.

    A cell that is longer than a formula can be, such as one whose quote was left open, is given up at its line's end.
    """
    rows = csv.reader(_lines(texts), delimiter=separator, skipinitialspace=True)
    while True:
        try:
            row = next(rows, None)
        except csv.Error:
            continue
        if row is None:
            return
        for number, cell in enumerate(row, 1):
            if does := _does(cell.lstrip(_BLANKS)):
                yield Formula(rows.line_num, number, does)


def separators(start: str) -> tuple[str, ...]:
    """Return the signs that may part the cells of a table that starts so, the likeliest first."""
    usual = sorted(_SEPARATORS, key=start.count, reverse=True)
    own = _OWN_SEPARATOR.match(start)
    return tuple(dict.fromkeys((own[1], *usual) if own else usual))


def _lines(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        yield from (line[0] for line in _LINE.finditer(text))


def _call_outside(text: str) -> str:
    """Return the first function that is called here and reaches outside; empty for none."""
    if "(" not in text:
        return ""
    names = (_PREFIX.sub("", call[1].upper()) for call in _CALL.finditer(text))
    return next((name for name in names if name in _FUNCTIONS), "")


def _does(cell: str) -> str:
    """Return what a cell does beyond calculating; nothing for what no program takes for a formula."""
    if not cell.startswith(_BEGINS):
        return ""
    formula = cell[:LONGEST_FORMULA]
    bare = _LITERAL.sub('""', formula)
    if name := _call_outside(bare):
        return f"usa la función {name}"
    if _ORDER.search(formula):
        return "da una orden a otro programa (DDE)"
    return "toma datos de otro archivo" if cell[0] in _EQUALS and _ELSEWHERE.search(bare) else ""
