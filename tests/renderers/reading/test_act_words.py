from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from chalicelib.domain.deadline import Term, TermUnit
from chalicelib.domain.notice import Document, Notice, Remedy
from chalicelib.renderers.deposit.receipt import render_receipt
from chalicelib.renderers.reading.act_words import act_in_words
from tests.builders import a_notice

FIRST = Remedy("Recurso de reconsideración", "Dirección de Autorizaciones", Term(15, TermUnit.BUSINESS_DAYS))
SECOND = Remedy("Recurso de apelación", "Gerencia General", Term(1, TermUnit.MONTHS))
IN_WORDS = (
    ("Vigencia del acto", "Desde el lunes 16 de marzo de 2026"),
    ("Vía administrativa", "No agota la vía administrativa"),
    ("Recurso 1", "Recurso de reconsideración. Ante: Dirección de Autorizaciones. Plazo: 15 días hábiles"),
    ("Recurso 2", "Recurso de apelación. Ante: Gerencia General. Plazo: 1 mes"),
)


def a_document(**told: object) -> Document:
    return replace(a_notice().document, **told)  # type: ignore[arg-type]


def with_everything() -> Notice:
    told = a_document(in_force_from=date(2026, 3, 16), ends_administrative_path=False, remedies=(FIRST, SECOND))
    return a_notice(document=told)


def test_all_that_was_said_is_told_in_order() -> None:
    assert act_in_words(with_everything().document) == IN_WORDS


def test_what_was_not_said_is_not_told() -> None:
    assert act_in_words(a_document()) == ()
    assert act_in_words(a_document(ends_administrative_path=True)) == (
        ("Vía administrativa", "Agota la vía administrativa"),
    )
    [(label, _)] = act_in_words(a_document(remedies=(FIRST,)))
    assert label == "Recurso"


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="needs poppler")
def test_the_receipt_prints_it_after_the_term_and_only_where_it_was_said() -> None:
    whole, plain = printed(with_everything()), printed(a_notice())
    places = [whole.index(text) for text in ("Plazo", "Vigencia y recursos", "Documentos notificados")]
    assert places == sorted(places)
    for label, value in IN_WORDS:
        assert f"{label} {value}" in whole
    assert "Vigencia" not in plain
    assert "administrativa No" not in plain


def printed(notice: Notice) -> str:
    content = render_receipt(notice, verification_url="https://casilla.example.pe/v", zone=ZoneInfo("America/Lima"))
    program = shutil.which("pdftotext") or ""
    done = subprocess.run([program, "-layout", "-", "-"], input=content, capture_output=True, check=True)  # noqa: S603
    return " ".join(done.stdout.decode().split())
