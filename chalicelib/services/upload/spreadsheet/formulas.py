"""Formulas that do more than calculate: they run something, fetch something, or read another file.

Only what is outside of literal texts counts: `="WEBSERVICE(" & A1` writes a word. Names count in any case and under
any prefix (`_xlfn.`, `COM.MICROSOFT.`). Time grows with the formula's length and no more.

Sources: ECMA-376-1, 18.17 (formulas); MS-XLSX 2.2.2 (future functions, DDE items); OpenFormula 1.3, 5 and 6; the
functions of Excel's macro sheets (MS-XLS 2.5.198.17 and Excel 4.0's reference).
"""

from __future__ import annotations

import re
from functools import lru_cache

from chalicelib.services.upload.spreadsheet.findings import LINKS, MACROS, shown
from chalicelib.services.upload.spreadsheet.links import leads_to_web, stays_inside

Problem = tuple[str, str]
"""Code and sentence."""

_FETCHES = frozenset({
    "DDE", "RTD", "WEBSERVICE", "IMAGE", "STOCKHISTORY", "SQL.REQUEST", "COPILOT", "TRANSLATE", "DETECTLANGUAGE",
    "IMPORTDATA", "IMPORTFEED", "IMPORTHTML", "IMPORTRANGE", "IMPORTXML", "GOOGLEFINANCE",
})  # fmt: skip
_RUNS = frozenset({
    "CALL", "REGISTER", "REGISTER.ID", "UNREGISTER", "EXEC", "EXECUTE", "EVALUATE", "RUN", "GOTO", "HALT", "PY",
    "FORMULA", "FORMULA.ARRAY", "FORMULA.FILL", "FORMULA.CONVERT", "FOPEN", "FCLOSE", "FREAD", "FREADLN",
    "FWRITE", "FWRITELN", "FPOS", "FSIZE", "FILES", "DIRECTORY", "CREATE.DIRECTORY", "DELETE.DIRECTORY",
    "FILE.DELETE", "DOCUMENTS", "INITIATE", "POKE", "REQUEST", "TERMINATE", "SEND.KEYS", "SEND.MAIL",
    "APP.ACTIVATE", "OPEN", "OPEN.TEXT", "SAVE.AS", "ALERT", "CALLER", "CUSTOM.UNDO", "ENABLE.COMMAND",
    "ADD.COMMAND", "ADD.MENU", "WINDOWS", "WORKBOOK.HIDE", "VBA.INSERT.FILE", "VBA.MAKE.ADDIN", "CANCEL.KEY",
    "DIALOG.BOX", "NEW", "QUIT", "ECHO", "SET.VALUE", "SET.NAME",
})  # fmt: skip
_RUNNING_FAMILIES = ("GET.", "ON.", "WORKBOOK.")
"""Excel 4.0 has dozens of each; no function of a worksheet begins so."""
_OWN_PREFIX = re.compile(
    r"(?:_XL[A-Z]*\.|COM\.MICROSOFT\.|ORG\.[A-Z]+\.|COM\.SUN\.STAR\.SHEET\.ADDIN\.[A-Z]+\.(?:GET)?)+"
)
"""What programs put before the names of functions that are younger than the format, or not of it."""
_CALL = re.compile(r"(?<![A-Za-z0-9_.])([A-Za-z_][A-Za-z0-9_.]*)[ \t\r\n\xa0]*\(")
_SYNTAX = re.compile(r"^(?:=|(?:of|msoxl|oooc|ooow):=?)+", re.IGNORECASE)
_WORTH_A_LOOK = re.compile(r"[|\[\]'#\\]|://")
_MARK = re.compile(r"[\"'\[]")
_FILE = re.compile(r"[\[\]\\/]")
"""Signs that names of sheets never have."""
_QUOTED_SOURCE = re.compile(r"\s*'[^']*(?:''[^']*)*'#")
_QUOTED = re.compile(r"'[^']*(?:''[^']*)*'?")
_ARRAY = re.compile(r"\{[^{}]*\}")
_SELF = "0"
"""The number by which a workbook names itself."""
_PIECE = re.compile(
    r"(?P<text>\"[^\"]*(?:\"\"[^\"]*)*\"?)|'[^']*(?:''[^']*)*'?"
    r"|(?<![A-Za-z0-9_.])(?P<link>[A-Za-z_.]*HYPERLINK\s*\()"
    r"|(?P<open>[({\[])|(?P<close>[)}\]])|(?P<next>[,;])|[^\s]",
    re.IGNORECASE,
)
_BAD_SCHEME = re.compile(r"\s*(?!https?:)\w+://|\s*(?:file|javascript|vbscript):|\\\\", re.IGNORECASE)


_ANY_DIGIT = bytes.maketrans(b"012345678", b"9" * 9)
_LONGEST_REMEMBERED = 512
"""In letters: what is remembered of 4,096 formulas takes 8 MB at most."""


def problems_of(formula: str, *, open_formula: bool = False) -> tuple[Problem, ...]:
    """Return what a formula does beyond calculating. `open_formula` tells OpenDocument's syntax from Excel's.

    A column of formulas that differ by their rows alone is judged once: but for the number of a workbook, which stands
    in brackets, no verdict depends on which digit a digit is.
    """
    if len(formula) > _LONGEST_REMEMBERED or ("[" in formula and not open_formula):
        return _judge(formula, open_formula=open_formula)
    return _judge_shape(formula.encode().translate(_ANY_DIGIT), open_formula)


@lru_cache(maxsize=4096)
def _judge_shape(shape: bytes, open_formula: bool) -> tuple[Problem, ...]:
    return _judge(shape.decode(), open_formula=open_formula)


def _judge(formula: str, *, open_formula: bool) -> tuple[Problem, ...]:
    names = _CALL.findall(formula)
    is_link = any(name[-9:].upper() == "HYPERLINK" for name in names)
    if not is_link and not _WORTH_A_LOOK.search(formula) and not any(_judge_name(name) for name in names):
        return ()
    if formula[:6].lower() == "msoxl:":
        open_formula = False
    text, reaches_out = _bare(_SYNTAX.sub("", formula), open_formula=open_formula)
    found: dict[Problem | None, None] = {judged: None for name in _CALL.findall(text) if (judged := _judge_name(name))}
    if open_formula:
        found.pop(_SHOWS_A_FORMULA, None)
    if reaches_out:
        found[LINKS, "Una fórmula toma datos de otro archivo"] = None
    if "|" in (_ARRAY.sub("", text) if open_formula else text):
        found[MACROS, "Una fórmula da una orden a otro programa (DDE)"] = None
    if is_link and not _links_well(formula):
        found[LINKS, "Una fórmula HYPERLINK lleva a una dirección que no es http, https, mailto ni tel"] = None
    return tuple(one for one in found if one)


@lru_cache(maxsize=4096)
def _judge_name(name: str) -> Problem | None:
    one = _OWN_PREFIX.sub("", name.upper(), count=1)
    if one in _FETCHES:
        return LINKS, f"Una fórmula usa la función {one}, que trae datos de fuera"
    if one in _RUNS or one.startswith(_RUNNING_FAMILIES):
        return MACROS, f"Una fórmula usa la función {shown(one)}, que es de macros"
    return None


_SHOWS_A_FORMULA = _judge_name("FORMULA")
"""In OpenDocument a function that shows a formula, and part of a condition's words (`is-true-formula`)."""


def _bare(formula: str, *, open_formula: bool) -> tuple[str, bool]:
    """Return the formula without texts, quoted names and brackets, and whether any of these names another file."""
    kept: list[str] = []
    outside = False
    at, size = 0, len(formula)
    while at < size:
        letter = formula[at]
        if letter == '"':
            at = _after_quoted(formula, at)
            kept.append('""')
        elif letter == "'":
            after = _after_quoted(formula, at)
            if formula[at - 1 : at] != "|":
                outside |= _names_file(
                    formula[at + 1 : after - 1], formula[after : after + 1], open_formula=open_formula
                )
            kept.append("q")
            at = after
        elif letter == "[":
            after = _after_bracket(formula, at, open_formula=open_formula)
            before = formula[at - 1] if at else ""
            outside |= _brackets_file(formula[at + 1 : after - 1], before, formula[after : after + 1], open_formula)
            kept.append("b")
            at = after
        else:
            end = _next_mark(formula, at + 1)
            kept.append(formula[at:end])
            at = end
    text = "".join(kept)
    return text, outside or "://" in text


def _next_mark(formula: str, at: int) -> int:
    found = _MARK.search(formula, at)
    return found.start() if found else len(formula)


def _after_quoted(formula: str, at: int) -> int:
    """Return where a quoted piece ends that begins at `at`; a quote is written inside it by doubling it."""
    quote, size = formula[at], len(formula)
    at = formula.find(quote, at + 1)
    while 0 <= at < size - 1 and formula[at + 1] == quote:
        at = formula.find(quote, at + 2)
    return size if at < 0 else at + 1


def _after_bracket(formula: str, at: int, *, open_formula: bool) -> int:
    """Return where a bracket ends. Inside, OpenDocument quotes names; Excel escapes the next sign by `'`."""
    depth, size = 0, len(formula)
    while at < size:
        letter = formula[at]
        if letter == "'":
            at = _after_quoted(formula, at) if open_formula else at + 2
            continue
        depth += (letter == "[") - (letter == "]")
        at += 1
        if not depth:
            return at
    return size


def _names_file(name: str, after: str, *, open_formula: bool) -> bool:
    """Whether a quoted name is of a file, or of a sheet in one."""
    if name.startswith(f"[{_SELF}]"):
        name = name[len(_SELF) + 2 :]
    if open_formula and after != "#":
        return False
    return after == "#" or (after == "!" and bool(_FILE.search(name)))


def _brackets_file(inside: str, before: str, after: str, open_formula: bool) -> bool:
    """Whether a bracket is of another file: `[1]Sheet1!A1`, `[Book.xlsx]Sheet1!A1`, `['file:///a.ods'#$Sheet1.A1]`."""
    if open_formula:
        return bool(_QUOTED_SOURCE.match(inside)) or "://" in _QUOTED.sub("", inside)
    if before and (before.isalnum() or before in "_.?\\)]"):
        return False
    goes_on = after.isalnum() or after in {"!", "_", "'", "\\"}
    return bool(after) and goes_on and inside != _SELF


def _links_well(formula: str) -> bool:
    """Whether the literal texts in the address of each HYPERLINK lead to the web, or stay inside; in one walk."""
    addresses: list[bool] = []
    """Of each bracket that is open, the innermost last: whether it is a HYPERLINK's and its first argument goes on."""
    nested = 0
    begins = False
    for piece in _PIECE.finditer(formula):
        kind = piece.lastgroup
        if kind == "text" and nested:
            text = piece[0].strip('"').replace('""', '"')
            if not _may_begin(text) if begins else _BAD_SCHEME.match(text):
                return False
        elif kind in {"link", "open"}:
            addresses.append(kind == "link")
            nested += addresses[-1]
        elif kind == "close" and addresses:
            nested -= addresses.pop()
        elif kind == "next" and addresses and addresses[-1]:
            addresses[-1] = False
            nested -= 1
        begins = kind == "link"
    return True


def _may_begin(text: str) -> bool:
    return leads_to_web(text) or stays_inside(text) or text.lower() in {"http", "https", "mailto", "tel"}
