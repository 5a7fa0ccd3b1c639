from __future__ import annotations

import base64
import urllib.request
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from chalicelib.domain.errors import Conflict, InvalidInput, NotFound, Unavailable
from chalicelib.domain.upload.upload import UploadGrant
from chalicelib.gateways.files import Files, content_disposition
from tests.upload_world import TEXT, World, a_declared, put, upload_world


@pytest.fixture
def world(engine: dict[str, str]) -> World:
    return upload_world(engine)


@pytest.fixture
def strict(ministack: dict[str, str]) -> World:
    """Build a world whose engine checks what was signed."""
    return upload_world(ministack)


def a_grant(world: World, minutes: int = 5) -> UploadGrant:
    now = datetime.now(UTC)  # noqa: TID251  (engines check signatures against the real clock)
    until = now + timedelta(minutes=minutes)
    return world.files.upload_grant("uploads/mef/u1", "mef", a_declared(), now=now, expires_at=until)


def test_document_is_read_back_as_it_was_put(world: World) -> None:
    world.files.put_document("a/1", TEXT, "text/plain")
    assert world.files.get_document("a/1") == TEXT
    stored = world.s3.head_object(Bucket=world.documents_bucket, Key="a/1", ChecksumMode="ENABLED")
    assert stored["ContentType"] == "text/plain"
    assert base64.b64decode(stored["ChecksumSHA256"]).hex() == a_declared().sha256


def test_document_that_is_not_there_is_not_found(world: World) -> None:
    with pytest.raises(NotFound, match="file_not_found"):
        world.files.get_document("nada")


def test_deleting_twice_is_no_error(world: World) -> None:
    world.files.put_document("a/1", TEXT, "text/plain")
    for _ in range(2):
        world.files.delete_document("a/1")
        world.files.delete_upload("a/1")
    assert world.keys(world.documents_bucket) == []


def test_documents_are_listed_by_prefix_in_pages(world: World) -> None:
    for key in ("a/1", "a/2", "a/3", "b/1"):
        world.files.put_document(key, TEXT, "text/plain")
    assert world.files.list_documents("a/", limit=2) == ("a/1", "a/2")
    assert world.files.list_documents("a/", start_after="a/2", limit=2) == ("a/3",)
    assert world.files.list_documents("c/") == ()


def test_links_and_grants_cost_no_call(world: World) -> None:
    world.files.document_link("a/1", "a.txt", "text/plain", expires_s=60)
    a_grant(world)
    assert world.calls == []


def test_grant_signs_size_type_hash_and_everything_declared(world: World) -> None:
    grant = a_grant(world)
    signed = grant.url.partition("X-Amz-SignedHeaders=")[2].partition("&")[0].split("%3B")
    assert set(signed) == {name.lower() for name in grant.headers} | {"host"}
    assert grant.headers["Content-Length"] == str(len(TEXT))


@pytest.mark.ministack
def test_grant_lets_exactly_the_declared_file_pass(strict: World) -> None:
    grant = a_grant(strict)
    assert put(grant.url, TEXT, grant.headers) == 200
    arrived = strict.files.find_upload("uploads/mef/u1")
    assert arrived is not None
    assert (arrived.institution_id, arrived.declared) == ("mef", a_declared())


@pytest.mark.ministack
@pytest.mark.parametrize(
    ("content", "changed"),
    [
        (TEXT[:-1] + b"!", {}),
        (TEXT + b"!", {"Content-Length": str(len(TEXT) + 1)}),
        (TEXT, {"Content-Type": "text/html"}),
        (TEXT, {"x-amz-meta-institution": "otra"}),
        (TEXT, {"x-amz-meta-filename": "YS5leGU="}),
        (TEXT, {"x-amz-checksum-sha256": None}),
        (TEXT, {"x-amz-meta-sha256": None}),
    ],
)
def test_grant_lets_nothing_else_pass(strict: World, content: bytes, changed: dict[str, str | None]) -> None:
    grant = a_grant(strict)
    headers = {name: value for name, value in (dict(grant.headers) | changed).items() if value is not None}
    assert put(grant.url, content, headers) in {400, 403}
    assert strict.files.find_upload("uploads/mef/u1") is None


@pytest.mark.ministack
def test_grant_writes_to_its_own_key_only(strict: World) -> None:
    grant = a_grant(strict)
    assert put(grant.url.replace("/u1?", "/u2?"), TEXT, grant.headers) == 403


@pytest.mark.ministack
def test_grant_expires(strict: World) -> None:
    past = datetime.now(UTC) - timedelta(hours=1)  # noqa: TID251
    grant = strict.files.upload_grant("uploads/mef/u1", "mef", a_declared(), now=past, expires_at=past)
    assert put(grant.url, TEXT, grant.headers) == 403


@pytest.mark.ministack
def test_link_downloads_under_the_documents_own_name(strict: World) -> None:
    strict.files.put_document("a/1", TEXT, "application/octet-stream")
    link = strict.files.document_link("a/1", 'Año "1".txt', "text/plain", expires_s=60)
    with urllib.request.urlopen(link) as response:  # noqa: S310
        assert response.read() == TEXT
        assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
        assert response.headers["Content-Disposition"] == content_disposition('Año "1".txt')


@pytest.mark.parametrize(
    ("kept", "sent"),
    [
        ("text/plain", "text/plain; charset=utf-8"),
        ("text/csv", "text/csv; charset=utf-8"),
        ("application/pdf", "application/pdf"),
        ("image/png", "image/png"),
    ],
)
def test_a_text_is_downloaded_with_its_letters_named(world: World, kept: str, sent: str) -> None:
    link = world.files.document_link("a/1", "a.txt", kept, expires_s=60)

    assert parse_qs(urlsplit(link).query)["response-content-type"] == [sent]


def test_content_disposition_escapes_what_could_end_the_header() -> None:
    expected = "attachment; filename=\"A_o _x_ 100_.pdf\"; filename*=UTF-8''A%C3%B1o%20%22x%22%20100%25.pdf"
    assert content_disposition('Año "x" 100%.pdf') == expected
    assert "\r" not in content_disposition("a\r\nSet-Cookie: a.pdf")


def test_longest_name_fits_the_metadata(world: World) -> None:
    declared = a_declared(filename="\U0001f4c4" * 196 + ".txt")
    arrived = world.files.find_upload(world.arrive(claimed=declared))
    assert arrived is not None
    assert arrived.declared == declared


def test_nothing_arrived_is_none(world: World) -> None:
    assert world.files.find_upload("uploads/mef/nada") is None


def test_object_without_a_grant_is_refused(world: World) -> None:
    world.s3.put_object(Bucket=world.uploads_bucket, Key="uploads/mef/u1", Body=TEXT)
    with pytest.raises(InvalidInput, match="upload_not_granted"):
        world.files.find_upload("uploads/mef/u1")


def test_scan_status_is_the_tag_or_none(world: World) -> None:
    key = world.arrive()
    assert world.files.scan_status(key) is None
    world.tag(key, "THREATS_FOUND")
    assert world.files.scan_status(key) == "THREATS_FOUND"


def test_promoted_copy_has_the_checked_bytes_and_no_metadata(world: World) -> None:
    arrived = world.files.find_upload(world.arrive())
    assert arrived is not None
    world.files.promote_upload(arrived, "files/1")
    assert world.files.get_document("files/1") == TEXT
    head = world.s3.head_object(Bucket=world.documents_bucket, Key="files/1")
    assert (head["Metadata"], head["ContentType"]) == ({}, "text/plain")


def test_what_a_worker_made_replaces_nothing_that_lies_there(world: World, tmp_path: Path) -> None:
    made = tmp_path / "fotos.pdf"
    for content in (b"la primera", b"otra"):
        made.write_bytes(content)
        world.files.put_upload_once("uploads/person.u1/a/Fotos.pdf", made)
    stored = world.s3.get_object(Bucket=world.uploads_bucket, Key="uploads/person.u1/a/Fotos.pdf")
    assert stored["Body"].read() == b"la primera"
    world.files.delete_upload("uploads/person.u1/a/Fotos.pdf")
    world.files.put_upload_once("uploads/person.u1/a/Fotos.pdf", made)
    stored = world.s3.get_object(Bucket=world.uploads_bucket, Key="uploads/person.u1/a/Fotos.pdf")
    assert stored["Body"].read() == b"otra"


def test_object_replaced_after_the_check_is_neither_read_nor_promoted(world: World, tmp_path: Path) -> None:
    key = world.arrive()
    arrived = world.files.find_upload(key)
    assert arrived is not None
    world.s3.put_object(Bucket=world.uploads_bucket, Key=key, Body=b"otro contenido")
    with pytest.raises(Conflict, match="upload_changed"):
        world.files.download_upload(arrived, tmp_path / "a")
    with pytest.raises(Conflict, match="upload_changed"):
        world.files.promote_upload(arrived, "files/1")
    # Moto copies whatever lies there, which the other engine and S3 do not. Such a copy stays, and no record names it.
    assert world.keys(world.documents_bucket) in ([], ["files/1"])


def test_store_that_does_not_answer_is_unavailable(world: World, tmp_path: Path) -> None:
    arrived = world.files.find_upload(world.arrive())
    assert arrived is not None
    gone = Files(world.s3, uploads_bucket="no-such-bucket", documents_bucket="no-such-bucket")
    calls: list[Any] = [
        lambda: gone.put_document("a", b"", "text/plain"),
        lambda: gone.get_document("a"),
        lambda: gone.delete_document("a"),
        lambda: gone.list_documents("a"),
        lambda: gone.scan_status("a"),
        lambda: gone.download_upload(replace(arrived, key="a"), tmp_path / "a"),
        lambda: gone.promote_upload(arrived, "a"),
    ]
    for call in calls:
        with pytest.raises(Unavailable, match="files_unavailable") as failed:
            call()
        assert failed.value.__cause__ is not None
