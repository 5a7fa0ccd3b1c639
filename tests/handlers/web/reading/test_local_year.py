"""The last evening of a year is of that year wherever a person sees one, though UTC has the next already."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime

import openpyxl
import pytest

from tests.browser_requests import Browser, text_of
from tests.deposit_world import a_body
from tests.export_world import Exports

EVENING = datetime(2027, 1, 1, 1, tzinfo=UTC)
"""31 December 2026 at 20:00 in Lima."""


@pytest.fixture
def visitor(browser: Browser) -> Browser:
    clock = browser.people.world.clock
    clock.advance(seconds=(EVENING - clock.now).total_seconds())
    answer = browser.people.world.deposit(a_body())
    assert answer.json_body["deposited_at"] == "2027-01-01T01:00:00Z"
    browser.enter()
    return browser


def fetched(browser: Browser, exports: Exports, shown_at: str, form: str, **fields: str) -> tuple[str, bytes]:
    """Return a prepared file's name and content."""
    answer = browser.submit(browser.get(shown_at), form, **fields)
    exports.work()
    url = browser.get(f"{answer.headers['Location']}/archivo").headers["Location"]
    return url, exports.fetch(url)


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        ("campo=anio&operador=igual&valor=2026", True),
        ("campo=anio&operador=igual&valor=2027", False),
        ("campo=anio&operador=desde&valor=2027", False),
        ("campo=fecha_envio&operador=igual&valor=31/12/2026", True),
        ("campo=fecha_envio&operador=desde&valor=01/01/2027", False),
        ("campo=fecha_envio&operador=hasta&valor=31/12/2026", True),
    ],
)
def test_a_search_finds_it_in_its_year_and_on_its_day(visitor: Browser, query: str, *, is_found: bool) -> None:
    assert ("000079-2026" in text_of(visitor.get(f"/casilla/buscar?{query}"))) is is_found


def test_the_list_and_its_file_say_so(visitor: Browser, exports: Exports) -> None:
    html = text_of(visitor.get("/casilla"))
    assert '<td role="cell" class="year">2026</td>' in html
    assert "31/12/2026 20:00" in html
    url, content = fetched(visitor, exports, "/casilla", "/casilla/exportar", formato="xlsx")
    [_, row] = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0].iter_rows(values_only=True)
    assert (row[0], row[7]) == (2026, datetime(2026, 12, 31, 20))  # noqa: DTZ001 - Excel knows no zones
    assert "20261231-2000" in url


@pytest.mark.parametrize(("year", "days"), [("2026", ["2026-12-31"]), ("2027", []), ("", ["2026-12-31"])])
def test_a_copy_has_it_in_its_year(visitor: Browser, exports: Exports, year: str, days: list[str]) -> None:
    url, content = fetched(visitor, exports, "/casilla/copia", "/casilla/copia", anio=year)
    with zipfile.ZipFile(io.BytesIO(content)) as bundle:
        folders = {name.split("/")[0] for name in bundle.namelist() if "/" in name}
        stamps = {entry.date_time[:4] for entry in bundle.infolist()}
    assert [folder.split(" ")[0] for folder in folders] == days
    assert stamps == {(2026, 12, 31, 20)}
    assert (year or "2026-12-31") in url
