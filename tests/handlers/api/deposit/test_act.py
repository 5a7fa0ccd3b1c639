"""What an institution says of the act beside its text: since when it is in force, the path it ends, remedies."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pikepdf
import pytest

from chalicelib.bootstrap.files import files
from chalicelib.bootstrap.storage import notice_store
from chalicelib.domain.notice import MAX_REMEDIES, Notice
from chalicelib.store.codec import from_data, to_data
from tests.builders import a_notice
from tests.cloud import Engine
from tests.deposit_world import World, a_body
from tests.export_world import Exports
from tests.person_world import People

REMEDIES = [
    {
        "name": "Recurso de reconsideración",
        "body": "Dirección de Autorizaciones",
        "term": {"amount": 15, "unit": "business_days"},
    },
    {"name": "Recurso de apelación", "body": "Gerencia General", "term": {"amount": 1, "unit": "months"}},
]
ACT: dict[str, Any] = {"in_force_from": "2026-03-16", "ends_administrative_path": False, "remedies": REMEDIES}


def a_body_with(**document: Any) -> dict[str, Any]:
    body = a_body()
    return {**body, "document": {**body["document"], **document}}


def errors(answer: Any) -> list[tuple[str, str]]:
    return [(error["code"], error["field"]) for error in answer.json_body["errors"]]


def deposited(world: World, **document: Any) -> str:
    answer = world.deposit(a_body_with(**document))
    assert answer.status_code == 201, answer.json_body
    return str(answer.json_body["notice_id"])


def test_what_is_said_of_the_act_is_told_to_who_sent_it(world: World) -> None:
    notice_id = deposited(world, **ACT)
    told = world.get(f"/v1/deposits/{notice_id}").json_body["document"]
    [listed] = world.get("/v1/deposits?month=2026-03").json_body["deposits"]
    assert {name: told[name] for name in ACT} == ACT
    assert listed["document"] == told


def test_it_stands_in_the_data_attached_to_the_receipt(world: World) -> None:
    notice_id = deposited(world, **ACT)
    receipt = files(world.container).get_document(notice_store(world.container).get(notice_id).receipt_key)
    with pikepdf.open(io.BytesIO(receipt)) as document:
        attached = json.loads(document.attachments["deposito.json"].get_file().read_bytes())
    assert {name: attached["document"][name] for name in ACT} == ACT


def test_its_holder_reads_it_once_it_was_opened_and_in_the_evidence(world: World, moto_engine: Engine) -> None:
    people = People(world)
    people.seed()
    exports = Exports(people, moto_engine, people.token())
    notice_id = deposited(world, **ACT)
    envelope = people.send("GET", f"/v1/notices/{notice_id}", token=exports.token).json_body
    assert not ACT.keys() & envelope["document"].keys()
    opened = people.send("POST", f"/v1/notices/{notice_id}/opening", token=exports.token).json_body
    assert {name: opened["document"][name] for name in ACT} == ACT
    asked = exports.ask({"kind": "evidence", "notice_id": notice_id})
    exports.work()
    with zipfile.ZipFile(io.BytesIO(exports.fetch(exports.show(asked["export_id"])["file"]["url"]))) as bundle:
        told = json.loads(bundle.read("deposito.json"))["document"]
    assert {name: told[name] for name in ACT} == ACT


@pytest.mark.parametrize("name", list(ACT))
def test_each_part_may_be_left_out(world: World, name: str) -> None:
    told = world.get(f"/v1/deposits/{deposited(world, **{name: ACT[name]})}").json_body["document"]
    assert told.keys() & ACT.keys() == {name}


@pytest.mark.parametrize("nothing", [{}, dict.fromkeys(ACT), {"remedies": []}])
def test_a_deposit_without_them_is_as_before(world: World, nothing: dict[str, Any]) -> None:
    told = world.get(f"/v1/deposits/{deposited(world, **nothing)}").json_body["document"]
    assert list(told) == ["type", "number", "subject", "issued_at", "office", "signed_by", "prepared_by"]


def test_a_notice_kept_before_is_read_as_it_was() -> None:
    kept = to_data(a_notice())
    for name in ACT:
        del kept["document"][name]
    assert from_data(Notice, kept) == a_notice()


def test_all_that_is_wrong_is_told_at_once(world: World) -> None:
    answer = world.deposit(
        a_body_with(
            subject=" ",
            in_force_from="mañana",
            ends_administrative_path="no",
            remedies=[
                {"name": " ", "body": "Gerencia 😀", "term": {"amount": 0, "unit": "business_days"}},
                {"name": "x" * 201, "body": "y" * 201, "term": {"amount": 15, "unit": "weeks"}, "plazo": 1},
                {},
            ],
        )
    )
    assert answer.status_code == 422
    assert errors(answer) == [
        ("field_empty", "document.subject"),
        ("field_format", "document.in_force_from"),
        ("field_type", "document.ends_administrative_path"),
        ("field_empty", "document.remedies[0].name"),
        ("text_unprintable", "document.remedies[0].body"),
        ("term_invalid", "document.remedies[0].term.amount"),
        ("field_too_long", "document.remedies[1].name"),
        ("field_too_long", "document.remedies[1].body"),
        ("term_invalid", "document.remedies[1].term.unit"),
        ("field_unknown", "document.remedies[1].plazo"),
        ("field_missing", "document.remedies[2].name"),
        ("field_missing", "document.remedies[2].body"),
        ("field_missing", "document.remedies[2].term"),
    ]


def test_there_are_no_more_remedies_than_a_paper_has_room_for(world: World) -> None:
    assert errors(world.deposit(a_body_with(remedies=[REMEDIES[0]] * (MAX_REMEDIES + 1)))) == [
        ("field_too_many", "document.remedies")
    ]
    assert deposited(world, remedies=[REMEDIES[0]] * MAX_REMEDIES)
