"""A filing as JSON: what its receipt carries as `presentacion.json`. Keys keep this order."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from chalicelib.domain.filing.filing import FiledDocument
from chalicelib.renderers.filing.cargo_rows import Cargo


def cargo_as_json(cargo: Cargo) -> dict[str, Any]:
    """Write all the paper shows: instants in RFC 3339 with Z, legal dates in ISO 8601, hashes in hexadecimal."""
    filing, dates = cargo.filing, cargo.dates
    represented, to = filing.represented, filing.addressee
    return {
        "filing_id": filing.filing_id,
        "number": filing.number,
        "kind": "correction" if cargo.is_correction else "filing",
        "verification_code": cargo.verification_code,
        "procedure": {
            "id": filing.procedure.procedure_id,
            "version": filing.procedure.version,
            "kind": filing.procedure.kind.value,
            "code": filing.procedure.code,
            "title": filing.procedure.title,
            "norm": filing.procedure.norm,
        },
        "subject": filing.subject,
        "sender": {
            "document_type": filing.holder.document_type.value,
            "document_number": filing.holder.document_number,
            "name": filing.holder.name,
            "mailbox": filing.mailbox_id,
            "sent_by": cargo.filer.name,
        },
        "represented": represented
        and {
            "document_type": represented.document_type.value,
            "document_number": represented.document_number,
            "name": represented.name,
        },
        "institution": {
            "id": to.institution_id,
            "name": to.name,
            "address": to.address,
            "phone": to.phone,
            "office": to.office_id and {"id": to.office_id, "name": to.office_name},
        },
        "received_at": _instant(dates.received_at),
        "legal_date": dates.legal_date.isoformat(),
        "attended_from": _instant(dates.attended_from),
        "term_starts": dates.term_starts.isoformat(),
        "rule": dates.rule
        and {"counts_until": dates.rule.counts_until.value, "norm": dates.rule.norm, "version": dates.rule.version},
        "calendar_version": dates.calendar_version,
        "observable_until": _instant(filing.observable_until),
        "legal_text_version": cargo.legal_text_version,
        "folios": cargo.folios,
        "documents": [_document(document) for document in cargo.documents],
    }


def _document(document: FiledDocument) -> dict[str, Any]:
    return {
        "part": document.part.value,
        "filename": document.filename,
        "media_type": document.media_type,
        "sha256": document.sha256,
        "size": document.size,
        "folios": document.folios,
    }


def _instant(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
