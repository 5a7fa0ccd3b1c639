"""Spreadsheets of OpenDocument: each part stands in a place that is listed, and does nothing by itself."""

from __future__ import annotations

import re
from zipfile import ZipFile

from chalicelib.domain.upload.upload import ODS
from chalicelib.services.upload.spreadsheet.findings import DAMAGED, EMBEDDED, MACROS, Findings, shown
from chalicelib.services.upload.spreadsheet.ods_parts import PartWatch
from chalicelib.services.upload.spreadsheet.pictures import ENOUGH, kind_of
from chalicelib.services.upload.spreadsheet.read_part import PartReader
from chalicelib.services.upload.spreadsheet.xlsx_kinds import REMEDIES, Reading
from chalicelib.services.upload.spreadsheet.xlsx_parts import PartWatch as PictureWatch
from chalicelib.services.upload.spreadsheet.xml_stream import Attributes, Watch
from chalicelib.services.upload.zip_package import damaged, encrypted, wrong_type

_MANIFEST = "meta-inf/manifest.xml"
_CHART = "application/vnd.oasis.opendocument.chart"
_OBJECT = re.compile(r"(object[ _]?\d+|[^/]*chart[^/]*)/")
"""Folders of charts, as LibreOffice and others name them."""
_DOCUMENT = re.compile(r"(?:[^/]+/)?(?:content|styles|meta)\.xml")
_PLAIN_XML = re.compile(
    r"(?:[^/]+/)?settings\.xml|manifest\.rdf|meta-inf/(?:documentsignatures|packagesignatures)\.xml"
)
_CONFIGURATION = re.compile(r"(?:[^/]+/)?configurations2/.*\.xml")
_PICTURE = re.compile(
    r"(?:[^/]+/)?(?:pictures|media|thumbnails|objectreplacements|configurations2/images)/.+|thumbnail\.png"
)
_FONT = re.compile(r"fonts/.+")
_REFUSED = (
    (("basic/", "scripts/", "dialogs/", "meta-inf/macrosignatures.xml"), MACROS, "Tiene macros"),
    (("versions/", "versionlist.xml"), EMBEDDED, "Lleva versiones anteriores de sí misma"),
    (("object ", "object_"), EMBEDDED, "Tiene un objeto incrustado"),
)


def inspect(package: ZipFile) -> None:
    """Refuse a spreadsheet with all that is wrong in it; the codes are those of `inspect_spreadsheet`."""
    entries = package.infolist()
    names = {entry.filename.lower(): entry.filename for entry in entries if not entry.is_dir()}
    if "mimetype" not in names or package.getinfo(names["mimetype"]).file_size != len(ODS):
        raise wrong_type("ODS")
    if package.read(names["mimetype"]) != ODS.encode():
        raise wrong_type("ODS")
    if _MANIFEST not in names:
        raise damaged()
    findings = Findings()
    reader = PartReader(package, findings)
    types = _manifest(names[_MANIFEST], reader)
    if "content.xml" not in names:
        findings.raise_if_any()
        raise wrong_type("ODS")
    parts = frozenset(names)
    folders = frozenset(name.rpartition("/")[0] for name in names) | {""}
    for part, name in names.items():
        if part not in {"mimetype", _MANIFEST}:
            _judge_part(part, name, types, reader, parts | folders)
    findings.raise_if_any()


def _manifest(name: str, reader: PartReader) -> dict[str, str]:
    """Return the media types by name, and refuse what is encrypted or lists objects."""
    types: dict[str, str] = {}
    locked = []

    def entry(_: str, attributes: Attributes, __: Attributes) -> None:
        path, kind = attributes.get("full-path", ""), attributes.get("media-type", "").lower()
        types[path.lower()] = kind
        if "oleobject" in kind:
            _tell(reader, EMBEDDED, "Tiene un objeto OLE", path or name)

    def encryption(*_: object) -> None:
        locked.append(True)

    reader.xml(name, Watch(tags={"file-entry": entry, "encryption-data": encryption}, may_name_doctype=True))
    if locked:
        raise encrypted()
    return types


def _judge_part(part: str, name: str, types: dict[str, str], reader: PartReader, known: frozenset[str]) -> None:
    folder = part.rpartition("/")[0]
    inside = _OBJECT.match(part)
    if inside and not (_is_chart(inside[1], types) and _may_lie_in_chart(part)):
        _refuse(reader, EMBEDDED, "Tiene un objeto incrustado que no es un gráfico", name)
    elif _DOCUMENT.fullmatch(part) and (inside or "/" not in part):
        _judge_document(part, name, reader, known, "chart" if inside else "spreadsheet")
    elif _CONFIGURATION.fullmatch(part) and reader.is_empty(name):
        return
    elif _CONFIGURATION.fullmatch(part):
        reader.xml(name, _watch(name, folder, reader, known).watch_configuration())
    elif _PLAIN_XML.fullmatch(part):
        reader.xml(name, Watch())
    elif _PICTURE.fullmatch(part):
        _judge_picture(part, name, types, reader)
    elif _FONT.fullmatch(part):
        if kind_of(reader.head(name)[:ENOUGH]) != "font":
            _tell(reader, EMBEDDED, "Una letra no es una letra", name)
    elif part in {"layout-cache", "meta-inf/"}:
        reader.opaque(name)
    else:
        code, what = _refusal(part)
        _refuse(reader, code, what, name)


def _refusal(part: str) -> tuple[str, str]:
    known = ((code, what) for starts, code, what in _REFUSED if part.startswith(starts))
    return next(known, (EMBEDDED, "Tiene una parte que no es de una hoja de cálculo"))


def _is_chart(folder: str, types: dict[str, str]) -> bool:
    return types.get(f"{folder}/", types.get(folder, "")) == _CHART


def _may_lie_in_chart(part: str) -> bool:
    return any(each.fullmatch(part) for each in (_DOCUMENT, _PLAIN_XML, _PICTURE, _CONFIGURATION))


def _judge_document(part: str, name: str, reader: PartReader, known: frozenset[str], wanted: str) -> None:
    watch = _watch(name, part.rpartition("/")[0], reader, known)
    reader.xml(name, watch.watch())
    if not part.endswith("content.xml") or watch.body == wanted or reader.findings.has(DAMAGED):
        return
    if wanted == "spreadsheet":
        _tell(reader, DAMAGED, "No tiene ninguna hoja", name)
    else:
        _tell(reader, EMBEDDED, "Tiene un objeto incrustado que no es un gráfico", name)


def _watch(name: str, folder: str, reader: PartReader, known: frozenset[str]) -> PartWatch:
    return PartWatch(reader.findings, shown(name), folder, is_part=known.__contains__, count=reader.count_formula)


def _judge_picture(part: str, name: str, types: dict[str, str], reader: PartReader) -> None:
    if part.endswith(".svg") or types.get(part) == "image/svg+xml":
        reader.xml(name, PictureWatch(reader.findings, shown(name), {}, reader.count_formula).watch(Reading.DRAWING))
        return
    head = reader.head(name)
    if head and kind_of(head[:ENOUGH]) is None:
        _tell(reader, EMBEDDED, "Una imagen no es una imagen", name)


def _refuse(reader: PartReader, code: str, what: str, name: str) -> None:
    _tell(reader, code, what, name)
    reader.skip(name)


def _tell(reader: PartReader, code: str, what: str, name: str) -> None:
    remedy = REMEDIES.get(code, "Ábrala, guárdela de nuevo y envíe el nuevo archivo.")
    reader.findings.add(code, what, where=shown(name), remedy=remedy)
