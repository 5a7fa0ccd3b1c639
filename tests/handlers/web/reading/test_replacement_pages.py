"""A holder sees of each notice which one it replaces, and which one replaces it, wherever either is shown."""

from __future__ import annotations

import json
from io import BytesIO
from zipfile import ZipFile

import pytest
from chalice.test import HTTPResponse
from openpyxl import load_workbook

from tests.browser_requests import Browser, check_html, text_of
from tests.deposit_world import a_body
from tests.export_world import Exports


@pytest.fixture
def pair(visitor: Browser) -> tuple[str, str]:
    """Return the numbers of a notice and of the one that was deposited in its place."""
    world = visitor.people.world
    old = world.deposit(a_body(), key="clave-1").json_body["notice_id"]
    new = world.deposit(a_body(replaces=old), key="clave-2").json_body["notice_id"]
    return old, new


def test_the_list_says_it_of_both(visitor: Browser, pair: tuple[str, str]) -> None:
    old, new = pair
    html = text_of(visitor.get("/casilla"))
    check_html(html)

    rows = {number: row for row in html.split("<tr ") for number in pair if f"/casilla/{number}" in row}
    assert f'Reemplazada por la N.º <span class="number">{new}</span>' in rows[old]
    assert f'Reemplaza a la N.º <span class="number">{old}</span>' in rows[new]
    assert "Reemplaza a" not in rows[old]


def test_envelope_and_page_lead_to_the_other_and_say_which_dates_count(visitor: Browser, pair: tuple[str, str]) -> None:
    old, new = pair
    for _ in range(2):  # first the envelope, then the page
        older, newer = (text_of(visitor.get(f"/casilla/{number}")) for number in pair)
        check_html(older)
        check_html(newer)
        assert (
            f'Reemplazada por <a href="/casilla/{new}">la notificación N.º <span class="number">{new}</span></a>'
            in older
        )
        assert "La nueva cuenta por sus propias fechas. Las de esta quedan como se emitieron." in older
        assert (
            f'Reemplaza a <a href="/casilla/{old}">la notificación N.º <span class="number">{old}</span></a>' in newer
        )
        assert "artículo 26.1 del TUO" in older
        assert "artículo 26.1 del TUO" in newer
        for number in pair:
            visitor.submit(visitor.get(f"/casilla/{number}"), f"/casilla/{number}")
    assert "Reemplazada por otra notificación" in text_of(visitor.get(f"/casilla/{old}"))


def test_a_notice_without_another_says_nothing_of_it(visitor: Browser) -> None:
    number = visitor.people.world.deposit().json_body["notice_id"]

    assert "eemplaza" not in text_of(visitor.get(f"/casilla/{number}"))


def test_the_people_s_api_tells_both(visitor: Browser, pair: tuple[str, str]) -> None:
    old, new = pair
    people = visitor.people
    token = people.token()

    listed = people.send("GET", "/v1/notices", token=token).json_body["notices"]
    opened = people.send("POST", f"/v1/notices/{old}/opening", token=token).json_body

    assert {one["notice_id"]: (one["replaces"], one["replaced_by"]) for one in listed} == {
        old: (None, new),
        new: (old, None),
    }
    assert (opened["replaces"], opened["replaced_by"]) == (None, new)


def download(visitor: Browser, exports: Exports, asked: HTTPResponse) -> bytes:
    exports.work()
    return exports.fetch(str(visitor.get(f"{asked.headers['Location']}/archivo").headers["Location"]))


def test_the_list_as_a_file_tells_both(visitor: Browser, exports: Exports, pair: tuple[str, str]) -> None:
    old, new = pair

    asked = visitor.submit(visitor.get("/casilla"), "/casilla/exportar", vista="pendientes", formato="xlsx")

    rows = load_workbook(BytesIO(download(visitor, exports, asked)))["Notificaciones"].values
    ends = {str(cell).rpartition(". ")[2] for row in rows for cell in row}
    assert {f"Reemplazada por la N.º {new}", f"Reemplaza a la N.º {old}"} <= ends


def test_the_evidence_tells_both(visitor: Browser, exports: Exports, pair: tuple[str, str]) -> None:
    told = []
    for number in pair:
        visitor.submit(visitor.get(f"/casilla/{number}"), f"/casilla/{number}")
        asked = visitor.submit(visitor.get(f"/casilla/{number}"), f"/casilla/{number}/pruebas")
        with ZipFile(BytesIO(download(visitor, exports, asked))) as bundle:
            state = json.loads(bundle.read("estado.json"))
            told.append(
                (state["replaces"], state["replaced_by"], json.loads(bundle.read("deposito.json")).get("replaces"))
            )

    old, new = pair
    assert told == [(None, new, None), (old, None, old)]
