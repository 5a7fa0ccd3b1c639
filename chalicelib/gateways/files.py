"""Files in S3: the uploads bucket, where strangers' files arrive, and the documents bucket, where checked ones stay."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.domain.errors import Conflict, NotFound, Unavailable
from chalicelib.domain.upload.file_check import SentByForm, UploadForm
from chalicelib.domain.upload.upload import ArrivedUpload, DeclaredFile, UploadGrant
from chalicelib.gateways.upload_metadata import checksum_of, from_metadata, to_metadata

_MISSING = frozenset({"NoSuchKey", "404", "NotFound"})
_CHANGED = frozenset({"PreconditionFailed", "412"})
_SCAN_TAG = "GuardDutyMalwareScanStatus"
_PIECE = 1024 * 1024


class Files:
    """Reads and writes both buckets. Signing links and grants makes no call.

    The client signs with version 4 (`signature_version="s3v4"`), or grants would not bind their headers.
    Every method raises `Unavailable` (`files_unavailable`) when S3 does not answer, and `NotFound`
    (`file_not_found`) when the object is not there, unless it says otherwise.
    """

    def __init__(self, client: Any, *, uploads_bucket: str, documents_bucket: str) -> None:
        """Work on these two buckets with this S3 client."""
        self._client = client
        self._uploads = uploads_bucket
        self._documents = documents_bucket

    def put_document(self, key: str, content: bytes, media_type: str) -> None:
        """Write a document; S3 refuses it unless the bytes that arrive have this SHA-256."""
        checksum = base64.b64encode(hashlib.sha256(content).digest()).decode()
        with translated():
            self._client.put_object(
                Bucket=self._documents,
                Key=key,
                Body=content,
                ContentType=media_type,
                ChecksumAlgorithm="SHA256",
                ChecksumSHA256=checksum,
            )

    def get_document(self, key: str) -> bytes:
        """Read a document whole."""
        with translated():
            content: bytes = self._client.get_object(Bucket=self._documents, Key=key)["Body"].read()
        return content

    def stream_document(self, key: str) -> Iterator[bytes]:
        """Read a document piece by piece, of a megabyte each."""
        with translated():
            body = self._client.get_object(Bucket=self._documents, Key=key)["Body"]
            yield from body.iter_chunks(_PIECE)

    def delete_document(self, key: str) -> None:
        """Delete a document; one that is not there is no error."""
        with translated():
            self._client.delete_object(Bucket=self._documents, Key=key)

    def list_documents(self, prefix: str, *, start_after: str = "", limit: int = 1000) -> tuple[str, ...]:
        """At most 1,000 keys under the prefix, in order, after `start_after`; fewer than `limit` means no more."""
        with translated():
            page = self._client.list_objects_v2(
                Bucket=self._documents, Prefix=prefix, StartAfter=start_after, MaxKeys=limit
            )
        return tuple(item["Key"] for item in page.get("Contents", ()))

    def document_link(self, key: str, filename: str, media_type: str, *, expires_s: int) -> str:
        """Sign a link that downloads the document under its own name."""
        return download_link(self._client, self._documents, key, filename, media_type=media_type, expires_s=expires_s)

    def upload_grant(self, key: str, institution_id: str, declared: DeclaredFile, *, expires_at: datetime,
                     now: datetime) -> UploadGrant:  # fmt: skip
        """Sign leave to PUT exactly this file at `key`: size, type, SHA-256 and what was declared are all signed."""
        checksum = checksum_of(declared)
        metadata = to_metadata(institution_id, declared)
        url: str = self._client.generate_presigned_url(
            "put_object",
            Params={
                "Bucket": self._uploads,
                "Key": key,
                "ContentLength": declared.size,
                "ContentType": declared.media_type,
                "ChecksumSHA256": checksum,
                "Metadata": metadata,
            },
            ExpiresIn=int((expires_at - now).total_seconds()),
        )
        headers = {
            "Content-Length": str(declared.size),
            "Content-Type": declared.media_type,
            "x-amz-checksum-sha256": checksum,
            **{f"x-amz-meta-{name}": value for name, value in metadata.items()},
        }
        return UploadGrant(url, headers, expires_at)

    def upload_form(self, key: str, *, most: int, leads_to: str, expires_s: int) -> UploadForm:
        """Sign leave to post one file of up to `most` bytes by a form, to `key` with the file's own name after it.

        The browser is then led to `leads_to`. No call is made.
        """
        signed = self._client.generate_presigned_post(
            self._uploads,
            f"{key}/${{filename}}",
            Fields={"success_action_redirect": leads_to},
            Conditions=[{"success_action_redirect": leads_to}, ["content-length-range", 0, most]],
            ExpiresIn=expires_s,
        )
        return UploadForm(signed["url"], signed["fields"])

    def put_upload(self, key: str, content: bytes) -> None:
        """Write what a page was sent to where its form would have sent it."""
        with translated():
            self._client.put_object(Bucket=self._uploads, Key=key, Body=content)

    def put_upload_once(self, key: str, content: Path) -> None:
        """Write a file that a worker made to where a form would have sent it; what lies there already stays."""
        with content.open("rb") as stream:
            try:
                with translated():
                    self._client.put_object(Bucket=self._uploads, Key=key, Body=stream, IfNoneMatch="*")
            except Conflict:
                return  # another try was first, and made the same

    def find_sent_by_form(self, key: str) -> SentByForm | None:
        """Return what lies at `key`, None when nothing does."""
        try:
            with translated():
                head = self._client.head_object(Bucket=self._uploads, Key=key)
        except NotFound:
            return None
        return SentByForm(key, head["ETag"], head["LastModified"].astimezone(UTC))

    def find_upload(self, key: str) -> ArrivedUpload | None:
        """Return what arrived at `key`, None when nothing lies there.

        Raises:
            InvalidInput: `upload_not_granted` when the object does not carry what a grant makes it carry.

        """
        try:
            with translated():
                head = self._client.head_object(Bucket=self._uploads, Key=key)
        except NotFound:
            return None
        institution_id, declared = from_metadata(head["Metadata"], head["ContentType"])
        return ArrivedUpload(key, institution_id, declared, head["ETag"], head["LastModified"].astimezone(UTC))

    def scan_status(self, key: str) -> str | None:
        """Return what GuardDuty Malware Protection says of an upload, e.g. NO_THREATS_FOUND; None before it says."""
        with translated():
            tags = self._client.get_object_tagging(Bucket=self._uploads, Key=key)["TagSet"]
        return next((tag["Value"] for tag in tags if tag["Key"] == _SCAN_TAG), None)

    def download_upload(self, arrived: ArrivedUpload | SentByForm, to: Path) -> None:
        """Copy the very bytes that `arrived` names into a file.

        Raises:
            Conflict: `upload_changed` when other bytes lie there by now.

        """
        with translated(), to.open("wb") as target:
            body = self._client.get_object(Bucket=self._uploads, Key=arrived.key, IfMatch=arrived.etag)["Body"]
            for piece in body.iter_chunks(_PIECE):
                target.write(piece)

    def promote_upload(self, arrived: ArrivedUpload, key: str) -> None:
        """Copy the very bytes that `arrived` names to `key` in the documents bucket, inside S3.

        A copy with other bytes stays: no record names it, and who reads hostile files may delete no document.

        Raises:
            Conflict: `upload_changed` when other bytes lie there by now, or were copied.

        """
        with translated():
            copied = self._client.copy_object(
                Bucket=self._documents,
                Key=key,
                CopySource={"Bucket": self._uploads, "Key": arrived.key},
                CopySourceIfMatch=arrived.etag,
                MetadataDirective="REPLACE",
                TaggingDirective="REPLACE",
                ContentType=arrived.declared.media_type,
                ChecksumAlgorithm="SHA256",
            )["CopyObjectResult"]
        if copied.get("ChecksumSHA256", checksum_of(arrived.declared)) != checksum_of(arrived.declared):
            raise _changed()

    def delete_upload(self, key: str) -> None:
        """Delete what arrived at `key`; nothing there is no error."""
        with translated():
            self._client.delete_object(Bucket=self._uploads, Key=key)


def download_link(  # noqa: PLR0913 - an object, its name and how long
    client: Any, bucket: str, key: str, filename: str, *, media_type: str, expires_s: int
) -> str:
    """Sign a link that downloads an object under the name a person knows it by; no call is made."""
    url: str = client.generate_presigned_url(
        "get_object",
        Params={
            "Bucket": bucket,
            "Key": key,
            "ResponseContentType": with_letters(media_type),
            "ResponseContentDisposition": content_disposition(filename),
        },
        ExpiresIn=expires_s,
    )
    return url


def with_letters(media_type: str) -> str:
    """Return the type that a download is sent with: every text that is kept is UTF-8, and is told to be."""
    return f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type


def content_disposition(filename: str) -> str:
    """Return the header that saves a download under its name (RFC 6266): plain ASCII first, then UTF-8 (RFC 8187)."""
    plain = "".join(letter if " " <= letter <= "~" and letter not in '"\\%' else "_" for letter in filename)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(filename, safe='')}"


@contextmanager
def translated() -> Iterator[None]:
    """Raise the domain's errors in place of S3's."""
    try:
        yield
    except (ClientError, BotoCoreError) as error:
        raise _domain_error(error) from error


def _domain_error(error: ClientError | BotoCoreError) -> NotFound | Conflict | Unavailable:
    code = error.response["Error"]["Code"] if isinstance(error, ClientError) else ""
    if code in _MISSING:
        return NotFound("file_not_found", "El archivo no existe o ya no está disponible.")
    if code in _CHANGED:
        return _changed()
    return Unavailable("files_unavailable", "El almacén de archivos no responde. Intente de nuevo en unos minutos.")


def _changed() -> Conflict:
    return Conflict("upload_changed", "El archivo cambió mientras se revisaba. Pida un nuevo permiso y envíelo.")
