"""Files of which something is told: a PDF signed twice, one that carries a file, and facts that no test file holds."""

from __future__ import annotations

import io

import pikepdf
from pikepdf import AttachedFileSpec, Name

from chalicelib.domain.notice import FileAttachment, FileFacts, FileSignature
from tests.deposit_world import PDF
from tests.services.upload.inspecting import FIXTURES

SIGNED_TWICE = (FIXTURES / "pdf" / "signed-twice.pdf").read_bytes()
TWO_SIGNATURES = [
    {"field": "Firma1", "covers_whole_file": False, "is_timestamp": False},
    {"field": "Firma2", "covers_whole_file": True, "is_timestamp": False},
]
INVOICE = b"<?xml version='1.0'?><factura><total>10.00</total></factura>"


def a_pdf_with_an_invoice(name: str = "factura.xml") -> bytes:
    """Return a PDF that declares an XML as part of it (/AF)."""
    with pikepdf.open(io.BytesIO(PDF)) as pdf:
        attached = AttachedFileSpec(
            pdf, INVOICE, filename=name, mime_type="text/xml", description="", creation_date="", mod_date=""
        )
        attached.obj.AFRelationship = Name.Data
        pdf.attachments[name] = attached
        pdf.Root.AF = pikepdf.Array([attached.obj])
        saved = io.BytesIO()
        pdf.save(saved)
        return saved.getvalue()


def the_most_facts() -> FileFacts:
    """Return as much as one file is told to hold."""
    letters = "𐍈" * 200
    return FileFacts(
        tuple(FileSignature(letters, is_last) for is_last in (False,) * 400 + (True,)),
        tuple(FileAttachment(f"{letters[:196]}.xml", "text/xml", "Alternative", 10**9) for _ in range(400)),
    )
