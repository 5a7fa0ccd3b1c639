"""What would become of a draft if it were filed now: its files, its dates, and all that keeps it from being filed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.calendar import BusinessCalendar
from chalicelib.domain.errors import Conflict
from chalicelib.domain.filing.attending import recounted, require_correctable
from chalicelib.domain.filing.filing import Filing
from chalicelib.domain.filing.filing_date import FilingDates
from chalicelib.domain.filing.filing_draft import DraftPart, FilePart, FilingDraft, draft_not_found
from chalicelib.domain.filing.procedure import Procedure
from chalicelib.domain.filing.receiving import Receiving, receiving_of
from chalicelib.domain.mailbox import Mailbox
from chalicelib.domain.sender.institution import Institution, InstitutionState
from chalicelib.domain.sender.office import Office
from chalicelib.domain.upload.attached_file import FileStanding, FileState, standing_of
from chalicelib.domain.upload.upload import person_owner
from chalicelib.services.filing.filing_drafts import NO_PDF
from chalicelib.services.filing.filing_parts import LACKS
from chalicelib.services.together import together
from chalicelib.store.filing.filing_situation import FilingSituation, FilingSituationStore
from chalicelib.store.filing.procedure_store import ProcedureStore, ShownProcedure

_FILE_LACKS = {
    FileState.REFUSED: "{} no pasó la revisión. Quítalo y envía otro.",
    FileState.EXPIRED: "{} venció sin usarse. Quítalo y envíalo otra vez.",
    FileState.LOST: "{} no llegó. Quítalo y envíalo otra vez.",
}


@dataclass(frozen=True, slots=True)
class ForeseeTools:
    """Where all that decides about a draft is read."""

    situations: FilingSituationStore
    procedures: ProcedureStore
    calendar: BusinessCalendar
    clock: Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Lack:
    """What keeps a draft from being filed, and the part of it where that is mended."""

    part: FilePart | DraftPart
    text: str


@dataclass(frozen=True, slots=True)
class ForeseenFiling:
    """A draft as it would be filed now. `asked` is the version that it was begun with, `present` that of today."""

    draft: FilingDraft
    files: tuple[tuple[FilePart, FileStanding], ...]
    lacks: tuple[Lack, ...]
    institution: Institution
    office: Office | None
    is_office_closed: bool
    asked: Procedure
    present: Procedure
    receiving: Receiving
    dates: FilingDates
    mailbox: Mailbox | None
    corrected: Filing | None
    why_not: str
    """Why what it corrects cannot be corrected any more; empty where it can, and where it corrects nothing."""

    @property
    def has_left(self) -> bool:
        """Whether the institution takes it no more: it left, and nothing that it had received is corrected."""
        return self.draft.corrects is None and self.institution.state is InstitutionState.CANCELLED

    @property
    def is_waiting(self) -> bool:
        """Whether a file is still being looked at."""
        return any(one.state is FileState.WAITING for _, one in self.files)

    @property
    def not_arrived(self) -> FilePart | None:
        """The part of the first file that is waited for and nothing is known of: it may never have been sent."""
        return next((part for part, one in self.files if one.is_nowhere), None)

    @property
    def is_ready(self) -> bool:
        """Whether nothing that is known keeps it from being filed now."""
        return not (self.lacks or self.is_waiting or self.has_left or self.why_not)


def foresee_filing(draft: FilingDraft, *, tools: ForeseeTools) -> ForeseenFiling:
    """Read what decides about a draft that was just found, at once, and tell what would become of it.

    Raises:
        NotFound: `draft_not_found`, where nothing of its procedure is left.

    """
    now = tools.clock().replace(microsecond=0)
    year, procedure = tools.calendar.local(now).year, draft.procedure
    situations: list[FilingSituation] = []
    shown: list[ShownProcedure | None] = []

    def find_shown() -> None:
        found = tools.procedures.find_shown(draft.institution_id, procedure.procedure_id, procedure.version)
        shown.append(found)

    together([lambda: situations.append(tools.situations.load(draft, year)), find_shown])
    found, entry = situations[0], shown[0]
    if entry is None:
        raise draft_not_found()
    institution, office = found.institution or entry.institution, found.open_office
    receiving = receiving_of(institution, office, tools.calendar.with_entries(found.calendar))
    corrected = found.corrected and recounted(found.corrected, receiving.calendar)
    files = _files(draft, found, now)
    return ForeseenFiling(
        draft=draft,
        files=files,
        lacks=tuple(_lacks(draft, files)),
        institution=institution,
        office=office,
        is_office_closed=found.office is not None and found.office.is_closed,
        asked=entry.asked,
        present=entry.present,
        receiving=receiving,
        dates=receiving.settle(now),
        mailbox=found.mailbox,
        corrected=corrected,
        why_not=_why_not(corrected, now),
    )


def _why_not(corrected: Filing | None, now: datetime) -> str:
    try:
        if corrected is not None:
            require_correctable(corrected, now)
    except Conflict as refusal:
        return refusal.detail
    return ""


def _files(draft: FilingDraft, found: FilingSituation, now: datetime) -> tuple[tuple[FilePart, FileStanding], ...]:
    owner = person_owner(draft.user_id)
    own = {upload_id: one for upload_id, one in found.uploads.items() if one.institution_id == owner}
    return tuple((part, standing_of(file, own.get(file.upload_id), now, no_pdf=NO_PDF)) for part, file in draft.parts)


def _lacks(draft: FilingDraft, files: tuple[tuple[FilePart, FileStanding], ...]) -> Iterator[Lack]:
    for part in draft.missing:
        yield Lack(part, LACKS[part])
    for of, one in files:
        if one.state in _FILE_LACKS:
            yield Lack(of, _FILE_LACKS[one.state].format(f"«{one.filename}»" if one.filename else "Un archivo"))
