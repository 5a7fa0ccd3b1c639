"""What preparing files works with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from chalicelib.domain.calendar import BusinessCalendar, CalendarEntries
from chalicelib.domain.export.export import ListingLimits
from chalicelib.gateways.export.export_files import ExportFiles
from chalicelib.gateways.export.export_queue import ExportQueue
from chalicelib.gateways.files import Files
from chalicelib.store.event_store import EventStore
from chalicelib.store.export_store import ExportStore
from chalicelib.store.limit_store import LimitStore
from chalicelib.store.mailbox_store import MailboxStore
from chalicelib.store.reading.notice_search_store import NoticeSearchStore
from chalicelib.store.reading.reading_store import ReadingStore
from chalicelib.store.reading.suspension_store import SuspensionStore


@dataclass(frozen=True, slots=True)
class NamedFile:
    """What the person's browser is to call the file."""

    filename: str
    media_type: str


@dataclass(frozen=True, slots=True)
class ExportTools:
    """Where requests and their files are kept, and what files are made of."""

    exports: ExportStore
    queue: ExportQueue
    export_files: ExportFiles
    files: Files
    readings: ReadingStore
    suspensions: SuspensionStore
    mailboxes: MailboxStore
    search: NoticeSearchStore
    events: EventStore
    calendar: BusinessCalendar
    calendar_entries: Callable[[], CalendarEntries]
    """Read what was entered of it."""
    limits: Callable[[], LimitStore]
    """Made when asked for, since it needs a secret that the worker has no use for."""
    clock: Callable[[], datetime]
    new_id: Callable[[], str]
    listing_limits: ListingLimits = field(default_factory=ListingLimits)
