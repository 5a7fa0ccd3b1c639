"""Receipts of packages before verify too: by a job at night, until nothing is left, or by an operator's command."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from bench.ledger import ledger
from chalicelib.bootstrap.storage import event_store
from chalicelib.store.tables import DepositItem, NoticeItem
from tests.cloud import Engine
from tests.deposit_world import World
from tests.evidence_world import PAGE, Issued, forget_indexes, issue
from tests.gateway_requests import Lines

SCHEDULED = dict.fromkeys(
    ("version", "account", "region", "detail", "detail-type", "source", "time", "id", "resources"), ""
)

WHO = "--reason 'Versión nueva' --operator rquispe"


@pytest.fixture
def former(world: World, moto_engine: Engine) -> list[Issued]:
    """Three receipts as a package before left them, and one of this one."""
    issued = [issue(world, moto_engine, key=f"clave-{number}") for number in range(4)]
    for one in issued[:3]:
        forget_indexes(world, moto_engine, one)
    return issued


def run(world: World) -> dict[str, Any]:
    report: dict[str, Any] = world.client.lambda_.invoke("index_receipts", SCHEDULED).payload
    return report


def operate(world: World, command: str) -> tuple[int, str]:
    answer = world.client.lambda_.invoke("operator", {"command": command}).payload
    return answer["exit"], answer["output"]


def found(world: World, issued: Issued) -> tuple[int, int]:
    """Return what its code's page and its hash's page answer."""
    http = world.client.http
    return http.get(f"{PAGE}/{issued.code}").status_code, http.get(f"{PAGE}?sha256={issued.sha256}").status_code


def test_a_receipt_of_a_package_before_verifies_after_the_night_s_job(world: World, former: list[Issued]) -> None:
    assert [found(world, one) for one in former] == [(404, 404)] * 3 + [(200, 200)]

    assert run(world) == {"looked_at": 8, "indexed": 3, "failed": 0, "is_complete": True}

    assert [found(world, one) for one in former] == [(200, 200)] * 4


def test_once_nothing_is_left_a_night_takes_one_read(world: World, former: list[Issued]) -> None:
    assert former
    run(world)
    with ledger(0) as book:
        assert run(world) == {"looked_at": 0, "indexed": 0, "failed": 0, "is_complete": True}

    assert book.operations == ["GetItem"]


def test_a_job_that_time_stopped_goes_on_where_it_was(world: World, former: list[Issued]) -> None:
    world.clock.step = timedelta(minutes=4)
    reports = [run(world)]
    while not reports[-1]["is_complete"] and len(reports) < 40:
        reports.append(run(world))
    world.clock.step = timedelta(0)

    assert len(reports) > 2
    assert sum(report["indexed"] for report in reports) == 3
    assert sum(report["looked_at"] for report in reports) == 8
    assert [found(world, one) for one in former] == [(200, 200)] * 4


def test_one_that_cannot_be_read_stops_no_other_and_is_tried_every_night(
    world: World, former: list[Issued], lines: Lines
) -> None:
    key = next(item.deposit_key for item in DepositItem.scan() if item.notice_id == former[0].notice_id)
    kept = DepositItem.get(key).answer
    DepositItem(key).update([DepositItem.answer.set(b'{"receipt": {}}')])

    assert run(world) == {"looked_at": 4, "indexed": 2, "failed": 1, "is_complete": False}
    assert run(world) == {"looked_at": 4, "indexed": 0, "failed": 1, "is_complete": False}
    assert {line["item"] for line in lines if line["message"] == "item failed"} == {key}
    DepositItem(key).update([DepositItem.answer.set(kept)])
    assert run(world) == {"looked_at": 8, "indexed": 1, "failed": 0, "is_complete": True}

    assert [found(world, one) for one in former] == [(200, 200)] * 4


def test_what_is_found_already_stays_as_it_is(world: World, former: list[Issued]) -> None:
    before = NoticeItem.get(former[3].notice_id).serialize()
    run(world)

    assert NoticeItem.get(former[3].notice_id).serialize() == before
    unlike = NoticeItem.get(former[0].notice_id).serialize()
    assert {"verification_code", "receipt_sha256"} <= unlike.keys()
    assert unlike.keys() == before.keys()


def test_the_operator_s_command_does_the_same_and_can_be_given_twice(world: World, former: list[Issued]) -> None:
    text = "Depósitos vistos: 4. Constancias que ahora se pueden verificar: {}. No se pudieron leer: 0."

    assert operate(world, f"receipts index {WHO}") == (0, text.format(3))
    assert [found(world, one) for one in former] == [(200, 200)] * 4
    assert operate(world, f"receipts index {WHO}") == (0, text.format(0))
    told = {"looked_at": 4, "indexed": 0, "failed": 0, "after": None, "is_over": True}
    assert json.loads(operate(world, f"receipts index --json {WHO}")[1]) == told
    events = event_store(world.container).list_for_subject("index#receipts")
    assert sorted(event.data["changed"] for event in events) == ["0", "0", "3"]
    assert {(event.actor, event.data["reason"]) for event in events} == {("operator:rquispe", "Versión nueva")}


def test_it_says_how_to_go_on_where_its_time_was_over(world: World, former: list[Issued]) -> None:
    world.clock.step = timedelta(seconds=15)
    seen = 0
    command = f"receipts index {WHO}"
    for _ in range(10):
        told = json.loads(operate(world, f"{command} --json")[1])
        seen += told["looked_at"]
        if told["is_over"]:
            break
        command = f"receipts index --after '{told['after']}' {WHO}"
        said = operate(world, f"receipts index {WHO}")[1]
        assert said.splitlines()[-1].startswith("Falta el resto: receipts index --after")
    world.clock.step = timedelta(0)

    assert seen == 4
    assert [found(world, one) for one in former] == [(200, 200)] * 4
    assert operate(world, f"receipts index --after x {WHO}")[0] == 2
