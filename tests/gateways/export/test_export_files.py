from __future__ import annotations

import hashlib
from typing import Any

import boto3
import pytest
from botocore.config import Config as ClientConfig

from chalicelib.domain.errors import Unavailable
from chalicelib.gateways.export import export_files
from chalicelib.gateways.export.export_files import ExportFiles


@pytest.fixture
def s3(engine: dict[str, str]) -> Any:
    config = ClientConfig(s3={"addressing_style": "path"}, signature_version="s3v4")
    return boto3.client("s3", endpoint_url=engine.get("AWS_ENDPOINT_URL"), config=config)


def _written(s3: Any, bucket: str, *pieces: bytes) -> bytes:
    with ExportFiles(s3, bucket).writing("a/b") as sink:
        for piece in pieces:
            sink.write(piece)
    assert sink.size == sum(map(len, pieces))
    content: bytes = s3.get_object(Bucket=bucket, Key="a/b")["Body"].read()
    return content


def test_a_small_file_and_one_of_many_parts_are_stored_whole(s3: Any, engine: dict[str, str]) -> None:
    assert _written(s3, engine["EXPORTS_BUCKET"], b"pocos ", b"bytes") == b"pocos bytes"
    pieces = [hashlib.shake_256(bytes([n])).digest(3_000_000) for n in range(7)]
    assert _written(s3, engine["EXPORTS_BUCKET"], *pieces) == b"".join(pieces)


@pytest.mark.parametrize("size", [1, export_files.PART_BYTES + 1])
def test_a_file_that_fails_half_way_leaves_nothing(s3: Any, engine: dict[str, str], size: int) -> None:
    bucket = engine["EXPORTS_BUCKET"]
    with pytest.raises(TypeError), ExportFiles(s3, bucket).writing("a/b") as sink:
        sink.write(bytes(size) + sink.write(bytes(size)))  # type: ignore[operator]
    assert "Contents" not in s3.list_objects_v2(Bucket=bucket)
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=bucket)


def test_no_bucket_is_told_as_no_answer(s3: Any) -> None:
    with pytest.raises(Unavailable), ExportFiles(s3, "no-such-bucket").writing("a/b") as sink:
        sink.write(b"x")
