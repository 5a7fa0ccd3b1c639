"""Files, and what checks need and found: of those sent ahead, and of those that are not deposited yet."""

from __future__ import annotations

from functools import partial

from chalicelib.bootstrap import Container, made_once
from chalicelib.bootstrap.aws import connection, new_client
from chalicelib.bootstrap.sender import sender_tools
from chalicelib.bootstrap.storage import limit_store
from chalicelib.gateways.files import Files
from chalicelib.gateways.message_queue import MessageQueue
from chalicelib.services.upload.file_check_tools import FileCheckTools
from chalicelib.store.file_check_store import FileCheckStore
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
def file_check_store(box: Container) -> FileCheckStore:
    """What was found of files that were sent to be checked only."""
    connection(box)
    return FileCheckStore()


@made_once
def file_check_tools(box: Container) -> FileCheckTools:
    """What checks of institutions' files need."""
    return FileCheckTools(sender_tools(box), partial(limit_store, box), files(box), file_check_store(box))


@made_once
def upload_messages(box: Container) -> MessageQueue:
    """The queue of files that arrived, as their worker sees it."""
    return MessageQueue(new_client(box, "sqs", retries=3), box.config.uploads_queue)
