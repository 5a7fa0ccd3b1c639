"""A filing as strangers who hold its receipt may see it: whose it is stays masked, wherever the person wrote it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from chalicelib.domain.evidence.public_notice import hide
from chalicelib.domain.filing.filing import FiledDocument, Filer, Filing
from chalicelib.domain.filing.filing_draft import Represented
from chalicelib.domain.mailbox import DocumentType, Holder
from chalicelib.domain.masking import mask_document, mask_name

_NO_NUMBER = "000000000000"
"""Of whom no document is on record: no text has it."""


def public_filing(filing: Filing) -> Filing:
    """Mask the holder, who filed and whom they represent, also in what they wrote and in names of files."""
    people = _people(filing)
    correction = filing.correction
    if correction is not None:
        correction = replace(
            correction,
            by=_masked_filer(correction.by),
            documents=_documents(correction.documents, people),
            subject=_hidden(correction.subject, people),
        )
    return replace(
        filing,
        mailbox_id=_hidden(filing.mailbox_id, people),
        holder=Holder(
            filing.holder.document_type, mask_document(filing.holder.document_number), mask_name(filing.holder.name)
        ),
        filer=_masked_filer(filing.filer),
        represented=None if filing.represented is None else _masked_represented(filing.represented),
        subject=_hidden(filing.subject, people),
        documents=_documents(filing.documents, people),
        correction=correction,
    )


def _people(filing: Filing) -> tuple[Holder, ...]:
    filers = [filing.filer] if filing.correction is None else [filing.filer, filing.correction.by]
    named = [
        Holder(one.document_type or DocumentType.PASSPORT, one.document_number or _NO_NUMBER, one.name)
        for one in filers
    ]
    if (other := filing.represented) is not None:
        named.append(Holder(other.document_type, other.document_number, other.name))
    return (filing.holder, *named)


def _hidden(text: str, people: Iterable[Holder], *, is_filename: bool = False) -> str:
    for person in people:
        text = hide(text, person, is_filename=is_filename)
    return text


def _documents(documents: tuple[FiledDocument, ...], people: tuple[Holder, ...]) -> tuple[FiledDocument, ...]:
    return tuple(replace(one, filename=_hidden(one.filename, people, is_filename=True)) for one in documents)


def _masked_filer(filer: Filer) -> Filer:
    number = mask_document(filer.document_number) if filer.document_number else ""
    return replace(filer, name=mask_name(filer.name), document_number=number)


def _masked_represented(one: Represented) -> Represented:
    return replace(one, name=mask_name(one.name), document_number=mask_document(one.document_number))
