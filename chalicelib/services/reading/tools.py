"""What reading a mailbox works with, and whose notice a notice is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from chalicelib.domain.calendar import BusinessCalendar
from chalicelib.domain.mailbox import DocumentType
from chalicelib.domain.reading.reading import DeliveredNotice, notice_not_found
from chalicelib.domain.session import Session
from chalicelib.store.event_store import EventStore
from chalicelib.store.look_store import LookStore
from chalicelib.store.mailbox_store import MailboxStore
from chalicelib.store.reading.reading_store import FoundNotice, ReadingStore


@dataclass(frozen=True, slots=True)
class ReadingTools:
    """Notices as their readers see them."""

    readings: ReadingStore
    mailboxes: MailboxStore
    events: EventStore
    looks: LookStore
    calendar: BusinessCalendar
    clock: Callable[[], datetime]
    new_event_id: Callable[[], str]
    pause: Callable[[float], None]
    """Wait some seconds before another try."""
    prefixes: Mapping[DocumentType, str]
    """What mailboxes' names begin with."""

    def today(self) -> date:
        """Return the country's date."""
        return self.calendar.local(self.clock()).date()


def delivered_to(session: Session, found: FoundNotice) -> DeliveredNotice:
    """Return the notice that was found, if it is in the mailbox whose session this is.

    Raises:
        NotFound: `notice_not_found`, also for another mailbox's.

    """
    if found.delivered is None or found.delivered.notice.mailbox_id != session.mailbox_id:
        raise notice_not_found()
    return found.delivered
