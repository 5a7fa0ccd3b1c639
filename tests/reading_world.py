"""A mailbox with one notice in it, opened by its users; clock and sessions are given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from pynamodb.transactions import TransactWrite

from chalicelib.bootstrap import Container
from chalicelib.bootstrap.aws import connection
from chalicelib.bootstrap.reading import reading_tools
from chalicelib.bootstrap.storage import event_store, mailbox_store, notice_store
from chalicelib.config import Config
from chalicelib.domain.event import EventType
from chalicelib.domain.notice import Notice
from chalicelib.domain.session import Session
from chalicelib.services.reading.open_notice import OpenedNotice, open_notice
from chalicelib.services.reading.tools import ReadingTools
from chalicelib.store.mailbox_store import MailboxStore
from tests.builders import a_notice
from tests.deposit_world import AUTHORITY, NOW, Clock, a_mailbox, a_user

NOTICE = a_notice()


@dataclass
class Shelf:
    """One mailbox with one notice in it."""

    box: Container
    tools: ReadingTools

    def open_as(self, number: int) -> OpenedNotice:
        """Open as one of the mailbox's users, having read the notice just before."""
        return open_notice(a_session(number), self.tools.readings.find(NOTICE.notice_id), origin="", tools=self.tools)

    def events(self) -> list[EventType]:
        return [event.type for event in event_store(self.box).list_for_subject(f"notice#{NOTICE.notice_id}")]

    def opened_count(self) -> int:
        found = mailbox_store(self.box).find_counted(NOTICE.mailbox_id)
        assert found is not None
        return found[1].opened


def a_session(number: int) -> Session:
    user_id = f"u{number}"
    return Session(f"s{number}", f"a{number}", user_id, f"1-40000002.{number}", NOTICE.mailbox_id, NOW, name=user_id)


def a_shelf(environment: dict[str, str], notice: Notice = NOTICE) -> Shelf:
    config = Config.from_env({**environment, "API_AUTHORITY": AUTHORITY, "API_BASE_URL": f"https://{AUTHORITY}"})
    box = Container(config, clock=Clock(step=timedelta(milliseconds=1)))
    users = tuple(a_user(number) for number in range(1, 6))
    mailbox_store(box).put(a_mailbox(users=users))
    with TransactWrite(connection=connection(box)) as transaction:
        notice_store(box).add_in(transaction, notice)
        MailboxStore.count_deposit_in(transaction, a_mailbox())
    return Shelf(box, reading_tools(box))
