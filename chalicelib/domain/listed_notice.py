"""One row of a mailbox's list, as tables and exports show it (BOX-1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from chalicelib.domain.notice import Notice
from chalicelib.domain.search import Condition, SearchField, year_of

COLUMNS = (
    SearchField.YEAR,
    SearchField.SUBJECT,
    SearchField.OFFICE,
    SearchField.SENDER,
    SearchField.DOCUMENT_TYPE,
    SearchField.DOCUMENT_NUMBER,
    SearchField.ISSUED_ON,
    SearchField.SENT_ON,
)
"""What a list shows, from left to right."""


@dataclass(frozen=True, slots=True)
class ListedNotice:
    """A notice's row, its fields in the order of `COLUMNS`; both instants are in the country's zone."""

    year: int
    subject: str
    office: str
    sender: str
    document_type: str
    document_number: str
    issued_at: datetime
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class ListingHead:
    """What an export says about itself: whose mailbox, which notices, and when it was made, in the country's zone."""

    mailbox_id: str
    conditions: tuple[Condition, ...]
    made_at: datetime

    @property
    def filter_in_words(self) -> str:
        """As the export prints it."""
        return "; ".join(condition.in_words for condition in self.conditions) or "Todas las notificaciones"


def listed(notice: Notice, zone: ZoneInfo) -> ListedNotice:
    """Return a notice's row."""
    document = notice.document
    return ListedNotice(
        year=year_of(notice, zone),
        subject=document.subject,
        office=document.office,
        sender=notice.sender.name,
        document_type=document.type,
        document_number=document.number,
        issued_at=document.issued_at.astimezone(zone),
        sent_at=notice.deposited_at.astimezone(zone),
    )
