"""Keep a PDF that proves something of an agreement: inspected as every upload is, under a name nobody can guess."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from chalicelib.domain.agreement.agreement import KeptDocument
from chalicelib.domain.errors import InvalidInput, TooLarge
from chalicelib.domain.notice import FileRole
from chalicelib.domain.upload.filename import check_filename
from chalicelib.domain.upload.upload import MAX_INLINE_SIZE, PDF, DeclaredFile
from chalicelib.gateways.files import Files
from chalicelib.services.upload.inspect_file import inspect_file

LARGEST_DOCUMENT = MAX_INLINE_SIZE
_LINK_S = 60


@dataclass(frozen=True, slots=True)
class DocumentTools:
    """Where documents are kept; `new_id` gives 32 hexadecimal digits that nobody can foresee."""

    files: Files
    new_id: Callable[[], str]


def check_document(filename: str, content: bytes, *, field: str, what: str = "el documento") -> DeclaredFile:
    """Let a readable PDF of up to 4 MB pass; nothing is kept yet. `what` is what it is called where none was chosen.

    Raises:
        InvalidInput: `file_missing`, `document_not_pdf`, `filename_invalid`, or as `inspect_file`.
        TooLarge: `file_too_large_here`.

    """
    if not filename or not content:
        raise InvalidInput("file_missing", f"Elige {what} en PDF.", field=field)
    if len(content) > LARGEST_DOCUMENT:
        detail = "El documento pasa de 4 MB. Escanéalo con menos resolución y envíalo de nuevo."
        raise TooLarge("file_too_large_here", detail, field=field)
    check_filename(filename, field=field)
    if not filename.lower().endswith(".pdf"):
        raise InvalidInput("document_not_pdf", "El documento va en PDF.", field=field)
    declared = DeclaredFile(filename, PDF, hashlib.sha256(content).hexdigest(), len(content))
    inspect_file(content, declared, role=FileRole.MAIN, field=field)
    return declared


def keep_document(owner: str, filename: str, content: bytes, *, field: str, tools: DocumentTools) -> KeptDocument:
    """Inspect it and keep it under whose it is; what no agreement or request names is never found again.

    Raises:
        InvalidInput, TooLarge: as `check_document`.
        Unavailable: `files_unavailable`.

    """
    declared = check_document(filename, content, field=field)
    document = KeptDocument(tools.new_id(), filename, declared.size, declared.sha256)
    tools.files.put_document(_key(owner, document.document_id), content, PDF)
    return document


def document_link(owner: str, document: KeptDocument, files: Files) -> str:
    """Sign a link to it for a minute; no call is made."""
    return files.document_link(_key(owner, document.document_id), document.filename, PDF, expires_s=_LINK_S)


def _key(owner: str, document_id: str) -> str:
    return f"agreements/{owner}/{document_id}.pdf"
