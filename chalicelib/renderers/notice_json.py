"""A notice as JSON: what the receipt carries as `deposito.json`, and what the API tells. Keys keep this order."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Any

from chalicelib.domain.deadline import Term
from chalicelib.domain.notice import FileFacts, Notice, Sender


def notice_as_json(notice: Notice) -> dict[str, Any]:
    """Write all the paper shows: instants in RFC 3339 with Z, legal dates in ISO 8601, hashes in hexadecimal.

    What may be said of an act and was not has no key, nor has the office where there is none: a notice without it is
    told as before it could be said.
    """
    return {
        "notice_id": notice.notice_id,
        "verification_code": notice.verification_code,
        "recipient": {
            "document_type": notice.holder.document_type.value,
            "document_number": notice.holder.document_number,
            "name": notice.holder.name,
            "mailbox": notice.mailbox_id,
        },
        "institution": _institution(notice.sender),
        "case_file": {"number": notice.case_file.number, "opened_on": notice.case_file.opened_on.isoformat()},
        "document": _document(notice),
        "regime": notice.regime.value,
        "norm": notice.norm,
        "term": notice.term and _term(notice.term),
        "distance": notice.distance and asdict(notice.distance),
        **_dates(notice),
        **({} if notice.replaces is None else {"replaces": notice.replaces.notice_id}),
        "office_hours": notice.hours
        and {"opens_at": f"{notice.hours.opens_at:%H:%M}", "closes_at": f"{notice.hours.closes_at:%H:%M}"},
        "legal_text_version": notice.legal_text_version,
        "files": _files(notice),
        "alerts": [{"channel": alert.channel, "address": alert.masked} for alert in notice.alerted],
    }


def told_notice_as_json(notice: Notice) -> dict[str, Any]:
    """Write all that the receipt carries, and of each file what was seen in it."""
    whole = notice_as_json(notice)
    seen = [facts_as_json(file.facts) for file in notice.files]
    return {**whole, "files": [{**file, **facts} for file, facts in zip(whole["files"], seen, strict=True)]}


def facts_as_json(facts: FileFacts | None) -> dict[str, Any]:
    """Write signatures and attachments; null where nothing was looked for, and how many are left out where some are."""
    if facts is None:
        return {"signatures": None, "attachments": None}
    told: dict[str, Any] = {
        "signatures": [asdict(one) for one in facts.signatures],
        "attachments": [asdict(one) for one in facts.attachments],
    }
    if facts.more_signatures:
        told["more_signatures"] = facts.more_signatures
    if facts.more_attachments:
        told["more_attachments"] = facts.more_attachments
    return told


def _institution(sender: Sender) -> dict[str, Any]:
    told: dict[str, Any] = {
        "id": sender.institution_id,
        "name": sender.name,
        "address": sender.address,
        "phone": sender.phone,
    }
    if sender.office_id is not None:
        told["office"] = {"id": sender.office_id, "name": sender.office_name}
    return told


def _document(notice: Notice) -> dict[str, Any]:
    document = notice.document
    told: dict[str, Any] = {
        "type": document.type,
        "number": document.number,
        "subject": document.subject,
        "issued_at": _instant(document.issued_at),
        "office": document.office,
        "signed_by": document.signed_by,
        "prepared_by": document.prepared_by,
    }
    if document.in_force_from is not None:
        told["in_force_from"] = document.in_force_from.isoformat()
    if document.ends_administrative_path is not None:
        told["ends_administrative_path"] = document.ends_administrative_path
    if document.remedies:
        told["remedies"] = [{"name": one.name, "body": one.body, "term": _term(one.term)} for one in document.remedies]
    return told


def _term(term: Term) -> dict[str, Any]:
    return {"amount": term.amount, "unit": term.unit.value}


def _dates(notice: Notice) -> dict[str, str | int | None]:
    deadline = notice.deadline
    return {
        "deposited_at": _instant(notice.deposited_at),
        "effective_on": _day(deadline.effective_on),
        "term_starts_on": _day(deadline.term_starts_on),
        "term_ends_on": _day(deadline.term_ends_on),
        "starts_by": _day(deadline.starts_by),
        "ends_by": _day(deadline.ends_by),
        "calendar_version": deadline.calendar_version,
        "calendar_confirmed_until": deadline.confirmed_until,
    }


def _files(notice: Notice) -> list[dict[str, Any]]:
    return [
        {
            "role": file.role.value,
            "filename": file.filename,
            "media_type": file.media_type,
            "sha256": file.sha256,
            "size": file.size,
        }
        for file in notice.files
    ]


def _instant(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
