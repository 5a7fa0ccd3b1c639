"""The form to print: one page, the same bytes each time, and the versions of the texts that its signature accepts."""

from __future__ import annotations

import io
from zoneinfo import ZoneInfo

import pikepdf

from chalicelib.renderers.desk.application_form import render_application_form
from chalicelib.renderers.letterhead import Letterhead
from chalicelib.renderers.portal_texts import TEXTS, portal_texts

LETTERHEAD = Letterhead(
    "avisos@casilla.example", "casilla.example", ZoneInfo("America/Lima"), "Entidad", "ayuda@casilla.example", "(01) 0"
)


def test_it_is_one_page_and_always_the_same() -> None:
    terms, privacy = (portal_texts().text(name) for name in TEXTS)

    form = render_application_form(terms, privacy, LETTERHEAD)

    assert form == render_application_form(terms, privacy, LETTERHEAD)
    with pikepdf.open(io.BytesIO(form)) as pdf:
        assert len(pdf.pages) == 1
    assert len(form) < 200_000
