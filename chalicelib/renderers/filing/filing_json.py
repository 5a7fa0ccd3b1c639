"""A filing as JSON: what its receipt carries as `presentacion.json`, and what systems read. Keys keep this order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from chalicelib.domain.filing.filing import Attendant, FiledDocument, Filing, FilingState, Move, MoveKind
from chalicelib.domain.filing.received import Clocks
from chalicelib.renderers.filing.cargo_rows import Cargo, cargo_of, cargo_of_correction


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
        "term_starts": dates.term_starts.isoformat() if filing.procedure.has_term else None,
        "rule": dates.rule
        and {"counts_until": dates.rule.counts_until.value, "norm": dates.rule.norm, "version": dates.rule.version},
        "calendar_version": dates.calendar_version,
        "observable_until": None if cargo.is_correction else _instant(filing.observable_until),
        "legal_text_version": cargo.legal_text_version,
        "folios": cargo.folios,
        "documents": [_document(document) for document in cargo.documents],
    }


def filing_as_json(filing: Filing, state: FilingState, api_base_url: str) -> dict[str, Any]:
    """Write what was filed, as its receipt says it, and what became of it since: how it stands is `state`."""
    own = f"{api_base_url}/v1/filings/{filing.filing_id}"
    told = cargo_as_json(cargo_of(filing))
    told["documents"] = _linked(filing.documents, own, first=1)
    told["receipt"] = {"sha256": filing.receipt_sha256}
    taken, answer = filing.taken, filing.answer
    return {
        **told,
        "state": state.value,
        "office": filing.office_id and {"id": filing.office_id, "name": filing.office_name},
        "attended_by": taken and {**_by(taken.by), "since": _instant(taken.at)},
        "moves": [_move(move) for move in filing.moves],
        "observation": _observation(filing),
        "correction": _correction(filing, own),
        "answer": answer and {"notice_id": answer.notice_id, "by": _by(answer.by), "at": _instant(answer.at)},
        "links": {"self": own, "receipt": f"{own}/receipt"},
    }


def clocks_as_json(clocks: Clocks) -> dict[str, str | None]:
    """Write until when it can be observed, corrected and answered: the last second; null where a clock does not run."""
    ends = {
        "observable_until": clocks.observable_until,
        "correctable_until": clocks.correctable_until,
        "answer_until": clocks.answer_until,
    }
    return {name: None if at is None else _instant(at) for name, at in ends.items()}


def _linked(documents: Sequence[FiledDocument], own: str, *, first: int) -> list[dict[str, Any]]:
    numbered = enumerate(documents, start=first)
    return [{**_document(one), "link": f"{own}/document-{number}"} for number, one in numbered]


def _by(attendant: Attendant) -> dict[str, str]:
    return {"kind": attendant.actor.partition(":")[0], "name": attendant.name}


def _move(move: Move) -> dict[str, Any]:
    told: dict[str, Any] = {"kind": move.kind.value, "at": _instant(move.at), "by": _by(move.by)}
    if move.kind is MoveKind.DERIVED:
        told["office"] = {"id": move.to, "name": move.to_name} if move.to else None
    else:
        told["to"] = move.to_name
    return {**told, "reason": move.reason}


def _observation(filing: Filing) -> dict[str, Any] | None:
    if (one := filing.observation) is None:
        return None
    return {"text": one.text, "by": _by(one.by), "at": _instant(one.at), "until": _instant(one.until)}


def _correction(filing: Filing, own: str) -> dict[str, Any] | None:
    one = filing.correction
    if one is None:
        return None
    told = cargo_as_json(cargo_of_correction(filing))
    kept = ("verification_code", "received_at", "legal_date", "attended_from", "term_starts", "folios")
    return {
        **{name: told[name] for name in kept},
        "sent_by": one.by.name,
        "documents": _linked(one.documents, own, first=len(filing.documents) + 1),
        "receipt": {"sha256": one.receipt_sha256},
        "links": {"receipt": f"{own}/correction-receipt"},
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
