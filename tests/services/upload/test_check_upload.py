from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.domain.errors import InvalidInput, NotReady
from chalicelib.domain.upload.upload import PDF, Refusal, UploadState
from tests.services.upload.inspecting import FIXTURES
from tests.upload_world import NOW, TEXT, World, a_declared, an_upload, upload_world

SIGNED = (FIXTURES / "pdf" / "signed-twice.pdf").read_bytes()


@pytest.fixture
def world(aws: dict[str, str]) -> World:
    return upload_world(aws)


class Crash(Exception):
    """The process died here."""


def crash_at(world: World, operation: str) -> Any:
    """Make the next request of one operation end the process; returns what undoes it."""

    def crash(**_: Any) -> None:
        raise Crash

    name = f"before-call.*.{operation}"
    for client in (world.s3, world.connection.client):
        client.meta.events.register_first(name, crash)
    return lambda: [c.meta.events.unregister(name, crash) for c in (world.s3, world.connection.client)]


def test_good_file_is_copied_and_recorded_with_its_expiry(world: World) -> None:
    checked = world.check(world.arrive())
    assert checked is not None
    assert (checked.upload_id, checked.institution_id, checked.declared) == ("u1", "mef", a_declared())
    assert (checked.state, checked.refusal, checked.checked_at) == (UploadState.CHECKED, None, NOW)
    assert checked.expires_at == NOW + timedelta(days=7)
    assert world.uploads.find("u1") == checked
    assert world.keys(world.documents_bucket) == [checked.object_key]
    assert checked.object_key.startswith("files/")
    assert checked.object_key.endswith("/mef/u1")
    assert world.files.get_document(checked.object_key) == TEXT


def test_check_takes_six_calls_and_leaves_nothing_behind(world: World) -> None:
    world.check(world.arrive())
    expected = ["HeadObject", "GetItem", "GetObject", "CopyObject", "PutItem", "DeleteObject"]
    assert world.calls == expected
    assert world.keys(world.uploads_bucket) == []


def test_signed_pdf_passes(world: World) -> None:
    declared = a_declared(SIGNED, filename="Resolución.pdf", media_type=PDF)
    checked = world.check(world.arrive(SIGNED, claimed=declared))
    assert checked is not None
    assert checked.state is UploadState.CHECKED
    assert checked.facts is not None
    assert [(one.field, one.covers_whole_file) for one in checked.facts.signatures] == [
        ("Firma1", False),
        ("Firma2", True),
    ]
    assert world.uploads.find("u1") == checked


def test_all_that_is_wrong_with_a_file_is_kept(world: World) -> None:
    declared = a_declared(SIGNED, filename="../a.txt", media_type=PDF, sha256="A" * 64)
    refused = world.check(world.arrive(SIGNED, claimed=declared))
    assert refused is not None
    assert refused.refusal is not None
    assert (refused.facts, refused.refusal.code) == (None, "filename_invalid")
    assert [one.code for one in refused.refusal.all_problems] == [
        "filename_invalid",
        "sha256_invalid",
        "file_extension_mismatch",
    ]
    assert world.uploads.find("u1") == refused


@pytest.mark.parametrize(
    ("content", "overrides", "code"),
    [
        (SIGNED[:9_000], {"filename": "a.pdf", "media_type": PDF}, "pdf_damaged"),
        (b"MZ\x00", {"filename": "a.pdf", "media_type": PDF}, "file_type_mismatch"),
        (TEXT, {"sha256": "0" * 64}, "file_hash_mismatch"),
        (TEXT, {"size": 5}, "file_size_mismatch"),
        (TEXT, {"media_type": "text/html"}, "media_type_not_allowed"),
        (TEXT, {"size": 200 * 1024 * 1024}, "file_too_large"),
    ],
)
def test_bad_file_is_refused_and_not_kept(world: World, content: bytes, overrides: dict[str, Any], code: str) -> None:
    refused = world.check(world.arrive(content, claimed=a_declared(content, **overrides)))
    assert refused is not None
    assert refused.refusal is not None
    assert refused.state is UploadState.REFUSED
    assert (refused.refusal.code, refused.object_key, refused.expires_at) == (code, "", None)
    assert world.uploads.find("u1") == refused
    assert world.keys(world.documents_bucket) == world.keys(world.uploads_bucket) == []


def test_event_delivered_again_changes_nothing(world: World) -> None:
    key = world.arrive()
    first = world.check(key)
    assert world.check(key, now=NOW + timedelta(hours=1)) is None
    assert world.uploads.find("u1") == first


def test_object_sent_again_after_the_check_changes_nothing(world: World) -> None:
    first = world.check(world.arrive())
    again = b"otro contenido\n"
    assert world.check(world.arrive(again, claimed=a_declared(again)), now=NOW + timedelta(hours=1)) == first
    assert first is not None
    assert world.files.get_document(first.object_key) == TEXT


@pytest.mark.parametrize("operation", ["HeadObject", "GetItem", "GetObject", "CopyObject", "PutItem", "DeleteObject"])
def test_check_stopped_anywhere_is_finished_by_the_next_delivery(world: World, operation: str) -> None:
    key = world.arrive()
    undo = crash_at(world, operation)
    with pytest.raises(Crash):
        world.check(key)
    undo()
    checked = world.check(key, now=NOW + timedelta(days=1))
    assert checked is not None
    assert checked.state is UploadState.CHECKED
    assert world.keys(world.documents_bucket) == [checked.object_key]
    assert world.keys(world.uploads_bucket) == []


def test_nothing_at_the_key_is_nothing_to_do(world: World) -> None:
    assert world.check("uploads/mef/nada") is None


def test_first_of_two_checks_at_once_stands(world: World) -> None:
    key = world.arrive()
    other = an_upload(
        refusal=Refusal("file_infected", "Envíe otro."), state=UploadState.REFUSED, object_key="", expires_at=None
    )

    def overtake(**_: Any) -> None:
        world.connection.client.meta.events.unregister("before-call.dynamodb.PutItem", overtake)
        world.uploads.add(other)

    world.connection.client.meta.events.register("before-call.dynamodb.PutItem", overtake)
    assert world.check(key) == other


def test_file_waits_for_the_malware_scan(world: World) -> None:
    key = world.arrive()
    with pytest.raises(NotReady, match="scan_pending"):
        world.check(key, malware_scan="guardduty")
    assert world.uploads.find("u1") is None
    world.tag(key, "NO_THREATS_FOUND")
    checked = world.check(key, malware_scan="guardduty")
    assert checked is not None
    assert checked.state is UploadState.CHECKED


@pytest.mark.parametrize("status", ["THREATS_FOUND", "UNSUPPORTED", "ACCESS_DENIED", "FAILED", "no_threats_found"])
def test_anything_but_a_clean_scan_refuses_the_file(world: World, status: str) -> None:
    key = world.arrive()
    world.tag(key, status)
    refused = world.check(key, malware_scan="guardduty")
    assert refused is not None
    assert refused.refusal is not None
    assert refused.refusal.code == "file_infected"
    assert world.keys(world.documents_bucket) == []


def test_object_of_another_institution_than_its_key_says_is_refused(world: World) -> None:
    metadata = {"institution": "otra", "filename": "YS50eHQ=", "sha256": "0" * 64, "size": "1"}
    world.s3.put_object(Bucket=world.uploads_bucket, Key="uploads/mef/u1", Body=TEXT, Metadata=metadata)
    with pytest.raises(InvalidInput, match="upload_not_granted"):
        world.check("uploads/mef/u1")
    assert world.uploads.find("u1") is None
