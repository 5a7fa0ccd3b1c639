"""The whole history of a mailbox, asked for at the pages and the API, made by the worker, fetched by who asked."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta
from typing import Any

import openpyxl
import pytest

from chalicelib.bootstrap.export import export_tools
from chalicelib.domain.export.export import ListingLimits
from chalicelib.store.filing.filing_store import _item
from tests.browser_requests import Browser, text_of
from tests.cloud import Engine
from tests.deposit_world import NOW, World, a_body
from tests.export_world import Exports
from tests.filing_world import DATES, a_filing
from tests.person_world import People


@pytest.fixture
def exports(world: World, moto_engine: Engine) -> Exports:
    people = People(world)
    people.seed()
    return Exports(people, moto_engine, people.token())


def put_filings(count: int, **overrides: Any) -> None:
    """Put filings, each an hour after the one before."""
    for number in range(1, count + 1):
        dates = replace(DATES, received_at=NOW + timedelta(hours=number))
        filing_id = f"{overrides.get('mailbox_id', 'M')[-1]}345-6789-{number:04d}".replace("0", "A").replace("1", "B")
        _item(a_filing(filing_id=filing_id, number=f"2026-{number:06d}", dates=dates, **overrides)).save()


def book_of(exports: Exports, asked: dict[str, Any]) -> Any:
    exports.work()
    file = exports.show(asked["export_id"])["file"]
    assert file["filename"] == "historial-1-40000002-20260309-1515.xlsx"
    return openpyxl.load_workbook(io.BytesIO(exports.fetch(file["url"])))


def test_the_history_has_every_filing_and_every_notice_of_the_mailbox_and_no_others(exports: Exports) -> None:
    exports.people.world.deposit(a_body())
    put_filings(53)
    put_filings(2, mailbox_id="1-40000003")

    book = book_of(exports, exports.ask({"kind": "history", "format": "xlsx"}))

    numbers = [row[0] for row in book["Presentaciones"].iter_rows(min_row=2, values_only=True)]
    assert numbers == [f"2026-{number:06d}" for number in range(53, 0, -1)], "several pages of them, the last first"
    assert book["Documentos presentados"].max_row == 1 + 3 * 53
    assert book["Notificaciones"].max_row == 2
    about = dict(book["Sobre este historial"].iter_rows(values_only=True))
    assert (about["Titular"], about["Presentaciones"], about["Notificaciones"]) == (
        "QUISPE DEMO MARÍA ÑUSTA",
        "53",
        "1",
    )


def test_it_comes_as_pdf(exports: Exports) -> None:
    put_filings(2)
    asked = exports.ask({"kind": "history", "format": "pdf"})
    exports.work()
    file = exports.show(asked["export_id"])["file"]
    assert file["filename"].endswith(".pdf")
    assert exports.fetch(file["url"]).startswith(b"%PDF-1.7")


@pytest.mark.parametrize(("chosen", "told"), [("pdf", "pide el historial en Excel"), ("xlsx", "comunícate")])
def test_one_that_is_too_long_is_told_with_what_to_do(
    exports: Exports,
    chosen: str,
    told: str,
) -> None:
    put_filings(2)
    exports.people.world.deposit(a_body())
    tools = export_tools(exports.people.world.container)
    object.__setattr__(tools, "listing_limits", ListingLimits(pdf=2, excel=1))
    asked = exports.ask({"kind": "history", "format": chosen})
    exports.work()
    problem = exports.show(asked["export_id"])["problem"]
    assert problem["code"] == "history_too_long"
    assert told in problem["detail"]


def test_what_is_wrong_with_the_request_is_told(exports: Exports) -> None:
    for body in (
        {"kind": "history"},
        {"kind": "history", "format": "csv"},
        {"kind": "history", "format": "pdf", "x": 1},
    ):
        answer = exports.people.send("POST", "/v1/exports", body, token=exports.token)
        assert answer.status_code == 422, body


def test_it_is_asked_for_at_the_pages_and_fetched_by_who_asked(exports: Exports) -> None:
    put_filings(1)
    visitor = Browser(exports.people)
    visitor.enter()
    asked = visitor.submit(visitor.get("/casilla"), "/casilla/exportar", vista="historial", formato="pdf")
    assert asked.status_code == 303
    address = asked.headers["Location"]
    assert "Tu historial: lo que presentaste y lo que recibiste" in text_of(visitor.get(address))
    exports.work()
    html = text_of(visitor.get(address))
    assert "historial-1-40000002-20260309-1515.pdf" in html
    assert exports.fetch(visitor.get(f"{address}/archivo").headers["Location"]).startswith(b"%PDF-")
    visitor.enter(user_id="u2")
    assert visitor.get(address).status_code == 404
