"""A notice that an officer writes and has not deposited: it never deposits by itself, and waits until somebody does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from chalicelib.domain.deadline import Regime, Term
from chalicelib.domain.deposit.recipient import Reception
from chalicelib.domain.errors import Conflict, NotFound
from chalicelib.domain.institution.answered_filing import AnsweredFiling
from chalicelib.domain.institution.permission import Act, may, reaches
from chalicelib.domain.institution.staff import StaffMember
from chalicelib.domain.mailbox import DocumentType
from chalicelib.domain.notice import MAX_REMEDIES, CaseFile, Document, FileRole, Notice, Remedy
from chalicelib.domain.upload.attached_file import AttachedFile
from chalicelib.domain.upload.upload import MAX_ANNEXES

MOST_OPEN = 50
"""Drafts that one officer has open; past it one has to be deposited or discarded first."""
KEPT_AFTER = timedelta(days=30)
"""How long a draft that was deposited or discarded can still be looked at."""


class CompositionState(StrEnum):
    """Only an open one can be changed and deposited."""

    OPEN = "open"
    DEPOSITED = "deposited"
    DISCARDED = "discarded"


class Part(StrEnum):
    """What a deposit cannot go without, in the order in which it is asked."""

    OFFICE = "office"
    RECIPIENT = "recipient"
    CASE_FILE = "case_file"
    HEADING = "heading"
    SIGNERS = "signers"
    TERM = "term"
    MAIN = "main"


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom it is for, and what the consultation told: at `asked_at`, with its reason recorded."""

    document_type: DocumentType
    document_number: str
    mailbox_id: str
    asked_at: datetime
    told: Reception


@dataclass(frozen=True, slots=True)
class Heading:
    """What the document is. `issued_at` is an aware instant."""

    type: str
    number: str
    subject: str
    issued_at: datetime


@dataclass(frozen=True, slots=True)
class Signers:
    """The part of the institution that the document comes from, and its people."""

    office: str
    signed_by: str
    prepared_by: str


@dataclass(frozen=True, slots=True)
class Effects:
    """What art. 24 of the TUO asks for: since when the act is in force, whether it ends the administrative path."""

    in_force_from: date | None = None
    ends_administrative_path: bool | None = None
    remedies: tuple[Remedy, ...] = ()


def document_of(heading: Heading, signers: Signers, effects: Effects) -> Document:
    """Return the document that these parts of a draft describe."""
    return Document(
        heading.type,
        heading.number,
        heading.subject,
        heading.issued_at,
        signers.office,
        signers.signed_by,
        signers.prepared_by,
        effects.in_force_from,
        effects.ends_administrative_path,
        effects.remedies,
    )


@dataclass(frozen=True, slots=True)
class ChosenTerm:
    """The term that the notice sets, None for none; the regime, None for the institution's own; the holder's place."""

    term: Term | None
    regime: Regime | None = None
    place: str | None = None


@dataclass(frozen=True, slots=True)
class Composition:
    """A draft. `author_office_id` is the office of who began it; `office_id` the one it is to be deposited from.

    `is_shared` has it seen by the author's office. `version` counts the changes: who changes it says which one they
    saw. `replaces` names the notice that it is to replace, `answers` the filing that it is to answer. `closed_at` is
    when it was deposited, as `notice_id`, or discarded.
    """

    composition_id: str
    institution_id: str
    author_id: str
    author_name: str
    author_office_id: str | None
    created_at: datetime
    changed_at: datetime
    state: CompositionState = CompositionState.OPEN
    version: int = 1
    is_shared: bool = False
    office_id: str | None = None
    is_office_chosen: bool = False
    recipient: Recipient | None = None
    case_file: CaseFile | None = None
    heading: Heading | None = None
    signers: Signers | None = None
    effects: Effects = Effects()
    chosen_term: ChosenTerm | None = None
    files: tuple[AttachedFile, ...] = ()
    replaces: str | None = None
    answers: AnsweredFiling | None = None
    notice_id: str | None = None
    closed_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether it can be changed and deposited."""
        return self.state is CompositionState.OPEN

    @property
    def main(self) -> AttachedFile | None:
        """The document itself."""
        return next((file for file in self.files if file.role is FileRole.MAIN), None)

    @property
    def annexes(self) -> tuple[AttachedFile, ...]:
        """What goes with it."""
        return tuple(file for file in self.files if file.role is FileRole.ANNEX)

    @property
    def missing(self) -> tuple[Part, ...]:
        """What it lacks to be deposited."""
        return tuple(_missing(self))

    @property
    def expires_at(self) -> datetime | None:
        """When it may be deleted; None while it is open."""
        return None if self.closed_at is None else self.closed_at + KEPT_AFTER


def begin(composition_id: str, member: StaffMember, now: datetime, *, replaces: str | None = None) -> Composition:
    """Return a draft of somebody's; who works for an office deposits from it."""
    return Composition(
        composition_id,
        member.institution_id,
        member.staff_id,
        member.name,
        member.office_id,
        now,
        now,
        office_id=member.office_id,
        is_office_chosen=member.office_id is not None,
        replaces=replaces,
    )


def begin_again(composition_id: str, member: StaffMember, notice: Notice, now: datetime) -> Composition:
    """Return a draft of what is to replace a notice: with all that this said, but for its files and its holder.

    Whether the holder receives is asked anew. Who works for an office deposits from it, anybody else from the notice's.
    """
    document, sender = notice.document, notice.sender
    begun = begin(composition_id, member, now, replaces=notice.notice_id)
    place = None if notice.distance is None else notice.distance.place
    return replace(
        begun,
        office_id=begun.office_id or sender.office_id,
        is_office_chosen=True,
        case_file=notice.case_file,
        heading=Heading(document.type, document.number, document.subject, document.issued_at),
        signers=Signers(document.office, document.signed_by, document.prepared_by),
        effects=Effects(document.in_force_from, document.ends_administrative_path, document.remedies),
        chosen_term=ChosenTerm(notice.term, notice.regime, place),
    )


def begin_answer(  # noqa: PLR0913 - whose draft, of what
    composition_id: str,
    member: StaffMember,
    filing: AnsweredFiling,
    now: datetime,
    *,
    case_file: CaseFile,
    office_id: str | None,
) -> Composition:
    """Return a draft of what is to answer a filing, from the office that has it.

    Whether the holder receives is asked anew, with a reason, as for any other notice.
    """
    begun = begin(composition_id, member, now)
    return replace(begun, answers=filing, case_file=case_file, office_id=office_id, is_office_chosen=True)


def is_seen_by(composition: Composition, member: StaffMember) -> bool:
    """Tell whether somebody may look at a draft and change it: its author, and the office it is shared with."""
    if composition.institution_id != member.institution_id or not may(member, Act.COMPOSE):
        return False
    is_own = composition.author_id == member.staff_id
    return is_own or (composition.is_shared and reaches(member, Act.COMPOSE, composition.author_office_id))


def changed(composition: Composition, now: datetime, **parts: Any) -> Composition:
    """Return the draft's next version.

    Raises:
        Conflict: `composition_closed`.

    """
    require_open(composition)
    return replace(composition, version=composition.version + 1, changed_at=now, **parts)


def with_file(composition: Composition, file: AttachedFile, now: datetime) -> Composition:
    """Return it with one more file; another document takes the place of the one before.

    Raises:
        Conflict: `composition_closed`, `too_many_annexes`.

    """
    if file.role is FileRole.MAIN:
        return changed(composition, now, files=(file, *composition.annexes))
    if len(composition.annexes) >= MAX_ANNEXES:
        detail = f"Caben {MAX_ANNEXES} anexos. Quita uno, o junta varios en un solo archivo PDF."
        raise Conflict("too_many_annexes", detail, field="file")
    return changed(composition, now, files=(*composition.files, file))


def without_file(composition: Composition, upload_id: str, now: datetime) -> Composition:
    """Return it without a file; one that is not there is gone already."""
    return changed(composition, now, files=tuple(file for file in composition.files if file.upload_id != upload_id))


def with_remedy(composition: Composition, remedy: Remedy, now: datetime) -> Composition:
    """Return it with one more remedy.

    Raises:
        Conflict: `composition_closed`, `too_many_remedies`.

    """
    if len(composition.effects.remedies) >= MAX_REMEDIES:
        detail = f"Caben {MAX_REMEDIES} recursos. Quita uno para agregar otro."
        raise Conflict("too_many_remedies", detail, field="name")
    effects = replace(composition.effects, remedies=(*composition.effects.remedies, remedy))
    return changed(composition, now, effects=effects)


def without_remedy(composition: Composition, place: int, now: datetime) -> Composition:
    """Return it without the remedy at a place, counted from 0; one that is not there is gone already."""
    left = tuple(one for at, one in enumerate(composition.effects.remedies) if at != place)
    return changed(composition, now, effects=replace(composition.effects, remedies=left))


def discarded(composition: Composition, now: datetime) -> Composition:
    """Return it thrown away; it can be looked at for a while.

    Raises:
        Conflict: `composition_closed`.

    """
    return changed(composition, now, state=CompositionState.DISCARDED, closed_at=now)


def deposited(composition: Composition, notice_id: str, at: datetime) -> Composition:
    """Return it as it is once its notice is deposited."""
    return replace(
        composition,
        version=composition.version + 1,
        changed_at=at,
        state=CompositionState.DEPOSITED,
        notice_id=notice_id,
        closed_at=at,
    )


def require_open(composition: Composition) -> None:
    """Let nobody change what was deposited or discarded.

    Raises:
        Conflict: `composition_closed`.

    """
    if not composition.is_open:
        detail = {
            CompositionState.DEPOSITED: "Este borrador ya se depositó. Mira su constancia; para corregir algo, deposita"
            " otra notificación que la reemplace.",
            CompositionState.DISCARDED: "Este borrador se descartó. Empieza otro.",
        }[composition.state]
        raise Conflict("composition_closed", detail)


def composition_changed() -> Conflict:
    """Return the refusal for a change of what somebody else changed meanwhile."""
    detail = (
        "Este borrador cambió mientras lo tenías abierto, por otra persona o en otra ventana. No se guardó ni se"
        " depositó nada: mira cómo quedó, y vuelve a enviarlo si todavía corresponde."
    )
    return Conflict("composition_changed", detail)


def composition_not_found() -> NotFound:
    """Return the one refusal for a draft that is not there, is another's, or was deleted."""
    return NotFound("composition_not_found", "Ese borrador no existe, no es tuyo o ya se borró. Vuelve a la lista.")


def _missing(composition: Composition) -> Iterator[Part]:
    given = {
        Part.OFFICE: composition.is_office_chosen,
        Part.RECIPIENT: composition.recipient is not None,
        Part.CASE_FILE: composition.case_file is not None,
        Part.HEADING: composition.heading is not None,
        Part.SIGNERS: composition.signers is not None,
        Part.TERM: composition.chosen_term is not None,
        Part.MAIN: composition.main is not None,
    }
    return (part for part in Part if not given[part])
