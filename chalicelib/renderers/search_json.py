"""Rows of a mailbox's list and conditions of a search, as JSON."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from chalicelib.domain.notice import Notice
from chalicelib.domain.search import Condition
from chalicelib.domain.search_query import PARAMETERS


def listed_as_json(notice: Notice, *, year: int) -> dict[str, Any]:
    """Write what the list shows of a notice; instants in UTC, `year` as the list shows it."""
    document = notice.document
    return {
        "notice_id": notice.notice_id,
        "year": year,
        "subject": document.subject,
        "office": document.office,
        "sender": notice.sender.name,
        "document_type": document.type,
        "document_number": document.number,
        "case_file": notice.case_file.number,
        "issued_at": _instant(document.issued_at),
        "deposited_at": _instant(notice.deposited_at),
    }


def conditions_as_json(conditions: tuple[Condition, ...]) -> list[dict[str, str]]:
    """Write the conditions as they were understood, under the names of the query's parameters."""
    rows = ((one.field.value, one.operator.value, one.value) for one in conditions)
    return [dict(zip(PARAMETERS, row, strict=True)) for row in rows]


def looked_in_words(looked_until: datetime | None, *, is_complete: bool) -> str:
    """Say how far the search looked; `looked_until` is in the country's zone."""
    if is_complete or looked_until is None:
        return "Buscamos en todas las notificaciones."
    return f"Buscamos en las notificaciones hasta el {looked_until:%d/%m/%Y}. Puedes seguir buscando en las anteriores."


def _instant(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
