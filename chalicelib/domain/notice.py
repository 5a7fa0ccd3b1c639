"""The notice: what an institution deposits into a mailbox, frozen at the instant of deposit."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from chalicelib.domain.calendar import OfficeHours
from chalicelib.domain.deadline import Deadline, Distance, OpeningDates, Regime, Term
from chalicelib.domain.mailbox import Holder


class FileRole(StrEnum):
    """The document notified, or an annex to it."""

    MAIN = "main"
    ANNEX = "annex"


@dataclass(frozen=True, slots=True)
class CaseFile:
    """The administrative file (expediente) a notice belongs to."""

    number: str
    opened_on: date


MAX_REMEDIES = 10


@dataclass(frozen=True, slots=True)
class Remedy:
    """A remedy against the act (recurso), the body it is lodged with and the term for it: TUO, art. 24.1.5."""

    name: str
    body: str
    term: Term


@dataclass(frozen=True, slots=True)
class Document:
    """What the institution says of the document notified. `issued_at` is an aware instant.

    `in_force_from` is since when the act is in force, `ends_administrative_path` whether it ends the administrative
    path (agota la vía administrativa), None where nothing was said: TUO, art. 24.1.4.
    """

    type: str
    number: str
    subject: str
    issued_at: datetime
    office: str
    signed_by: str
    prepared_by: str
    in_force_from: date | None = None
    ends_administrative_path: bool | None = None
    remedies: tuple[Remedy, ...] = ()


@dataclass(frozen=True, slots=True)
class FileSignature:
    """An electronic signature inside a PDF (ISO 32000-1, 12.8); whose it is and whether it holds is not judged.

    `field` is the full name of its form field. `is_timestamp` tells a seal of time from a person's signature.
    `covers_whole_file` is False where bytes were added after it was made, as a second signature does.
    """

    field: str
    covers_whole_file: bool
    is_timestamp: bool = False


@dataclass(frozen=True, slots=True)
class FileAttachment:
    """A passive file that a PDF declares to be part of it (ISO 32000-2, 14.13): `size` in bytes, once unpacked.

    `relationship` is what the PDF says it is: `Data`, `Source` or `Alternative`.
    """

    filename: str
    media_type: str
    relationship: str
    size: int


@dataclass(frozen=True, slots=True)
class FileFacts:
    """All that is told of one file. `more_…` is how many there are beside those that are told.

    `pages` is how many a PDF has; None of other kinds, and of what was inspected before they were counted.
    """

    signatures: tuple[FileSignature, ...] = ()
    attachments: tuple[FileAttachment, ...] = ()
    more_signatures: int = 0
    more_attachments: int = 0
    pages: int | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One file of a notice: `sha256` in lower-case hex, `size` in bytes, `object_key` in the documents bucket.

    `upload_id` names the checked upload it came from; None for one sent inside the deposit. `facts` is what its
    inspection told; None where it was inspected before anything was told of files.
    """

    role: FileRole
    filename: str
    media_type: str
    sha256: str
    size: int
    object_key: str
    upload_id: str | None = None
    facts: FileFacts | None = None


@dataclass(frozen=True, slots=True)
class Sender:
    """The institution as the receipt names it: copied at deposit, so that a later change alters no receipt."""

    institution_id: str
    name: str
    address: str
    phone: str
    office_id: str | None = None
    office_name: str | None = None
    """The office that it notified from, whose address this is; None where it was the institution itself."""


@dataclass(frozen=True, slots=True)
class AlertAddress:
    """Where an alert goes, masked for print: `channel` is `email` or `sms`, e.g. `r***@ejemplo.pe`."""

    channel: str
    masked: str


@dataclass(frozen=True, slots=True)
class NoticeReference:
    """Another notice, as one that it belongs to names it: its number, its mailbox, its instant of deposit."""

    notice_id: str
    mailbox_id: str
    deposited_at: datetime


@dataclass(frozen=True, slots=True)
class Notice:
    """A deposited notice. Nothing in it ever changes; what happens later are events.

    `notice_id` and `verification_code` are readable aloud (`domain.codes`). `files` has the main document
    first, then the annexes in the order sent. `deposited_at` is a UTC instant with whole seconds.
    """

    notice_id: str
    verification_code: str
    mailbox_id: str
    holder: Holder
    sender: Sender
    case_file: CaseFile
    document: Document
    regime: Regime
    term: Term | None
    deposited_at: datetime
    deadline: Deadline
    files: tuple[StoredFile, ...]
    alerted: tuple[AlertAddress, ...]
    legal_text_version: str
    openings: OpeningDates | None = None
    """What a first opening will fix, where the regime looks at it."""
    norm: str | None = None
    """The norm by which the institution notifies under the regime, as it was cited; None where none was."""
    hours: OfficeHours | None = None
    """The hours that decided its legal date; None where any hour counts: by its regime, or in packages before."""
    distance: Distance | None = None
    """What was added to its term for the distance."""
    replaces: NoticeReference | None = None
    """The notice of which it is the second making (TUO of the Ley 27444, art. 26), None where it is a first one."""

    @property
    def counts_on(self) -> date | None:
        """The legal date of the deposit; None where the regime looks at no hours."""
        if self.openings is not None:
            return self.openings.counts_on
        return self.deadline.effective_on if self.regime is Regime.DEPOSIT else None

    @property
    def reference(self) -> NoticeReference:
        """How another notice names it."""
        return NoticeReference(self.notice_id, self.mailbox_id, self.deposited_at)

    @property
    def receipt_key(self) -> str:
        """Object key of the receipt PDF in the documents bucket."""
        return f"notices/{self.deposited_at:%Y/%m/%d}/{self.notice_id}/constancia.pdf"

    @property
    def file_names(self) -> tuple[str, ...]:
        """Names of its files in their order, as addresses have them: `main`, `annex-1`, `annex-2`, …."""
        return tuple(
            file.role.value if file.role is FileRole.MAIN else f"{file.role.value}-{position}"
            for position, file in enumerate(self.files)
        )
