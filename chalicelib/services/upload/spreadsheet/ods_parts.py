"""What is looked at inside the XML parts of an OpenDocument spreadsheet.

Sources: OpenDocument 1.3 part 3 (9 tables, 10 graphic contents, 14 events) and part 4 (formulas).
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from urllib.parse import unquote

from chalicelib.services.upload.spreadsheet.findings import EMBEDDED, LINKS, MACROS, Findings, shown
from chalicelib.services.upload.spreadsheet.formulas import problems_of
from chalicelib.services.upload.spreadsheet.links import leads_to_web, stays_inside
from chalicelib.services.upload.spreadsheet.xlsx_kinds import REMEDIES
from chalicelib.services.upload.spreadsheet.xml_stream import Attributes, OnTag, Watch

_REFUSED = {
    "event-listener": (MACROS, "Tiene una orden que se ejecuta sola o al pulsarla"),
    "script": (MACROS, "Tiene un programa"),
    "script-data": (MACROS, "Tiene un programa"),
    "execute-macro": (MACROS, "Tiene un campo que ejecuta una macro"),
    "applet": (EMBEDDED, "Tiene una miniaplicación (applet)"),
    "plugin": (EMBEDDED, "Tiene un complemento incrustado (plugin)"),
    "floating-frame": (EMBEDDED, "Tiene un marco con otro documento"),
    "object-ole": (EMBEDDED, "Tiene un objeto OLE"),
    "math": (EMBEDDED, "Tiene una fórmula matemática incrustada"),
    "document": (EMBEDDED, "Tiene otro documento incrustado"),
    "binary-data": (EMBEDDED, "Tiene datos incrustados dentro del texto"),
    "table-source": (LINKS, "Una hoja viene de otro archivo"),
    "cell-range-source": (LINKS, "Unas celdas vienen de otro archivo"),
    "dde-link": (LINKS, "Toma datos de otro programa (DDE)"),
    "dde-source": (LINKS, "Toma datos de otro programa (DDE)"),
    "dde-connection-decl": (LINKS, "Toma datos de otro programa (DDE)"),
    "database-source-sql": (LINKS, "Toma datos de una base de datos"),
    "database-source-table": (LINKS, "Toma datos de una base de datos"),
    "database-source-query": (LINKS, "Toma datos de una base de datos"),
    "source-service": (LINKS, "Una tabla dinámica toma sus datos de fuera"),
    "connection-resource": (LINKS, "Un formulario toma datos de fuera"),
    "data-stream": (LINKS, "Toma datos de fuera que cambian solos"),
    "data-mapping": (LINKS, "Toma datos de un archivo de fuera"),
}
"""Tags that may stand in no part, with code and sentence."""
_FORMULAS = (
    "formula", "condition", "expression", "cell-range-address", "values-cell-range-address", "label-cell-address",
    "linked-cell", "list-linkage-type", "source-cell-range", "source-cell-range-addresses", "target-range-address",
    "base-cell-address", "target-cell-address",
)  # fmt: skip
_BODIES = ("spreadsheet", "chart", "text", "drawing", "presentation", "image", "database")
_CLICKED = {"a", "hyperlink", "area-rectangle", "area-circle", "area-polygon"}
_COUNT = re.compile(r"[0-9]{1,7}")
_COMMANDS = (".uno:", "private:", "slot:", "image/")


class PartWatch:
    """Looks at one part. `folder` is where it stands in the package, `is_part` says whether a name is of a part."""

    def __init__(
        self,
        findings: Findings,
        where: str,
        folder: str,
        *,
        is_part: Callable[[str], bool],
        count: Callable[[int], None],
    ) -> None:
        """Begin before the first tag. `count` is given the length of each formula."""
        self._findings = findings
        self._where = self._part = where
        self._folder = folder
        self._is_part = is_part
        self._count = count
        self._row = self._column = 0
        self._next_row = self._next_column = 1
        self._in_body = False
        self.body = ""
        """What the document is, once its body has begun: `spreadsheet`, `chart`, `text`."""

    def watch(self) -> Watch:
        """Return what is looked at in a part of the document."""
        tags: dict[str, OnTag] = dict.fromkeys(_REFUSED, self._refused)
        tags |= dict.fromkeys(_BODIES, self._body)
        tags |= {"body": self._begin_body, "table": self._table, "table-row": self._begin_row}
        tags |= dict.fromkeys(("table-cell", "covered-table-cell"), self._begin_cell)
        tags |= dict.fromkeys(("color-scale-entry", "formatting-entry"), self._entry)
        attributes = dict.fromkeys(_FORMULAS, self._formula) | {"href": self._href, "macro-name": self._macro}
        attributes["base"] = self._base
        return Watch(tags=tags, attributes=attributes)

    def watch_configuration(self) -> Watch:
        """Return what is looked at in the settings of the program's menus and keys."""
        attributes = {"href": self._command, "id": self._command, "macro-name": self._macro}
        return Watch(attributes=attributes, may_name_doctype=True)

    def _refused(self, name: str, _: Attributes, __: Attributes) -> None:
        self._add(*_REFUSED[name])

    def _begin_body(self, *_: object) -> None:
        self._in_body = True

    def _body(self, name: str, _: Attributes, __: Attributes) -> None:
        if self._in_body:
            self.body = self.body or name

    def _table(self, _: str, attributes: Attributes, __: Attributes) -> None:
        name = attributes.get("name", "")
        if name and not self._folder:
            self._where = f"hoja «{shown(name)}»"
        self._row = self._column = 0
        self._next_row = self._next_column = 1

    def _begin_row(self, _: str, attributes: Attributes, __: Attributes) -> None:
        self._row = self._next_row
        self._next_row += _repeated(attributes.get("number-rows-repeated"))
        self._column, self._next_column = 0, 1

    def _begin_cell(self, _: str, attributes: Attributes, __: Attributes) -> None:
        self._column = self._next_column
        self._next_column += _repeated(attributes.get("number-columns-repeated"))

    def _entry(self, _: str, attributes: Attributes, __: Attributes) -> None:
        self._formula("", "", attributes.get("value", ""))

    def _formula(self, _: str, __: str, value: str) -> None:
        self._count(len(value))
        for code, what in problems_of(value, open_formula=True):
            self._add(code, what, "Reemplácela por su valor y envíe la hoja de nuevo.")

    def _href(self, tag: str, _: str, value: str) -> None:
        if stays_inside(value):
            return
        if tag in _CLICKED:
            if not leads_to_web(value):
                what = f"Un vínculo a «{shown(value)}» no es http, https, mailto ni tel, ni queda dentro de la hoja"
                self._add(LINKS, what, "Quite el vínculo y envíe la hoja de nuevo.")
        elif tag == "template":
            if not _is_local_template(value):
                self._add(LINKS, f"Depende de la plantilla «{shown(value)}», que está fuera")
        elif value.lower().startswith(("vnd.sun.star.script:", "macro:", "javascript:")):
            self._add(MACROS, f"Llama a la macro «{shown(value)}»")
        elif not (tag == "chart" and value in {".", ".."}) and not self._leads_to_part(value):
            what = "Una imagen está" if tag.endswith("image") else "Depende de algo que está"
            self._add(LINKS, f"{what} fuera de la hoja: «{shown(value)}»")

    def _base(self, _: str, __: str, value: str) -> None:
        if value.strip():
            self._add(LINKS, f"Sus direcciones parten de «{shown(value)}», fuera de la hoja")

    def _leads_to_part(self, value: str) -> bool:
        if ":" in value or "\\" in value or value.startswith("/"):
            return False
        path = posixpath.normpath(posixpath.join(self._folder, unquote(value)))
        return not path.startswith("..") and self._is_part(path.lower())

    def _macro(self, _: str, __: str, value: str) -> None:
        if value.strip():
            self._add(MACROS, f"Llama a la macro «{shown(value)}»")

    def _command(self, _: str, name: str, value: str) -> None:
        low = value.strip().lower()
        is_macro = low.startswith(("vnd.sun.star.script", "macro:", "service:", "javascript:"))
        if is_macro or (name == "href" and ":" in low and not low.startswith(_COMMANDS)):
            self._add(MACROS, f"Una tecla o un menú hace «{shown(value)}»")

    def _add(self, code: str, what: str, remedy: str = "") -> None:
        cell = f"{_letters(self._column)}{self._row}" if self._row and self._column else ""
        self._findings.add(code, what, where=self._where, remedy=remedy or REMEDIES[code], cell=cell)


def _is_local_template(value: str) -> bool:
    """Whether a template is a file of whoever made the spreadsheet: programs name it, and nobody fetches it."""
    low = value.lower()
    if low.startswith("file:///"):
        return not low.startswith("file:////")
    return ":" not in value and not value.startswith(("//", "\\"))


def _repeated(value: str | None) -> int:
    """Return how often a row or cell is repeated; what is no number of at most seven digits counts once."""
    return int(value) if value and _COUNT.fullmatch(value) else 1


def _letters(column: int) -> str:
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
