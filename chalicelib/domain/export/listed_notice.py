"""One row of a mailbox's list, as exports show it (BOX-1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from chalicelib.domain.reading.reading import DeliveredNotice
from chalicelib.domain.reading.search import Search, SearchField, year_of

COLUMNS = (
    *(field.label for field in SearchField if field not in {SearchField.ALL, SearchField.CASE_FILE}),
    "Plazo",
    "Estado",
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
    issued_at: datetime | None
    """None where the reading is suspended: what its document says is told nowhere."""
    sent_at: datetime
    deadline: str
    """As the page of the list says it on the day of the export."""
    due_on: date | None
    """The last day of the term where it is fixed, to sort by."""
    state: str


@dataclass(frozen=True, slots=True)
class ListingHead:
    """What an export says about itself: whose mailbox, which notices, and when it was made, in the country's zone."""

    mailbox_id: str
    holder: str
    search: Search
    made_at: datetime


def listed(delivered: DeliveredNotice, zone: ZoneInfo, *, today: date, deadline: str) -> ListedNotice:
    """Return a notice's row as it is on a local day; `deadline` is its term in words."""
    notice = delivered.notice
    document = notice.document
    return ListedNotice(
        year=year_of(notice, zone),
        subject=document.subject,
        office=document.office,
        sender=notice.sender.name,
        document_type=document.type,
        document_number=document.number,
        issued_at=None if delivered.suspension else document.issued_at.astimezone(zone),
        sent_at=notice.deposited_at.astimezone(zone),
        deadline=deadline,
        due_on=None if notice.term is None else delivered.deadline_on(today).term_ends_on,
        state=delivered.reading.state,
    )
