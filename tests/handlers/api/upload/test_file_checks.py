"""File checks of institutions' systems: the verdict of a deposit, of which nothing is kept."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from chalice.test import HTTPResponse
from pikepdf import Array, Dictionary, Name, Pdf

from chalicelib.bootstrap.storage import limit_store
from chalicelib.domain.sender.institution import InstitutionState
from chalicelib.domain.upload.file_check import CHECKS_PER_INSTITUTION, GIVEN_UP_AFTER, OUTCOME_LIFETIME
from tests.cloud import Engine
from tests.crowded_pdf import a_crowded_pdf
from tests.deposit_world import (
    INSTITUTION_ID,
    KEY_ID,
    PDF,
    World,
    a_body,
    a_signing_key,
    an_inline_file,
    an_institution,
    put_institution,
    put_key,
)
from tests.gateway_requests import Lines
from tests.kept import everything, left_by
from tests.spent import stand_at
from tests.upload_arrivals import Arrivals
from tests.upload_world import TEXT

BIG = 5 * 1024 * 1024


def a_scripted_pdf(tmp: Any) -> bytes:
    path = tmp / "scripted.pdf"
    with Pdf.new() as pdf:
        pdf.add_blank_page()
        pdf.Root.Names = Dictionary(
            JavaScript=Dictionary(Names=Array(["a", Dictionary(S=Name.JavaScript, JS="app.alert(1)")]))
        )
        pdf.save(path)
    return bytes(path.read_bytes())


def _file(sent: bytes = PDF, role: str = "main", **overrides: Any) -> dict[str, Any]:
    return {**an_inline_file(sent), "role": role, **overrides}


def _apart(sent: bytes = PDF, **overrides: Any) -> dict[str, Any]:
    return {name: value for name, value in _file(sent, **overrides).items() if name != "content"}


def _ask(world: World, body: dict[str, Any], **signing: Any) -> HTTPResponse:
    return world.send(world.signed("POST", "/v1/file-checks", json.dumps(body).encode(), **signing))


@pytest.fixture
def arrivals(world: World, moto_engine: Engine) -> Arrivals:
    return Arrivals(world, moto_engine.client("s3"))


def test_a_file_that_a_deposit_takes_is_accepted(world: World) -> None:
    answer = _ask(world, _file())

    assert answer.status_code == 200
    assert answer.json_body == {"verdict": "accepted", "errors": [], "facts": {"signatures": [], "attachments": []}}


def test_what_is_not_told_by_name_is_counted(world: World) -> None:
    facts = _ask(world, _file(a_crowded_pdf(signatures=23, attachments=25))).json_body["facts"]

    assert (len(facts["signatures"]), facts["more_signatures"]) == (20, 3)
    assert (len(facts["attachments"]), facts["more_attachments"]) == (20, 5)
    assert facts["signatures"][0] == {"field": "Firma0", "covers_whole_file": False, "is_timestamp": False}


def test_a_refusal_tells_what_a_deposit_tells(world: World, tmp_path: Any) -> None:
    content = a_scripted_pdf(tmp_path)

    told = _ask(world, _file(content))
    deposited = world.deposit(_deposit_of(content))

    assert told.status_code == 200
    assert told.json_body["verdict"] == "refused"
    assert told.json_body["errors"]
    first = told.json_body["errors"][0]
    assert (first["code"], first["detail"]) == (deposited.json_body["code"], deposited.json_body["detail"])


def _deposit_of(content: bytes) -> dict[str, Any]:
    return a_body(main=an_inline_file(content))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"filename": "carta\u202e.pdf"}, "filename_invalid"),
        ({"filename": "carta.txt"}, "file_extension_mismatch"),
        ({"filename": "carta\U0001d504.pdf"}, "text_unprintable"),
        ({"sha256": "0" * 64}, "file_hash_mismatch"),
        ({"size": 7}, "file_size_mismatch"),
        ({"media_type": "image/png", "filename": "a.png"}, "media_type_not_allowed"),
        ({"media_type": "image/png", "filename": "a.png", "role": "annex"}, "file_type_mismatch"),
    ],
)
def test_what_is_declared_is_judged_with_the_bytes(world: World, change: dict[str, Any], code: str) -> None:
    answer = _ask(world, _file(**change))

    assert (answer.status_code, answer.json_body["verdict"]) == (200, "refused")
    assert code in [error["code"] for error in answer.json_body["errors"]]


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"role": "receipt"}, 422, "field_choice"),
        ({"content": "*"}, 422, "field_base64"),
        ({"sise": 1}, 422, "field_unknown"),
        ({"content": base64.b64encode(bytes(BIG)).decode()[: 4 * 1024 * 1024 * 4 // 3 + 8]}, 413, "inline_too_large"),
    ],
)
def test_a_request_that_says_no_file_is_refused_as_any_other(
    world: World, change: dict[str, Any], status: int, code: str
) -> None:
    answer = _ask(world, _file(**change))

    assert (answer.status_code, answer.json_body["code"]) == (status, code)


@pytest.mark.parametrize("content", [PDF, b"%PDF-1.7 none"], ids=["accepted", "refused"])
def test_nothing_of_a_file_is_kept_and_nothing_logged(
    world: World, moto_engine: Engine, lines: Lines, content: bytes
) -> None:
    before = everything(moto_engine, world.container.config)

    assert _ask(world, _file(content, filename="secreto-9876.pdf")).status_code == 200

    left = left_by(before, everything(moto_engine, world.container.config))
    assert [place.partition("#")[0] for place in left] == ["tokens_table limit"]  # how often the institution asked
    assert "secreto" not in str(left)
    assert "secreto" not in json.dumps(lines)


def test_an_institution_s_own_count_ends_and_no_other_s_with_it(world: World) -> None:
    put_institution(world.container, an_institution(institution_id="otra-entidad"))
    put_key(world.container, a_signing_key(institution_id="otra-entidad"))
    limit, limits = CHECKS_PER_INSTITUTION, limit_store(world.container)
    key = limit.key(INSTITUTION_ID)
    stand_at(limit.limit, lambda: limits.tally(key, window_s=limit.window_s, now=world.clock.now))

    refused = _ask(world, _file())

    assert (refused.status_code, refused.json_body["code"]) == (429, "file_check_limit")
    assert int(refused.headers["Retry-After"]) <= limit.window_s
    assert _ask(world, _file(), keyid=f"otra-entidad:{KEY_ID}").status_code == 200
    world.clock.advance(seconds=int(refused.headers["Retry-After"]))
    assert _ask(world, _file()).status_code == 200


def test_an_institution_that_is_not_active_is_told_nothing(world: World) -> None:
    put_institution(world.container, an_institution(state=InstitutionState.INACTIVE))

    assert _ask(world, _file()).json_body["code"] == "institution_inactive"


def test_without_content_there_is_leave_to_send_exactly_the_file_declared(world: World) -> None:
    call = world.signed("POST", "/v1/file-checks", json.dumps(_apart(size=BIG)).encode())
    answer, again = world.send(call), world.send(call)

    assert answer.status_code == 201
    assert answer.json_body["check_id"] == again.json_body["check_id"]
    assert answer.json_body["headers"]["Content-Length"] == str(BIG)
    assert urlsplit(answer.json_body["url"]).path.endswith(
        f"/checks/{INSTITUTION_ID}/main/{answer.json_body['check_id']}"
    )


def test_what_could_never_be_deposited_gets_no_leave(world: World) -> None:
    answer = _ask(world, _apart(size=101 * 1024 * 1024))

    assert (answer.status_code, answer.json_body["code"]) == (413, "file_too_large")


def test_a_file_sent_apart_is_judged_told_for_an_hour_and_deleted(
    world: World, arrivals: Arrivals, moto_engine: Engine
) -> None:
    granted = _ask(world, _apart()).json_body
    address = f"/v1/file-checks/{granted['check_id']}"
    waiting = world.get(address).json_body
    report = arrivals.arrive(granted, PDF)
    told = world.get(address).json_body

    assert waiting == {"check_id": granted["check_id"], "state": "waiting"}
    assert (report["judged"], report["given_up"]) == (1, 0)
    assert told == {
        "check_id": granted["check_id"],
        "state": "accepted",
        "expires_at": "2026-03-09T21:15:30Z",
        "errors": [],
        "facts": {"signatures": [], "attachments": []},
    }
    assert [place for place in everything(moto_engine, world.container.config) if "_bucket" in place] == []
    world.clock.advance(seconds=OUTCOME_LIFETIME.total_seconds())
    assert world.get(address).json_body["state"] == "waiting"  # only until no outcome can come any more
    world.clock.advance(minutes=20)
    assert (world.get(address).status_code, world.get(address).json_body["code"]) == (404, "file_check_not_found")


def test_a_refused_file_sent_apart_says_all_that_is_wrong(world: World, arrivals: Arrivals, tmp_path: Any) -> None:
    content = a_scripted_pdf(tmp_path)
    granted = _ask(world, _apart(content)).json_body
    arrivals.arrive(granted, content)

    told = world.get(f"/v1/file-checks/{granted['check_id']}").json_body

    assert told["state"] == "refused"
    assert told["errors"] == _ask(world, _file(content)).json_body["errors"]


def test_another_institution_sees_no_outcome(world: World, arrivals: Arrivals) -> None:
    put_institution(world.container, an_institution(institution_id="otra-entidad"))
    put_key(world.container, a_signing_key(institution_id="otra-entidad"))
    granted = _ask(world, _apart()).json_body
    arrivals.arrive(granted, PDF)

    told = world.get(f"/v1/file-checks/{granted['check_id']}", keyid=f"otra-entidad:{KEY_ID}").json_body

    assert told == {"check_id": granted["check_id"], "state": "waiting"}


@pytest.mark.parametrize("check_id", ["x", "a" * 39, "g" * 40])
def test_what_is_no_id_is_told_at_once(world: World, check_id: str) -> None:
    assert world.get(f"/v1/file-checks/{check_id}").json_body["code"] == "file_check_not_found"


def test_a_file_that_ten_processes_died_of_is_given_up_and_deleted(world: World, arrivals: Arrivals) -> None:
    granted = _ask(world, _apart()).json_body
    key = arrivals.put(granted, PDF)
    for tries in range(1, GIVEN_UP_AFTER + 1):
        arrivals.die_of(key, tries=tries)
    assert arrivals.objects() == [key]

    report = arrivals.tell(key, tries=GIVEN_UP_AFTER + 1)

    assert (report["given_up"], report["judged"]) == (1, 0)
    told = world.get(f"/v1/file-checks/{granted['check_id']}").json_body
    assert (told["state"], "errors" in told) == ("failed", False)
    assert arrivals.objects() == []


def test_the_same_arrival_again_changes_nothing(world: World, arrivals: Arrivals) -> None:
    granted = _ask(world, _apart()).json_body
    key = arrivals.put(granted, PDF)
    arrivals.tell(key)
    told = world.get(f"/v1/file-checks/{granted['check_id']}").json_body

    assert arrivals.tell(key)["gone"] == 1
    arrivals.put(granted, PDF)
    world.clock.advance(minutes=1)
    assert arrivals.tell(key)["judged"] == 1
    assert world.get(f"/v1/file-checks/{granted['check_id']}").json_body == told
    assert arrivals.objects() == []


@pytest.mark.parametrize(
    "key",
    [
        "checks/entidad-demo/main/" + "0" * 40,
        "checks/entidad-demo/other/" + "0" * 40,
        "checks/a",
        "checks/entidad-demo/main/" + "0" * 40 + "/carta.pdf",
    ],
)
def test_what_came_by_no_leave_is_deleted_unseen(world: World, arrivals: Arrivals, key: str) -> None:
    arrivals.client.put_object(Bucket=world.container.config.uploads_bucket, Key=key, Body=TEXT)

    assert arrivals.tell(key)["stray"] == 1
    assert arrivals.objects() == []


def test_a_file_sent_to_be_checked_can_be_deposited_by_nobody(world: World, arrivals: Arrivals) -> None:
    granted = _ask(world, _apart()).json_body
    arrivals.arrive(granted, PDF)
    body = _deposit_of(PDF)
    body["main"] = {**{k: v for k, v in body["main"].items() if k != "content"}, "upload_id": granted["check_id"][:32]}

    assert world.deposit(body).json_body["code"] == "upload_not_checked"


def test_the_window_of_an_outcome_is_longer_than_that_of_the_leave() -> None:
    assert timedelta(minutes=30) <= OUTCOME_LIFETIME
