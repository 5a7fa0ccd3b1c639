"""Files, and what the checks of those sent ahead found."""

from __future__ import annotations

from chalicelib.bootstrap import Container, made_once
from chalicelib.bootstrap.aws import connection, new_client
from chalicelib.gateways.files import Files
from chalicelib.gateways.message_queue import MessageQueue
from chalicelib.store.upload_store import UploadStore


@made_once
def files(box: Container) -> Files:
    """Both buckets of documents."""
    return Files(
        new_client(box, "s3", retries=3, signature_version="s3v4"),
        uploads_bucket=box.config.uploads_bucket,
        documents_bucket=box.config.documents_bucket,
    )


@made_once
def upload_store(box: Container) -> UploadStore:
    """The outcomes of checks."""
    return UploadStore(connection(box))


@made_once
def upload_messages(box: Container) -> MessageQueue:
    """The queue of files that arrived, as their worker sees it."""
    return MessageQueue(new_client(box, "sqs", retries=3), box.config.uploads_queue)
