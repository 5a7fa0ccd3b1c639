"""What a filing is made of, out of a draft and all that was read with it; nothing is stored here."""

from __future__ import annotations

from datetime import datetime

from chalicelib.domain.errors import Conflict, InvalidInput, NotReady, refusal_of
from chalicelib.domain.filing.filing import Addressee, FiledDocument, Filer
from chalicelib.domain.filing.filing_draft import DraftPart, FilePart, FilingDraft
from chalicelib.domain.mailbox import Mailbox, UserState, require_thawed
from chalicelib.domain.sender.institution import Institution, InstitutionState
from chalicelib.domain.sender.office import Office, as_office
from chalicelib.domain.session import session_ended
from chalicelib.domain.upload.attached_file import FileState, standing_of
from chalicelib.domain.upload.upload import PDF, Upload, person_owner
from chalicelib.services.filing.filing_drafts import NO_PDF
from chalicelib.store.filing.filing_situation import FilingSituation

LACKS = {
    DraftPart.SUBJECT: "Escribe en pocas palabras qué pides.",
    DraftPart.DOCUMENT: "Adjunta tu documento.",
    DraftPart.REPRESENTATION: "Adjunta el documento que acredita que puedes presentar en su nombre.",
}
_FILES = {
    FileState.REFUSED: "Un archivo no pasó la revisión. Quítalo y envía otro: los demás se conservan.",
    FileState.EXPIRED: "Un archivo venció sin usarse. Envíalo otra vez: los demás se conservan.",
    FileState.LOST: "Un archivo no llegó. Quítalo o envíalo otra vez: los demás se conservan.",
}


def documents_of(draft: FilingDraft, found: FilingSituation, now: datetime) -> tuple[FiledDocument, ...]:
    """Return a draft's documents as they were checked, the person's own first.

    Raises:
        InvalidInput: `draft_incomplete`, with all that it lacks.
        NotReady: `files_in_review`.

    """
    owner = person_owner(draft.user_id)
    own = {upload_id: one for upload_id, one in found.uploads.items() if one.institution_id == owner}
    stand = [(part, standing_of(file, own.get(file.upload_id), now, no_pdf=NO_PDF)) for part, file in draft.parts]
    lacks = [_lacks(LACKS[part], part) for part in draft.missing]
    lacks += [_lacks(text, "files") for state, text in _FILES.items() if any(one.state is state for _, one in stand)]
    if lacks:
        raise refusal_of(lacks)
    if any(one.state is FileState.WAITING for _, one in stand):
        detail = "Todavía se revisan los archivos. Espera unos segundos y vuelve a intentarlo."
        raise NotReady("files_in_review", detail, field="files", retry_after=5)
    return tuple(_document(part, one.upload) for part, one in stand if one.upload is not None)


def uploads_of(draft: FilingDraft, found: FilingSituation) -> tuple[Upload, ...]:
    """Return the uploads behind them."""
    return tuple(found.uploads[file.upload_id] for file in draft.files)


def filer_of(mailbox: Mailbox | None, user_id: str) -> tuple[Mailbox, Filer]:
    """Return the mailbox and its user who files.

    Raises:
        SessionEnded: `session_ended`; the mailbox or its user is gone, or does not get in any more.
        MailboxFrozen: `mailbox_frozen`.

    """
    require_thawed(mailbox)
    user = None if mailbox is None else mailbox.user(user_id)
    if mailbox is None or user is None or user.state is not UserState.ACTIVE:
        raise session_ended()
    return mailbox, Filer(user.user_id, user.name, user.document_type, user.document_number)


def require_receives(institution: Institution | None) -> Institution:
    """Return an institution that takes filings: any that has not left.

    Raises:
        Conflict: `institution_left`.

    """
    if institution is None or institution.state is InstitutionState.CANCELLED:
        detail = "Esta entidad ya no recibe documentos por aquí. Preséntalo en su mesa de partes."
        raise Conflict("institution_left", detail)
    return institution


def addressee_of(institution: Institution, office: Office | None) -> Addressee:
    """Return whom it is filed with, as the receipt names them."""
    received = as_office(institution, office)
    return Addressee(
        institution.institution_id,
        institution.name,
        received.address,
        institution.phone,
        None if office is None else office.office_id,
        None if office is None else office.name,
    )


def _document(part: FilePart, upload: Upload) -> FiledDocument:
    declared = upload.declared
    return FiledDocument(
        part,
        declared.filename,
        declared.media_type,
        declared.sha256,
        declared.size,
        upload.object_key,
        upload.upload_id,
        _folios(upload),
    )


def _folios(upload: Upload) -> int | None:
    """Count the pages of a PDF; an image is one, and spreadsheets and texts have none."""
    if upload.declared.media_type == PDF:
        return None if upload.facts is None else upload.facts.pages
    return 1 if upload.declared.media_type.startswith("image/") else None


def _lacks(detail: str, field: str) -> InvalidInput:
    return InvalidInput("draft_incomplete", detail, field=field)
