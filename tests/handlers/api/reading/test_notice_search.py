"""A person looks for notices in the own mailbox and asks for the list as a file."""

from __future__ import annotations

import base64
import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import openpyxl
import pytest
from pynamodb.transactions import TransactWrite

from chalicelib.bootstrap.aws import connection
from chalicelib.bootstrap.export import export_tools
from chalicelib.bootstrap.storage import mailbox_store, notice_store
from chalicelib.domain.codes import code_from_number
from chalicelib.domain.export.export import ListingLimits
from chalicelib.domain.mailbox import UserState
from chalicelib.domain.notice import Notice
from chalicelib.services.export.prepare_export import prepare_export
from tests.builders import a_notice
from tests.cloud import Engine
from tests.deposit_world import World, a_mailbox
from tests.export_world import Exports
from tests.person_world import People

START = datetime(2026, 3, 9, 15, tzinfo=UTC)


@pytest.fixture
def people(world: World) -> People:
    people = People(world)
    people.seed()
    return people


def put(world: World, *notices: Notice) -> None:
    with TransactWrite(connection=connection(world.container)) as transaction:
        for notice in notices:
            notice_store(world.container).add_in(transaction, notice)


def a_numbered(number: int, subject: str = "Carta", **overrides: Any) -> Notice:
    document = replace(a_notice().document, subject=subject, number=f"{number:06d}-2026")
    sent = START - timedelta(days=number)
    given = {"notice_id": code_from_number(1000 + number), "deposited_at": sent, "document": document, **overrides}
    return a_notice(**given)


@pytest.fixture
def search(people: People) -> Any:
    """Search as somebody who is logged in."""
    token = people.token()

    def ask(*rows: tuple[str, str, str], **more: str) -> Any:
        pairs = [pair for row in rows for pair in zip(("campo", "operador", "valor"), row, strict=True)]
        return people.send("GET", f"/v1/notices/search?{urlencode([*pairs, *more.items()])}", token=token)

    return ask


def numbers(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.json_body
    return [notice["document"]["number"][:6] for notice in answer.json_body["notices"]]


def test_conditions_of_the_url_select_notices_of_the_own_mailbox(people: People, search: Any) -> None:
    theirs = a_numbered(9, "Multa ajena", mailbox_id="1-40000003")
    put(people.world, a_numbered(1, "Multa año 2026"), a_numbered(2, "Carta"), a_numbered(3, "MULTA vencida"), theirs)
    answer = search(("asunto", "contiene", "múlta"))
    assert numbers(answer) == ["000001", "000003"]
    assert answer.json_body["is_complete"] is True
    assert answer.json_body["detail"] == "Buscamos en todas las notificaciones."
    assert answer.json_body["conditions"] == [{"campo": "asunto", "operador": "contiene", "valor": "múlta"}]
    both = search(("asunto", "contiene", "ano"), ("fecha_envio", "desde", "01/03/2026"))
    assert numbers(both) == ["000001"]
    assert numbers(search()) == ["000001", "000002", "000003"]


def test_an_empty_row_of_the_form_looks_for_nothing_and_shifts_no_other(people: People, search: Any) -> None:
    put(people.world, a_numbered(1), a_numbered(2, "Entidad"))
    answer = search(("asunto", "contiene", ""), ("emisor", "contiene", "entidad"), ("", "", ""))
    assert numbers(answer) == ["000001", "000002"]
    assert [one["campo"] for one in answer.json_body["conditions"]] == ["emisor"]


def test_pages_go_on_by_cursor_to_the_end_without_gap_or_double(people: People, search: Any) -> None:
    put(people.world, *(a_numbered(n) for n in range(24)))
    first = search(limit="10")
    second = search(limit="10", cursor=first.json_body["next_cursor"])
    third = search(limit="10", cursor=second.json_body["next_cursor"])
    assert numbers(first) + numbers(second) + numbers(third) == [f"{n:06d}" for n in range(24)]
    assert first.json_body["looked_until"] == "2026-02-28T15:00:00Z"
    assert "hasta el 28/02/2026" in first.json_body["detail"]
    assert (third.json_body["next_cursor"], third.json_body["is_complete"]) == (None, True)


def test_a_cursor_of_one_mailbox_opens_no_other(people: People, search: Any) -> None:
    put(people.world, *(a_numbered(n, mailbox_id="1-40000003") for n in range(3)), a_numbered(5))
    [only] = numbers(search())
    assert only == "000005"
    position = f"{START:%Y-%m-%dT%H:%M:%SZ}#{code_from_number(1000)}"
    cursor = base64.urlsafe_b64encode(position.encode()).decode().rstrip("=")
    assert numbers(search(cursor=cursor)) == ["000005"]


def test_every_mistake_is_told_beside_its_row(search: Any) -> None:
    answer = search(("asunto", "desde", "x"), ("fecha_envio", "igual", "31/02/2026"))
    assert answer.status_code == 422
    assert [(one["code"], one["field"]) for one in answer.json_body["errors"]] == [
        ("search_operator_unsuitable", "condiciones.0.operador"),
        ("search_date_invalid", "condiciones.1.valor"),
    ]


def test_pending_and_read_ones_are_searched_apart(people: People, search: Any) -> None:
    put(people.world, *(a_numbered(n) for n in range(3)))
    opened = people.send("POST", f"/v1/notices/{code_from_number(1001)}/opening", token=people.token())
    assert opened.status_code == 201, opened.json_body
    assert numbers(search(reading="pending")) == ["000000", "000002"]
    assert numbers(search(reading="read")) == ["000001"]
    assert numbers(search(reading="all")) == ["000000", "000001", "000002"]


def test_a_disabled_user_finds_nothing(people: People) -> None:
    put(people.world, a_numbered(1))
    box = people.world.container
    token = people.token()
    users = tuple(replace(user, state=UserState.DISABLED) for user in a_mailbox().users)
    mailbox_store(box).put(a_mailbox(users=users))
    refused = people.send("GET", "/v1/notices/search", token=token)
    assert (refused.status_code, refused.json_body["code"]) == (403, "user_disabled")


@pytest.mark.parametrize(
    ("name", "value"), [("reading", "nuevas"), ("cursor", "abc"), ("limit", "1000"), ("mailbox_id", "1-40000003")]
)
def test_other_parameters_are_refused(search: Any, name: str, value: str) -> None:
    assert search(**{name: value}).status_code == 422


def test_mailbox_contents_need_a_fresh_validation(people: People) -> None:
    token = people.token()
    people.world.clock.advance(minutes=21)
    refused = people.send("GET", "/v1/notices/search", token=token)
    assert (refused.status_code, refused.json_body["code"]) == (401, "validation_needed")


@pytest.fixture
def exports(people: People, moto_engine: Engine) -> Exports:
    return Exports(people, moto_engine, people.token())


@pytest.mark.parametrize(("chosen", "magic"), [("xlsx", b"PK"), ("pdf", b"%PDF")])
def test_the_list_comes_as_a_file(exports: Exports, chosen: str, magic: bytes) -> None:
    put(exports.people.world, a_numbered(1, "=1+1"), a_numbered(2, "Carta"))
    asked = exports.ask({"kind": "listing", "format": chosen, "query": "campo=asunto&operador=igual&valor=%3D1%2B1"})
    exports.work()
    ready = exports.show(asked["export_id"])
    assert (ready["state"], ready["problem"]) == ("ready", None)
    assert ready["file"]["filename"] == f"notificaciones-1-40000002-20260309-1515.{chosen}"
    content = exports.fetch(ready["file"]["url"])
    assert content.startswith(magic)
    if chosen == "xlsx":
        sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
        assert [row[1] for row in sheet.iter_rows(values_only=True)] == ["Asunto", "=1+1"]
        assert sheet["K2"].value == "Pendiente"


def test_a_list_without_conditions_is_the_whole_mailbox(exports: Exports) -> None:
    put(exports.people.world, *(a_numbered(n) for n in range(3)), a_numbered(4, mailbox_id="1-40000003"))
    asked = exports.ask({"kind": "listing", "format": "xlsx"})
    exports.work()
    content = exports.fetch(exports.show(asked["export_id"])["file"]["url"])
    assert openpyxl.load_workbook(io.BytesIO(content)).worksheets[0].max_row == 4


def test_a_list_of_one_folder_has_no_other_notices(exports: Exports) -> None:
    put(exports.people.world, *(a_numbered(n) for n in range(3)))
    exports.people.send("POST", f"/v1/notices/{code_from_number(1001)}/opening", token=exports.token)
    asked = exports.ask({"kind": "listing", "format": "xlsx", "reading": "read"})
    exports.work()
    content = exports.fetch(exports.show(asked["export_id"])["file"]["url"])
    rows = list(openpyxl.load_workbook(io.BytesIO(content)).worksheets[0].iter_rows(values_only=True))
    assert [(row[5], row[-1]) for row in rows[1:]] == [("000001-2026", "Leído")]


@pytest.mark.parametrize(("chosen", "what"), [("pdf", "pide la lista en Excel"), ("xlsx", "pide varias listas")])
def test_a_list_too_long_is_told_with_what_to_do_and_not_tried_again(exports: Exports, chosen: str, what: str) -> None:
    tools = replace(export_tools(exports.people.world.container), listing_limits=ListingLimits(2, 2))
    put(exports.people.world, *(a_numbered(n) for n in range(3)))
    asked = exports.ask({"kind": "listing", "format": chosen})
    prepare_export(asked["export_id"], tools=tools)
    told = exports.show(asked["export_id"])
    assert (told["state"], told["problem"]["code"], told["file"]) == ("failed", "listing_too_long", None)
    assert what in told["problem"]["detail"]


def test_mistakes_in_the_query_are_told_before_anything_is_prepared(exports: Exports) -> None:
    body = {"kind": "listing", "format": "xlsx", "query": "campo=anio&operador=igual&valor=ayer"}
    refused = exports.people.send("POST", "/v1/exports", body, token=exports.token)
    assert (refused.status_code, refused.json_body["code"]) == (422, "search_year_invalid")
    refused = exports.people.send("POST", "/v1/exports", {**body, "format": "csv"}, token=exports.token)
    assert (refused.status_code, refused.json_body["field"]) == (422, "format")
