"""One filing's row in an exported history, with its documents (FIL-4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

FILING_COLUMNS = (
    "Número",
    "Entidad",
    "Oficina",
    "Trámite",
    "Asunto",
    "Presentado el",
    "Cuenta desde el",
    "Estado",
    "Respondido el",
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
