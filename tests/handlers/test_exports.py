"""Prepared files: asked for, put together by the worker, fetched by who asked and nobody else."""

from __future__ import annotations

import hashlib
import io
import zipfile
from typing import Any

import pytest

from chalicelib.domain.export import Export, ExportKind, ExportState
from tests.cloud import Engine
from tests.deposit_world import World, a_pdf, an_inline_file
from tests.export_world import Exports
from tests.person_world import People

ANNEX = a_pdf("Un anexo")


@pytest.fixture
def exports(world: World, moto_engine: Engine) -> Exports:
    people = People(world)
    people.seed()
    return Exports(people, moto_engine, people.token())


def a_deposit(world: World, **overrides: Any) -> str:
    body = {"annexes": [an_inline_file(ANNEX, "cuadro: año 2025.pdf"), an_inline_file(filename="cuadro.pdf")]}
    from tests.deposit_world import a_body  # noqa: PLC0415

    answer = world.deposit({**a_body(), **body, **overrides})
    assert answer.status_code == 201, answer.json_body
    return str(answer.json_body["notice_id"])


def test_annexes_come_as_one_zip(exports: Exports) -> None:
    notice_id = a_deposit(exports.people.world)
    asked = exports.ask({"kind": "annexes", "notice_id": notice_id})
    assert (asked["state"], asked["file"]) == ("preparing", None)
    exports.work()
    ready = exports.show(asked["export_id"])
    assert ready["state"] == "ready"
    assert ready["file"]["filename"] == f"anexos-{notice_id}.zip"
    content = exports.fetch(ready["file"]["url"])
    assert len(content) == ready["file"]["size"]
    with zipfile.ZipFile(io.BytesIO(content)) as bundle:
        assert bundle.testzip() is None
        assert bundle.namelist() == ["01 cuadro_ año 2025.pdf", "02 cuadro.pdf", "SHA256SUMS.txt"]
        assert bundle.read("01 cuadro_ año 2025.pdf") == ANNEX
        sums = bundle.read("SHA256SUMS.txt").decode()
    assert sums.startswith(f"{hashlib.sha256(ANNEX).hexdigest()}  01 cuadro_ año 2025.pdf\n")


def test_a_message_that_comes_twice_changes_nothing(exports: Exports) -> None:
    asked = exports.ask({"kind": "annexes", "notice_id": a_deposit(exports.people.world)})
    message = exports.work()
    first = exports.stored(asked["export_id"])
    assert exports.invoke(message) == {"batchItemFailures": []}
    assert exports.stored(asked["export_id"]) == first


def test_nobody_else_learns_of_a_file(exports: Exports) -> None:
    asked = exports.ask({"kind": "annexes", "notice_id": a_deposit(exports.people.world)})
    box = exports.people.world.container
    other = Export("e2", "1-40000002", "u2", ExportKind.ANNEXES, box.clock())
    box.export_tools.exports.add(other)
    assert exports.show("e2", 404) == exports.show("nothing", 404)
    exports.people.world.clock.advance(hours=24)
    token = exports.people.token()
    gone = exports.people.send("GET", f"/v1/exports/{asked['export_id']}", token=token)
    assert (gone.status_code, gone.json_body["code"]) == (404, "export_not_found")


def test_a_file_that_cannot_be_prepared_is_told_and_tried_again(exports: Exports) -> None:
    notice_id = a_deposit(exports.people.world)
    asked = exports.ask({"kind": "annexes", "notice_id": notice_id})
    box = exports.people.world.container
    [_, annex, _] = box.notices.get(notice_id).files
    box.files.put_document(annex.object_key, b"%PDF-otro", "application/pdf")
    message = exports.work(failing=True)
    assert exports.show(asked["export_id"])["state"] == "failed"
    box.files.put_document(annex.object_key, ANNEX, "application/pdf")
    assert exports.invoke(message) == {"batchItemFailures": []}
    assert exports.show(asked["export_id"])["state"] == "ready"


def test_a_file_whose_worker_died_is_told_as_failed(exports: Exports) -> None:
    asked = exports.ask({"kind": "annexes", "notice_id": a_deposit(exports.people.world)})
    exports.people.world.clock.advance(minutes=19)
    assert exports.show(asked["export_id"])["state"] == "preparing"
    stored = exports.stored(asked["export_id"])
    exports.people.world.clock.advance(minutes=2)
    assert stored.state_at(exports.people.world.clock()) is ExportState.FAILED


def test_what_nobody_can_ask_for_is_refused(exports: Exports) -> None:
    refused = exports.people.send("POST", "/v1/exports", {"kind": "todo"}, token=exports.token)
    assert (refused.status_code, refused.json_body["field"]) == (422, "kind")
