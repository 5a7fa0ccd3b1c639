"""Uploads on an engine: both buckets, the table, a client that signs, and a count of the calls."""

from __future__ import annotations

import hashlib
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import boto3
from botocore.config import Config as ClientConfig
from pynamodb.connection import Connection

from chalicelib.config import Config
from chalicelib.domain.upload.upload import DeclaredFile, Upload, UploadState, staging_key
from chalicelib.gateways.files import Files
from chalicelib.services.upload.check_upload import check_upload
from chalicelib.store.upload_store import UploadStore
from tests.cloud import bound

NOW = datetime(2026, 3, 9, 20, 15, 30, tzinfo=UTC)
TEXT = "Anexo de prueba, año 2026\n".encode()


def a_declared(content: bytes = TEXT, **overrides: Any) -> DeclaredFile:
    facts: dict[str, Any] = {
        "filename": "Anexo N° 1.txt",
        "media_type": "text/plain",
        "sha256": hashlib.sha256(content).hexdigest(),
        "size": len(content),
    }
    return DeclaredFile(**(facts | overrides))


def an_upload(**overrides: Any) -> Upload:
    facts: dict[str, Any] = {
        "upload_id": "u1",
        "institution_id": "mef",
        "declared": a_declared(),
        "state": UploadState.CHECKED,
        "object_key": "files/2026/03/09/mef/u1",
        "checked_at": NOW,
        "expires_at": NOW + timedelta(days=7),
    }
    return Upload(**(facts | overrides))


@dataclass
class World:
    """`calls` lists the operations sent to AWS since it was last cleared."""

    s3: Any
    connection: Connection
    uploads_bucket: str
    documents_bucket: str
    calls: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.files = Files(self.s3, uploads_bucket=self.uploads_bucket, documents_bucket=self.documents_bucket)
        self.uploads = UploadStore(self.connection)
        for client in (self.s3, self.connection.client):
            client.meta.events.unregister("before-call", unique_id="calls")
            client.meta.events.register("before-call", self._note, unique_id="calls")

    def _note(self, model: Any, **_: Any) -> None:
        self.calls.append(model.name)

    def arrive(self, content: bytes = TEXT, *, upload_id: str = "u1", claimed: DeclaredFile | None = None) -> str:
        """Put an object as a grant would have it put, and return its key."""
        declared = claimed or a_declared(content)
        key = staging_key("mef", upload_id)
        now = datetime.now(UTC)  # noqa: TID251  (engines check signatures against the real clock)
        grant = self.files.upload_grant(key, "mef", declared, now=now, expires_at=now + timedelta(minutes=5))
        metadata = {name.removeprefix("x-amz-meta-"): value for name, value in grant.headers.items() if "meta" in name}
        self.s3.put_object(
            Bucket=self.uploads_bucket, Key=key, Body=content, ContentType=declared.media_type, Metadata=metadata
        )
        self.calls.clear()
        return key

    def tag(self, key: str, status: str) -> None:
        tags = {"TagSet": [{"Key": "GuardDutyMalwareScanStatus", "Value": status}]}
        self.s3.put_object_tagging(Bucket=self.uploads_bucket, Key=key, Tagging=tags)

    def check(self, key: str, *, now: datetime = NOW, malware_scan: str = "off") -> Upload | None:
        return check_upload(key, files=self.files, uploads=self.uploads, now=now, malware_scan=malware_scan)

    def keys(self, bucket: str) -> list[str]:
        return [item["Key"] for item in self.s3.list_objects_v2(Bucket=bucket).get("Contents", [])]


def upload_world(environment: dict[str, str]) -> World:
    """Build on an engine that a fixture opened."""
    config = Config.from_env(environment)
    connection = bound(environment)
    return World(_s3(environment.get("AWS_ENDPOINT_URL")), connection, config.uploads_bucket, config.documents_bucket)


@cache
def _s3(endpoint_url: str | None) -> Any:
    settings = ClientConfig(signature_version="s3v4", s3={"addressing_style": "path"})
    session = boto3.Session("test", "test", region_name="us-east-1")
    client: Any = session.client("s3", endpoint_url=endpoint_url, config=settings)
    if endpoint_url is None:
        client.meta.events.register("before-call.s3.CopyObject", satisfy_moto)
    return client


def satisfy_moto(params: dict[str, Any], **_: Any) -> None:
    """Moto asks a copy into a locked bucket for what S3 asks of uploads only."""
    params["headers"]["x-amz-sdk-checksum-algorithm"] = "SHA256"


def put(url: str, content: bytes, headers: Any) -> int:
    """Send a PUT as a client without any AWS library would, and return the status."""
    request = urllib.request.Request(url, data=content, method="PUT", headers=dict(headers))  # noqa: S310
    try:
        with urllib.request.urlopen(request) as response:  # noqa: S310
            status: int = response.status
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code
    return status
