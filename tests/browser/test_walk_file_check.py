"""*¿Pasará este archivo?*, walked in a real browser: at once, and by a form to the store, with and without scripts."""

from __future__ import annotations

from pathlib import Path

import pytest
from pikepdf import Dictionary, Name, Pdf

from tests.browser.person import Person
from tests.deposit_world import PDF

pytestmark = [pytest.mark.ministack, pytest.mark.browser]

PASSWORD = "Ventana-larga-azul-47"
USERNAME, EMAIL = "1-40000002.40000021", "rosa.21@ejemplo.pe"


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """Return one that passes and one that does not."""
    good, bad = tmp_path / "carta-000079-2026.pdf", tmp_path / "formulario con un nombre bastante largo.pdf"
    good.write_bytes(PDF)
    with Pdf.new() as pdf:
        pdf.add_blank_page()
        pdf.Root.OpenAction = Dictionary(S=Name.JavaScript, JS="app.alert(1)")
        pdf.save(bad)
    return good, bad


def test_without_a_session_the_captcha_is_asked_for(person: Person, files: tuple[Path, Path]) -> None:
    person.open("/preguntas-frecuentes")
    person.follow("Revisa antes si pasará")
    person.look("file-check")
    if person.has_script:
        large = files[0].with_name("grande.pdf")
        large.write_bytes(bytes(4 * 1024 * 1024 + 1))
        person.page.locator("#file").set_input_files(large)
        person.press("Revisar")
        assert "pasa de 4 MB" in str(person.page.locator("#file").evaluate("input => input.validationMessage"))
        assert not person.page.title().startswith("Error: ")
    person.page.locator("#file").set_input_files(files[0])
    person.type(captcha="zzzzz")
    person.press("Revisar")
    assert person.page.title().startswith("Error: ")
    person.look("file-check-wrong")
    person.follow("Revisa uno de hasta 100 MB")
    person.look("file-check-large")


def test_within_a_session_files_are_judged_and_large_ones_by_way_of_the_store(
    person: Person, files: tuple[Path, Path]
) -> None:
    person.put_clock_forward(61)
    person.log_in_by_code(USERNAME, PASSWORD, EMAIL)
    person.follow("¿Pasará este archivo?")
    _judge(person, files[0], "El archivo pasa")
    person.look("file-check-passes")
    person.follow("Revisar otro archivo")
    _judge(person, files[1], "El archivo no pasa")
    person.look("file-check-fails")
    person.follow("Revisar otro archivo")
    person.follow("Revisa uno de hasta 100 MB")
    person.press("Continuar")
    person.look("file-check-send")
    person.page.locator("#file").set_input_files(files[1])
    person.press("Enviar y revisar")
    person.page.wait_for_url("**/revisar-archivo/*")
    assert "?" not in person.page.url
    for _ in range(20):
        if person.heading() == "El archivo no pasa":
            break
        person.page.wait_for_timeout(500)
        if not person.has_script and person.heading().startswith("Estamos revisando"):
            person.follow("Actualizar")
    assert person.heading() == "El archivo no pasa"


def _judge(person: Person, file: Path, told: str) -> None:
    person.page.locator("#file").set_input_files(file)
    person.press("Revisar")
    assert person.heading() == told
