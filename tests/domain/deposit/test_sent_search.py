"""What an address says of which deposits to list, and how far each came in one word."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from chalicelib.domain.deposit.sent_search import OWN_OFFICE, SentSearch, read_search
from chalicelib.domain.deposit.sent_state import SentState, Standing
from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.mailbox import DocumentType, Holder
from tests.builders import a_notice

LIMA = ZoneInfo("America/Lima")
AT = datetime(2026, 4, 1, 3, tzinfo=UTC)
"""The last evening of March in Lima."""


def search(**typed: str) -> SentSearch:
    return read_search(lambda name: typed.get(name, ""), now=AT, zone=LIMA)


def test_no_month_is_this_one_of_the_country() -> None:
    assert search() == SentSearch("2026-03")


def test_what_is_typed_is_read_as_people_write_it() -> None:
    found = search(mes=" 2026-02 ", dia="09", destinatario=" 4000 0002", tipo="Carta", estado="alerta-fallida")
    assert found == SentSearch("2026-02", 9, SentState.ALERT_FAILED, "40000002", "Carta")


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ({"mes": "2026-13"}, "month_invalid"),
        ({"mes": "1026-01"}, "month_invalid"),
        ({"mes": "2026-02\n"}, None),
        ({"mes": "2026-02", "dia": "29"}, "day_invalid"),
        ({"dia": "0"}, "day_invalid"),
        ({"dia": "x"}, "day_invalid"),
        ({"dia": "٣"}, "day_invalid"),
        ({"estado": "leida"}, "state_invalid"),
        ({"oficina": "../x"}, "office_invalid"),
        ({"numero": "9" * 100}, None),
        ({"numero": "9" * 101}, "text_too_long"),
        ({"destinatario": "9" * 101}, "text_too_long"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(typed: dict[str, str], code: str | None) -> None:
    if code is None:
        search(**typed)
        return
    with pytest.raises(InvalidInput) as refused:
        search(**typed)
    assert refused.value.code == code
    assert refused.value.field == list(typed)[-1]


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(InvalidInput) as refused:
        search(mes="x", estado="x", oficina="?")
    assert [one.field for one in refused.value.problems] == ["mes", "estado", "oficina"]


@pytest.mark.parametrize(
    ("looked_for", "is_found"),
    [
        ({}, True),
        ({"document": "40000002"}, True),
        ({"document": "4000000"}, False),
        ({"kind": "cart"}, True),
        ({"kind": "oficio"}, False),
        ({"number": "79-2026"}, True),
        ({"number": "79-2027"}, False),
        ({"office_id": OWN_OFFICE}, True),
        ({"office_id": "sede-norte"}, False),
    ],
)
def test_every_condition_has_to_hold(looked_for: dict[str, Any], is_found: bool) -> None:
    notice = replace(a_notice(), holder=Holder(DocumentType.DNI, "40000002", "NOMBRE DEMO"))
    assert SentSearch("2026-03", **looked_for).matcher()(notice) is is_found


def test_the_furthest_that_happened_is_the_state() -> None:
    states = [
        Standing(),
        Standing(is_alerted=True),
        Standing(is_alerted=True, has_failed=True),
        Standing(is_alerted=True, has_failed=True, is_opened=True),
        Standing(is_opened=True, is_downloaded=True),
        Standing(is_opened=True, is_downloaded=True, is_suspended=True),
    ]
    assert [one.state for one in states] == list(SentState)
    assert [state.label for state in SentState] == [
        "Depositada",
        "Alertada",
        "Alerta fallida",
        "Abierta",
        "Descargada",
        "Lectura suspendida",
    ]
