"""Searching the mailbox, and files that are prepared, on the pages (BOX-4, BOX-5, BOX-8)."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from html import unescape
from typing import Any

import openpyxl
import pytest

from chalicelib.bootstrap.reading import search_tools
from chalicelib.bootstrap.storage import mailbox_store
from chalicelib.domain.mailbox import Mailbox
from tests.browser_requests import Browser, check_html, text_of
from tests.deposit_world import a_body, a_mailbox, a_pdf, an_inline_file
from tests.export_world import Exports


def deposit(browser: Browser, key: str, **document: Any) -> str:
    body = {**a_body(), "document": {**a_body()["document"], **document}}
    body["annexes"] = [an_inline_file(a_pdf("Uno"), "uno.pdf"), an_inline_file(a_pdf("Dos"), "dos.pdf")]
    answer = browser.people.world.deposit(body, key=key)
    assert answer.status_code == 201, answer.json_body
    return str(answer.json_body["notice_id"])


def _page(browser: Browser, address: str, status: int = 200) -> str:
    answer = browser.get(address)
    assert answer.status_code == status
    html = text_of(answer)
    check_html(html)
    return html


def _ask(browser: Browser, shown_at: str, address: str, **fields: str) -> str:
    answer = browser.submit(browser.get(shown_at), address, **fields)
    assert answer.status_code == 303
    led = str(answer.headers["Location"])
    assert re.fullmatch(r"/descargas/[0-9a-f]+", led)
    return led


def test_the_empty_form_has_one_condition_on_all(visitor: Browser) -> None:
    html = _page(visitor, "/casilla/buscar")
    assert html.count('name="valor"') == 1
    assert re.findall(r'name="(?:campo|operador)" value="(\w+)"', html) == ["todo", "contiene"]
    assert "Quitar" not in html
    assert "Limpiar" in html


@pytest.mark.parametrize("wanted", ["nandu", "tesoreria", "entidad de demo", "carta", "000079", "2026-000098"])
def test_a_search_in_all_looks_at_every_text_of_a_notice(visitor: Browser, wanted: str) -> None:
    notice_id = deposit(visitor, "a", subject="Multa ÑANDÚ", office="Oficina de Tesorería", number="000079-2026")
    assert notice_id in _page(visitor, f"/casilla/buscar?campo=todo&operador=contiene&valor={wanted}")
    assert notice_id not in _page(visitor, "/casilla/buscar?campo=todo&operador=contiene&valor=embargo")


def test_a_search_finds_without_accents_and_case_and_its_form_keeps_what_was_typed(visitor: Browser) -> None:
    multa, carta = deposit(visitor, "a", subject="Multa ÑANDÚ de tránsito"), deposit(visitor, "b", subject="Otra cosa")
    html = _page(visitor, "/casilla/buscar?campo=asunto&operador=contiene&valor=nandu")
    assert multa in html
    assert carta not in html
    assert 'value="nandu"' in html
    assert "1 notificación</h2>" in html
    assert "Buscamos en todas las notificaciones" in html


def test_an_opened_match_has_the_dates_its_opening_fixed(visitor: Browser) -> None:
    body = {**a_body(), "regime": "acknowledgement"}
    notice_id = visitor.people.world.deposit(body).json_body["notice_id"]
    search = "/casilla/buscar?campo=asunto&operador=contiene&valor=respuesta"
    assert "Empieza después de que la abras" in _page(visitor, search)
    visitor.submit(visitor.get(f"/casilla/{notice_id}"), f"/casilla/{notice_id}")
    assert "Vence el lunes 23 de marzo de 2026" in _page(visitor, search)


@pytest.mark.parametrize(
    ("field", "operators"),
    [
        ("fecha_envio", [("igual", ""), ("desde", " selected"), ("hasta", "")]),
        ("asunto", [("contiene", " selected"), ("igual", ""), ("empieza", "")]),
        ("anio", [("igual", " selected"), ("desde", ""), ("hasta", "")]),
    ],
)
def test_a_condition_is_added_with_the_operators_of_its_field_and_nothing_typed_is_lost(
    visitor: Browser, field: str, operators: list[tuple[str, str]]
) -> None:
    row = "campo=todo&operador=contiene&valor=x%26y"
    html = _page(visitor, f"/casilla/buscar?{row}&nuevo={field}&agregar=si")
    assert html.count('name="valor"') == 2
    assert 'value="x&amp;y"' in html
    assert f'name="campo" value="{field}"' in html
    select = html[html.index('<select id="operador-1"') : html.index('id="valor-1"')]
    assert re.findall(r'<option value="(\w+)"( selected)?>', select) == operators
    assert ('inputmode="numeric"' in html) is (field == "anio")
    assert "notificaciones</h2>" not in html


def test_a_single_condition_is_taken_away_and_the_others_stay(visitor: Browser) -> None:
    rows = "&".join(f"campo=asunto&operador=igual&valor={value}" for value in ("uno", "dos", "tres"))
    html = _page(visitor, f"/casilla/buscar?{rows}&quitar=1")
    assert re.findall(r'name="valor"[^>]* value="(\w+)"', html) == ["uno", "tres"]
    assert re.findall(r'name="quitar" value="(\d)"', html) == ["0", "1"]
    assert 'name="campo" value="todo"' in _page(visitor, "/casilla/buscar?campo=anio&operador=igual&valor=1&quitar=0")


def test_the_enter_key_searches_and_takes_no_condition_away(visitor: Browser) -> None:
    html = _page(visitor, "/casilla/buscar?campo=anio&operador=igual&valor=1&nuevo=asunto&agregar=si")
    form = html[html.index('<form method="get"') :]
    assert (
        re.findall(r"<button[^>]*>", form)[0]
        == '<button type="submit" class="hidden" tabindex="-1" aria-hidden="true">'
    )


def test_a_date_of_an_address_is_shown_as_people_write_it(visitor: Browser) -> None:
    html = _page(visitor, "/casilla/buscar?campo=fecha_envio&operador=desde&valor=2026-03-09")
    assert 'value="09/03/2026"' in html


def test_mistakes_are_told_beside_their_rows(visitor: Browser) -> None:
    address = "/casilla/buscar?campo=asunto&operador=contiene&valor=x&campo=fecha_envio&operador=contiene&valor=ayer"
    html = _page(visitor, address, 422)
    assert "<title>Error: Buscar" in html
    assert '<a href="#operador-1">«Fecha de envío» se compara con igual, desde o hasta.</a>' in html
    assert '<a href="#valor-1">' in html
    assert 'aria-describedby="valor-1-hint valor-1-error" aria-invalid="true"' in html


def test_what_no_form_sends_is_told_where_it_can_be_put_right(visitor: Browser) -> None:
    html = _page(visitor, "/casilla/buscar?campo=color&operador=parecido&valor=azul", 422)
    assert '<a href="#campo-0">' in html
    assert '<a href="#operador-0">' in html
    many = "&".join(["campo=todo&operador=igual&valor=a"] * 11)
    assert '<a href="#condicion-0">Puedes combinar hasta 10' in _page(visitor, f"/casilla/buscar?{many}", 422)
    one = _page(visitor, "/casilla/buscar?campo=todo&operador=igual&valor=a", 422)
    assert '<a href="#operador-0">«Todo» se compara con contiene.</a>' in one


@pytest.mark.parametrize("query", ["campo=asunto&operador=contiene&valor=", "campo=asunto&operador=contiene&valor=%20"])
def test_a_search_for_nothing_says_what_to_type(visitor: Browser, query: str) -> None:
    assert "Escribe al menos un valor" in _page(visitor, f"/casilla/buscar?{query}", 422)


def test_a_search_stays_within_the_mailbox(visitor: Browser) -> None:
    other: Mailbox = a_mailbox("40000003")
    mailbox_store(visitor.people.world.container).put(other)
    body = {**a_body(), "recipient": {"document_type": "DNI", "document_number": "40000003"}}
    assert visitor.people.world.deposit(body).status_code == 201
    html = _page(visitor, "/casilla/buscar?campo=asunto&operador=contiene&valor=respuesta")
    assert "Ninguna notificación cumple todas las condiciones" in html


def test_a_search_that_looks_at_many_says_how_far_and_goes_on(
    visitor: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chalicelib.handlers.web.reading.search._PAGE_SIZE", 1)
    older = deposit(visitor, "a")
    visitor.people.world.clock.advance(days=1)
    newer = deposit(visitor, "b")
    visitor.enter()
    html = _page(visitor, "/casilla/buscar?campo=asunto&operador=contiene&valor=respuesta")
    assert newer in html
    assert "Buscamos en las notificaciones hasta el 10/03/2026" in html
    [on] = re.findall(r'href="([^"]+)">Seguir buscando', html)
    html = _page(visitor, unescape(on))
    assert older in html
    assert "Volver al inicio" in html


def test_nothing_is_said_not_to_be_there_before_all_was_looked_at(
    visitor: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    box = visitor.people.world.container
    monkeypatch.setitem(box.made, search_tools, replace(search_tools(box), most_read=1))
    deposit(visitor, "a")
    visitor.people.world.clock.advance(days=1)
    deposit(visitor, "b")
    visitor.enter()
    html = _page(visitor, "/casilla/buscar?campo=asunto&operador=contiene&valor=embargo")
    assert "Aún sin resultados" in html
    assert "Ninguna notificación" not in html
    [on] = re.findall(r'href="([^"]+)">Seguir buscando', html)
    html = _page(visitor, unescape(on))
    assert "No hay más notificaciones que cumplan todas las condiciones" in html
    assert "Ninguna notificación" not in html


def test_the_tab_is_exported_as_excel(visitor: Browser, exports: Exports) -> None:
    opened, _ = deposit(visitor, "a", number="000001"), deposit(visitor, "b", number="000002")
    visitor.submit(visitor.get(f"/casilla/{opened}"), f"/casilla/{opened}")
    address = _ask(visitor, "/casilla", "/casilla/exportar", formato="xlsx")
    assert "Estamos preparando tu archivo" in _page(visitor, address)
    assert visitor.get(f"{address}/archivo").headers["Location"] == address

    exports.work()

    html = _page(visitor, address)
    assert "Tu archivo está listo" in html
    assert "Descargar" in html
    link = visitor.get(f"{address}/archivo").headers["Location"]
    book = openpyxl.load_workbook(io.BytesIO(exports.fetch(link)))
    cells = [str(cell.value) for sheet in book for row in sheet for cell in row]
    assert "000002" in cells
    assert "000001" not in cells
    assert "Pendientes por leer" in cells


def test_what_a_search_found_is_exported(visitor: Browser, exports: Exports) -> None:
    deposit(visitor, "a", subject="Multa & «más»")
    shown = "/casilla/buscar?campo=asunto&operador=contiene&valor=multa"
    address = _ask(visitor, shown, "/casilla/exportar", formato="pdf")
    exports.work()
    assert exports.fetch(visitor.get(f"{address}/archivo").headers["Location"]).startswith(b"%PDF-")


@pytest.mark.parametrize(("path", "name"), [("anexos", "anexos"), ("pruebas", "notificacion")])
def test_a_notices_files_come_as_one_zip(visitor: Browser, exports: Exports, path: str, name: str) -> None:
    notice_id = deposit(visitor, "a")
    page = visitor.get(f"/casilla/{notice_id}")
    assert visitor.submit(page, f"/casilla/{notice_id}/{path}").status_code == 409
    visitor.submit(page, f"/casilla/{notice_id}")
    address = _ask(visitor, f"/casilla/{notice_id}", f"/casilla/{notice_id}/{path}")
    assert f'href="/casilla/{notice_id}">Volver a la notificación' in _page(visitor, address)
    exports.work()
    assert f"{name}-{notice_id}.zip" in _page(visitor, address)
    content = exports.fetch(visitor.get(f"{address}/archivo").headers["Location"])
    assert zipfile.ZipFile(io.BytesIO(content)).testzip() is None


def test_a_copy_of_the_mailbox_is_of_a_year_or_of_all(visitor: Browser, exports: Exports) -> None:
    deposit(visitor, "a")
    html = text_of(visitor.submit(visitor.get("/casilla/copia"), "/casilla/copia", anio="dos mil"))
    check_html(html)
    assert '<a href="#anio">Escribe un año de cuatro cifras' in html
    assert 'value="dos mil"' in html
    address = _ask(visitor, "/casilla/copia", "/casilla/copia", anio=" 2026 ")
    exports.work()
    assert "casilla-1-40000002-2026.zip" in _page(visitor, address)


def test_a_file_that_failed_or_stalled_says_what_to_do(visitor: Browser) -> None:
    deposit(visitor, "a")
    address = _ask(visitor, "/casilla", "/casilla/exportar", formato="xlsx")
    visitor.people.world.clock.advance(minutes=21)
    visitor.enter()
    html = _page(visitor, address)
    assert "No pudimos preparar tu archivo" in html
    assert "pídelo otra vez" in html


def test_nobody_else_sees_a_prepared_file(visitor: Browser) -> None:
    deposit(visitor, "a")
    address = _ask(visitor, "/casilla", "/casilla/exportar", formato="xlsx")
    visitor.enter(user_id="u2")
    for path in (address, f"{address}/archivo"):
        assert "no existe o ya venció" in _page(visitor, path, 404)
