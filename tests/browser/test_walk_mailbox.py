"""The mailbox, walked in a real browser over the demonstration's notices: list, envelope, opening, search, files."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.browser.person import DESK, Person
from tests.facts_world import SIGNED_TWICE, a_pdf_with_an_invoice

pytestmark = [pytest.mark.ministack, pytest.mark.browser]

PASSWORD = "Ventana-larga-azul-47"
USERNAME, EMAIL = "1-40000002.40000021", "rosa.21@ejemplo.pe"
"""Nobody else's in these tests."""
DETAILS = {
    "recipient": {"document_type": "DNI", "document_number": "40000002"},
    "document": {
        "type": "Carta",
        "number": "0123-2026",
        "subject": "Se remite liquidación firmada",
        "issued_at": "2026-01-05T16:30:00-05:00",
        "office": "Dirección de Autorizaciones",
        "signed_by": "Directora",
        "prepared_by": "Mesa de Autorizaciones",
    },
}

_LINES = """(selector) => [...document.querySelectorAll(selector)].map((part) => {
  const text = document.createRange();
  text.selectNodeContents(part);
  return new Set([...text.getClientRects()].map((box) => Math.round(box.top))).size;
})"""
"""How many lines each part's text takes; weights on one line share its top."""
_LONGEST = "Empieza después de que la abras; vence a más tardar el miércoles 30 de septiembre de 2026"
"""What may stand of a deadline: on which day a walk happens, decides what does."""
_SHOW = """(text) => {
  const due = document.querySelector('.notices .due'), shown = due.innerHTML;
  due.innerHTML = text;
  return shown;
}"""
"""Put a text into the first deadline of the list, and return what stood there."""


def test_mailbox_is_read_searched_and_had_as_files(person: Person, tmp_path: Path) -> None:
    """Log in once, an hour after the last time: codes by e-mail are limited."""
    person.put_clock_forward(61)
    person.log_in_by_code(USERNAME, PASSWORD, EMAIL)
    _open_the_newest(person)
    _search(person)
    _walk_by_keyboard(person)
    _read_what_files_hold(person, tmp_path)


def _open_the_newest(person: Person) -> None:
    assert person.heading() == "Casilla Electrónica"
    person.look("mailbox")
    _measure_the_list(person)
    before = _counted(person)

    person.page.locator(".notices .main a").first.click()
    person.look("envelope")
    subject, address = person.heading(), urlsplit(person.page.url).path
    person.press("Abrir la notificación")
    assert person.heading() == subject
    assert "Quedó registrado" in person.page.get_by_role("status").inner_text()
    person.look("notice")
    assert person.page.get_by_text("Visto por").is_visible()
    _prepare(person, "Descargar todas las pruebas (ZIP)", "evidence")

    person.follow("Volver a la notificación")
    person.follow("Volver a Leídos")
    again = person.page.locator(f'.notices .main a[href="{address}"]')  # others may have its subject
    assert subject in again.inner_text()
    person.look("read")
    person.follow("Pendientes por leer")
    assert _counted(person) == before - 1


def _measure_the_list(person: Person) -> None:
    """Measure what has to be read at a glance: on a desk all of it, on a phone three facts and the rest on demand."""
    page = person.page
    facts, rest = (".main", ".from", ".due"), (".doc", ".issued", ".sent", ".year", ".from span")
    row = page.locator(".notices tbody tr").nth(1)
    shown = page.evaluate(_SHOW, _LONGEST)
    for width in (1024, DESK):
        page.set_viewport_size({"width": width, "height": 740})
        assert max(page.evaluate(_LINES, ".notices .due")) <= 3
        assert set(page.evaluate(_LINES, ".notices td.doc span")) == {1}
        assert all(row.locator(fact).is_visible() for fact in (*facts, *rest))
        assert not row.locator("summary").is_visible()

    page.evaluate(_SHOW, shown)
    page.set_viewport_size({"width": 360, "height": 740})
    assert set(page.evaluate(_LINES, ".tabs a")) == {1}
    assert len(set(page.evaluate("[...document.querySelectorAll('.tabs li')].map((tab) => tab.offsetTop)"))) == 1
    assert [fact for fact in (*facts, *rest) if row.locator(fact).is_visible()] == list(facts)
    row.locator("summary").click()
    assert all(row.locator(fact).is_visible() for fact in rest)
    person.look("mailbox-more")
    row.locator("summary").click()


def _search(person: Person) -> None:
    person.open("/casilla")
    person.follow("Buscar")
    person.look("search")
    _add_condition(person, "Tipo de documento")
    person.page.locator("#valor-1").fill("RESOLUCION")
    _add_condition(person, "Fecha de envío")
    person.page.locator("#valor-2").fill("ayer")
    person.page.keyboard.press("Enter")
    person.page.wait_for_url("**valor=ayer*")
    assert person.page.title().startswith("Error: ")
    person.look("search-wrong")
    person.press("Quitar la condición 3: Fecha de envío")
    assert person.page.locator("[name=valor]").count() == 2
    assert person.page.locator("#valor-1").input_value() == "RESOLUCION"
    person.press("Buscar")
    assert person.page.locator("h2").first.inner_text() == "3 notificaciones"
    person.look("search-results")
    _prepare(person, "Exportar a Excel", "list")


def _add_condition(person: Person, field: str) -> None:
    person.page.locator("#nuevo").select_option(field)
    person.press("Agregar la condición")


def _walk_by_keyboard(person: Person) -> None:
    person.open("/casilla?vista=leidos")
    seen: list[str] = []
    for _ in range(16):
        person.page.keyboard.press("Tab")
        seen.append(str(person.page.evaluate("document.activeElement.textContent")).strip())
    wanted = ["Ir al contenido", "Salir", "Buscar", "Actualizar", "Exportar a Excel", "Exportar a PDF"]
    assert [text for text in seen if text in wanted] == wanted
    assert any(text.startswith("Ver: ") for text in seen[seen.index("Exportar a PDF") :])


def _read_what_files_hold(person: Person, folder: Path) -> None:
    signed, carrying = folder / "resolucion.pdf", folder / "liquidacion.pdf"
    signed.write_bytes(SIGNED_TWICE)
    carrying.write_bytes(a_pdf_with_an_invoice(f"{'nombre_muy_largo_' * 11}.xml"))
    details = {**DETAILS, "case_file": {"number": f"FIRMAS-{person.has_script}", "opened_on": "2026-01-05"}}
    deposited = person.run.sender().deposit(details, signed, [carrying])

    person.open(f"/casilla/{deposited['notice_id']}")
    person.press("Abrir la notificación")
    person.look("notice-signed")
    assert person.page.get_by_text("Lleva 2 firmas electrónicas. La última firma cubre todo el archivo.").is_visible()
    assert person.page.get_by_text("Dentro lleva el archivo «nombre_muy_largo_").is_visible()
    assert person.page.get_by_text("no comprueba de quién son las firmas").is_visible()


def _counted(person: Person) -> int:
    tab = person.page.get_by_role("link", name="Pendientes por leer").inner_text()
    return int(tab.rpartition("(")[2].rstrip(")"))


def _prepare(person: Person, button: str, name: str) -> None:
    """Ask for a file and wait for it: without scripts by the page's own link."""
    person.press(button)
    ready = person.page.get_by_role("link", name="Descargar")
    for _ in range(30):
        if not person.has_script and ready.count() == 0:
            person.page.wait_for_timeout(300)
            person.follow("Actualizar")
    ready.wait_for()
    assert person.heading() == "Tu archivo está listo"
    person.look(f"file-{name}")
    with person.page.expect_download() as got:
        ready.click()
    assert got.value.failure() is None
