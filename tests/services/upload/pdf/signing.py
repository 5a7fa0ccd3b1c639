"""A signature as programs add it: in an update, over all bytes but itself. Whose it is does not matter here."""

from __future__ import annotations

import io
import re

from pikepdf import Pdf

ROOM = 2000


def signed(content: bytes, *, field: str = "Firma1", kind: str = "/Sig", covers: str = "all") -> bytes:
    """Add a signature field to the first page; `covers` is all, or what is wrong with what it covers."""
    with Pdf.open(io.BytesIO(content)) as pdf:
        root, size = pdf.Root.objgen[0], int(pdf.trailer.Size)
        catalog, page = pdf.Root.unparse(resolved=True), pdf.pages[0].obj
        number, entries = page.objgen[0], page.unparse(resolved=True)
        has_form, fields = "/AcroForm" in pdf.Root, b""
        if has_form:
            fields = b" ".join(one.unparse() for one in pdf.Root.AcroForm.get("/Fields", []))
            catalog = re.sub(rb"/AcroForm (?:\d+ 0 R|<<(?:[^<>]|<<[^<>]*>>)*>>)", b"", catalog)
        annotations = b" ".join(one.unparse() for one in page.get("/Annots", []))
        entries = re.sub(rb"/Annots (?:\d+ 0 R|\[[^\]]*\])", b"", entries)
    first = max(size, root + 1, number + 1)
    widget, value = first, first + 1
    form = b"/AcroForm << /SigFlags 3 /Fields [%b %d 0 R] >>" % (fields, widget)
    file, places = bytearray(content + b"\n"), {}
    objects = {
        root: catalog.rstrip()[:-2] + form + b" >>",
        number: entries.rstrip()[:-2] + b"/Annots [%b %d 0 R] >>" % (annotations, widget),
        widget: b"<< /Type /Annot /Subtype /Widget /FT /Sig /T (%b) /Rect [0 0 0 0] /F 132 /P %d 0 R /V %d 0 R >>"
        % (field.encode(), number, value),
        value: b"<< /Type %b /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached /M (D:20260301120000-05'00')"
        b" /ByteRange [%s] /Contents <%s> >>" % (kind.encode(), b" " * 40, b"0" * ROOM),
    }
    for one, text in objects.items():
        places[one] = len(file)
        file += b"%d 0 obj\n%b\nendobj\n" % (one, text)
    start, previous = len(file), int(content.rpartition(b"startxref")[2].split()[0])
    file += b"xref\n" + b"".join(b"%d 1\n%010d 00000 n \n" % one for one in sorted(places.items()))
    file += b"trailer\n<< /Root %d 0 R /Size %d /Prev %d >>\nstartxref\n%d\n%%%%EOF\n" % (
        root,
        value + 1,
        previous,
        start,
    )
    opening = file.index(b"/Contents <", places[value]) + len("/Contents ")
    closing = opening + ROOM + 2
    ranges = {
        "all": (0, opening, closing, len(file) - closing),
        "not the end": (0, opening, closing, len(file) - closing - 50),
        "not the start": (10, opening - 10, closing, len(file) - closing),
        "a gap that is too wide": (0, opening - 30, closing, len(file) - closing),
    }
    written = b"%d %d %d %d" % ranges[covers]
    at = file.index(b"/ByteRange [", places[value]) + len("/ByteRange [")
    file[at : at + 40] = written.ljust(40)
    return bytes(file)
