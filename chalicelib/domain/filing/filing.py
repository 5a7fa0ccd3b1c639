"""A filing: what a person filed with an institution, and what became of it since.

What was filed never changes. What happens later are facts beside it, each written once. The state follows from the
facts and the clock: nothing has to run for a filing to lapse.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from chalicelib.domain.errors import NotFound
from chalicelib.domain.filing.filing_date import FilingDates
from chalicelib.domain.filing.filing_draft import FilePart, Represented
from chalicelib.domain.filing.observation import may_correct
from chalicelib.domain.filing.procedure import FrozenProcedure
from chalicelib.domain.mailbox import DocumentType, Holder
from chalicelib.domain.notice import Sender as Addressee
from chalicelib.domain.session import Session

__all__ = ["Addressee", "FiledDocument", "Filing", "FilingState", "FrozenProcedure"]


class FilingState(StrEnum):
    """`not_filed` is what was observed and not corrected in time: it counts as if it had not been filed (136.4).

    `corrected` is in evaluation again, with a correction that nobody looked at yet; people are told `in_evaluation`.
    """

    FILED = "filed"
    IN_EVALUATION = "in_evaluation"
    OBSERVED = "observed"
    CORRECTED = "corrected"
    ANSWERED = "answered"
    NOT_FILED = "not_filed"


ENDED = (FilingState.ANSWERED, FilingState.NOT_FILED)


@dataclass(frozen=True, slots=True)
class FiledDocument:
    """One document of a filing: `sha256` in lower-case hex, `size` in bytes, `object_key` in the documents bucket.

    `folios` are its pages; None where it has none, as a spreadsheet or plain text.
    """

    part: FilePart
    filename: str
    media_type: str
    sha256: str
    size: int
    object_key: str
    upload_id: str
    folios: int | None = None


@dataclass(frozen=True, slots=True)
class Filer:
    """The mailbox's user who filed, as the receipt names them."""

    user_id: str
    name: str
    document_type: DocumentType | None = None
    document_number: str = ""


@dataclass(frozen=True, slots=True)
class Attendant:
    """An officer, by whom something is done about a filing: `actor` is `staff:<id>`, as in the log."""

    actor: str
    name: str


@dataclass(frozen=True, slots=True)
class Taken:
    """Who attends to it, and since when."""

    by: Attendant
    at: datetime


class MoveKind(StrEnum):
    """How a filing went from hand to hand."""

    TAKEN = "taken"
    HANDED_OVER = "handed_over"
    DERIVED = "derived"


@dataclass(frozen=True, slots=True)
class Move:
    """One step of a filing within its institution: `to` is an officer's actor, or an office's id."""

    kind: MoveKind
    at: datetime
    by: Attendant
    to: str
    to_name: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Observation:
    """What an officer asked to be corrected, and until when; there is never a second one."""

    text: str
    by: Attendant
    at: datetime
    until: datetime
    remind_at: datetime | None = None
    """When its end is reminded of, an instant in UTC; None where that would be too soon after it."""
    counts_on: date | None = None
    """The day as of which it counts, from which its end is counted anew where days are declared."""


@dataclass(frozen=True, slots=True)
class Told:
    """What was told of an observation's end, each once: notes of what was said, which decide nothing."""

    reminded_at: datetime | None = None
    lapse_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Correction:
    """What the holder sent to correct it, under the same number; what was filed before stays beside it."""

    correction_id: str
    verification_code: str
    by: Filer
    documents: tuple[FiledDocument, ...]
    dates: FilingDates
    subject: str = ""
    receipt_sha256: str = ""
    legal_text_version: str = ""

    @property
    def at(self) -> datetime:
        """The instant."""
        return self.dates.received_at

    @property
    def receipt_key(self) -> str:
        """Object key of its receipt in the documents bucket."""
        return _receipt_key(self.at, self.correction_id)

    @property
    def folios(self) -> int:
        """The pages of those of its documents that have pages."""
        return folios_of(self.documents)


@dataclass(frozen=True, slots=True)
class Answer:
    """The notice by which the institution answered."""

    notice_id: str
    by: Attendant
    at: datetime


@dataclass(frozen=True, slots=True)
class Filing:
    """A filing. `number` counts those of its institution in a year without a gap, e.g. `2026-000123`.

    `filing_id` and `verification_code` are readable aloud (`domain.codes`). `addressee` is the institution as the
    receipt names it; `office_id` is the office that has it now. `documents` has the person's own first. `version`
    counts what changed since it was filed.
    """

    filing_id: str
    number: str
    verification_code: str
    draft_id: str
    mailbox_id: str
    holder: Holder
    filer: Filer
    represented: Represented | None
    addressee: Addressee
    procedure: FrozenProcedure
    subject: str
    documents: tuple[FiledDocument, ...]
    dates: FilingDates
    observable_until: datetime
    """The last second in which it could be observed, as the calendar stood when it was filed."""
    legal_text_version: str
    office_id: str | None = None
    office_name: str | None = None
    version: int = 1
    taken: Taken | None = None
    moves: tuple[Move, ...] = ()
    observation: Observation | None = None
    correction: Correction | None = None
    answer: Answer | None = None
    receipt_sha256: str = ""
    told: Told = Told()
    region: str | None = None
    """Where the office that received it stands, whose days its terms are counted by."""

    @property
    def institution_id(self) -> str:
        """Whom it was filed with."""
        return self.addressee.institution_id

    @property
    def filed_at(self) -> datetime:
        """The instant it arrived, in UTC."""
        return self.dates.received_at

    @property
    def receipt_key(self) -> str:
        """Object key of the receipt PDF in the documents bucket."""
        return _receipt_key(self.filed_at, self.filing_id)

    @property
    def all_documents(self) -> tuple[FiledDocument, ...]:
        """Those that were filed, then those that corrected them."""
        return self.documents if self.correction is None else (*self.documents, *self.correction.documents)

    @property
    def folios(self) -> int:
        """The pages of all documents that have pages."""
        return folios_of(self.documents)

    @property
    def stage(self) -> FilingState:
        """What the facts alone say: that an observed one lapsed they say once that was told, or it was answered."""
        if self.observation is not None and self.correction is None:
            is_late = self.answer is not None and not may_correct(self.observation.until, self.answer.at)
            if is_late or self.told.lapse_at is not None:
                return FilingState.NOT_FILED
        if self.answer is not None:
            return FilingState.ANSWERED
        if self.correction is not None:
            is_seen = self.taken is not None and self.taken.at > self.correction.at
            return FilingState.IN_EVALUATION if is_seen else FilingState.CORRECTED
        if self.observation is not None:
            return FilingState.OBSERVED
        return FilingState.FILED if self.taken is None else FilingState.IN_EVALUATION

    def state_at(self, now: datetime) -> FilingState:
        """Tell its state: what was not corrected in time stays not filed, also where it was answered after that."""
        if self.observation is not None and self.correction is None:
            decided_at = now if self.answer is None else self.answer.at
            if not may_correct(self.observation.until, decided_at):
                return FilingState.NOT_FILED
        return self.stage


def as_told(state: FilingState) -> FilingState:
    """Return the state that people are told and look for: that nobody looked at a correction yet is none of its own."""
    return FilingState.IN_EVALUATION if state is FilingState.CORRECTED else state


def number_of(year: int, count: int) -> str:
    """Write a filing's number: six digits, more where a year has more."""
    return f"{year}-{count:06d}"


def folios_of(documents: tuple[FiledDocument, ...]) -> int:
    """Count the pages of those that have pages."""
    return sum(document.folios or 0 for document in documents)


def is_of_holder(filing: Filing, session: Session) -> bool:
    """Tell whether a filing is of the mailbox whose session this is: all its users see it, as they do its notices."""
    return filing.mailbox_id == session.mailbox_id


def filing_not_found() -> NotFound:
    """Return the one refusal for a filing that is not there, or is another's."""
    detail = "Esa presentación no existe, o no es de tu casilla. Vuelve a la lista."
    return NotFound("filing_not_found", detail)


def _receipt_key(at: datetime, own_id: str) -> str:
    return f"filings/{at:%Y/%m/%d}/{own_id}/cargo.pdf"
