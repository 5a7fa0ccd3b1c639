"""Stores and secrets that several wings work with."""

from __future__ import annotations

from datetime import datetime, timedelta

from chalicelib.bootstrap import Container, made_once
from chalicelib.bootstrap.aws import connection, new_client
from chalicelib.domain.access.pepper import Pepper, read_pepper
from chalicelib.domain.errors import Unavailable
from chalicelib.gateways.secret_texts import SecretTexts
from chalicelib.store.calendar_store import CalendarStore
from chalicelib.store.event_store import EventStore
from chalicelib.store.limit_store import LimitStore
from chalicelib.store.mailbox_store import MailboxStore
from chalicelib.store.notice_store import NoticeStore

_REST = timedelta(minutes=1)


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
def secret_texts(box: Container) -> SecretTexts:
    """Secrets by their ARN."""
    return SecretTexts(new_client(box, "secretsmanager", retries=3))


@made_once
def pepper(box: Container) -> Pepper:
    """What keyed hashes are made with, and those beside it; each of 32 bytes or more, or nothing is hashed."""
    return read_pepper(secret_texts(box).get(box.config.token_secret_arn))


@made_once
def _asked_in_vain(_: Container) -> list[datetime]:
    """When the pepper could not be had for a line of the log; empty, or the last time."""
    return []


def pepper_for_a_line(box: Container) -> Pepper | None:
    """Return the pepper, or None for a minute where it cannot be had: no refusal waits for its line again and again."""
    now, in_vain = box.clock(), _asked_in_vain(box)
    if in_vain and now - in_vain[0] < _REST:
        return None
    try:
        return pepper(box)
    except (Unavailable, ValueError):
        in_vain[:] = [now]
        return None
