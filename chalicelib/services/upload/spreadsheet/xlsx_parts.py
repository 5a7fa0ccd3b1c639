"""What is looked at inside the XML parts of a workbook."""

from __future__ import annotations

import re
from collections.abc import Callable

from chalicelib.services.upload.spreadsheet.findings import LINKS, MACROS, Findings, shown
from chalicelib.services.upload.spreadsheet.formulas import problems_of
from chalicelib.services.upload.spreadsheet.links import is_place, leads_to_web, stays_inside
from chalicelib.services.upload.spreadsheet.xlsx_contents import Relation
from chalicelib.services.upload.spreadsheet.xlsx_kinds import REMEDIES, Reading
from chalicelib.services.upload.spreadsheet.xml_stream import Attributes, OnTag, Watch

_FORMULA_TAGS = (
    "f", "formula", "formula1", "formula2", "oldFormula", "definedName", "calculatedColumnFormula",
    "totalsRowFormula", "FmlaLink", "FmlaRange", "FmlaGroup", "FmlaTxbx", "FmlaPict",
)  # fmt: skip
_ACTIVE_TAGS = ("script", "iframe", "object", "embed", "applet", "foreignObject")
"""HTML and SVG that a legacy drawing or a picture could have."""

_RUNS_ALONE = ("auto_open", "auto_close", "auto_activate", "auto_deactivate")
"""Names that Excel calls when a workbook is opened, closed, shown or hidden."""
_OF_THIS_BOOK = re.compile(r"\[0\]!\w+")
"""A macro of the workbook itself: a button keeps its name after the macros were taken out, and does nothing."""


class PartWatch:
    """Looks at one part. `where` names it in messages; `links` are the relations that lead to nothing good, by id."""

    def __init__(
        self, findings: Findings, where: str, links: dict[str, Relation], count: Callable[[int], None]
    ) -> None:
        """Begin before the first tag. `count` is given the length of each formula."""
        self._findings = findings
        self._where = where
        self._links = links
        self._count = count
        self._told: set[str] = set()
        self._defined = ""

    def watch(self, reading: Reading) -> Watch:
        """Return what is looked at in a part that is read so."""
        if reading is Reading.XML:
            return Watch()
        if reading is Reading.TEXTS:
            return Watch(texts={"si": _shared_text})
        texts = dict.fromkeys(_FORMULA_TAGS, self._formula)
        tags: dict[str, OnTag] = {
            "hyperlink": self._hyperlink,
            "definedName": self._name,
            "cacheSource": self._cache_source,
            "controlPr": self._control,
            "objectPr": self._control,
            "ddeLink": self._dde,
            "webPublishItem": self._published,
            "dbPr": self._query,
            "webPr": self._query,
        }
        if reading is Reading.SHEET:
            return Watch(tags=tags, texts=texts)
        tags |= dict.fromkeys(("hlinkClick", "hlinkHover", "hlinkMouseOver"), self._shape_link)
        tags |= dict.fromkeys(_ACTIVE_TAGS, self._active)
        attributes = {"macro": self._macro, "href": self._address, "src": self._address}
        attributes |= dict.fromkeys(("onload", "onclick", "onmouseover", "onbegin", "onerror"), self._macro)
        return Watch(tags=tags, attributes=attributes, texts=texts | {"FmlaMacro": self._macro_text})

    def end(self) -> None:
        """Tell of the links that no tag of the part has named."""
        for id_, link in self._links.items():
            if id_ not in self._told:
                self._tell_link(link)

    def _formula(self, text: str, before: Attributes) -> None:
        self._count(len(text))
        remedy = "Reemplácela por su valor y envíe el libro de nuevo."
        if self._defined:
            remedy = "Borre el nombre (Fórmulas, Administrador de nombres) y envíe el libro de nuevo."
        where = f"nombre «{shown(self._defined)}»" if self._defined else self._where
        for code, what in problems_of(text):
            self._findings.add(code, what, where=where, remedy=remedy, cell=_place(before))

    def _name(self, _: str, attributes: Attributes, __: Attributes) -> None:
        self._defined = attributes.get("name", "")
        runs = any(attributes.get(flag, "") in {"1", "true"} for flag in ("xlm", "vbProcedure", "function"))
        if runs or self._defined.lower().removeprefix("_xlnm.").startswith(_RUNS_ALONE):
            self._add(MACROS, f"El nombre «{shown(attributes.get('name', ''))}» es de una macro")

    def _hyperlink(self, _: str, attributes: Attributes, __: Attributes) -> None:
        link = self._links.get(attributes.get("id", ""))
        if link is not None:
            self._told.add(attributes["id"])
            self._tell_link(link, attributes.get("ref", ""))
        location = attributes.get("location", "")
        if "id" not in attributes and not is_place(location):
            self._add(LINKS, f"Un vínculo lleva a «{shown(location)}», fuera del libro", cell=attributes.get("ref", ""))

    def _shape_link(self, _: str, attributes: Attributes, before: Attributes) -> None:
        link = self._links.get(attributes.get("id", ""))
        if link is not None:
            self._told.add(attributes["id"])
            self._tell_link(link, shape=before.get("name", ""))
        action = attributes.get("action", "")
        if action and not action.lower().startswith(("ppaction://hlinkshowjump", "ppaction://noaction")):
            self._add(MACROS, f"Una forma hace «{shown(action)}» al pulsarla")

    def _tell_link(self, link: Relation, cell: str = "", shape: str = "") -> None:
        of = f" de «{shown(shape)}»" if shape else ""
        what = f"El vínculo{of} a «{shown(link.target)}» no es http, https, mailto ni tel, ni queda dentro del libro"
        remedy = "Quite el vínculo y envíe el libro de nuevo."
        self._findings.add(LINKS, what, where=self._where, remedy=remedy, cell=cell)

    def _cache_source(self, _: str, attributes: Attributes, __: Attributes) -> None:
        if attributes.get("type", "") == "external":
            self._add(LINKS, "Una tabla dinámica toma sus datos de fuera")

    def _control(self, name: str, attributes: Attributes, _: Attributes) -> None:
        self._macro(name, "macro", attributes.get("macro", ""))
        if attributes.get("dde", "") in {"1", "true"}:
            self._add(MACROS, "Un objeto se enlaza con otro programa (DDE)")

    def _dde(self, *_: object) -> None:
        self._add(MACROS, "Toma datos de otro programa (DDE)")

    def _query(self, *_: object) -> None:
        self._add(LINKS, "Tiene una conexión a datos de fuera")

    def _published(self, *_: object) -> None:
        self._add(LINKS, "Se publica en otro lugar cuando se guarda")

    def _active(self, name: str, *_: object) -> None:
        self._add(MACROS, f"Un dibujo tiene contenido activo ({shown(name)})")

    def _macro(self, _: str, __: str, value: str) -> None:
        if value.strip() and not _OF_THIS_BOOK.fullmatch(value.strip()):
            self._add(MACROS, f"Una forma o un control llama a la macro «{shown(value)}»")

    def _macro_text(self, text: str, _: Attributes) -> None:
        self._macro("", "", text)

    def _address(self, _: str, __: str, value: str) -> None:
        if not (leads_to_web(value) or stays_inside(value) or value.lower().startswith("data:image/")):
            self._add(LINKS, f"Un dibujo lleva a «{shown(value)}», fuera del libro")

    def _add(self, code: str, what: str, *, cell: str = "") -> None:
        self._findings.add(code, what, where=self._where, remedy=REMEDIES[code], cell=cell)


def _shared_text(*_: object) -> None:
    """Look at nothing: what is watched has a bound of length, and a shared text counts once for each cell."""


def _place(before: Attributes) -> str:
    """Return the cells of a formula: those of the tag before it, which is the cell's or the validation's."""
    return before.get("r", "") or before.get("sqref", "")
