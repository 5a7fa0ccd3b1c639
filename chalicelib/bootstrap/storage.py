"""Stores that several wings work with."""

from __future__ import annotations

from chalicelib.bootstrap import Container, made_once
from chalicelib.bootstrap.aws import connection, pepper
from chalicelib.store.calendar_store import CalendarStore
from chalicelib.store.event_store import EventStore
from chalicelib.store.hold_store import HoldStore
from chalicelib.store.limit_store import LimitStore
from chalicelib.store.mailbox_store import MailboxStore
from chalicelib.store.notice_store import NoticeStore


@made_once
def mailbox_store(box: Container) -> MailboxStore:
    """Mailboxes and their users."""
    connection(box)
    return MailboxStore()


@made_once
def notice_store(box: Container) -> NoticeStore:
    """Deposited notices."""
    connection(box)
    return NoticeStore()


@made_once
def calendar_store(box: Container) -> CalendarStore:
    """What was entered of the calendar."""
    return CalendarStore(connection(box))


@made_once
def event_store(box: Container) -> EventStore:
    """The event log."""
    connection(box)
    return EventStore()


@made_once
def limit_store(box: Container) -> LimitStore:
    """Counters of attempts."""
    connection(box)
    return LimitStore(pepper(box))


@made_once
def hold_store(box: Container) -> HoldStore:
    """Whether jobs wait after a restore, and what the checker found last."""
    return HoldStore(connection(box), event_store(box))
