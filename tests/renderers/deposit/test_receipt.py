# ruff: noqa: RUF001 -- the letters and signs are the subject
from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pikepdf
import pytest

from chalicelib.domain.deadline import (
    Counting,
    Deadline,
    Distance,
    Regime,
    Term,
    TermUnit,
    decide_deadline,
    foresee_openings,
)
from chalicelib.domain.errors import Unprintable
from chalicelib.domain.mailbox import DocumentType, Holder
from chalicelib.domain.notice import AlertAddress, Notice, NoticeReference
from chalicelib.renderers.deposit.receipt import render_receipt
from chalicelib.renderers.deposit.receipt_layout import draw_receipt
from chalicelib.renderers.notice_json import notice_as_json
from chalicelib.renderers.pdf_document import Typeface
from tests.builders import a_file, a_notice, an_annex
from tests.calendars import PERU
from tests.qr_code import read_qr

LIMA = ZoneInfo("America/Lima")
URL = "https://casilla.example.pe/verificar/ABCD-EFGH-2345"
ROOT = Path(__file__).parents[3]


def needs(tool: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(shutil.which(tool) is None, reason=f"{tool} is not installed")


def receipt(notice: Notice) -> bytes:
    return render_receipt(notice, verification_url=URL, zone=LIMA)


def run(*command: str | Path, check: bool = True) -> str:
    return subprocess.run(command, check=check, capture_output=True, cwd=ROOT).stdout.decode()  # noqa: S603


def printed(notice: Notice, folder: Path) -> str:
    """Return the paper's text with every run of white space as one space."""
    path = folder / "constancia.pdf"
    path.write_bytes(receipt(notice))
    return " ".join(run("pdftotext", "-layout", path, "-").split())


def packed(text: str) -> str:
    return "".join(text.split())


def before_opening() -> Notice:
    deadline = Deadline(None, None, None, date(2026, 3, 17), date(2026, 3, 30), "PE-2026.1")
    return a_notice(regime=Regime.ACKNOWLEDGEMENT, deadline=deadline)


def the_longest_notice() -> Notice:
    notice = a_notice()
    files = [an_annex(f"{number:02}{'x' * 194}.pdf") for number in range(10)]
    files += [an_annex(f"{number:02} {'anexo con espacios ' * 10}.pdf") for number in range(10)]
    return replace(
        notice,
        document=replace(notice.document, subject=("Asunto largo con palabras diversas " * 60)[:2000].strip()),
        files=(a_file("D" * 196 + ".pdf"), *files),
        alerted=tuple(
            AlertAddress(channel, f"usuario{user}-{channel}***") for user in range(5) for channel in ("email", "sms")
        ),
    )


@needs("pdftotext")
def test_paper_says_everything_about_the_deposit(tmp_path: Path) -> None:
    text = printed(a_notice(), tmp_path)
    for value in (
        "CONSTANCIA DE NOTIFICACIÓN",
        "ELECTRÓNICA",
        "Entidad de Demostración",
        "Av. Ejemplo 123, Lima",
        "Teléfono: (01) 000-0000",
        "Expediente EXP-2026-000098, del 16/02/2026",
        "Administrado QUISPE DEMO MARÍA ÑUSTA",
        "Documento Identidad DNI 40000002 (casilla electrónica 1-40000002)",
        "Documento CARTA 000079-2026",
        "Asunto Respuesta a su solicitud de información",
        "Fecha de emisión 06/03/2026 11:05:00 (hora de Lima)",
        "Fecha y Hora 09/03/2026 15:15:30 (hora de Lima)",
        "Dependencia Oficina de Atención a la Ciudadanía",
        "Firmado por Persona Firmante de Ejemplo",
        "Elaborado por Persona Redactora de Ejemplo",
        "Avisos del depósito a m***@ejemplo.pe; +51 *** *** 321",
        "Régimen Depósito en la casilla; calendario PE-2026.1",
        "Surte efectos lunes 9 de marzo de 2026",
        "Plazo 10 días hábiles",
        "Inicia martes 10 de marzo de 2026",
        "Vence lunes 23 de marzo de 2026",
        "numeral 144.1 del Texto Único Ordenado de la Ley N° 27444",
        "carta-000079-2026.pdf",
        "application/pdf, 245 312 bytes",
        a_notice().notice_id,
        a_notice().verification_code,
        URL,
        "Página 1 de 1",
    ):
        assert value in text
    for file in a_notice().files:
        assert f"SHA-256 {file.sha256}" in text


@needs("pdftotext")
def test_before_the_first_opening_paper_says_what_dates_depend_on_and_the_latest(tmp_path: Path) -> None:
    text = printed(before_opening(), tmp_path)
    assert "Inicia El día hábil siguiente a la primera apertura; a más tardar, el martes 17 de marzo de 2026" in text
    assert "Vence Depende de la primera apertura; a más tardar, el lunes 30 de marzo de 2026" in text
    assert "Ley N° 31736" in text


@needs("pdftotext")
def test_paper_keeps_the_laws_words_and_what_the_institution_applies_in_paragraphs_of_their_own(tmp_path: Path) -> None:
    text = printed(before_opening(), tmp_path)

    assert "válidamente efectuada. La ley no dice qué ocurre si no la confirma. En esta casilla se aplica" in text
    assert "Texto es-PE-2." in text


@needs("pdftotext")
def test_paper_says_which_notice_it_replaces_and_what_the_law_says_of_it(tmp_path: Path) -> None:
    older = NoticeReference("XEKA-EAXW-XDZ6", "1-40000002", datetime(2026, 3, 2, 3, 0, tzinfo=UTC))
    text = printed(a_notice(replaces=older, legal_text_version="es-PE-3"), tmp_path)

    assert "Reemplaza a Notificación N.º XEKA-EAXW-XDZ6" in text
    assert "reemplaza a la notificación N.º XEKA-EAXW-XDZ6, depositada el domingo 1 de marzo de 2026. Cuando" in text
    assert "numeral 26.1 del TUO de la Ley N° 27444" in text


@needs("pdftotext")
def test_what_was_issued_under_the_first_texts_is_printed_with_them(tmp_path: Path) -> None:
    text = printed(a_notice(legal_text_version="es-PE-1"), tmp_path)

    assert "Numeral 20.4, artículo 25 y numeral 133.1 del Texto Único Ordenado de la Ley N° 27444" in text
    assert "Horario" not in text
    assert "144" not in text.partition("Base legal")[2].partition("Plazo")[0]


@needs("pdftotext")
def test_immediate_notice_without_term_names_its_effective_day_and_no_end(tmp_path: Path) -> None:
    deadline = Deadline(date(2026, 3, 9), None, None, date(2026, 3, 9), None, "PE-2026.1")
    text = printed(a_notice(regime=Regime.IMMEDIATE, term=None, deadline=deadline), tmp_path)
    assert "Inmediato (medida cautelar)" in text
    assert "Surte efectos lunes 9 de marzo de 2026 Plazo Esta notificación no fija un plazo" in text
    assert "Vence" not in text


def counted(distance: Distance | None = None, **facts: Any) -> Notice:
    """Make a notice whose dates were counted in a year that nobody confirmed."""
    notice = a_notice(norm="Directiva 001-2026-DEMO, art. 7", hours=PERU.hours, distance=distance, **facts)
    days = 0 if distance is None else distance.days
    counting = Counting(PERU, PERU.hours, days)
    given: dict[str, Any] = {"deposited_at": notice.deposited_at, "term": notice.term, "counting": counting}
    openings = foresee_openings(**given) if notice.regime is Regime.ACKNOWLEDGEMENT else None
    return replace(notice, openings=openings, deadline=decide_deadline(regime=notice.regime, **given))


@needs("pdftotext")
def test_paper_cites_the_norm_of_the_institution_or_says_that_none_was_cited(tmp_path: Path) -> None:
    cited = printed(counted(), tmp_path)
    assert "bajo este régimen: Directiva 001-2026-DEMO, art. 7." in cited
    assert "No se citó" not in cited
    uncited = printed(replace(before_opening(), norm=None), tmp_path)
    assert "No se citó una norma de la entidad para notificar de otro modo: se aplica el acuse de recibo." in uncited


@needs("pdftotext")
def test_paper_says_by_which_hours_and_with_which_distance_it_was_counted(tmp_path: Path) -> None:
    text = printed(counted(Distance("Iquitos", 5, "Cuadro de ejemplo")), tmp_path)
    assert "Horario de atención De 08:30 a 16:30, en días hábiles" in text
    assert "Plazo 10 días hábiles Más, por distancia 5 días hábiles, desde Iquitos" in text
    assert "Vence lunes 30 de marzo de 2026" in text
    assert "por el domicilio del administrado en Iquitos (Cuadro de ejemplo; artículo 146" in text
    assert "distancia" not in printed(counted(), tmp_path)


@needs("pdftotext")
@pytest.mark.parametrize(
    ("unit", "note"),
    [
        (TermUnit.CALENDAR_DAYS, "Atención: este plazo se cuenta en días calendario"),
        (TermUnit.MONTHS, "se cuenta a partir de la notificación, de fecha a fecha (numerales 144.2 y 145.3"),
    ],
)
def test_paper_says_how_calendar_days_and_months_are_counted(unit: TermUnit, note: str, tmp_path: Path) -> None:
    assert note in printed(counted(term=Term(3, unit)), tmp_path)
    assert note not in printed(counted(), tmp_path)


@needs("pdftotext")
def test_paper_says_that_a_term_runs_past_the_last_confirmed_year(tmp_path: Path) -> None:
    note = "El plazo termina después de 2025, el último año cuyos días no laborables están confirmados"
    assert note in printed(counted(), tmp_path)
    confirmed = replace(counted(), deadline=replace(counted().deadline, confirmed_until=2026))
    assert note not in printed(confirmed, tmp_path)


@needs("pdftotext")
def test_paper_without_a_term_says_nothing_of_a_term_that_starts_or_ends(tmp_path: Path) -> None:
    for regime in Regime:
        text = printed(counted(regime=regime, term=None), tmp_path)
        assert "Plazo Esta notificación no fija un plazo" in text
        assert "Inicia" not in text
        assert "El plazo termina después" not in text


@needs("pdftotext")
def test_what_came_after_hours_says_why_it_counts_later(tmp_path: Path) -> None:
    note = "se tiene por recibida el martes 10 de marzo de 2026, día hábil siguiente (numeral 18.1"
    evening = datetime(2026, 3, 9, 23, tzinfo=UTC)
    for regime in (Regime.DEPOSIT, Regime.ACKNOWLEDGEMENT):
        assert note in printed(counted(regime=regime, deposited_at=evening), tmp_path)
        assert "18.1" not in printed(counted(regime=regime), tmp_path)


@needs("pdftotext")
def test_months_of_a_notice_issued_under_the_first_texts_start_as_its_paper_says(tmp_path: Path) -> None:
    former: dict[str, Any] = {"legal_text_version": "es-PE-1", "term": Term(3, TermUnit.MONTHS)}
    text = printed(counted(regime=Regime.ACKNOWLEDGEMENT, **former), tmp_path)
    assert "Inicia El día hábil siguiente a la primera apertura" in text


@needs("pdftotext")
def test_a_term_in_months_starts_with_the_first_opening(tmp_path: Path) -> None:
    notice = counted(regime=Regime.ACKNOWLEDGEMENT, term=Term(3, TermUnit.MONTHS))
    text = printed(notice, tmp_path)
    assert "Inicia Con la primera apertura; a más tardar, el martes 17 de marzo de 2026" in text
    assert "a más tardar, el miércoles 17 de junio de 2026" in text


@needs("pdftotext")
def test_hours_follow_the_zone_of_the_country(tmp_path: Path) -> None:
    path = tmp_path / "constancia.pdf"
    path.write_bytes(render_receipt(a_notice(), verification_url=URL, zone=ZoneInfo("America/Santo_Domingo")))
    assert "09/03/2026 16:15:30 (hora de Santo Domingo)" in run("pdftotext", path, "-")


@needs("pdftotext")
def test_longest_notice_loses_nothing_over_its_pages(tmp_path: Path) -> None:
    notice = the_longest_notice()
    text = printed(notice, tmp_path)
    pages = len(pikepdf.open(tmp_path / "constancia.pdf").pages)
    assert pages > 2
    without_page_breaks = re.sub(
        rf"Página \d+ de {pages} N\.º {notice.notice_id}, código de verificación {notice.verification_code}"
        r"|Constancia de notificación electrónica",
        "",
        text,
    )
    assert packed(notice.document.subject) in packed(without_page_breaks)
    for file in notice.files:
        assert packed(file.filename) in packed(without_page_breaks)
        assert file.sha256 in text
    for alert in notice.alerted:
        assert alert.masked in text
    for page in range(1, pages + 1):
        assert f"Página {page} de {pages}" in text


@needs("pdftotext")
def test_nothing_is_printed_outside_the_page(tmp_path: Path) -> None:
    path = tmp_path / "constancia.pdf"
    path.write_bytes(receipt(the_longest_notice()))
    boxes = re.findall(
        r'xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)">', run("pdftotext", "-bbox", path, "-")
    )
    assert boxes
    for left, top, right, bottom in boxes:
        assert float(left) > 55
        assert float(top) > 20
        assert float(right) < 595.3 - 55
        assert float(bottom) < 841.9 - 20


@needs("pdftotext")
@pytest.mark.parametrize(
    "sample",
    [
        "Ñandú: ¿cuándo pagó S/ 1 200,50? «Así» – “bien” — ‘sí’… N.° 5 • § ½ € ¡ya!",
        "Quechua: ch’aki, chʼaki, k'anchay, qʼipi, pʼunchaw, tʼanta, ñawi, llaqta, ĉhaki",
        "Aymara: jach'a, q'illu, tʼanta, ñäñta, ïñïña, üta, aymär aru, nayraru, wäwä",
        "Ashaninka: antyashipari, tŝiya, nokitsokite, ñaantsi, ĉheenti, p̈ero, ẽtsĩ, õkõ",
    ],
)
def test_letters_of_the_languages_of_peru_can_be_copied_from_the_paper(sample: str, tmp_path: Path) -> None:
    document = replace(a_notice().document, subject=sample)
    assert sample in printed(a_notice(document=document), tmp_path)


@needs("pdftotext")
def test_text_that_looks_like_a_page_count_or_markup_is_printed_as_sent(tmp_path: Path) -> None:
    sample = "Uso de {nb}, **negrita**, __raya__ [x](http://ejemplo.pe) <b>&amp;</b> {institution} \\(a\\)"
    notice = a_notice(
        document=replace(a_notice().document, subject=sample),
        sender=replace(a_notice().sender, name="Entidad {institution} & <Demo>"),
    )
    text = printed(notice, tmp_path)
    assert packed(sample) in packed(text)
    assert "emitida por Entidad {institution} & <Demo>." in text


@needs("pdfdetach")
def test_deposit_can_be_detached_with_ordinary_tools(tmp_path: Path) -> None:
    path = tmp_path / "constancia.pdf"
    path.write_bytes(receipt(a_notice()))
    run("pdfdetach", "-saveall", "-o", tmp_path, path)
    assert json.loads((tmp_path / "deposito.json").read_bytes()) == notice_as_json(a_notice())


@needs("pdftoppm")
@pytest.mark.parametrize("url", [URL, "https://casilla.example.pe/v/" + "a" * 120])
def test_qr_code_leads_to_the_verification_page(url: str, tmp_path: Path) -> None:
    path = tmp_path / "constancia.pdf"
    path.write_bytes(render_receipt(a_notice(), verification_url=url, zone=LIMA))
    assert read_qr(path, tmp_path) == url


@needs("pdffonts")
def test_every_font_is_embedded_as_a_subset_with_unicode(tmp_path: Path) -> None:
    path = tmp_path / "constancia.pdf"
    path.write_bytes(receipt(a_notice()))
    rows = run("pdffonts", path).splitlines()[2:]
    assert len(rows) == 2
    for row in rows:
        assert re.search(r"CID TrueType\s+Identity-H\s+yes yes yes", row)


@needs("pdfinfo")
def test_poppler_opens_the_longest_receipt_without_a_complaint(tmp_path: Path) -> None:
    path = tmp_path / "constancia.pdf"
    path.write_bytes(receipt(the_longest_notice()))
    done = subprocess.run(["pdfinfo", path], check=True, capture_output=True)  # noqa: S603, S607
    assert done.stderr == b""
    assert b"A4" in done.stdout


def test_markers_say_pdf_a_3u_in_spanish_with_the_deposit_as_data() -> None:
    with pikepdf.open(BytesIO(receipt(a_notice()))) as pdf:
        with pdf.open_metadata() as metadata:
            assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "U")
            assert metadata["dc:title"] == f"Constancia de notificación electrónica {a_notice().notice_id}"
            assert metadata["dc:creator"] == ["Entidad de Demostración"]
            assert metadata["dc:description"] == "Depósito de CARTA 000079-2026"
            assert metadata["xmp:CreateDate"] == metadata["xmp:ModifyDate"] == "2026-03-09T20:15:30+00:00"
        root: Any = pdf.Root
        assert str(root.Lang) == "es-PE"
        assert [str(intent.S) for intent in root.OutputIntents] == ["/GTS_PDFA1"]
        (file,) = root.AF
        assert str(file.AFRelationship) == "/Data"
        assert str(file.UF) == "deposito.json"
        assert str(file.EF.F.Subtype) == "/application/json"
        assert json.loads(file.EF.F.read_bytes()) == notice_as_json(a_notice())
        assert not pdf.get_warnings()


def test_metadata_survives_markup_in_names() -> None:
    notice = a_notice(sender=replace(a_notice().sender, name='Entidad "A&B" <Demo>'))
    with pikepdf.open(BytesIO(receipt(notice))) as pdf, pdf.open_metadata() as metadata:
        assert metadata["dc:creator"] == ['Entidad "A&B" <Demo>']


def test_same_notice_gives_the_same_bytes_again_and_in_another_process() -> None:
    first = receipt(a_notice())
    assert receipt(a_notice()) == first
    program = (
        "import hashlib; from zoneinfo import ZoneInfo; from tests.builders import a_notice;"
        "from chalicelib.renderers.deposit.receipt import render_receipt;"
        f"pdf = render_receipt(a_notice(), verification_url={URL!r}, zone=ZoneInfo('America/Lima'));"
        "print(hashlib.sha256(pdf).hexdigest())"
    )
    assert run(sys.executable, "-c", program).strip() == hashlib.sha256(first).hexdigest()


def test_receipts_drawn_side_by_side_do_not_disturb_each_other() -> None:
    notices = [a_notice(mailbox_id=f"1-4000{number:04}") for number in range(4)] + [the_longest_notice()]
    alone = [receipt(notice) for notice in notices]
    with ThreadPoolExecutor(max_workers=5) as threads:
        assert list(threads.map(receipt, notices * 4)) == alone * 4


def test_another_notice_gives_another_document_identifier() -> None:
    identifiers = set()
    for notice_id in ("AAAA-BBBB-CCCC", "AAAA-BBBB-CCCD"):
        with pikepdf.open(BytesIO(receipt(a_notice(notice_id=notice_id)))) as pdf:
            identifiers.add(bytes(pdf.trailer.ID[0]))
    assert len(identifiers) == 2


@pytest.mark.parametrize(
    ("notice", "field"),
    [
        (a_notice(document=replace(a_notice().document, subject="Hola 😀")), "document.subject"),
        (a_notice(case_file=replace(a_notice().case_file, number="EXP\x071")), "case_file.number"),
        (a_notice(files=(a_file(), an_annex("a\nb.pdf"))), "files.1.filename"),
        (a_notice(alerted=(AlertAddress("email", "\u200b***@ejemplo.pe"),)), "alerts.0.address"),
    ],
)
def test_text_the_font_lacks_is_refused_with_its_field(notice: Notice, field: str) -> None:
    with pytest.raises(Unprintable) as refusal:
        receipt(notice)
    assert (refusal.value.code, refusal.value.field) == ("text_unprintable", field)


def test_a_holders_name_without_its_letters_is_printed_with_boxes(tmp_path: Path) -> None:
    notice = a_notice(holder=Holder(DocumentType.DNI, "40000002", "ROSA MU\ufffdO\x07Z 名"))
    assert packed("ROSA MU□O□Z □") in packed(printed(notice, tmp_path))
    with pikepdf.open(BytesIO(receipt(notice))) as pdf:
        kept = json.loads(pdf.attachments["deposito.json"].get_file().read_bytes())
    assert kept["recipient"]["name"] == notice.holder.name


def test_unpublished_legal_text_is_an_error() -> None:
    with pytest.raises(LookupError, match="es-PE-0"):
        receipt(a_notice(legal_text_version="es-PE-0"))


def test_importing_the_receipt_loads_no_heavy_library() -> None:
    program = (
        "import sys, chalicelib.renderers.deposit.receipt as receipt;"
        "receipt.check_printable('Ñ', field='x'); receipt.current_legal_text_version();"
        "print([name for name in ('fpdf', 'PIL', 'fontTools', 'segno') if name in sys.modules])"
    )
    assert run(sys.executable, "-c", program).strip() == "[]"


@pytest.mark.parametrize(
    ("term", "words"),
    [
        (Term(1, TermUnit.BUSINESS_DAYS), "1 día hábil"),
        (Term(30, TermUnit.CALENDAR_DAYS), "30 días calendario"),
        (Term(1, TermUnit.MONTHS), "1 mes"),
        (Term(2, TermUnit.MONTHS), "2 meses"),
    ],
)
@needs("pdftotext")
def test_term_is_written_in_spanish(term: Term, words: str, tmp_path: Path) -> None:
    assert f"Plazo {words} Inicia" in printed(a_notice(term=term), tmp_path)


def test_same_layout_can_be_set_in_core_fonts_to_measure_against() -> None:
    core = draw_receipt(a_notice(), verification_url=URL, zone=LIMA, typeface=Typeface.CORE)
    with pikepdf.open(BytesIO(core)) as pdf:
        fonts: Any = pdf.pages[0].Resources.Font
        assert {str(font.BaseFont) for font in fonts.values()} == {"/Helvetica", "/Helvetica-Bold"}
