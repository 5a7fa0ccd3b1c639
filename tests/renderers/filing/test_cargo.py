"""The filing receipt says all that the law asks of it (TUO, 128.2), as PDF/A, the same bytes for the same filing."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pikepdf
import pytest

from chalicelib.domain.errors import Unprintable
from chalicelib.domain.filing.filing import Correction, Filer, Filing
from chalicelib.domain.filing.filing_draft import FilePart, Represented
from chalicelib.domain.mailbox import DocumentType
from chalicelib.renderers.filing.cargo import render_cargo
from chalicelib.renderers.filing.cargo_rows import (
    Cargo,
    cargo_of,
    cargo_of_correction,
    date_notes,
    date_rows,
    fact_rows,
)
from chalicelib.renderers.filing.filing_json import cargo_as_json
from tests.filing_world import DATES, SUBJECT, a_document, a_filing

LIMA = ZoneInfo("America/Lima")


def rendered(cargo: Cargo) -> bytes:
    return render_cargo(
        cargo,
        verification_url=f"https://casilla.example/verificar/{cargo.verification_code}",
        portal="casilla.example",
        zone=LIMA,
    )


def text_of(pdf: bytes) -> str:
    tool = shutil.which("pdftotext")
    if tool is None:
        pytest.skip("needs pdftotext (poppler-utils)")
    read = subprocess.run([tool, "-layout", "-", "-"], input=pdf, capture_output=True, check=True)  # noqa: S603 - its own bytes
    return " ".join(read.stdout.decode().split())


def corrected() -> Filing:
    correction = Correction(
        "CDEF-2345-6789",
        "EFGH-2345-6789",
        a_filing().filer,
        (a_document(FilePart.ANNEX, filename="plano.pdf", sha256="b" * 64, folios=2),),
        DATES,
        legal_text_version="es-PE-1",
    )
    return a_filing(correction=correction)


@pytest.mark.parametrize(
    "told",
    [
        "N.º 2026-000001",
        "Procedimiento administrativo del TUPA",
        "2.07. Licencia de funcionamiento",
        "QUISPE DEMO MARÍA ÑUSTA",
        "Entidad de Demostración, Oficina Desconcentrada Norte",
        "09/03/2026 15:15:30 (hora de Lima)",
        "Ventanilla virtual, casilla.example",
        "1, en 1 documento; y 1 documento sin folios",
        "solicitud.pdf",
        a_document().sha256,
        "lunes 9 de marzo de 2026",
        "desde el martes 10 de marzo de 2026 a las 08:15",
        "hasta el miércoles 11 de marzo de 2026",
        "ABCD-2345-6789",
        SUBJECT,
    ],
)
def test_it_says_what_the_law_asks_for(told: str) -> None:
    assert told in text_of(rendered(cargo_of(a_filing())))


def test_it_says_in_whose_name_it_was_filed() -> None:
    represented = Represented(DocumentType.RUC, "20100000001", "COMERCIAL DEMO S.A.C.")
    assert "COMERCIAL DEMO S.A.C., RUC 20100000001" in text_of(rendered(cargo_of(a_filing(represented=represented))))


def test_a_correction_has_its_own_under_the_same_number() -> None:
    told = text_of(rendered(cargo_of_correction(corrected())))

    for part in ("CARGO DE SUBSANACIÓN", "N.º 2026-000001", "plano.pdf", "b" * 64, "EFGH-2345-6789"):
        assert part in told
    assert "solicitud.pdf" not in told, "what was filed before has its own receipt"
    with pytest.raises(LookupError):
        cargo_of_correction(a_filing())


@pytest.mark.parametrize("days", [None, 0])
def test_it_names_no_term_where_the_institution_has_none(days: int | None) -> None:
    filing = a_filing()
    assert filing.procedure.has_term
    without = replace(filing, procedure=replace(filing.procedure, answer_days=days))
    told, less = ([row.label for row in date_rows(cargo_of(one), LIMA)] for one in (filing, without))
    assert told == [*less, "El plazo de la entidad empieza"]
    assert "plazo de la" in text_of(rendered(cargo_of(filing)))
    assert "plazo de la" not in text_of(rendered(cargo_of(without)))
    assert cargo_as_json(cargo_of(without))["term_starts"] is None


def test_the_data_go_with_it() -> None:
    with pikepdf.open(io.BytesIO(rendered(cargo_of(a_filing())))) as pdf:
        data = json.loads(pdf.attachments["presentacion.json"].get_file().read_bytes())
        assert pdf.Root.Metadata.read_bytes().count(b"<pdfaid:part>3</pdfaid:part>") == 1

    assert (data["number"], data["received_at"], data["legal_date"]) == (
        "2026-000001",
        "2026-03-09T20:15:30Z",
        "2026-03-09",
    )
    assert [one["sha256"] for one in data["documents"]] == [one.sha256 for one in a_filing().documents]
    assert (data["folios"], data["attended_from"]) == (1, "2026-03-10T13:15:30Z")


def test_the_same_filing_gives_the_same_bytes_whatever_happened_since() -> None:
    first = rendered(cargo_of(a_filing()))
    assert first == rendered(cargo_of(replace(corrected(), office_id=None, office_name=None, version=7)))


def test_twenty_annexes_with_long_names_go_over_pages() -> None:
    annexes = tuple(
        a_document(FilePart.ANNEX, filename=f"{number:02}-{'nombre largo ' * 15}.pdf") for number in range(20)
    )
    pdf = rendered(cargo_of(a_filing(documents=(a_document(), *annexes))))

    told = text_of(pdf)
    assert all(f"Anexo {number}" in told for number in range(1, 21))
    assert "Folios 21, en 21 documentos" in told


@pytest.mark.parametrize(
    ("filing", "field"),
    [
        (a_filing(subject="Pido \N{GRINNING FACE}"), "subject"),
        (a_filing(documents=(a_document(filename="a\N{GRINNING FACE}.pdf"),)), "files"),
    ],
)
def test_what_cannot_be_printed_is_told_by_its_field(filing: Filing, field: str) -> None:
    with pytest.raises(Unprintable) as refusal:
        rendered(cargo_of(filing))
    assert refusal.value.field == field


def test_a_name_that_a_registry_garbled_keeps_nobody_from_filing() -> None:
    holder = replace(a_filing().holder, name="QUISPE \N{GRINNING FACE} DEMO")
    assert "QUISPE \N{WHITE SQUARE} DEMO" in text_of(rendered(cargo_of(a_filing(holder=holder))))


def test_it_names_who_sent_it_also_where_the_holder_is_called_alike() -> None:
    holder = a_filing().holder
    son = Filer("u2", holder.name, DocumentType.DNI, "40000077")
    sent = {row.label: row.value for row in fact_rows(cargo_of(a_filing(filer=son)), portal="casilla.example")}
    assert sent["Lo envió"] == f"{holder.name}, DNI 40000077"
    own = replace(son, document_number=holder.document_number)
    rows = fact_rows(cargo_of(a_filing(filer=own)), portal="casilla.example")
    assert "Lo envió" not in {row.label for row in rows}


def test_it_counts_no_folios_where_no_document_has_any() -> None:
    sheet = a_document(FilePart.ANNEX, filename="metrados.xlsx", folios=None)
    rows = {row.label: row.value for row in fact_rows(cargo_of(a_filing(documents=(sheet,))), portal="casilla.example")}
    assert rows["Folios"] == "Ninguno: 1 documento sin folios"


def test_the_data_of_a_correction_tell_no_end_of_observing_which_is_over() -> None:
    told = cargo_as_json(cargo_of_correction(corrected()))
    assert (told["kind"], told["observable_until"]) == ("correction", None)


def test_it_says_that_the_end_of_observing_may_move_where_it_passes_the_last_confirmed_year() -> None:
    dates = replace(DATES, legal_date=date(2026, 12, 30), term_starts=date(2026, 12, 31), confirmed_until=2026)
    filing = a_filing(dates=dates, observable_until=datetime(2027, 1, 5, 4, 59, 59, tzinfo=UTC))
    notes = date_notes(cargo_of(filing), LIMA)
    assert "hasta el lunes 4 de enero de 2027" in notes[-1]
    assert sum("Las fechas pasan de 2026" in note for note in notes) == 1
    later = replace(filing, dates=replace(dates, term_starts=date(2027, 1, 4)))
    assert sum("Las fechas pasan de 2026" in note for note in date_notes(cargo_of(later), LIMA)) == 1
    confirmed = replace(filing, dates=replace(dates, confirmed_until=2027))
    assert not any("Las fechas pasan" in note for note in date_notes(cargo_of(confirmed), LIMA))
