"""What a draft that answers a filing keeps of it."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.domain.mailbox import DocumentType


@dataclass(frozen=True, slots=True)
class AnsweredFiling:
    """The filing that a notice is to answer, as its draft names it, and whose it is."""

    filing_id: str
    number: str
    document_type: DocumentType
    document_number: str
