"""Prepared files: asked for, put together by the worker, fetched by who asked and nobody else."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import unicodedata
import zipfile
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from chalicelib.bootstrap.export import export_tools
from chalicelib.bootstrap.files import files
from chalicelib.bootstrap.storage import event_store, limit_store, mailbox_store, notice_store
from chalicelib.domain.event import EventType
from chalicelib.domain.export.export import Export, ExportKind, ExportState
from chalicelib.domain.limit import Limit
from chalicelib.domain.reading.timeline import MOST_READ
from chalicelib.services.export import bundle_notices
from chalicelib.store.tables import EventItem
from tests.cloud import Engine
from tests.deposit_world import PDF, World, a_body, a_mailbox, a_pdf, an_inline_file
from tests.export_world import Exports
from tests.person_world import People

ANNEX = a_pdf("Un anexo")


@pytest.fixture
def exports(world: World, moto_engine: Engine) -> Exports:
    people = People(world)
    people.seed()
    return Exports(people, moto_engine, people.token())


def a_deposit(exports: Exports, *, is_opened: bool = True, key: str = "clave-1", has_annexes: bool = True) -> str:
    annexes = [an_inline_file(ANNEX, "cuadro: año 2025.pdf"), an_inline_file(filename="cuadro.pdf")]
    answer = exports.people.world.deposit({**a_body(), "annexes": annexes * has_annexes}, key=key)
    notice_id = str(answer.json_body["notice_id"])
    exports.people.world.clock.advance(seconds=1)
    if is_opened:
        opened = exports.people.send("POST", f"/v1/notices/{notice_id}/opening", token=exports.token)
        assert opened.status_code == 201, opened.json_body
        exports.people.world.clock.advance(seconds=1)
    return notice_id


def a_file_of(exports: Exports, body: dict[str, Any], to: Path) -> dict[str, Any]:
    """Ask, have it prepared, fetch it and unpack it; return what was told of the file."""
    asked = exports.ask(body)
    exports.work()
    file: dict[str, Any] = exports.show(asked["export_id"])["file"]
    with zipfile.ZipFile(io.BytesIO(exports.fetch(file["url"]))) as bundle:
        assert bundle.testzip() is None
        bundle.extractall(to)
    return file


def is_intact(folder: Path) -> bool:
    """Check a manifest with the program that its README names."""
    program = shutil.which("sha256sum") or ""
    done = subprocess.run([program, "-c", "--strict", "SHA256SUMS.txt"], cwd=folder, capture_output=True, check=False)  # noqa: S603 - arguments of our own
    return done.returncode == 0


def names(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_the_evidence_of_a_notice_is_complete_and_can_be_checked(exports: Exports, tmp_path: Path) -> None:
    notice_id = a_deposit(exports)
    file = a_file_of(exports, {"kind": "evidence", "notice_id": notice_id}, tmp_path)
    assert file["filename"] == f"notificacion-{notice_id}.zip"
    assert names(tmp_path) == [
        "LEEME.txt",
        "SHA256SUMS.txt",
        "anexos/01 cuadro_ año 2025.pdf",
        "anexos/02 cuadro.pdf",
        "constancia.pdf",
        "deposito.json",
        "documento/01 carta-000079-2026.pdf",
        "estado.json",
        "eventos.json",
    ]
    assert is_intact(tmp_path)
    assert (tmp_path / "documento/01 carta-000079-2026.pdf").read_bytes() == PDF
    events = json.loads((tmp_path / "eventos.json").read_text("utf-8"))
    assert [event["type"] for event in events] == ["notice.deposited", "notice.opened", "notice.downloaded"]
    assert events[2]["data"] == {"file": "evidence"}
    assert json.loads((tmp_path / "deposito.json").read_text("utf-8"))["notice_id"] == notice_id
    standing = json.loads((tmp_path / "estado.json").read_text("utf-8"))
    assert standing["reading"] == "read"
    told = [(step["step"], step["file"]) for step in standing["timeline"] if step["step"] != "alert"]
    assert told == [("deposited", None), ("opened", None), ("downloaded", "evidence")]
    assert standing["timeline_extent"] == "whole"
    (tmp_path / "constancia.pdf").write_bytes(b"otra")
    assert not is_intact(tmp_path)


def test_the_readme_lists_annexes_only_where_there_are_any(exports: Exports, tmp_path: Path) -> None:
    for has_annexes in (True, False):
        notice_id = a_deposit(exports, key=f"clave-{has_annexes}", has_annexes=has_annexes)
        folder = tmp_path / str(has_annexes)
        a_file_of(exports, {"kind": "evidence", "notice_id": notice_id}, folder)
        listed = "anexos/" in (folder / "LEEME.txt").read_text("utf-8")
        assert listed == (folder / "anexos").is_dir() == has_annexes

    a_file_of(exports, {"kind": "mailbox"}, tmp_path / "all")
    assert "anexos/           Sus anexos, si los tiene, " in (tmp_path / "all/LEEME.txt").read_text("utf-8")


def test_the_evidence_holds_a_log_of_any_length_whole(exports: Exports, tmp_path: Path) -> None:
    notice_id = a_deposit(exports)
    with EventItem.batch_write() as batch:
        for number in range(MOST_READ):
            position = f"2026-03-09T20:20:{number // 10:02}.{number % 10}00000Z#{number}"
            batch.save(
                EventItem(
                    f"notice#{notice_id}",
                    position,
                    type=EventType.NOTICE_DOWNLOADED.value,
                    actor="user:u1",
                    origin="",
                    data={"file": "main"},
                )
            )

    a_file_of(exports, {"kind": "evidence", "notice_id": notice_id}, tmp_path)

    assert is_intact(tmp_path)
    events = json.loads((tmp_path / "eventos.json").read_text("utf-8"))
    assert len(events) == MOST_READ + 3
    assert (events[0]["type"], events[-1]["data"]) == ("notice.deposited", {"file": "main"})
    assert json.loads((tmp_path / "estado.json").read_text("utf-8"))["timeline_extent"] == "newest"


def test_the_copy_of_a_mailbox_leaves_out_only_documents_nobody_opened(exports: Exports, tmp_path: Path) -> None:
    opened, unopened = a_deposit(exports), a_deposit(exports, is_opened=False, key="clave-2")
    box = exports.people.world.container
    mailbox_store(box).put(a_mailbox("40000010"))
    file = a_file_of(exports, {"kind": "mailbox"}, tmp_path)
    assert file["filename"] == "casilla-1-40000002-2026-03-09.zip"
    assert is_intact(tmp_path)
    folders = {path.name for path in tmp_path.iterdir() if path.is_dir()}
    assert folders == {f"2026-03-09 {opened}", f"2026-03-09 {unopened}"}
    assert (tmp_path / f"2026-03-09 {opened}/anexos/01 cuadro_ año 2025.pdf").read_bytes() == ANNEX
    assert names(tmp_path / f"2026-03-09 {unopened}") == [
        "constancia.pdf",
        "deposito.json",
        "estado.json",
        "eventos.json",
    ]
    logged = event_store(box).list_for_subject("mailbox#1-40000002")
    assert [event.type for event in logged] == [EventType.MAILBOX_EXPORTED]
    [deposited, *rest] = event_store(box).list_for_subject(f"notice#{unopened}")
    assert (deposited.type, rest) == (EventType.NOTICE_DEPOSITED, [])


def test_a_year_of_a_mailbox_can_be_had_alone(exports: Exports, tmp_path: Path) -> None:
    notice_id = a_deposit(exports, is_opened=False)
    assert a_file_of(exports, {"kind": "mailbox", "year": 2026}, tmp_path / "a")["filename"].endswith("-2026.zip")
    assert (tmp_path / "a" / f"2026-03-09 {notice_id}").is_dir()
    a_file_of(exports, {"kind": "mailbox", "year": 2025}, tmp_path / "b")
    assert names(tmp_path / "b") == ["LEEME.txt", "SHA256SUMS.txt"]


def test_a_mailbox_too_large_for_one_file_is_told_what_to_do(exports: Exports, monkeypatch: pytest.MonkeyPatch) -> None:
    a_deposit(exports, is_opened=False)
    monkeypatch.setattr(bundle_notices, "MOST_BYTES", 1000)
    asked = exports.ask({"kind": "mailbox"})
    exports.work()
    shown = exports.show(asked["export_id"])
    assert (shown["state"], shown["problem"]["code"]) == ("failed", "mailbox_too_large")


@pytest.mark.parametrize("kind", ["annexes", "evidence"])
def test_files_of_a_notice_wait_for_its_opening(exports: Exports, kind: str) -> None:
    notice_id = a_deposit(exports, is_opened=False)
    refused = exports.people.send("POST", "/v1/exports", {"kind": kind, "notice_id": notice_id}, token=exports.token)
    assert (refused.status_code, refused.json_body["code"]) == (409, "notice_not_opened")
    unknown = exports.people.send(
        "POST", "/v1/exports", {"kind": kind, "notice_id": "2222-2222-222A"}, token=exports.token
    )
    assert unknown.status_code in {404, 422}


def test_annexes_come_as_one_zip(exports: Exports) -> None:
    notice_id = a_deposit(exports)
    asked = exports.ask({"kind": "annexes", "notice_id": notice_id})
    assert (asked["state"], asked["file"]) == ("preparing", None)
    exports.work()
    ready = exports.show(asked["export_id"])
    content = exports.fetch(ready["file"]["url"])
    assert (ready["state"], ready["file"]["size"]) == ("ready", len(content))
    with zipfile.ZipFile(io.BytesIO(content)) as bundle:
        assert bundle.namelist() == ["01 cuadro_ año 2025.pdf", "02 cuadro.pdf", "SHA256SUMS.txt"]
        assert bundle.read("01 cuadro_ año 2025.pdf") == ANNEX


def test_a_message_that_comes_twice_changes_nothing(exports: Exports) -> None:
    asked = exports.ask({"kind": "annexes", "notice_id": a_deposit(exports)})
    message = exports.work()
    first = exports.stored(asked["export_id"])
    assert exports.invoke(message) == {"batchItemFailures": []}
    assert exports.stored(asked["export_id"]) == first


def test_nobody_else_learns_of_a_file(exports: Exports) -> None:
    asked = exports.ask({"kind": "annexes", "notice_id": a_deposit(exports)})
    box = exports.people.world.container
    other = Export("e2", "1-40000002", "u2", ExportKind.ANNEXES, box.clock())
    export_tools(box).exports.add(other)
    assert exports.show("e2", 404) == exports.show("nothing", 404)
    exports.people.world.clock.advance(hours=24)
    token = exports.people.token()
    gone = exports.people.send("GET", f"/v1/exports/{asked['export_id']}", token=token)
    assert (gone.status_code, gone.json_body["code"]) == (404, "export_not_found")


def test_a_file_that_cannot_be_prepared_is_told_and_tried_again(exports: Exports) -> None:
    notice_id = a_deposit(exports)
    asked = exports.ask({"kind": "annexes", "notice_id": notice_id})
    box = exports.people.world.container
    [_, annex, _] = notice_store(box).get(notice_id).files
    files(box).put_document(annex.object_key, b"%PDF-otro", "application/pdf")
    message = exports.work(failing=True)
    assert exports.show(asked["export_id"])["state"] == "failed"
    files(box).put_document(annex.object_key, ANNEX, "application/pdf")
    assert exports.invoke(message) == {"batchItemFailures": []}
    assert exports.show(asked["export_id"])["state"] == "ready"


def test_what_fails_for_a_moment_is_told_only_when_it_goes_on_failing(exports: Exports) -> None:
    asked = exports.ask({"kind": "annexes", "notice_id": a_deposit(exports)})

    def fail(**_: Any) -> None:
        raise EndpointConnectionError(endpoint_url="https://s3.example")

    events = files(exports.people.world.container)._client.meta.events  # noqa: SLF001 - the engine's own hooks
    events.register("before-call.s3.GetObject", fail)
    try:
        message = exports.work(failing=True)
        early = exports.show(asked["export_id"])["state"]
        exports.invoke({**message, "attributes": {**message["attributes"], "ApproximateReceiveCount": "5"}})
        late = exports.show(asked["export_id"])["state"]
    finally:
        events.unregister("before-call.s3.GetObject", fail)
    assert (early, late) == ("preparing", "failed")
    assert exports.invoke(message) == {"batchItemFailures": []}
    assert exports.show(asked["export_id"])["state"] == "ready"


def test_a_file_whose_worker_died_is_told_as_failed(exports: Exports) -> None:
    asked = exports.ask({"kind": "annexes", "notice_id": a_deposit(exports)})
    exports.people.world.clock.advance(minutes=19)
    assert exports.show(asked["export_id"])["state"] == "preparing"
    stored = exports.stored(asked["export_id"])
    exports.people.world.clock.advance(minutes=2)
    assert stored.state_at(exports.people.world.clock()) is ExportState.FAILED


def test_what_nobody_can_ask_for_is_refused(exports: Exports) -> None:
    refused = exports.people.send("POST", "/v1/exports", {"kind": "todo"}, token=exports.token)
    assert (refused.status_code, refused.json_body["field"]) == (422, "kind")


def test_copies_of_the_mailbox_are_limited_and_other_files_are_not_held_up(exports: Exports) -> None:
    notice_id = a_deposit(exports)
    for _ in range(10):
        exports.ask({"kind": "mailbox"})
    refused = exports.people.send("POST", "/v1/exports", {"kind": "mailbox"}, token=exports.token)
    assert (refused.status_code, refused.json_body["code"]) == (429, "limit_reached")
    exports.ask({"kind": "evidence", "notice_id": notice_id})
    assert len(event_store(exports.people.world.container).list_for_subject("mailbox#1-40000002")) == 10


def test_what_one_user_asked_for_is_not_counted_for_another(exports: Exports) -> None:
    limit, container = Limit("export-mailbox-user", 10, 24 * 60 * 60), exports.people.world.container
    for user_id in ("u2", "u1"):
        for _ in range(limit.limit):
            now = exports.people.world.clock.now
            limit_store(container).tally(limit.key(user_id), window_s=limit.window_s, now=now)
        asked = exports.people.send("POST", "/v1/exports", {"kind": "mailbox"}, token=exports.token)
        assert asked.status_code == (429 if user_id == "u1" else 202)


LONGEST_NAMES = ("Informe técnico " + "a" * 180 + ".pdf", "ñ" * 196 + ".pdf", "—" * 196 + ".pdf", "Ñ" * 196 + ".PDF")
USUAL_FOLDER = "C:\\Users\\nombre.apellido\\Downloads\\"


@pytest.mark.parametrize("kind", ["annexes", "evidence", "mailbox"])
def test_windows_unpacks_the_longest_names_where_people_usually_do(exports: Exports, kind: str) -> None:
    world = exports.people.world
    body = {**a_body(), "main": an_inline_file(filename=LONGEST_NAMES[0])}
    body["annexes"] = [an_inline_file(ANNEX, name) for name in (LONGEST_NAMES[number % 4] for number in range(20))]
    answer = world.deposit(body)
    assert answer.status_code == 201, answer.json_body
    notice_id = answer.json_body["notice_id"]
    exports.people.send("POST", f"/v1/notices/{notice_id}/opening", token=exports.token)
    asked = exports.ask({"kind": kind, **({} if kind == "mailbox" else {"notice_id": notice_id})})
    exports.work()
    file = exports.show(asked["export_id"])["file"]
    folder = USUAL_FOLDER + file["filename"].removesuffix(".zip") + "\\"
    with zipfile.ZipFile(io.BytesIO(exports.fetch(file["url"]))) as bundle:
        paths = bundle.namelist()
    assert max(len((folder + path).encode("utf-16-le")) // 2 for path in paths) < 260
    assert max(len(part.encode()) for path in paths for part in path.split("/")) <= 255
    assert len({unicodedata.normalize("NFKD", path).casefold() for path in paths}) == len(paths) >= 21
