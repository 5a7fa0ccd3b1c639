from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.domain.errors import InvalidInput, TooLarge
from chalicelib.domain.upload.upload import MAX_FILE_SIZE, UploadGrant
from chalicelib.services.upload.grant_upload import grant_upload
from tests.upload_world import NOW, TEXT, World, a_declared, put, upload_world


@pytest.fixture
def world(aws: dict[str, str]) -> World:
    return upload_world(aws)


def grant(world: World, now: datetime = NOW, **overrides: Any) -> UploadGrant:
    return grant_upload(a_declared(**overrides), institution_id="mef", upload_id="u1", files=world.files, now=now)


def test_grant_calls_nothing_and_lasts_a_quarter_of_an_hour(world: World) -> None:
    granted = grant(world)
    assert granted.expires_at == NOW + timedelta(minutes=15)
    assert "/uploads/mef/u1?" in granted.url
    assert "X-Amz-Expires=900" in granted.url
    assert world.calls == []


@pytest.mark.parametrize(
    ("overrides", "code"),
    [
        ({"size": 0}, "file_empty"),
        ({"sha256": "zz"}, "sha256_invalid"),
        ({"media_type": "application/x-msdownload", "filename": "a.exe"}, "media_type_not_allowed"),
        ({"filename": "a.pdf"}, "file_extension_mismatch"),
        ({"filename": "../a.txt"}, "filename_invalid"),
    ],
)
def test_file_that_could_never_pass_gets_no_grant(world: World, overrides: dict[str, Any], code: str) -> None:
    with pytest.raises(InvalidInput, match=code):
        grant(world, **overrides)


def test_more_than_100_mb_gets_no_grant(world: World) -> None:
    with pytest.raises(TooLarge, match="file_too_large"):
        grant(world, size=MAX_FILE_SIZE + 1)


@pytest.mark.ministack
def test_granted_file_arrives_and_is_checked(ministack: dict[str, str]) -> None:
    world = upload_world(ministack)
    granted = grant(world, now=datetime.now(UTC))  # noqa: TID251  (the engine checks expiry against the real clock)
    assert put(granted.url, TEXT, granted.headers) == 200
    checked = world.check("uploads/mef/u1")
    assert checked is not None
    assert (checked.institution_id, checked.declared, checked.refusal) == ("mef", a_declared(), None)
    assert world.files.get_document(checked.object_key) == TEXT
