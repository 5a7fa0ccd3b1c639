"""The list as a file holds what the list on the page shows on the same day (BOX-5)."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from datetime import date, datetime
from html import unescape
from typing import Any

import openpyxl
import pytest

from chalicelib.bootstrap.page import seen_by_pages
from chalicelib.bootstrap.storage import calendar_store
from chalicelib.domain.business_days.calendar_version import CalendarVersion
from chalicelib.domain.calendar import CalendarEntries, NonWorkingDay
from chalicelib.domain.event import Event, EventType
from chalicelib.services.seen_by_pages import SeenByPages
from tests.browser_requests import Browser, text_of
from tests.deposit_world import a_body
from tests.export_world import Exports

CELLS = {
    "Año": r'<td role="cell" class="year">(.*?)</td>',
    "Emisor": r'<td role="cell" class="from">(.*?) <span>',
    "Dependencia": r'<td role="cell" class="from">.*? <span>(.*?)</span></td>',
    "Plazo": r'<td role="cell" class="until">(.*?)<details>',
    "Tipo de documento": r'<td role="cell" class="doc">(.*?) <span>',
    "Núm. documento de emisión": r'<td role="cell" class="doc">.*? <span>(.*?)</span></td>',
    "Fecha de emisión": r'<td role="cell" class="issued">(.*?)</td>',
    "Fecha de envío": r'<td role="cell" class="sent">(.*?)</td>',
}
TERMS: tuple[dict[str, Any], ...] = (
    {"term": None},
    {"term": {"amount": 1, "unit": "business_days"}},
    {"term": {"amount": 3, "unit": "business_days"}},
    {"term": {"amount": 20, "unit": "calendar_days"}},
    {"term": {"amount": 2, "unit": "months"}},
    {"term": {"amount": 5, "unit": "business_days"}, "regime": "acknowledgement"},
    {"term": None, "regime": "acknowledgement"},
)


def fetched(browser: Browser, exports: Exports, shown_at: str, form: str) -> bytes:
    answer = browser.submit(browser.get(shown_at), "/casilla/exportar", formato=form)
    exports.work()
    return exports.fetch(browser.get(f"{answer.headers['Location']}/archivo").headers["Location"])


def words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", "", html)).split())


def on_the_page(browser: Browser, address: str) -> list[dict[str, str]]:
    """Return the rows of the table that the page shows, by the columns' names."""
    rows = text_of(browser.get(address)).split("<tbody")[1].split("</tbody>")[0].split("<tr ")[1:]
    return [{label: words(cell) for label, mask in CELLS.items() for cell in re.findall(mask, row)} for row in rows]


def in_the_book(content: bytes) -> list[dict[str, Any]]:
    heading, *rows = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0].iter_rows(values_only=True)
    return [dict(zip(map(str, heading), row, strict=True)) for row in rows]


def shown(value: Any) -> str:
    return f"{value:%d/%m/%Y %H:%M}" if isinstance(value, datetime) else str(value)


@pytest.mark.parametrize("days", [0, 10, 80])
def test_the_files_hold_what_the_page_shows_that_day(visitor: Browser, exports: Exports, days: int) -> None:
    world = visitor.people.world
    for number, told in enumerate(TERMS):
        world.deposit(a_body(**told), key=f"clave-{number}")
        world.clock.advance(minutes=1)
    world.clock.advance(days=days)
    visitor.enter()
    page = on_the_page(visitor, "/casilla")
    book = in_the_book(fetched(visitor, exports, "/casilla", "xlsx"))
    assert len(page) == len(TERMS)
    assert [{label: shown(row[label]) for label in page[0]} for row in book] == page
    paper = words(_text_of(fetched(visitor, exports, "/casilla", "pdf"), "-x", "640", "-W", "125"))
    assert all(row["Plazo"] in paper for row in page)


def test_the_end_of_a_term_is_a_date_to_sort_by(visitor: Browser, exports: Exports) -> None:
    visitor.people.world.deposit(a_body(), key="a")
    visitor.people.world.deposit(a_body(term=None), key="b")
    visitor.people.world.deposit(a_body(regime="acknowledgement"), key="c")
    book = in_the_book(fetched(visitor, exports, "/casilla", "xlsx"))
    ends = [row["Vence el"] for row in book if row["Vence el"] is not None]
    assert len(book) == 3
    assert ends == [datetime(2026, 3, 23)]  # noqa: DTZ001 - Excel knows no zones


def test_whose_list_it_is_stands_in_both(visitor: Browser, exports: Exports) -> None:
    visitor.people.world.deposit(a_body(), key="a")
    holder = words(text_of(visitor.get("/casilla")).split('<p class="holder"><strong>')[1].split("</strong>")[0])
    about = openpyxl.load_workbook(io.BytesIO(fetched(visitor, exports, "/casilla", "xlsx"))).worksheets[1]
    told = dict(about.iter_rows(values_only=True))
    assert (told["Titular"], told["Filtro"]) == (holder, "Pendientes por leer")
    assert told["Generado"] == "09/03/2026 15:15:30 (hora de Lima)"
    assert f"Titular {holder}" in words(_text_of(fetched(visitor, exports, "/casilla", "pdf"), "-layout"))


def _text_of(pdf: bytes, *options: str) -> str:
    program = shutil.which("pdftotext")
    if program is None:
        pytest.skip("needs poppler")
    area = [*options, "-y", "0", "-H", "600"] if "-x" in options else list(options)
    done = subprocess.run([program, *area, "-", "-"], input=pdf, capture_output=True, check=True)  # noqa: S603
    return done.stdout.decode()


def test_a_day_that_was_entered_counts_in_what_is_left_on_the_page_and_in_the_file(
    visitor: Browser, exports: Exports
) -> None:
    world = visitor.people.world
    store, day = calendar_store(world.container), NonWorkingDay(date(2026, 3, 12), "Día no laborable", "D.S. 1")
    event = Event("calendar#PE", EventType.CALENDAR_CHANGED, world.clock.now, "e1", "operator:prueba")
    entries = CalendarEntries(1, declared=(day,))
    store.change(CalendarVersion(entries, world.clock.now, "operator:prueba", "prueba", "prueba"), event)
    world.container.made[seen_by_pages] = SeenByPages()
    assert world.deposit(a_body(term={"amount": 5, "unit": "business_days"}), key="con-feriado").status_code == 201

    [row] = on_the_page(visitor, "/casilla")
    content = fetched(visitor, exports, "/casilla", "xlsx")

    assert row["Plazo"].endswith("te quedan 5 días hábiles")
    assert "martes 17 de marzo de 2026" in row["Plazo"]
    assert in_the_book(content)[0]["Plazo"].endswith("te quedan 5 días hábiles")
