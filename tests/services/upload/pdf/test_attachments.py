"""Files inside a PDF: declared and passive ones are named, all others refused by their names."""

from __future__ import annotations

import io
from typing import Any

import fpdf
import pytest
from pikepdf import Array, Dictionary, Name, Pdf, String

from chalicelib.domain.notice import FileAttachment
from tests.services.upload.inspecting import accept, problems
from tests.services.upload.pdf.test_inspect_pdf import a_pdf

XML = b'<?xml version="1.0" encoding="UTF-8"?><factura><total>10.00</total></factura>'


def carrying(
    data: bytes = XML,
    *,
    name: str = "factura.xml",
    media_type: str = "text/xml",
    relationship: str = "Data",
    is_declared: bool = True,
    **more: Any,
) -> bytes:
    def change(pdf: Pdf) -> None:
        stream = pdf.make_stream(data, Type=Name.EmbeddedFile)
        if media_type:
            stream.Subtype = Name(f"/{media_type}")
        file = Dictionary(
            Type=Name.Filespec, F=String(name), UF=String(name), EF=Dictionary(F=stream, UF=stream), **more
        )
        if relationship:
            file.AFRelationship = Name(f"/{relationship}")
        one = pdf.make_indirect(file)
        pdf.Root.Names = Dictionary(EmbeddedFiles=Dictionary(Names=Array([String(name), one])))
        if is_declared:
            pdf.Root.AF = Array([one])

    return a_pdf(change)


@pytest.mark.parametrize("relationship", ["Data", "Source", "Alternative"])
@pytest.mark.parametrize(
    ("data", "name", "media_type", "told"),
    [
        (XML, "factura.xml", "text/xml", "text/xml"),
        (XML, "Factura N° 3.XML", "", "application/xml"),
        ("<á/>".encode("utf-16"), "a.xml", "application/octet-stream", "application/xml"),
        (b'{"total": 10}', "datos.json", "application/json", "application/json"),
        ("año;monto\n2026;10\n".encode(), "datos.csv", "text/csv", "text/csv"),
        ("Hola, ñandú.\n".encode(), "leame.txt", "text/plain", "text/plain"),
    ],
)
def test_declared_passive_file_is_accepted_and_named(
    relationship: str, data: bytes, name: str, media_type: str, told: str
) -> None:
    facts = accept(carrying(data, name=name, media_type=media_type, relationship=relationship))
    assert facts.attachments == (FileAttachment(name, told, relationship, len(data)),)


def test_invoice_of_the_receipts_library_is_accepted() -> None:
    pdf = fpdf.FPDF()
    pdf.add_page()
    pdf.embed_file(bytes=XML, basename="factura.xml", mime_type="text/xml", modification_date=None)
    found = problems(bytes(pdf.output()))
    assert found[0][0] == "pdf_embedded_file"  # nothing declares it as part of the document
    assert "«factura.xml»" in found[0][1]


@pytest.mark.parametrize(
    ("content", "name", "told"),
    [
        (carrying(is_declared=False), "factura.xml", "no está declarado"),
        (carrying(relationship=""), "factura.xml", "no está declarado"),
        (carrying(relationship="Supplement"), "factura.xml", "no está declarado"),
        (carrying(b"MZ" + bytes(90)), "factura.xml", "no es XML"),
        (carrying(b"<a><b></a>"), "factura.xml", "no es XML"),
        (carrying(b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'), "factura.xml", "no es XML"),
        (carrying(b'<?xml-stylesheet href="x.xsl"?><a/>'), "factura.xml", "navegador"),
        (carrying('<html xmlns="http://www.w3.org/1999/xhtml"/>'.encode("utf-16")), "factura.xml", "navegador"),
        (carrying(b'<a xmlns:s="http://www.w3.org/2000/svg"><s:script/></a>'), "factura.xml", "navegador"),
        (carrying(b'<html xmlns="http&#58;//www.w3.org/1999/xhtml"/>'), "factura.xml", "navegador"),
        (carrying(b'<svg xmlns="&#x68;ttp://www.w3.org/2000/svg"/>'), "factura.xml", "navegador"),
        (
            carrying('<a><b xmlns="http://www.w3.org/1999&#x2f;XSL/Transform"/></a>'.encode("utf-16")),
            "factura.xml",
            "naveg",
        ),
        (carrying('<?mso-application progid="Word.Document"?><a/>'.encode("utf-16")), "factura.xml", "navegador"),
        (carrying(XML, DOS=String("factura.bat")), "factura.xml", "«factura.bat»"),
        (carrying(XML, name="f.xml", Unix=String("f.sh")), "f.xml", "«f.sh»"),
        (carrying(XML, name="f.xml", Mac=Name("/f.xml")), "f.xml", "nombre no se puede leer"),
        (carrying(b"=cmd|' /C calc'!A0\n", name="a.csv", media_type="text/csv"), "a.csv", "fórmulas"),
        (carrying(XML, name="factura.exe"), "factura.exe", "de un tipo que no se admite"),
        (carrying(XML, name="factura.xml.exe"), "factura.xml.exe", "de un tipo que no se admite"),
        (carrying(XML, name="factura.html", media_type="text/html"), "factura.html", "de un tipo que no se admite"),
        (carrying(XML, media_type="application/x-msdownload"), "factura.xml", "«application/x-msdownload»"),
        (carrying(XML, name="../factura.xml"), "../factura.xml", "nombre no es válido"),
        (carrying(XML, name="a\u202elmx.xml"), "lmx.xml", "nombre no es válido"),
        (carrying(b"{", name="a.json", media_type="application/json"), "a.json", "no es JSON"),
        (carrying(b"[" * 90_000, name="a.json", media_type="application/json"), "a.json", "no es JSON"),
        (carrying(b"MZ\x00\x01", name="a.txt", media_type="text/plain"), "a.txt", "no es texto"),
        (carrying(b"PK\x03\x04\x00", name="a.csv", media_type="text/csv"), "a.csv", "no es texto"),
        (carrying(b"a" * 9_000_000, name="a.txt", media_type="text/plain"), "a.txt", "demasiado grande"),
        (carrying(b"<a>" + b"<b/>" * 9 + b"<c", name="a.xml"), "a.xml", "no es XML"),
    ],
)
def test_any_other_file_is_refused_by_its_name(content: bytes, name: str, told: str) -> None:
    found = problems(content)
    assert found[0][0] == "pdf_embedded_file"
    assert name in found[0][1]
    assert told in found[0][1]
    assert found[0][1].endswith("envíe ese archivo como anexo.")


def test_xml_that_only_mentions_what_acts_is_accepted() -> None:
    text = b"<a b='http://www.w3.org/1999/xhtml'><!-- <?xml-stylesheet?> -->http://www.w3.org/2000/svg</a>"
    assert [one.filename for one in accept(carrying(text)).attachments] == ["factura.xml"]


def test_one_name_in_several_encodings_is_one_name() -> None:
    name = "Factura Nº 3.xml"
    content = carrying(name=name, Unix=String(name.encode()), DOS=String(b"\xfe\xff" + name.encode("utf-16-be")))
    assert [one.filename for one in accept(content).attachments] == [name]


def test_elements_of_all_xml_files_are_counted_together() -> None:
    def change(pdf: Pdf) -> None:
        files = []
        for number in range(4):
            stream = pdf.make_stream(b"<a>" + b"<b/>" * (250_000 + number) + b"</a>")
            name = String(f"{number}.xml")
            file = Dictionary(UF=name, EF=Dictionary(F=stream), AFRelationship=Name.Data)
            files.append(pdf.make_indirect(file))
        pdf.Root.AF = Array(files)

    ((code, detail),) = problems(a_pdf(change))
    assert (code, "«3.xml», que es demasiado grande" in detail) == ("pdf_embedded_file", True)


def test_file_pinned_to_a_page_is_refused_though_it_is_declared() -> None:
    def change(pdf: Pdf) -> None:
        stream = pdf.make_stream(XML, Type=Name.EmbeddedFile, Subtype=Name("/text/xml"))
        file = pdf.make_indirect(
            Dictionary(Type=Name.Filespec, UF=String("f.xml"), EF=Dictionary(F=stream), AFRelationship=Name.Data)
        )
        pdf.Root.AF = Array([file])
        pin = Dictionary(Type=Name.Annot, Subtype=Name.FileAttachment, Rect=[0, 0, 9, 9], FS=file)
        pdf.pages[0].obj.Annots = Array([pdf.make_indirect(pin)])

    ((code, detail),) = problems(a_pdf(change))
    assert (code, detail.startswith("Página 1: lleva un archivo adjunto")) == ("pdf_embedded_file", True)


def test_declared_file_that_is_not_inside_is_refused() -> None:
    file = Dictionary(Type=Name.Filespec, UF=String("fuera.xml"), AFRelationship=Name.Data)
    ((code, detail),) = problems(a_pdf(lambda pdf: setattr(pdf.Root, "AF", Array([file]))))
    assert (code, "«fuera.xml», que no lleva dentro" in detail) == ("pdf_embedded_file", True)


def test_two_different_files_under_one_name_are_refused() -> None:
    def change(pdf: Pdf) -> None:
        held = Dictionary(F=pdf.make_stream(XML), UF=pdf.make_stream(b"<otro/>"))
        file = pdf.make_indirect(Dictionary(UF=String("f.xml"), EF=held, AFRelationship=Name.Data))
        pdf.Root.AF = Array([file])

    assert "no es un solo archivo" in problems(a_pdf(change))[0][1]


def test_file_that_unpacks_to_much_is_refused_within_bounds() -> None:
    def change(pdf: Pdf) -> None:
        stream = pdf.make_stream(b" " * 60_000_000, Type=Name.EmbeddedFile)
        file = pdf.make_indirect(Dictionary(UF=String("f.txt"), EF=Dictionary(F=stream), AFRelationship=Name.Data))
        pdf.Root.AF = Array([file])

    assert "demasiado grande" in problems(a_pdf(change))[0][1]


def test_each_of_several_files_is_told() -> None:
    def change(pdf: Pdf) -> None:
        pdf.attachments["uno.exe"] = b"MZ"
        pdf.attachments["dos.docx"] = b"PK"

    told = " ".join(detail for _, detail in problems(a_pdf(change)))
    assert "«uno.exe»" in told
    assert "«dos.docx»" in told


def test_file_is_read_from_the_bytes_of_the_document() -> None:
    content = carrying()
    with Pdf.open(io.BytesIO(content)) as pdf:
        assert bytes(pdf.Root.AF[0].EF.F.read_bytes()) == XML
