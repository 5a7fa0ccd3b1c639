"""*Verificar constancia*, walked in a real browser from the QR code on the paper: by code and by file."""

from __future__ import annotations

import hashlib
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from chalicelib.domain.access.access_policy import RECEIPT_LOOKS_PER_NETWORK, UNKNOWN_LOOK
from tests.browser.person import Person
from tests.deposit_world import PDF
from tests.evidence_world import guesses
from tests.qr_code import PDFTOPPM, read_qr

pytestmark = [
    pytest.mark.ministack,
    pytest.mark.browser,
    pytest.mark.skipif(PDFTOPPM is None, reason="pdftoppm is not installed"),
]

DETAILS = {
    "recipient": {"document_type": "DNI", "document_number": "40000002"},
    "document": {
        "type": "Carta",
        "number": "0124-2026",
        "subject": "Se comunica el inicio del procedimiento",
        "issued_at": "2026-01-05T16:30:00-05:00",
        "office": "Dirección de Autorizaciones",
        "signed_by": "Directora",
        "prepared_by": "Mesa de Autorizaciones",
    },
}


@pytest.fixture
def paper(person: Person, tmp_path: Path) -> tuple[Path, Path, Path]:
    """Return a receipt, the document that it tells of, and a file that is neither."""
    receipt, document, other = tmp_path / "constancia.pdf", tmp_path / "carta-0124-2026.pdf", tmp_path / "otra.pdf"
    document.write_bytes(PDF)
    other.write_bytes(PDF + b"\n")
    annex = tmp_path / "cuadro.csv"
    annex.write_text("nombre,monto\nuno,10\n", "utf-8")
    details = {**DETAILS, "case_file": {"number": f"VERIFICAR-{person.has_script}", "opened_on": "2026-01-05"}}
    sender = person.run.sender()
    receipt.write_bytes(sender.download_receipt(sender.deposit(details, document, [annex])["notice_id"]))
    return receipt, document, other


def test_the_qr_code_on_the_paper_leads_to_what_it_says(
    person: Person, paper: tuple[Path, Path, Path], tmp_path: Path
) -> None:
    receipt, document, other = paper
    person.open(urlsplit(read_qr(receipt, tmp_path)).path)
    assert person.page.get_by_text("Este servicio emitió esta constancia.").is_visible()
    assert person.page.get_by_text("Carta 0124-2026").is_visible()
    assert not person.page.get_by_text("40000002").count()
    assert person.begins_with_outcome()
    person.look("verified")

    _compare(person, document, "Este archivo es exactamente el documento principal, «carta-0124-2026.pdf»")
    person.look("verified-document")
    _compare(person, receipt, "Este archivo es exactamente la constancia")
    _compare(person, other, "Este archivo no es ninguno de los de esta constancia.")
    person.look("verified-other")


def test_a_code_is_typed_and_mistakes_are_told(person: Person, paper: tuple[Path, Path, Path], tmp_path: Path) -> None:
    code = urlsplit(read_qr(paper[0], tmp_path)).path.rpartition("/")[2]
    person.open("/")
    person.follow("Verificar constancia")
    assert person.heading() == "Verificar constancia"
    person.look("verify")
    person.type(code=code[:-1] + ("2" if code[-1] != "2" else "3"))
    person.press("Verificar")
    assert person.page.title().startswith("Error: ")
    person.look("verify-mistake")
    person.type(code=code.lower().replace("-", " "))
    person.press("Verificar")
    assert person.path() == f"/verificar/{code}"
    person.open(f"/verificar/{guesses(1)[0]}")
    assert person.heading() == "No encontramos esa constancia"
    person.look("verify-unknown")


def test_a_file_is_verified_and_with_scripts_it_never_leaves_the_browser(
    person: Person, paper: tuple[Path, Path, Path]
) -> None:
    receipt, document, _ = paper
    sent: list[str] = []
    person.page.on("request", lambda request: sent.append(f"{request.method} {urlsplit(request.url).path}"))
    person.open("/verificar")
    person.press("Verificar el archivo")
    assert person.page.locator(".error-summary a").get_attribute("href") == "#file"
    person.look("verify-no-file")
    sent.clear()
    is_sent_away = person.page.get_by_text("se envía a este servicio").is_visible()
    assert is_sent_away is not person.has_script
    person.page.locator("#file").set_input_files(receipt)
    person.press("Verificar el archivo")
    person.page.get_by_text("Este archivo es exactamente la constancia").wait_for()
    assert person.begins_with_outcome()
    assert ("POST /verificar" in sent) is not person.has_script
    person.look("verified-by-file")

    person.open("/verificar")
    person.page.locator("#file").set_input_files(document)
    person.press("Verificar el archivo")
    person.page.get_by_text("Sin él no lo buscamos").wait_for()
    person.look("verify-document-alone")


def test_a_hash_can_be_pasted_and_a_file_beyond_all_bounds_is_told_of(
    person: Person, paper: tuple[Path, Path, Path]
) -> None:
    person.open("/verificar")
    person.page.get_by_text("Ya tengo el SHA-256 del archivo").click()
    person.look("verify-hash")
    person.type(sha256=f"{hashlib.sha256(paper[0].read_bytes()).hexdigest()}  constancia.pdf")
    person.press("Verificar el archivo")
    assert person.page.get_by_text("Este archivo es exactamente la constancia").is_visible()
    if person.has_script:
        large = paper[0].with_name("grande.bin")
        with large.open("wb") as file:
            file.truncate(100 * 1024 * 1024 + 1)
        person.open("/verificar")
        person.page.locator("#file").set_input_files(large)
        person.press("Verificar el archivo")
        told = str(person.page.locator("#file").evaluate("input => input.validationMessage"))
        assert "pasa de 100 MB, así que este no es uno de ellos" in told


def test_an_empty_file_is_told_of_and_all_that_certutil_prints_can_be_pasted(
    person: Person, paper: tuple[Path, Path, Path]
) -> None:
    empty = paper[0].with_name("vacio.pdf")
    empty.write_bytes(b"")
    person.open("/verificar")
    person.page.locator("#file").set_input_files(empty)
    person.press("Verificar el archivo")
    person.page.get_by_text("El archivo está vacío: tiene 0 bytes.").first.wait_for()
    person.look("verify-empty")

    person.open("/verificar")
    person.page.get_by_text("Ya tengo el SHA-256 del archivo").click()
    sha256 = hashlib.sha256(paper[0].read_bytes()).hexdigest()
    printed = f"SHA256 hash of constancia.pdf:\n{sha256}\nCertUtil: -hashfile command completed successfully.\n"
    person.type(sha256=printed)  # a field of one line loses the ends of lines
    person.press("Verificar el archivo")
    assert person.page.get_by_text("Este archivo es exactamente la constancia").is_visible()


def _compare(person: Person, file: Path, told: str) -> None:
    """Compare a file on the receipt's own page; with scripts nothing is asked of the service for it."""
    sent: list[str] = []
    person.page.on("request", lambda request: sent.append(request.url))
    person.page.locator("#file").set_input_files(file)
    person.press("Comparar")
    person.page.get_by_text(told).wait_for()
    assert bool(sent) is not person.has_script, sent


def test_where_much_was_guessed_a_captcha_is_asked_for(person: Person) -> None:
    person.run.begin_window(RECEIPT_LOOKS_PER_NETWORK)
    for code in guesses(RECEIPT_LOOKS_PER_NETWORK.limit // UNKNOWN_LOOK):
        assert person.run.get(f"/verificar/{code}")[0] == 404
    person.open(f"/verificar/{guesses(1)[0]}")
    assert person.heading() == "Un paso más"
    person.look("verify-captcha")
    person.type(captcha="zzzzz")
    person.press("Continuar")
    assert person.page.title().startswith("Error: ")
    person.look("verify-captcha-wrong")
    person.run.begin_window(RECEIPT_LOOKS_PER_NETWORK)
