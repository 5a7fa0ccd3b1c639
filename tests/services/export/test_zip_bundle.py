from __future__ import annotations

import hashlib
import io
import tracemalloc
import zipfile
from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.gateways.export.export_files import PART_BYTES, ExportFiles
from chalicelib.services.export.zip_bundle import FileAltered, ZipBundle

AT = datetime(2026, 3, 9, 15, 15, 30, tzinfo=UTC)


def test_a_file_that_is_not_what_was_deposited_spoils_the_bundle() -> None:
    bundle = ZipBundle(io.BytesIO(), at=AT)
    bundle.add("a", [b"uno"], sha256=hashlib.sha256(b"uno").hexdigest())
    with pytest.raises(FileAltered):
        bundle.add("b", [b"uno"], sha256=hashlib.sha256(b"dos").hexdigest())


def test_a_file_that_may_have_gigabytes_is_written_for_readers_of_big_ones() -> None:
    target = io.BytesIO()
    bundle = ZipBundle(target, at=AT)
    bundle.add("grande", [b"no", b" tanto"], size=5_000_000_000)
    bundle.close()
    with zipfile.ZipFile(target) as read:
        assert read.testzip() is None
        assert read.read("grande") == b"no tanto"
        assert read.getinfo("grande").extract_version >= 45


class _Bucket:
    """Takes parts and forgets them, as S3 does for this process."""

    def __init__(self) -> None:
        self.sizes: list[int] = []

    def create_multipart_upload(self, **_: Any) -> dict[str, str]:
        return {"UploadId": "u"}

    def upload_part(self, *, Body: bytes, **_: Any) -> dict[str, str]:  # noqa: N803 - AWS's name
        self.sizes.append(len(Body))
        return {"ETag": str(len(self.sizes))}

    def complete_multipart_upload(self, **_: Any) -> None:
        return None


def test_memory_does_not_grow_with_what_is_bundled() -> None:
    client, piece = _Bucket(), bytes(1024 * 1024)
    tracemalloc.start()
    with ExportFiles(client, "b").writing("k") as sink:
        bundle = ZipBundle(sink, at=AT)
        for number in range(3):
            bundle.add(str(number), (piece for _ in range(40)), size=40 * len(piece))
        bundle.close()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert sum(client.sizes) == sink.size > 120 * len(piece)
    assert peak < 3 * PART_BYTES
