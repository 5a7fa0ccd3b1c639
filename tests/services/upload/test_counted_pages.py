"""The inspection counts the pages of a PDF, which filing receipts tell as folios; other kinds have none."""

from __future__ import annotations

from io import BytesIO

import pytest
from fpdf import FPDF

from chalicelib.domain.notice import FileFacts
from chalicelib.domain.upload.file_facts import bounded
from chalicelib.store.codec import from_data, to_data
from tests.services.upload.inspecting import accept


def a_pdf(pages: int) -> bytes:
    pdf = FPDF()
    pdf.set_font("Helvetica", size=12)
    for number in range(pages):
        pdf.add_page()
        pdf.cell(text=f"Hoja {number}")
    return BytesIO(pdf.output()).getvalue()


@pytest.mark.parametrize("pages", [1, 2, 37])
def test_pages_of_a_pdf_are_counted(pages: int) -> None:
    assert accept(a_pdf(pages)).pages == pages


def test_a_text_has_none() -> None:
    assert accept(b"Relaci\xc3\xb3n\n", "text/plain").pages is None


def test_they_are_kept_and_absent_in_what_was_kept_before() -> None:
    kept = to_data(bounded(FileFacts(pages=3)))
    assert from_data(FileFacts, kept).pages == 3
    del kept["pages"]
    assert from_data(FileFacts, kept).pages is None
