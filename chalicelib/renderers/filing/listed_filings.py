"""Filings as rows of an exported history."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from chalicelib.domain.filing.filing import FiledDocument, Filing
from chalicelib.domain.filing.listed_filing import ListedDocument, ListedFiling
from chalicelib.renderers.filing.filing_words import STATES, document_titles, kind_in_words, procedure_in_words

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
