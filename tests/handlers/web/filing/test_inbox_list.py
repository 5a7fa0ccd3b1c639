"""The list of what offices got: what is late first, in pages, and all of it as Excel (FIL-5)."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import pytest
from openpyxl import load_workbook

from chalicelib.domain.codes import code_from_number
from chalicelib.domain.filing.filing import Answer, Correction, Filing, FilingState, Observation, Taken, Told
from chalicelib.domain.institution.staff import Permission
from chalicelib.services.filing.list_received import MOST_OF_FILE
from chalicelib.services.filing.search_filings import position_of
from chalicelib.store.codec import to_data
from chalicelib.store.tables import FilingItem
from tests.browser_requests import Browser, check_html, text_of
from tests.cloud import Engine
from tests.deposit_world import NOW, World
from tests.filing_world import OFFICER, a_document, a_filing, seed_filing
from tests.officer_world import OFFICE_ID, an_office, put_office
from tests.staff_world import Staff

HOME = "/entidad/presentados"
EXCEL = f"{HOME}/lista/excel"


@pytest.fixture(autouse=True)
def box(world: World) -> World:
    seed_filing(world.container)
    put_office(world.container, an_office(office_id="sur", name="Oficina Sur"))
    return world


def keep(number: int, **changes: Any) -> Filing:
    """Keep one as if it had been filed `number` minutes after the first."""
    at = NOW + timedelta(minutes=number)
    filing = a_filing(filing_id=code_from_number(31 * (900 + number)), number=f"2026-{number:06d}", **changes)
    filing = replace(filing, dates=replace(filing.dates, received_at=at))
    inbox = f"{filing.institution_id}#{filing.office_id or '-'}#{filing.stage.value}"
    FilingItem(filing.filing_id, version=1, data=to_data(filing), inbox=inbox, filed_key=position_of(filing)).save()
    return filing


def inside(staff: Staff, **changes: Any) -> Browser:
    return staff.browser(staff.member(permissions=(Permission.ATTEND,), **changes))


def shown(browser: Browser, address: str, status: int = 200) -> str:
    answer = browser.get(address)
    assert answer.status_code == status, text_of(answer)[:600]
    check_html(text_of(answer))
    return html.unescape(text_of(answer))


def numbers(page: str) -> list[str]:
    return re.findall(r">(\d{4}-\d{6})</a>", page)


def all_pages(browser: Browser, address: str) -> str:
    """Read a list to its end; its pages go on from one another."""
    pages, following = [], [address]
    while following:
        pages.append(shown(browser, following[0]))
        following = re.findall(r'href="([^"]+)">Ver las siguientes', pages[-1])
        assert len(pages) < 9
    return "".join(pages)


def rows_of(staff: Staff, engine: Engine, location: str) -> tuple[list[tuple[Any, ...]], dict[Any, Any]]:
    address = urlsplit(location)
    key = f"received/{address.path.partition('/received/')[2]}"
    bucket = staff.world.container.config.exports_bucket
    book = load_workbook(BytesIO(engine.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()))
    about = dict(book["Sobre esta lista"].iter_rows(values_only=True))
    return list(book["Lo que se presentó"].iter_rows(values_only=True)), about


def test_what_is_late_comes_first_and_the_rest_by_age(staff: Staff, box: World) -> None:
    short, long = (replace(a_filing().procedure, answer_days=days) for days in (2, 30))
    first, second = keep(1, procedure=long), keep(2, procedure=long)
    late = keep(3, procedure=short)
    none = keep(4, procedure=replace(long, answer_days=None))
    browser = inside(staff)
    assert numbers(shown(browser, HOME)) == [first.number, second.number, late.number, none.number]
    assert "Responde hasta las 23:59 del miércoles 11 de marzo de 2026." in shown(browser, HOME)

    box.clock.now = NOW + timedelta(days=3)
    page = shown(inside(staff), HOME)
    assert numbers(page) == [late.number, first.number, second.number, none.number]
    assert page.count("El plazo para responder venció: era hasta las 23:59 del miércoles 11 de marzo") == 1
    assert page.count("El plazo para observarla venció.") == 4


def test_a_long_list_goes_on_from_page_to_page_with_its_filter(staff: Staff) -> None:
    kept = [keep(number).number for number in range(1, 56)]
    keep(90, office_id="sur")
    browser = inside(staff)
    first = shown(browser, f"{HOME}?oficina={OFFICE_ID}&estado=filed")
    [onward] = re.findall(r'href="([^"]+)">Ver las siguientes', first)
    rest = shown(browser, onward)
    assert numbers(first) + numbers(rest) == kept
    assert "Volver al principio" in rest
    assert numbers(all_pages(browser, HOME)) == [*kept, "2026-000090"]
    assert numbers(shown(inside(staff, office_id="sur"), f"{HOME}?oficina={OFFICE_ID}")) == ["2026-000090"]


def test_what_lapsed_is_told_as_not_filed_before_the_job_ran_and_after(staff: Staff, box: World) -> None:
    """Of 130: some observed, some that lapsed, told or not, or answered since; each is listed once, as what it is."""
    by_state: dict[str, list[str]] = {}
    box.clock.now = NOW + timedelta(days=7)
    for number in range(1, 131):
        said = Observation("Falta la firma", OFFICER, NOW, until=NOW + timedelta(days=9 if number % 3 else 2))
        is_told, is_answered = number % 2 == 0, number % 5 == 0
        lapsed: dict[str, Any] = {"told": Told(lapse_at=NOW + timedelta(days=2))} if is_told else {}
        lapsed |= {"answer": Answer("2345-6789-ABCD", OFFICER, NOW + timedelta(days=3))} if is_answered else {}
        filing = keep(number, observation=said, **({} if number % 3 else lapsed))
        by_state.setdefault(filing.state_at(box.clock.now).value, []).append(filing.number)
    assert {state: len(those) for state, those in by_state.items()} == {"observed": 87, "not_filed": 43}

    browser = inside(staff)
    for state in FilingState:
        assert numbers(all_pages(browser, f"{HOME}?estado={state.value}")) == by_state.get(state.value, []), state
    assert all_pages(browser, f"{HOME}?estado=not_filed").count("<span>No presentada<") == len(by_state["not_filed"])


def test_a_page_without_any_is_not_said_to_be_all(staff: Staff, box: World) -> None:
    box.clock.now = NOW + timedelta(days=7)
    for number in range(1, 56):
        keep(number, observation=Observation("Falta", OFFICER, NOW, until=NOW + timedelta(days=9)))
    lapsed = keep(60, observation=Observation("Falta", OFFICER, NOW, until=NOW + timedelta(days=2)))
    browser = inside(staff)
    page = shown(browser, f"{HOME}?estado=not_filed")
    assert numbers(page) == []
    assert "No hay presentaciones en estado" not in page
    assert "Descargar en Excel" in page
    [onward] = re.findall(r'href="([^"]+)">Ver las siguientes', page)
    assert numbers(shown(browser, onward)) == [lapsed.number]


def test_what_was_corrected_is_listed_with_what_is_evaluated_and_says_so(staff: Staff) -> None:
    taken, seen = Taken(OFFICER, NOW), Taken(OFFICER, NOW + timedelta(days=2))
    said = Observation("Falta la firma", OFFICER, NOW, until=NOW + timedelta(days=2))
    dates = replace(a_filing().dates, received_at=NOW + timedelta(days=1))
    correction = Correction("C-1", "code", a_filing().filer, (a_document(),), dates)
    kept = [
        keep(1, taken=taken),
        keep(2, taken=taken, observation=said, correction=correction),
        keep(3, taken=seen, observation=said, correction=correction),
    ]
    assert [one.stage.value for one in kept] == ["in_evaluation", "corrected", "in_evaluation"]
    page = shown(inside(staff), f"{HOME}?estado=in_evaluation")
    assert numbers(page) == [one.number for one in kept]
    assert page.count("Llegó la subsanación.") == 1
    one = shown(inside(staff), f"{HOME}/{kept[1].filing_id}")
    assert "Cuándo cuenta la subsanación" in one
    assert "Llegó en plazo: se podía subsanar hasta las 15:15 del miércoles 11 de marzo de 2026." in one
    assert numbers(shown(inside(staff), f"{HOME}?estado=corrected")) == numbers(page)


def test_the_excel_has_all_of_it_with_its_clocks_and_no_formula(staff: Staff, moto_engine: Engine) -> None:
    kept = [keep(number, subject="=1+1") for number in range(1, 56)]
    keep(90, office_id="sur")
    answer = inside(staff).get(f"{EXCEL}?oficina={OFFICE_ID}&estado=filed")
    assert answer.status_code == 303

    (heading, *rows), about = rows_of(staff, moto_engine, answer.headers["Location"])
    assert [row[0] for row in rows] == [one.number for one in kept]
    row = dict(zip(heading, rows[0], strict=True))
    assert (row["Qué pide"], row["Documento del titular"], row["Estado"]) == ("=1+1", "DNI *** 002", "Presentada")
    assert row["Llegó"] == datetime(2026, 3, 9, 15, 16, 30)  # noqa: DTZ001 - as a cell has it, in Lima
    assert row["Se puede observar hasta"] == datetime(2026, 3, 11, 15, 15, 30)  # noqa: DTZ001 - as above
    assert (row["Documentos"], row["Folios"], row["Notificación que la responde"]) == (2, 1, None)
    assert (about["Oficina"], about["Estado"], about["Presentaciones"]) == (
        "Oficina Desconcentrada Norte", "Presentada", "55",
    )  # fmt: skip
    assert "40000002" not in str(rows)


def test_the_excel_of_all_offices_is_that_of_each_and_of_one_what_it_reaches(staff: Staff, moto_engine: Engine) -> None:
    keep(1)
    keep(2, office_id="sur", office_name="Oficina Sur")
    keep(3, office_id=None, office_name=None)
    every, about = rows_of(staff, moto_engine, inside(staff).get(EXCEL).headers["Location"])
    assert sorted(row[0] for row in every[1:]) == ["2026-000001", "2026-000002", "2026-000003"]
    assert about["Oficina"] == "Todas"
    limited = inside(staff, office_id="sur").get(f"{EXCEL}?oficina={OFFICE_ID}")
    rows, about = rows_of(staff, moto_engine, limited.headers["Location"])
    assert [row[0] for row in rows[1:]] == ["2026-000002"]
    assert about["Oficina"] == "Oficina Sur"
    assert inside(staff).get(f"{EXCEL}?oficina=nada").status_code == 404


def test_the_excel_is_in_the_lists_order_what_is_late_before_all_else(
    staff: Staff, box: World, moto_engine: Engine
) -> None:
    long = replace(a_filing().procedure, answer_days=30)
    for number in range(1, 56):
        keep(number, procedure=long, **({"office_id": "sur"} if number % 2 else {}))
    late = keep(56, procedure=replace(long, answer_days=2))
    box.clock.now = NOW + timedelta(days=3)
    rows, _ = rows_of(staff, moto_engine, inside(staff).get(EXCEL).headers["Location"])
    assert [row[0] for row in rows[1:]] == [late.number, *(f"2026-{number:06d}" for number in range(1, 56))]


def test_one_that_is_too_long_is_told_on_the_list(staff: Staff) -> None:
    for number in range(1, MOST_OF_FILE + 2):
        keep(number)
    page = shown(inside(staff), f"{EXCEL}?oficina={OFFICE_ID}", 413)
    assert f"Son más de {MOST_OF_FILE} presentaciones" in page
    assert len(numbers(page)) == 50


def test_files_are_given_out_within_a_limit(staff: Staff) -> None:
    browser = inside(staff)
    answers = [browser.get(EXCEL).status_code for _ in range(61)]
    assert answers == [303] * 60 + [429]


def test_who_may_not_attend_gets_no_file(staff: Staff) -> None:
    stranger = staff.browser(staff.member(permissions=(Permission.SEE_SENT,)))
    assert stranger.get(EXCEL).status_code == 403
    assert stranger.get(HOME).status_code == 403
