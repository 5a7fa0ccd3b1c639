"""What prepared files need."""

from __future__ import annotations

from chalicelib.bootstrap import Container, made_once
from chalicelib.bootstrap.aws import connection, new_client
from chalicelib.bootstrap.files import files
from chalicelib.bootstrap.reading import reading_store, search_tools, suspension_store
from chalicelib.bootstrap.storage import calendar_store, event_store, limit_store, mailbox_store
from chalicelib.gateways.export.export_files import ExportFiles
from chalicelib.gateways.export.export_queue import ExportQueue
from chalicelib.gateways.message_queue import MessageQueue
from chalicelib.services.export.tools import ExportTools
from chalicelib.store.export_store import ExportStore


@made_once
def export_store(box: Container) -> ExportStore:
    """The files that were asked for."""
    connection(box)
    return ExportStore()


@made_once
def export_messages(box: Container) -> MessageQueue:
    """The queue of requests, as their worker sees it."""
    return MessageQueue(new_client(box, "sqs", retries=3), box.config.exports_queue)


@made_once
def export_tools(box: Container) -> ExportTools:
    """Where requests and their files are kept, and what files are made of."""
    return ExportTools(
        exports=export_store(box),
        queue=ExportQueue(new_client(box, "sqs", retries=3), box.config.exports_queue),
        export_files=ExportFiles(new_client(box, "s3", retries=3, signature_version="s3v4"), box.config.exports_bucket),
        files=files(box),
        readings=reading_store(box),
        suspensions=suspension_store(box),
        mailboxes=mailbox_store(box),
        search=search_tools(box).notices,
        events=event_store(box),
        calendar=box.calendar,
        calendar_entries=calendar_store(box).find,
        limits=lambda: limit_store(box),
        clock=box.clock,
        new_id=box.chance.new_event_id,
    )
