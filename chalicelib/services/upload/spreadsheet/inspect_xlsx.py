"""Workbooks of ECMA-376: each part is of a kind that is listed, is reached as that kind, and does nothing by itself."""

from __future__ import annotations

from zipfile import ZipFile

from chalicelib.services.upload.spreadsheet.findings import DAMAGED, EMBEDDED, LINKS, MACROS, Findings, shown
from chalicelib.services.upload.spreadsheet.pictures import ENOUGH, kind_of
from chalicelib.services.upload.spreadsheet.read_part import PartReader
from chalicelib.services.upload.spreadsheet.xlsx_contents import (
    CONTENT_TYPES,
    Contents,
    Relation,
    source_of,
    watch_relations,
    watch_types,
)
from chalicelib.services.upload.spreadsheet.xlsx_kinds import (
    BASES,
    KINDS,
    LEGACY_DRAWING,
    MAIN,
    PASSIVE_RELATIONS,
    REMEDIES,
    XML_RELATIONS,
    Reading,
    refused_kind,
)
from chalicelib.services.upload.spreadsheet.xlsx_parts import PartWatch
from chalicelib.services.upload.spreadsheet.xml_stream import Attributes, Watch
from chalicelib.services.upload.zip_package import damaged, too_complex, wrong_type

_GENERIC = {"application/xml", "text/xml"}
"""Types that say nothing: what such a part is, only the relation to it tells."""
_USUAL_PLACES = ("xl/", "docprops/", "customxml/")
"""Where some programs leave XML that nothing leads to."""
MAX_RELATIONS_SIZE = 24 * 1024 * 1024
"""Of all relations together, in bytes: what they say is kept in memory. A sheet has 65,530 links at most."""
_WITH_MACROS = {f"application/vnd.ms-excel.{kind}.macroenabled.main+xml" for kind in ("sheet", "template", "addin")}
_WORKBOOKS = {MAIN.lower(), *_WITH_MACROS}


def inspect(package: ZipFile) -> None:
    """Refuse a workbook with all that is wrong in it; the codes are those of `inspect_spreadsheet`."""
    names = {entry.filename.lower(): entry.filename for entry in package.infolist() if not entry.is_dir()}
    if CONTENT_TYPES not in names:
        raise wrong_type("XLSX")
    findings = Findings()
    reader = PartReader(package, findings)
    contents = _contents(package, names, reader)
    workbook = _workbook_of(contents)
    if workbook is None:
        findings.raise_if_any()
        raise wrong_type("XLSX")
    contents.sheets = _sheets(contents, workbook, reader, names)
    if any(part not in names for part in contents.sheets):
        findings.add(DAMAGED, "Falta una hoja", where="libro", remedy="Guarde el libro de nuevo y envíelo.")
    for source, relations in contents.relations.items():
        for relation in relations.values():
            _judge_relation(relation, source, contents, findings)
    for part, name in names.items():
        if part != CONTENT_TYPES:
            _judge_part(part, name, contents, reader)
    findings.raise_if_any()


def _contents(package: ZipFile, names: dict[str, str], reader: PartReader) -> Contents:
    contents = Contents(names)
    relations = [part for part in names if part.endswith(".rels")]
    if sum(package.getinfo(names[part]).file_size for part in [CONTENT_TYPES, *relations]) > MAX_RELATIONS_SIZE:
        raise too_complex()
    reader.xml(names[CONTENT_TYPES], watch_types(contents))
    for part in relations:
        reader.xml(names[part], watch_relations(contents, source_of(part)))
    if contents.contradicts_itself:
        raise damaged()
    return contents


def _workbook_of(contents: Contents) -> str | None:
    """Return the part that is the workbook, with macros or without; None where there is none, or several."""
    roots = contents.relations.get("", {}).values()
    led_to = {contents.part_of("", one) for one in roots if one.word == "officedocument" and not one.outside}
    found = [part for part in led_to or contents.parts if (contents.type_of(part) or "") in _WORKBOOKS]
    return found[0] if len(found) == 1 and found[0] in contents.parts else None


def _sheets(contents: Contents, workbook: str, reader: PartReader, names: dict[str, str]) -> dict[str, str]:
    """Return the names of sheets by their parts."""
    sheets: dict[str, str] = {}
    parts = {relation.id: relation for relation in contents.relations.get(workbook, {}).values()}

    def sheet(_: str, attributes: Attributes, __: Attributes) -> None:
        relation = parts.get(attributes.get("id", ""))
        if relation is not None and not relation.outside:
            sheets[contents.part_of(workbook, relation)] = attributes.get("name", "")

    reader.xml(names[workbook], Watch(tags={"sheet": sheet}))
    return sheets


def _judge_relation(relation: Relation, source: str, contents: Contents, findings: Findings) -> None:
    """Refuse what leads outside, but for links, whose part names their cell; and what is of no listed kind."""
    if relation.outside:
        if relation.word != "hyperlink" or source not in contents.parts:
            code, what = refused_kind(f"/{relation.word}") or (LINKS, "Depende de algo que está fuera del libro")
            code = code if code == MACROS else LINKS
            what = f"{what}: «{shown(relation.target)}»"
            findings.add(code, what, where=_where(source, contents), remedy=REMEDIES[code])
        return
    target = contents.part_of(source, relation)
    is_told_of_part = KINDS.get(contents.type_of(target) or "") is None
    is_passive = relation.word in PASSIVE_RELATIONS and relation.type.lower().startswith(BASES)
    if target not in contents.parts or is_told_of_part or is_passive:
        return
    unknown = (EMBEDDED, f"Tiene una relación de una clase que no se admite («{shown(relation.type)}»)")
    code, what = refused_kind(relation.word) or unknown
    findings.add(code, what, where=_where(target, contents), remedy=REMEDIES[code])


def _judge_part(part: str, name: str, contents: Contents, reader: PartReader) -> None:
    content_type = contents.type_of(part)
    kind = KINDS.get(content_type or "")
    words = {word for _, word in contents.incoming.get(part, ())}
    if kind is None:
        _tell_of_part(
            part, f"{content_type} {part}", "Tiene una parte que no es de una hoja de cálculo", contents, reader
        )
        reader.skip(name)
        return
    reading = kind.reading
    if content_type in _GENERIC and words <= XML_RELATIONS:
        reading = Reading.XML if words and words <= kind.relations else Reading.DRAWING
        if not words and (refused_kind(part) or not part.startswith(_USUAL_PLACES)):
            _tell_of_part(part, part, "Tiene una parte a la que nada lleva", contents, reader)
    elif not words <= kind.relations:
        _tell_of_part(part, "", "Tiene una parte que no es lo que dice ser", contents, reader)
    relations = contents.relations.get(part, {})
    links = {id_: one for id_, one in relations.items() if one.outside and one.word == "hyperlink"}
    watch = PartWatch(reader.findings, _where(part, contents), links, reader.count_formula)
    if reading is Reading.RELATIONS:
        if not part.endswith(".rels"):
            _tell_of_part(part, "", "Tiene una parte que no es lo que dice ser", contents, reader)
            reader.skip(name)
        return
    if reading is Reading.PICTURE:
        _judge_picture(name, reader)
    elif reading is Reading.OPAQUE:
        reader.opaque(name)
    else:
        reader.xml(name, watch.watch(reading), may_leave_breaks_open=content_type == LEGACY_DRAWING)
    watch.end()


def _tell_of_part(part: str, described: str, otherwise: str, contents: Contents, reader: PartReader) -> None:
    """Tell that a part is refused, if its relation to another workbook has not told so already."""
    code, what = refused_kind(described) or (EMBEDDED, otherwise)
    if not (code == LINKS and any(one.outside for one in contents.relations.get(part, {}).values())):
        reader.findings.add(code, what, where=shown(contents.parts[part]), remedy=REMEDIES[code])


def _judge_picture(name: str, reader: PartReader) -> None:
    head = reader.head(name)
    if head and kind_of(head[:ENOUGH]) is None:
        remedy = "Quite la imagen o insértela de nuevo, y envíe el libro."
        reader.findings.add(EMBEDDED, "Una imagen no es una imagen", where=shown(name), remedy=remedy)


def _where(part: str, contents: Contents) -> str:
    sheet = contents.sheet_of(part)
    name = shown(contents.parts.get(part, part)) or "libro"
    if sheet is None:
        return name
    return f"hoja «{shown(sheet)}»" if part in contents.sheets else f"hoja «{shown(sheet)}», {name}"
