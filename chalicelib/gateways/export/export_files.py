"""Prepared files in S3: written as a stream of unknown length, read by links. The bucket forgets them by itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from chalicelib.gateways.files import download_link, translated

PART_BYTES = 8 * 1024 * 1024
"""S3 takes ten thousand parts: 80 GB."""


class ObjectWriter:
    """A file to write to, in one direction only; at most one part of it is in memory."""

    def __init__(self, client: Any, bucket: str, key: str) -> None:
        """Begin; nothing is sent until a part is full."""
        self._client = client
        self._target = {"Bucket": bucket, "Key": key}
        self._pending = bytearray()
        self._upload: dict[str, str] = {}
        self._parts: list[dict[str, Any]] = []
        self.size = 0

    def write(self, data: bytes) -> int:
        """Take some bytes."""
        self._pending += data
        self.size += len(data)
        while len(self._pending) >= PART_BYTES:
            with memoryview(self._pending) as whole:
                part = bytes(whole[:PART_BYTES])
            self._send(part)
            del self._pending[:PART_BYTES]
        return len(data)

    def flush(self) -> None:
        """Do nothing: parts are sent when they are full."""

    def finish(self) -> None:
        """Make the object."""
        with translated():
            if not self._upload:
                self._client.put_object(**self._target, Body=bytes(self._pending))
                return
        self._send(bytes(self._pending))
        with translated():
            self._client.complete_multipart_upload(
                **self._target, **self._upload, MultipartUpload={"Parts": self._parts}
            )

    def abandon(self) -> None:
        """Leave nothing behind; what cannot be taken back now, the bucket forgets after a day."""
        if self._upload:
            with translated():
                self._client.abort_multipart_upload(**self._target, **self._upload)

    def _send(self, part: bytes) -> None:
        with translated():
            if not self._upload:
                begun = self._client.create_multipart_upload(**self._target)
                self._upload = {"UploadId": begun["UploadId"]}
            number = len(self._parts) + 1
            sent = self._client.upload_part(**self._target, **self._upload, PartNumber=number, Body=part)
        self._parts.append({"PartNumber": number, "ETag": sent["ETag"]})


class ExportFiles:
    """The exports bucket. Raises `Unavailable` (`files_unavailable`) when S3 does not answer."""

    def __init__(self, client: Any, bucket: str) -> None:
        """Work on this bucket with this S3 client."""
        self._client = client
        self._bucket = bucket

    @contextmanager
    def writing(self, key: str) -> Iterator[ObjectWriter]:
        """Yield a writer whose object is there once the block ended well, and never if it did not."""
        writer = ObjectWriter(self._client, self._bucket, key)
        try:
            yield writer
        except BaseException:
            writer.abandon()
            raise
        writer.finish()

    def link(self, key: str, filename: str, media_type: str, *, expires_s: int) -> str:
        """Sign a link that downloads the file under its own name; no call is made."""
        return download_link(self._client, self._bucket, key, filename, media_type=media_type, expires_s=expires_s)
