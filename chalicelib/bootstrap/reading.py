"""What reading and searching a mailbox needs."""

from __future__ import annotations

from chalicelib.bootstrap import Container, made_once
from chalicelib.bootstrap.aws import connection, pepper
from chalicelib.bootstrap.storage import event_store, mailbox_store
from chalicelib.domain.reading.reading import LOOK_LASTS
from chalicelib.services.reading.search_notices import SearchTools
from chalicelib.services.reading.tools import ReadingTools
from chalicelib.store.look_store import LookStore
from chalicelib.store.reading.notice_search_store import NoticeSearchStore
from chalicelib.store.reading.reading_store import ReadingStore
from chalicelib.store.reading.suspension_store import SuspensionStore


@made_once
def reading_store(box: Container) -> ReadingStore:
    """Notices as their readers see them."""
    return ReadingStore(connection(box), event_store(box))


@made_once
def suspension_store(box: Container) -> SuspensionStore:
    """Readings that were suspended."""
    return SuspensionStore(connection(box), event_store(box))


@made_once
def reading_tools(box: Container) -> ReadingTools:
    """Stores, calendar, clock and source of event ids."""
    return ReadingTools(
        readings=reading_store(box),
        mailboxes=mailbox_store(box),
        events=event_store(box),
        looks=LookStore(pepper(box), LOOK_LASTS),
        calendar=box.calendar,
        clock=box.clock,
        new_event_id=box.chance.new_event_id,
        pause=box.pause,
        prefixes=box.mailbox_prefixes,
    )


@made_once
def search_tools(box: Container) -> SearchTools:
    """Where a search looks."""
    connection(box)
    return SearchTools(NoticeSearchStore(), mailbox_store(box), box.calendar.zone)
