"""What lists show of a notice. Templates only lay it out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from chalicelib.domain.calendar import BusinessCalendar
from chalicelib.domain.notice import Notice
from chalicelib.domain.reading.reading import DeliveredNotice
from chalicelib.renderers.reading.deadline_words import DeadlineTold, tell_deadline
from chalicelib.renderers.reading.replacement_words import notes_on
from chalicelib.renderers.spanish import day_and_hour


@dataclass(frozen=True, slots=True)
class Row:
    """A notice in a list, its cells written out: a list has fifty, and what a template computes costs most.

    Of `issued` and `sent`, `…_at` is for machines. Of one whose reading is suspended nothing is told of its document.
    """

    address: str
    is_opened: bool
    year: int
    subject: str
    office: str
    sender: str
    document_type: str
    document_number: str
    issued: str
    issued_at: str
    sent: str
    sent_at: str
    deadline: DeadlineTold
    notes: tuple[tuple[str, str], ...] = ()
    """Which notice it replaces or is replaced by, and that its dates stay as issued: words, and a number or nothing."""


def address_of(notice: Notice) -> str:
    """Return the page of a notice."""
    return f"/casilla/{notice.notice_id}"


def row_of(delivered: DeliveredNotice, today: date, calendar: BusinessCalendar) -> Row:
    """Return a notice as lists show it on a local day."""
    notice, document = delivered.notice, delivered.notice.document
    sent = calendar.local(notice.deposited_at)
    return Row(
        address=address_of(notice),
        is_opened=delivered.opening is not None or delivered.suspension is not None,
        year=sent.year,
        subject=document.subject,
        office=document.office,
        sender=notice.sender.name,
        document_type=document.type,
        document_number=document.number,
        issued="" if delivered.suspension else day_and_hour(calendar.local(document.issued_at)),
        issued_at="" if delivered.suspension else document.issued_at.isoformat(),
        sent=day_and_hour(sent),
        sent_at=notice.deposited_at.isoformat(),
        deadline=tell_deadline(delivered, today, calendar),
        notes=notes_on(delivered),
    )
