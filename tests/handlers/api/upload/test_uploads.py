"""Uploads over HTTP: leave to send a file, how its check went, and deposits that use it."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.bootstrap.files import files, upload_store
from chalicelib.bootstrap.storage import notice_store
from chalicelib.domain.notice import FileAttachment, FileFacts, FileSignature
from chalicelib.domain.upload.upload import DeclaredFile, Refusal, Upload, UploadState
from chalicelib.store.tables import UploadItem
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

UPLOAD_ID = "a" * 32


def _declared(**overrides: Any) -> dict[str, Any]:
    declared = an_inline_file(**overrides)
    del declared["content"]
    return declared


def _an_upload(world: World, **overrides: Any) -> Upload:
    facts: dict[str, Any] = {
        "upload_id": UPLOAD_ID,
        "institution_id": INSTITUTION_ID,
        "declared": DeclaredFile(**_declared()),
        "state": UploadState.CHECKED,
        "object_key": f"files/2026/03/09/{INSTITUTION_ID}/{UPLOAD_ID}",
        "checked_at": world.clock.now,
        "expires_at": world.clock.now + timedelta(days=7),
    }
    upload = Upload(**(facts | overrides))
    upload_store(world.container).add(upload)
    if upload.object_key:
        files(world.container).put_document(upload.object_key, PDF, "application/pdf")
    return upload


def _body(**overrides: Any) -> dict[str, Any]:
    return a_body(main={**_declared(**overrides), "upload_id": UPLOAD_ID})


def _grant(world: World, **overrides: Any) -> Any:
    return world.send(world.signed("POST", "/v1/uploads", json.dumps(_declared(**overrides)).encode()))


def test_grant_binds_size_type_and_hash(world: World) -> None:
    answer = _grant(world)

    assert answer.status_code == 201
    assert answer.json_body["method"] == "PUT"
    assert answer.json_body["headers"]["Content-Length"] == str(len(PDF))
    signed = "content-length%3Bcontent-type%3Bhost%3Bx-amz-checksum-sha256"
    assert f"X-Amz-SignedHeaders={signed}" in answer.json_body["url"]


def test_same_signed_bytes_get_the_same_upload(world: World) -> None:
    call = world.signed("POST", "/v1/uploads", json.dumps(_declared()).encode())

    assert world.send(call).json_body["upload_id"] == world.send(call).json_body["upload_id"]


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"size": 101 * 1024 * 1024}, 413, "file_too_large"),
        ({"size": 0}, 422, "file_empty"),
        ({"media_type": "application/x-msdownload"}, 422, "media_type_not_allowed"),
        ({"filename": "carta.exe"}, 422, "file_extension_mismatch"),
        ({"sha256": "abc"}, 422, "sha256_invalid"),
        ({"sise": 1}, 422, "field_unknown"),
    ],
)
def test_a_file_that_could_never_be_deposited_gets_no_grant(
    world: World, change: dict[str, Any], status: int, code: str
) -> None:
    answer = _grant(world, **change)

    assert (answer.status_code, answer.json_body["code"]) == (status, code)


def test_upload_waits_until_it_is_checked(world: World) -> None:
    before = world.get(f"/v1/uploads/{UPLOAD_ID}").json_body
    _an_upload(world)

    assert before == {"upload_id": UPLOAD_ID, "state": "waiting"}
    told = world.get(f"/v1/uploads/{UPLOAD_ID}").json_body
    assert told == {"upload_id": UPLOAD_ID, "state": "checked", "signatures": None, "attachments": None}


def test_checked_upload_tells_what_was_seen_in_it_and_its_deposit_tells_the_same(world: World) -> None:
    facts = FileFacts(
        (FileSignature("Firma1", covers_whole_file=True),),
        (FileAttachment("factura.xml", "text/xml", "Data", 12),),
        more_signatures=3,
    )
    _an_upload(world, facts=facts)

    told = world.get(f"/v1/uploads/{UPLOAD_ID}").json_body
    [file] = world.deposit(_body()).json_body["files"]

    seen = {
        "signatures": [{"field": "Firma1", "covers_whole_file": True, "is_timestamp": False}],
        "attachments": [{"filename": "factura.xml", "media_type": "text/xml", "relationship": "Data", "size": 12}],
        "more_signatures": 3,
    }
    assert told == {"upload_id": UPLOAD_ID, "state": "checked", **seen}
    assert file.items() >= seen.items()


def test_refused_upload_says_why(world: World) -> None:
    _an_upload(
        world,
        state=UploadState.REFUSED,
        refusal=Refusal("pdf_damaged", "Expórtelo de nuevo."),
        object_key="",
        expires_at=None,
    )

    told = world.get(f"/v1/uploads/{UPLOAD_ID}").json_body
    deposited = world.deposit(_body())

    assert told == {
        "upload_id": UPLOAD_ID,
        "state": "refused",
        "code": "pdf_damaged",
        "detail": "Expórtelo de nuevo.",
        "errors": [{"code": "pdf_damaged", "detail": "Expórtelo de nuevo.", "field": None}],
    }
    assert (deposited.status_code, deposited.json_body["code"]) == (422, "upload_refused")
    assert "Expórtelo de nuevo." in deposited.json_body["detail"]


def test_upload_of_another_institution_is_as_one_that_never_came(world: World) -> None:
    _an_upload(world)
    put_institution(world.container, an_institution(institution_id="otra-entidad"))
    put_key(world.container, a_signing_key(institution_id="otra-entidad"))

    told = world.get(f"/v1/uploads/{UPLOAD_ID}", keyid=f"otra-entidad:{KEY_ID}").json_body
    deposited = world.deposit(_body(), keyid=f"otra-entidad:{KEY_ID}")

    assert told["state"] == "waiting"
    assert deposited.json_body["code"] == "upload_not_checked"


def test_checked_upload_is_deposited_and_never_expires_again(world: World) -> None:
    upload = _an_upload(world)

    answer = world.deposit(_body())

    assert answer.status_code == 201
    (file,) = notice_store(world.container).get(answer.json_body["notice_id"]).files
    assert (file.object_key, file.upload_id) == (upload.object_key, UPLOAD_ID)
    item = UploadItem.get(UPLOAD_ID)
    assert item.attribute_values.keys().isdisjoint({"expires_at", "expiry_shard"})


def test_one_upload_serves_several_deposits(world: World) -> None:
    _an_upload(world)

    first, second = world.deposit(_body()), world.deposit(_body(), key="clave-2")

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json_body["notice_id"] != second.json_body["notice_id"]


def test_upload_past_its_time_is_refused(world: World) -> None:
    _an_upload(world)
    world.clock.advance(days=7)

    answer = world.deposit(_body())

    assert (answer.status_code, answer.json_body["code"]) == (422, "upload_expired")


@pytest.mark.parametrize("change", [{"size": len(PDF) + 1}, {"sha256": "0" * 64}])
def test_deposit_must_describe_the_upload_as_it_is(world: World, change: dict[str, Any]) -> None:
    _an_upload(world)

    answer = world.deposit(_body(**change))

    assert (answer.status_code, answer.json_body["code"]) == (422, "upload_differs")


def test_an_image_cannot_be_the_document_notified(world: World) -> None:
    image = DeclaredFile("foto.png", "image/png", "0" * 64, 10)
    _an_upload(world, declared=image)

    answer = world.deposit(_body(filename="foto.png", media_type="image/png", sha256="0" * 64, size=10))

    assert (answer.status_code, answer.json_body["code"]) == (422, "media_type_not_allowed")
