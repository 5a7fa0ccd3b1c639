"""The table of a list: every column by its label, years apart, and what nobody read told by more than its place."""

from __future__ import annotations

import re
from html import unescape

import pytest

from tests.browser_requests import Browser, check_html, text_of
from tests.deposit_world import a_body

LABELS = (
    *("Año", "Asunto", "Dependencia", "Emisor", "Tipo de documento", "Núm. documento de emisión"),
    *("Fecha de emisión", "Fecha de envío", "Plazo"),
)
ALL = "/casilla/buscar?campo=asunto&operador=contiene&valor=respuesta"


def deposit(browser: Browser, key: str, **document: str) -> str:
    body = {**a_body(), "document": {**a_body()["document"], **document}}
    answer = browser.people.world.deposit(body, key=key)
    assert answer.status_code == 201, answer.json_body
    return str(answer.json_body["notice_id"])


def page(browser: Browser, address: str) -> str:
    html = text_of(browser.get(address))
    check_html(html)
    return html


def rows(html: str) -> list[str]:
    return re.findall(r"<tr [^>]*>.*?</tr>", html.split("</thead>")[1], re.DOTALL)


def words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", "", html)).split())


@pytest.mark.parametrize("address", ["/casilla", ALL])
def test_every_column_is_there_by_its_label(visitor: Browser, address: str) -> None:
    deposit(visitor, "a")

    html = page(visitor, address)
    [heading] = re.findall(r"<thead.*?</thead>", html, re.DOTALL)

    assert all(label in words(heading) for label in LABELS)
    assert len(re.findall("<th ", heading)) == len(re.findall("<t[hd] ", rows(html)[0])) == 7


def test_a_row_has_one_link_that_says_ver_and_what_it_leads_to(visitor: Browser) -> None:
    notice_id = deposit(visitor, "a")

    [row] = rows(page(visitor, "/casilla"))

    [(address, link)] = re.findall(r'<a href="([^"]+)">(.*?)</a>', row)
    assert address == f"/casilla/{notice_id}"
    assert "<b>Ver</b>" in link
    assert words(link).startswith("Ver: Respuesta a su solicitud")
    assert "CARTA 000079-2026" in words(link)


def test_in_a_mixed_list_the_unread_are_marked_and_say_so(visitor: Browser) -> None:
    read = deposit(visitor, "a")
    visitor.people.world.clock.advance(seconds=1)
    deposit(visitor, "b")
    visitor.submit(visitor.get(f"/casilla/{read}"), f"/casilla/{read}")

    newer, older = rows(page(visitor, ALL))

    assert newer.startswith('<tr role="row" class="unread">')
    assert "<i>Por leer</i></a>" in newer
    assert older.startswith('<tr role="row">')
    assert "Por leer" not in older


def test_years_are_groups_and_each_row_keeps_its_own(visitor: Browser) -> None:
    deposit(visitor, "a")
    visitor.people.world.clock.advance(days=300)
    visitor.enter()
    deposit(visitor, "b")
    visitor.people.world.clock.advance(seconds=1)
    deposit(visitor, "c")

    html = page(visitor, "/casilla")

    groups = html.split("<tbody")[1:]
    assert [re.findall(r'class="year">(\d+)<', group) for group in groups] == [["2027", "2027"], ["2026"]]


def test_a_number_is_one_piece_and_an_office_may_break_at_its_slash(visitor: Browser) -> None:
    number = "000009-2025-OGTI-DGA/SUBDIRECCION"
    deposit(visitor, "a", type="RESOLUCIÓN", number=number, office="OFICINA <GENERAL>/ROSA DEMO")

    [row] = rows(page(visitor, "/casilla"))

    assert f'class="doc">RESOLUCIÓN <span>{number}</span></td>' in row
    assert "<span>OFICINA &lt;GENERAL&gt;/<wbr>ROSA DEMO</span>" in row


def test_the_rest_of_a_row_is_there_without_being_asked_for(visitor: Browser) -> None:
    """What a phone folds stays in the page: no script, no style and no paper hides it."""
    deposit(visitor, "a")

    [row] = rows(page(visitor, "/casilla"))

    assert row.count("<details><summary>Más datos</summary></details>") == 1
    assert all(text in words(row) for text in ("Oficina de Atención", "000079-2026", "09/03/2026 15:15"))
