"""Filings as rows of an exported history, each with its documents (FIL-4)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from chalicelib.domain.filing.filing import FiledDocument, Filing
from chalicelib.renderers.filing.filing_words import STATES, document_titles, kind_in_words, procedure_in_words

FILING_COLUMNS = (
    "Número",
    "Entidad",
    "Oficina",
    "Trámite",
    "Asunto",
    "Presentado el",
    "Cuenta desde el",
    "Estado",
    "Atendido el",
    "Documentos",
    "Folios",
    "Código de verificación",
)
"""Of a filing, from left to right."""
DOCUMENT_COLUMNS = ("Número", "Entidad", "Qué es", "Archivo", "Tipo", "Folios", "Tamaño (bytes)", "SHA-256")
"""Of a document of one."""


@dataclass(frozen=True, slots=True)
class ListedDocument:
    """A file of a filing, its fields in the order of `DOCUMENT_COLUMNS` after the first two."""

    title: str
    filename: str
    kind: str
    folios: int | None
    size: int | None
    sha256: str


@dataclass(frozen=True, slots=True)
class ListedFiling:
    """A filing's row, its fields in the order of `FILING_COLUMNS`; instants are in the country's zone."""

    number: str
    institution: str
    office: str
    procedure: str
    subject: str
    filed_at: datetime
    legal_date: date
    state: str
    answered_at: datetime | None
    folios: int
    verification_code: str
    documents: tuple[ListedDocument, ...]
    """The receipts last."""


@dataclass(frozen=True, slots=True)
class HistoryHead:
    """What a history says about itself: whose mailbox, and when it was made, in the country's zone."""

    mailbox_id: str
    holder: str
    made_at: datetime


_PDF = "documento PDF"


def listed_filing(filing: Filing, zone: ZoneInfo, *, now: datetime) -> ListedFiling:
    """Return a filing's row as it stands at an instant."""
    answer = filing.answer
    return ListedFiling(
        number=filing.number,
        institution=filing.addressee.name,
        office=filing.office_name or "",
        procedure=procedure_in_words(filing.procedure),
        subject=filing.subject,
        filed_at=filing.filed_at.astimezone(zone),
        legal_date=filing.dates.legal_date,
        state=STATES[filing.state_at(now)],
        answered_at=None if answer is None else answer.at.astimezone(zone),
        folios=filing.folios + (0 if filing.correction is None else filing.correction.folios),
        verification_code=filing.verification_code,
        documents=tuple(_documents(filing)),
    )


def _documents(filing: Filing) -> Iterator[ListedDocument]:
    yield from _listed(filing.documents, "")
    if filing.correction is not None:
        yield from _listed(filing.correction.documents, "Subsanación: ")
    yield ListedDocument("Cargo de presentación", "cargo.pdf", _PDF, None, None, filing.receipt_sha256)
    if filing.correction is not None:
        sha256 = filing.correction.receipt_sha256
        yield ListedDocument("Cargo de la subsanación", "cargo.pdf", _PDF, None, None, sha256)


def _listed(documents: Sequence[FiledDocument], before: str) -> Iterator[ListedDocument]:
    for title, document in zip(document_titles(documents), documents, strict=True):
        yield ListedDocument(
            f"{before}{title}",
            document.filename,
            kind_in_words(document.media_type),
            document.folios,
            document.size,
            document.sha256,
        )
