"""A PDF with more signatures and attachments than are told by name."""

from __future__ import annotations

import io

from pikepdf import Array, Dictionary, Name, Object, Pdf, String


def a_crowded_pdf(signatures: int, attachments: int) -> bytes:
    with Pdf.new() as pdf:
        pdf.add_blank_page()
        value = Object.parse(b"<< /Type /Sig /Contents <00> /ByteRange [0 1 2 3] >>")
        fields = [
            pdf.make_indirect(Dictionary(FT=Name.Sig, T=String(f"Firma{number}"), V=pdf.make_indirect(value)))
            for number in range(signatures)
        ]
        pdf.Root.AcroForm = Dictionary(Fields=Array(fields))
        files = []
        for number in range(attachments):
            name = String(f"dato{number}.txt")
            file = Dictionary(UF=name, F=name, AFRelationship=Name.Data, EF=Dictionary(F=pdf.make_stream(b"dato")))
            files.append(pdf.make_indirect(file))
        pdf.Root.AF = Array(files)
        target = io.BytesIO()
        pdf.save(target)
    return target.getvalue()
