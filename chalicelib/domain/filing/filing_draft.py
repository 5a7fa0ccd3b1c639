"""What a person writes to file and has not filed: it never files by itself, and waits until somebody does.

Nothing that a procedure asks for keeps it from being filed but a document and what is asked: a filing is never refused
at the counter (TUO of the Ley 27444, 135.1). What lacks is told before, and observed after.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from chalicelib.domain.errors import Conflict, InvalidInput, NotFound, refusal_of
from chalicelib.domain.filing.joined_photos import JoinedPhotos
from chalicelib.domain.filing.procedure import FrozenProcedure, Procedure, frozen_procedure
from chalicelib.domain.identity_document import check_document_number
from chalicelib.domain.mailbox import DocumentType
from chalicelib.domain.session import Session
from chalicelib.domain.typed import tidy
from chalicelib.domain.upload.attached_file import AttachedFile
from chalicelib.domain.upload.upload import MAX_ANNEXES

MOST_OPEN = 20
"""Drafts that one person has open; past it one has to be filed or discarded first."""
KEPT_AFTER = timedelta(days=30)
"""How long a draft that was filed or discarded can still be looked at."""
LONGEST_SUBJECT = 500
LONGEST_NAME = 200


class FilingDraftState(StrEnum):
    """Only an open one can be changed and filed."""

    OPEN = "open"
    FILED = "filed"
    DISCARDED = "discarded"


class FilePart(StrEnum):
    """What a file of a filing is. `document` is the person's own; `representation` says for whom they may act."""

    DOCUMENT = "document"
    REPRESENTATION = "representation"
    ANNEX = "annex"


class DraftPart(StrEnum):
    """What a filing cannot go without, in the order in which it is asked."""

    SUBJECT = "subject"
    DOCUMENT = "document"
    REPRESENTATION = "representation"


@dataclass(frozen=True, slots=True)
class Represented:
    """In whose name somebody files who is not the mailbox's holder."""

    document_type: DocumentType
    document_number: str
    name: str


@dataclass(frozen=True, slots=True)
class FilingDraft:
    """A draft of one user of one mailbox, whom alone it is shown to.

    It is filed under the version of the procedure that it was begun with, whose office is `office_id`. `ticks` are the
    places, counted from 0, of the requirements that the person says they attach. `version` counts the changes: who
    changes it says which one they saw. `corrects` names the filing whose observation it answers. `closed_at` is when
    it was filed, as `filing_id`, or discarded.
    """

    draft_id: str
    mailbox_id: str
    user_id: str
    institution_id: str
    office_id: str | None
    procedure: FrozenProcedure
    begun_at: datetime
    changed_at: datetime
    state: FilingDraftState = FilingDraftState.OPEN
    version: int = 1
    ticks: tuple[int, ...] = ()
    subject: str = ""
    document: AttachedFile | None = None
    annexes: tuple[AttachedFile, ...] = ()
    represented: Represented | None = None
    representation: AttachedFile | None = None
    corrects: str | None = None
    filing_id: str | None = None
    closed_at: datetime | None = None
    joins: tuple[JoinedPhotos, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether it can be changed and filed."""
        return self.state is FilingDraftState.OPEN

    @property
    def parts(self) -> tuple[tuple[FilePart, AttachedFile], ...]:
        """Its files in the order in which they are numbered, each with what it is."""
        first = ((FilePart.DOCUMENT, self.document), (FilePart.REPRESENTATION, self.representation))
        annexes = ((FilePart.ANNEX, annex) for annex in self.annexes)
        return (*((part, file) for part, file in first if file is not None), *annexes)

    @property
    def files(self) -> tuple[AttachedFile, ...]:
        """Its files in that order."""
        return tuple(file for _, file in self.parts)

    @property
    def missing(self) -> tuple[DraftPart, ...]:
        """What it lacks to be filed."""
        return tuple(_missing(self))

    @property
    def expires_at(self) -> datetime | None:
        """When it may be deleted; None while it is open."""
        return None if self.closed_at is None else self.closed_at + KEPT_AFTER


def begin(draft_id: str, session: Session, procedure: Procedure, now: datetime) -> FilingDraft:
    """Return an empty draft of whose session this is.

    Raises:
        Conflict: `procedure_retired`.

    """
    if procedure.retired_at is not None and procedure.retired_at <= now:
        detail = "La entidad retiró este procedimiento de su catálogo. Busca el que lo reemplaza, y empieza con ese."
        raise Conflict("procedure_retired", detail)
    return FilingDraft(
        draft_id,
        session.mailbox_id,
        session.user_id,
        procedure.institution_id,
        procedure.office_id,
        frozen_procedure(procedure),
        now,
        now,
    )


def begin_correction(  # noqa: PLR0913 - whose, and of what
    draft_id: str,
    session: Session,
    *,
    filing_id: str,
    institution_id: str,
    office_id: str | None,
    procedure: FrozenProcedure,
    now: datetime,
) -> FilingDraft:
    """Return an empty draft of what is to correct a filing."""
    return FilingDraft(
        draft_id,
        session.mailbox_id,
        session.user_id,
        institution_id,
        office_id,
        procedure,
        now,
        now,
        corrects=filing_id,
    )


def is_own(draft: FilingDraft, session: Session) -> bool:
    """Tell whether a draft is of whose session this is: nobody else of the same mailbox sees it before it is filed."""
    return (draft.mailbox_id, draft.user_id) == (session.mailbox_id, session.user_id)


def changed(draft: FilingDraft, now: datetime, **parts: Any) -> FilingDraft:
    """Return the draft's next version.

    Raises:
        Conflict: `draft_closed`.

    """
    require_open(draft)
    return replace(draft, version=draft.version + 1, changed_at=now, **parts)


def with_subject(draft: FilingDraft, subject: str, ticks: tuple[int, ...], now: datetime) -> FilingDraft:
    """Return it with what is asked, and which requirements the person says they attach.

    Raises:
        Conflict: `draft_closed`.
        InvalidInput: `subject_missing`, `subject_too_long`.

    """
    text = tidy(subject)
    if not text:
        raise InvalidInput("subject_missing", "Escribe en pocas palabras qué pides.", field="subject")
    if len(text) > LONGEST_SUBJECT:
        detail = f"Escríbelo en {LONGEST_SUBJECT} letras como máximo, y pon el detalle en tu documento."
        raise InvalidInput("subject_too_long", detail, field="subject")
    return changed(draft, now, subject=text, ticks=tuple(sorted(set(ticks))))


def for_oneself(draft: FilingDraft, now: datetime) -> FilingDraft:
    """Return it as filed for the mailbox's own holder; what proved that somebody else is represented goes."""
    return changed(draft, now, represented=None, representation=None)


def for_another(draft: FilingDraft, typed: Represented, now: datetime) -> FilingDraft:
    """Return it as filed in somebody else's name.

    Where that is another person than before, by number and by name, what proved that one is represented goes.

    Raises:
        Conflict: `draft_closed`.
        InvalidInput: all that is wrong with whom it names.

    """
    name, problems = tidy(typed.name), []
    try:
        check_document_number(typed.document_type, typed.document_number, field="document_number")
    except InvalidInput as refusal:
        problems.append(refusal)
    if not name or len(name) > LONGEST_NAME:
        detail = f"Escribe el nombre completo de la persona o empresa, de {LONGEST_NAME} letras como máximo."
        problems.append(InvalidInput("represented_name_invalid", detail, field="name"))
    if problems:
        raise refusal_of(problems)
    represented, before = replace(typed, name=name), draft.represented
    is_another = (
        before is not None and before.document_number != represented.document_number and before.name != represented.name
    )
    representation = None if is_another else draft.representation
    return changed(draft, now, represented=represented, representation=representation)


def with_file(draft: FilingDraft, part: FilePart, file: AttachedFile, now: datetime) -> FilingDraft:
    """Return it with one more file; another document, or proof of representation, takes the place of the one before.

    Raises:
        Conflict: `draft_closed`, `too_many_annexes`, `nobody_represented`.

    """
    if part is FilePart.DOCUMENT:
        return changed(draft, now, document=file)
    if part is FilePart.REPRESENTATION:
        if draft.represented is None:
            detail = "Di primero en nombre de quién presentas, y luego adjunta el documento que lo acredita."
            raise Conflict("nobody_represented", detail, field="represented")
        return changed(draft, now, representation=file)
    if len(draft.annexes) >= MAX_ANNEXES:
        detail = f"Caben {MAX_ANNEXES} anexos. Quita uno, o junta varios en un solo archivo PDF."
        raise Conflict("too_many_annexes", detail, field="file")
    return changed(draft, now, annexes=(*draft.annexes, file))


def without_file(draft: FilingDraft, upload_id: str, now: datetime) -> FilingDraft:
    """Return it without a file; one that is not there is gone already."""
    document, representation = (
        None if file is None or file.upload_id == upload_id else file for file in (draft.document, draft.representation)
    )
    annexes = tuple(file for file in draft.annexes if file.upload_id != upload_id)
    return changed(draft, now, document=document, representation=representation, annexes=annexes)


def discarded(draft: FilingDraft, now: datetime) -> FilingDraft:
    """Return it thrown away; it can be looked at for a while.

    Raises:
        Conflict: `draft_closed`.

    """
    return changed(draft, now, state=FilingDraftState.DISCARDED, closed_at=now)


def filed(draft: FilingDraft, filing_id: str, at: datetime) -> FilingDraft:
    """Return it as it is once it is filed."""
    return replace(
        draft,
        version=draft.version + 1,
        changed_at=at,
        state=FilingDraftState.FILED,
        filing_id=filing_id,
        closed_at=at,
    )


def unticked(draft: FilingDraft, procedure: Procedure) -> tuple[str, ...]:
    """Return the requirements that the person does not say they attach: told on the check page, and no hindrance."""
    asked = enumerate(procedure.requirements)
    return tuple(one.text for place, one in asked if not one.is_optional and place not in draft.ticks)


def require_open(draft: FilingDraft) -> None:
    """Let nobody change what was filed or discarded.

    Raises:
        Conflict: `draft_closed`.

    """
    if not draft.is_open:
        detail = {
            FilingDraftState.FILED: "Este borrador ya se presentó. Mira su cargo en «Mis presentaciones». Si algo"
            " falta, presenta otro documento.",
            FilingDraftState.DISCARDED: "Este borrador se descartó. Empieza otro.",
        }[draft.state]
        raise Conflict("draft_closed", detail)


def draft_changed() -> Conflict:
    """Return the refusal for a change of what changed meanwhile."""
    detail = (
        "Este borrador cambió mientras lo tenías abierto en otra ventana. No se guardó ni se presentó nada: mira cómo"
        " quedó, y vuelve a enviarlo si todavía corresponde."
    )
    return Conflict("draft_changed", detail)


def draft_not_found() -> NotFound:
    """Return the one refusal for a draft that is not there, is another's, or was deleted."""
    return NotFound("draft_not_found", "Ese borrador no existe, no es tuyo o ya se borró. Vuelve a la lista.")


def _missing(draft: FilingDraft) -> Iterator[DraftPart]:
    if not draft.subject and draft.corrects is None:
        yield DraftPart.SUBJECT
    has_any = draft.corrects is not None and bool(draft.files)
    if draft.document is None and not has_any:
        yield DraftPart.DOCUMENT
    if draft.represented is not None and draft.representation is None:
        yield DraftPart.REPRESENTATION
