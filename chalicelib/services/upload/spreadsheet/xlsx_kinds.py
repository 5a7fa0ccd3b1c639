"""The parts that a workbook may have: content type, the relations that lead to it, and how it is read.

Sources: ECMA-376-1 5th ed., 12.3 (spreadsheets), 14.2 and 15.2 (drawings and shared parts); ECMA-376-2 (properties,
signatures); MS-XLSX 2.1 (what Excel added since 2010). What is not here is refused by its name.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from chalicelib.services.upload.spreadsheet.findings import EMBEDDED, ENCRYPTED, LINKS, MACROS


class Reading(Enum):
    """How a part is looked at."""

    SHEET = "formulas and links, with their cells"
    DRAWING = "formulas and links, and what its shapes do"
    TEXTS = "that no text is longer than a cell holds"
    XML = "that it is XML"
    RELATIONS = "what they lead to, which was read before everything else"
    PICTURE = "that its first bytes are of a picture"
    OPAQUE = "that its first bytes are of no program or archive"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of part. `relations` are the last words of the types of relations that may lead to it."""

    reading: Reading
    relations: frozenset[str]


_SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml."
_DRAWING = "application/vnd.openxmlformats-officedocument.drawingml."
_OFFICE = "application/vnd.openxmlformats-officedocument."
_PACKAGE = "application/vnd.openxmlformats-package."
_EXCEL, _MS_OFFICE = "application/vnd.ms-excel.", "application/vnd.ms-office."
MAIN = f"{_SPREADSHEET}sheet.main+xml"
WORKSHEET, CHARTSHEET = f"{_SPREADSHEET}worksheet+xml", f"{_SPREADSHEET}chartsheet+xml"
LEGACY_DRAWING = f"{_OFFICE}vmlDrawing".lower()
RELATIONS = f"{_PACKAGE}relationships+xml"
_ROWS = {
    Reading.SHEET: (
        (MAIN, "officedocument"),
        (WORKSHEET, "worksheet"),
        (CHARTSHEET, "chartsheet"),
        (f"{_SPREADSHEET}table+xml", "table"),
        (f"{_SPREADSHEET}pivotTable+xml", "pivottable"),
        (f"{_SPREADSHEET}pivotCacheDefinition+xml", "pivotcachedefinition"),
        (f"{_SPREADSHEET}revisionLog+xml", "revisionlog"),
        (f"{_EXCEL}slicerCache+xml", "slicercache"),
        (f"{_EXCEL}timelineCache+xml", "timelinecache"),
    ),
    Reading.DRAWING: (
        (f"{_OFFICE}drawing+xml", "drawing"),
        (LEGACY_DRAWING, "vmldrawing"),
        (f"{_DRAWING}chart+xml", "chart"),
        (f"{_DRAWING}chartshapes+xml", "chartusershapes"),
        (f"{_DRAWING}diagramData+xml", "diagramdata"),
        (f"{_DRAWING}diagramLayout+xml", "diagramlayout"),
        (f"{_DRAWING}diagramStyle+xml", "diagramquickstyle"),
        (f"{_DRAWING}diagramColors+xml", "diagramcolors"),
        (f"{_MS_OFFICE}drawingml.diagramDrawing+xml", "diagramdrawing"),
        (f"{_MS_OFFICE}chartEx+xml", "chartex"),
        (f"{_EXCEL}controlproperties+xml", "ctrlprop"),
        ("image/svg+xml", "image"),
    ),
    Reading.TEXTS: ((f"{_SPREADSHEET}sharedStrings+xml", "sharedstrings"),),
    Reading.XML: (
        (f"{_SPREADSHEET}styles+xml", "styles"),
        (f"{_SPREADSHEET}calcChain+xml", "calcchain"),
        (f"{_SPREADSHEET}comments+xml", "comments"),
        (f"{_SPREADSHEET}pivotCacheRecords+xml", "pivotcacherecords"),
        (f"{_SPREADSHEET}sheetMetadata+xml", "sheetmetadata"),
        (f"{_SPREADSHEET}tableSingleCells+xml", "tablesinglecells"),
        (f"{_SPREADSHEET}revisionHeaders+xml", "revisionheaders"),
        (f"{_SPREADSHEET}userNames+xml", "usernames"),
        (f"{_OFFICE}theme+xml", "theme"),
        (f"{_OFFICE}themeOverride+xml", "themeoverride"),
        (f"{_OFFICE}extended-properties+xml", "extended-properties extendedproperties"),
        (f"{_OFFICE}custom-properties+xml", "custom-properties customproperties"),
        (f"{_OFFICE}customXmlProperties+xml", "customxmlprops"),
        (f"{_PACKAGE}core-properties+xml", "core-properties coreproperties"),
        (f"{_PACKAGE}digital-signature-xmlsignature+xml", "signature"),
        (f"{_MS_OFFICE}chartstyle+xml", "chartstyle"),
        (f"{_MS_OFFICE}chartcolorstyle+xml", "chartcolorstyle"),
        (f"{_MS_OFFICE}classificationlabels+xml", "classificationlabels"),
        (f"{_EXCEL}threadedcomments+xml", "threadedcomment"),
        (f"{_EXCEL}person+xml", "person"),
        (f"{_EXCEL}slicer+xml", "slicer"),
        (f"{_EXCEL}timeline+xml", "timeline"),
        (f"{_EXCEL}namedsheetviews+xml", "namedsheetview"),
        (f"{_EXCEL}featurepropertybag+xml", "featurepropertybag"),
        (f"{_EXCEL}rdrichvalue+xml", "rdrichvalue"),
        (f"{_EXCEL}rdrichvaluestructure+xml", "rdrichvaluestructure"),
        (f"{_EXCEL}rdrichvaluetypes+xml", "rdrichvaluetypes"),
        (f"{_EXCEL}rdarray+xml", "rdarray"),
        (f"{_EXCEL}rdsupportingpropertybag+xml", "rdsupportingpropertybag"),
        (f"{_EXCEL}rdsupportingpropertybagstructure+xml", "rdsupportingpropertybagstructure"),
        (f"{_EXCEL}richstyles+xml", "richstyles"),
        (f"{_EXCEL}richvaluerel+xml", "richvaluerel"),
        ("application/inkml+xml", "customxml ink"),
        ("application/xml", "customxml xmlmaps"),
        ("text/xml", "customxml xmlmaps"),
    ),
    Reading.PICTURE: tuple(
        (f"image/{name}", "image thumbnail hdphoto")
        for name in (
            "png",
            "jpeg",
            "jpg",
            "gif",
            "bmp",
            "tiff",
            "x-emf",
            "emf",
            "x-wmf",
            "wmf",
            "vnd.ms-photo",
            "x-png",
        )
    ),
    Reading.RELATIONS: ((RELATIONS, ""),),
    Reading.OPAQUE: (
        (f"{_SPREADSHEET}printerSettings", "printersettings"),
        (f"{_SPREADSHEET}customProperty", "customproperty"),
        (f"{_PACKAGE}digital-signature-origin", "origin"),
        (f"{_PACKAGE}digital-signature-certificate", "certificate"),
    ),
}
KINDS = {
    content_type.lower(): Kind(reading, frozenset(relations.split()))
    for reading, rows in _ROWS.items()
    for content_type, relations in rows
}
"""By content type, in small letters."""

BASES = (
    "http://schemas.openxmlformats.org/",
    "http://purl.oclc.org/ooxml/",
    "http://schemas.microsoft.com/office/",
)
"""What the types of relations begin with: ECMA-376 transitional and strict, and Microsoft's own."""
PASSIVE_RELATIONS = frozenset().union(*(kind.relations for kind in KINDS.values())) | {"hyperlink"}
XML_RELATIONS = PASSIVE_RELATIONS - {
    relation
    for kind in KINDS.values()
    if kind.reading in {Reading.PICTURE, Reading.OPAQUE, Reading.RELATIONS}
    for relation in kind.relations
}

_REFUSED = (
    ("vbaproject", MACROS, "Tiene un proyecto de macros"),
    ("vbadata", MACROS, "Tiene un proyecto de macros"),
    ("macrosheet", MACROS, "Tiene una hoja de macros de Excel 4.0"),
    ("dialogsheet", MACROS, "Tiene una hoja de diálogo"),
    ("macroenabled", MACROS, "Es un libro con macros"),
    ("activex", MACROS, "Tiene un control ActiveX"),
    ("xlbinaryindex", MACROS, "Tiene una hoja de macros"),
    ("attachedtoolbars", MACROS, "Tiene barras de herramientas con órdenes"),
    ("extensibility", MACROS, "Tiene botones propios en la cinta de opciones"),
    ("customui", MACROS, "Tiene botones propios en la cinta de opciones"),
    ("webextension", MACROS, "Tiene un complemento web"),
    ("externallink", LINKS, "Toma datos de otro libro"),
    ("connections", LINKS, "Tiene una conexión a datos de fuera"),
    ("querytable", LINKS, "Tiene una consulta a datos de fuera"),
    ("volatiledependencies", LINKS, "Toma datos de un servidor (RTD)"),
    ("webimage", LINKS, "Tiene una imagen que está en la web"),
    ("attachedtemplate", LINKS, "Depende de una plantilla que está fuera"),
    ("oleobject", EMBEDDED, "Tiene un objeto incrustado"),
    ("package", EMBEDDED, "Tiene un archivo incrustado"),
    ("embeddings/", EMBEDDED, "Tiene un archivo incrustado"),
    ("model+data", EMBEDDED, "Tiene un modelo de datos (Power Pivot)"),
    ("powerpivotdata", EMBEDDED, "Tiene un modelo de datos (Power Pivot)"),
)
REMEDIES = {
    MACROS: "Guarde el libro sin macros ni controles y envíelo de nuevo.",
    LINKS: "Reemplace los datos por sus valores, quite el vínculo y envíe el libro de nuevo.",
    EMBEDDED: "Quítelo del libro y, si hace falta, envíelo como anexo.",
    ENCRYPTED: "Quite la contraseña y envíe el libro de nuevo.",
}


def refused_kind(described: str) -> tuple[str, str] | None:
    """Return code and sentence of what is known to be refused, told by a content type, a relation's type or a name."""
    low = described.lower().replace("openxmlformats-package", "")
    return next(((code, what) for word, code, what in _REFUSED if word in low), None)
