"""Rows and heads of lists for tests."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from chalicelib.domain.export.listed_notice import ListedNotice, ListingHead
from chalicelib.domain.reading.reading import Reading
from chalicelib.domain.reading.search import Condition, Operator, Search, SearchField

LIMA = ZoneInfo("America/Lima")
CONDITIONS = (
    Condition(SearchField.SUBJECT, Operator.CONTAINS, "información"),
    Condition(SearchField.SENT_ON, Operator.SINCE, "2026-01-01"),
)
MADE_AT = datetime(2026, 3, 9, 15, 15, 30, tzinfo=LIMA)


def a_row(**overrides: Any) -> ListedNotice:
    given: dict[str, Any] = {
        "year": 2026,
        "subject": "Respuesta a su solicitud de información",
        "office": "Oficina de Atención a la Ciudadanía",
        "sender": "Entidad de Demostración",
        "document_type": "CARTA",
        "document_number": "000079-2026",
        "issued_at": datetime(2026, 3, 6, 11, 5, tzinfo=LIMA),
        "sent_at": MADE_AT,
        "deadline": "Vence el lunes 23 de marzo de 2026 \u2013 te quedan 10 días hábiles",
        "due_on": date(2026, 3, 23),
        "state": Reading.PENDING.state,
        **overrides,
    }
    return ListedNotice(**given)


def a_head(**overrides: Any) -> ListingHead:
    given: dict[str, Any] = {
        "mailbox_id": "1-40000002",
        "holder": "Rosa Ejemplo Ficticia",
        "search": Search(CONDITIONS, Reading.PENDING),
        "made_at": MADE_AT,
        **overrides,
    }
    return ListingHead(**given)
