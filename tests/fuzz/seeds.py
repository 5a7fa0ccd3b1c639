"""What is mutated: files of real programs, files made here of each type and of each trait, and folders of others."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, ObjectStreamMode, Pdf
from PIL import Image

from chalicelib.domain.upload.upload import EXTENSIONS, ODS, PDF, XLSX

FIXTURES = Path(__file__).parents[1] / "fixtures"
LARGEST = 300 * 1024
"""Of a file of a folder: what is larger takes longer and shows no more."""
_TYPES = {ending: media_type for media_type, endings in EXTENSIONS.items() for ending in endings}


@dataclass(frozen=True, slots=True)
class Seed:
    """A file before it is mutated."""

    name: str
    media_type: str
    content: bytes


def own_seeds() -> list[Seed]:
    """Return the project's fixtures and the files made here."""
    return [*seeds_of([FIXTURES]), *_made()]


def seeds_of(folders: Iterable[Path], largest: int = LARGEST) -> list[Seed]:
    """Return the files of folders that are of a known type and not too large, in the order of their names."""
    files = [file for folder in folders for file in sorted(folder.rglob("*")) if file.is_file()]
    return [
        Seed(file.name, _TYPES[ending], file.read_bytes())
        for file in files
        if (ending := file.suffix.lower().lstrip(".")) in _TYPES and 0 < file.stat().st_size <= largest
    ]


def _made() -> Iterator[Seed]:
    for name, build in _PDFS.items():
        yield Seed(f"{name}.pdf", PDF, build())
    yield Seed("made.xlsx", XLSX, _a_package(_WORKBOOK))
    yield Seed("made.ods", ODS, _a_package(_OPEN_DOCUMENT))
    for mode in ("1", "P", "RGB", "RGBA"):
        yield Seed(f"{mode}.png", "image/png", _an_image("PNG", mode))
    for mode in ("L", "RGB", "CMYK"):
        yield Seed(f"{mode}.jpg", "image/jpeg", _an_image("JPEG", mode))
        yield Seed(f"{mode}-progressive.jpg", "image/jpeg", _an_image("JPEG", mode, progressive=True))
    text = "Notificación n.º 7: el plazo vence el 3 de agosto; pague S/ 1 200,50.\r\n"
    yield Seed("made.txt", "text/plain", text.encode() * 40)
    yield Seed("made.csv", "text/csv", b"\xef\xbb\xbf" + "año;señor\n2026;«Ñandú»\n".encode() * 60)


def _a_pdf(change: Callable[[Pdf], object], **saving: Any) -> bytes:
    pdf = pikepdf.new()
    for _ in range(3):
        pdf.add_blank_page()
        pdf.pages[-1].obj.Contents = pdf.make_stream(b"0 0 m 100 100 l S\n" * 50)
    change(pdf)
    target = io.BytesIO()
    pdf.save(target, static_id=True, **saving)
    return target.getvalue()


def _with_links_and_fields(pdf: Pdf) -> None:
    page = pdf.pages[0].obj
    link = "<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /A << /S /URI /URI (https://www.gob.pe/) >> >>"
    script = '<< /S /JavaScript /JS (AFNumber_Format\\(2, 0, 0, 0, "", true\\);) >>'
    field = f"<< /Subtype /Widget /FT /Tx /T (monto) /Rect [0 0 9 9] /AA << /F {script} >> >>"
    held = [pdf.make_indirect(pikepdf.Object.parse(one.encode())) for one in (link, field)]
    page.Annots = Array(held)
    pdf.Root.AcroForm = Dictionary(Fields=[held[1]], DA=pikepdf.String("/Helv 0 Tf 0 g"))
    pdf.Root.OpenAction = pikepdf.Object.parse(b"<< /S /GoTo /D [0 /Fit] >>")
    with pdf.open_outline() as outline:
        outline.root += [pikepdf.OutlineItem(f"Parte {number + 1}", number) for number in range(3)]


def _with_an_invoice(pdf: Pdf) -> None:
    data = pdf.make_stream(b"<?xml version='1.0'?><factura><total>120.50</total></factura>")
    data.Type, data.Subtype = Name.EmbeddedFile, Name("/text/xml")
    held = Dictionary(Type=Name.Filespec, F="factura.xml", UF="factura.xml", EF=Dictionary(F=data, UF=data))
    held.AFRelationship = Name.Data
    invoice = pdf.make_indirect(held)
    pdf.Root.AF = Array([invoice])
    pdf.Root.Names = Dictionary(EmbeddedFiles=Dictionary(Names=["factura.xml", invoice]))


def _with_pictures(pdf: Pdf) -> None:
    grey = pdf.make_stream(bytes(range(256)) * 4)
    photo = pdf.make_stream(_an_image("JPEG", "L"))
    for one, packing in ((grey, None), (photo, Name.DCTDecode)):
        one.Type, one.Subtype, one.ColorSpace = Name.XObject, Name.Image, Name.DeviceGray
        one.Width, one.Height, one.BitsPerComponent = 32, 32, 8
        if packing:
            one.Filter = packing
    pdf.pages[0].obj.Resources = Dictionary(XObject=Dictionary(A=grey, B=photo))
    packed = pdf.make_stream(b"80 0 0 41 41>")
    packed.Filter = Array([Name.ASCIIHexDecode])
    pdf.pages[1].obj.Contents = Array([packed, packed])


def _encrypted() -> bytes:
    protection = pikepdf.Encryption(owner="secreto", user="", R=3, aes=False, metadata=False)
    return _a_pdf(_with_links_and_fields, encryption=protection)


def _a_package(members: Mapping[str, str]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        for name, text in members.items():
            entry = zipfile.ZipInfo(name)  # of 1980: the same bytes each time
            package.writestr(entry, text, zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED)
    return target.getvalue()


def _an_image(kind: str, mode: str, **saving: object) -> bytes:
    target = io.BytesIO()
    Image.radial_gradient("L").resize((60, 40)).convert("RGB").convert(mode).save(target, kind, **saving)
    return target.getvalue()


_OFFICE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_SCHEMA = "http://schemas.openxmlformats.org"
_RELATIONS = f"{_SCHEMA}/officeDocument/2006/relationships"
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
_WORKBOOK = {
    "[Content_Types].xml": f'{_HEAD}<Types xmlns="{_SCHEMA}/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_OFFICE}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_OFFICE}.worksheet+xml"/></Types>',
    "_rels/.rels": f'{_HEAD}<Relationships xmlns="{_SCHEMA}/package/2006/relationships">'
    f'<Relationship Id="r1" Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'{_HEAD}<workbook xmlns="{_SCHEMA}/spreadsheetml/2006/main" xmlns:r="{_RELATIONS}"><sheets>'
    '<sheet name="Hoja" sheetId="1" r:id="r1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'{_HEAD}<Relationships xmlns="{_SCHEMA}/package/2006/relationships">'
    f'<Relationship Id="r1" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
    "xl/worksheets/sheet1.xml": f'{_HEAD}<worksheet xmlns="{_SCHEMA}/spreadsheetml/2006/main" xmlns:r="{_RELATIONS}">'
    '<sheetData><row r="1"><c r="A1"><v>7</v></c><c r="B1"><f>A1*2</f><v>14</v></c></row></sheetData>'
    '<hyperlinks><hyperlink ref="A1" r:id="r1"/></hyperlinks></worksheet>',
    "xl/worksheets/_rels/sheet1.xml.rels": f'{_HEAD}<Relationships xmlns="{_SCHEMA}/package/2006/relationships">'
    f'<Relationship Id="r1" Type="{_RELATIONS}/hyperlink" Target="https://www.gob.pe/" TargetMode="External"/>'
    "</Relationships>",
}
_OPEN = "urn:oasis:names:tc:opendocument:xmlns"
_OPEN_DOCUMENT = {
    "mimetype": ODS,
    "content.xml": f'{_HEAD}<office:document-content xmlns:office="{_OPEN}:office:1.0" xmlns:table="{_OPEN}:table:1.0">'
    '<office:body><office:spreadsheet><table:table table:name="Hoja"><table:table-row/></table:table>'
    "</office:spreadsheet></office:body></office:document-content>",
    "META-INF/manifest.xml": f'{_HEAD}<manifest:manifest xmlns:manifest="{_OPEN}:manifest:1.0">'
    f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{ODS}"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>',
}
_PDFS: dict[str, Callable[[], bytes]] = {
    "form": lambda: _a_pdf(_with_links_and_fields),
    "form-packed": lambda: _a_pdf(_with_links_and_fields, object_stream_mode=ObjectStreamMode.generate),
    "form-encrypted": _encrypted,
    "invoice": lambda: _a_pdf(_with_an_invoice),
    "pictures": lambda: _a_pdf(_with_pictures),
    "pictures-linearized": lambda: _a_pdf(_with_pictures, linearize=True),
}
