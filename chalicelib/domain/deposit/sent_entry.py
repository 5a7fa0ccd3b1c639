"""A deposit as lists of what was sent show it: of a whole notice what they need, since they read fifty at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.mailbox import Holder
from chalicelib.domain.notice import CaseFile, Notice, Sender


@dataclass(frozen=True, slots=True)
class SentDocument:
    """What its sender said of the document notified, as in `Document`."""

    type: str
    number: str
    subject: str
    office: str


@dataclass(frozen=True, slots=True)
class SentEntry:
    """A notice's fields of the same names."""

    notice_id: str
    holder: Holder
    sender: Sender
    case_file: CaseFile
    document: SentDocument
    deposited_at: datetime


Listed = Notice | SentEntry
"""What a list can be made of."""
