"""The guide shows a filing as it is answered, says what each field is, and names each deed with what it takes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from chalicelib.domain.calendar import CountsUntil, FilingRule
from chalicelib.domain.codes import parse_code
from chalicelib.domain.filing.attending import correct, derive, observe, take
from chalicelib.domain.filing.filing import Addressee, Correction, FiledDocument, FilingState
from chalicelib.domain.filing.filing_date import FilingDates
from chalicelib.domain.filing.filing_draft import Represented
from chalicelib.domain.filing.received import clocks_of
from chalicelib.domain.mailbox import DocumentType
from chalicelib.handlers.api.filing.filings import DEEDS
from chalicelib.renderers.filing.filing_json import clocks_as_json, filing_as_json
from chalicelib.services.filing.attend_filing import BySystem
from tests.calendars import PERU
from tests.filing_world import OFFICER, a_document, a_filing

GUIDE = (Path(__file__).parents[2] / "docs" / "guia-de-integracion.md").read_text("utf-8")
CHAPTER = GUIDE.split("\n## 15. ")[1]
PROSE = re.sub(r"```.*?```", "", CHAPTER, flags=re.DOTALL)
EXAMPLES = [json.loads(block) for block in re.findall(r"```json\n(.*?)\n```", CHAPTER, re.DOTALL)]
URL = "https://casilla.ejemplo.gob.pe"
SYSTEM = BySystem("ent-0001", "", "").attendant


def _at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


def _dates(at: datetime, legal: int, attended: datetime, starts: int) -> FilingDates:
    rule = FilingRule(CountsUntil.MIDNIGHT, "TUO de la Ley N° 27444, arts. 128.1 y 134")
    return FilingDates(at, date(2026, 3, legal), attended, date(2026, 3, starts), rule, "PE-2026.1", 2026)


def _document(filename: str, sha256: str, size: int, folios: int = 1) -> FiledDocument:
    return a_document(filename=filename, sha256=sha256 * 64, size=size, folios=folios)


def _filing() -> dict[str, Any]:
    """Return one that came on a Saturday evening, was derived and observed by the system, and corrected."""
    made = a_filing(
        filing_id="XEKA-EAXW-XDZ6",
        verification_code="K3CP-EYPZ-D4C4",
        represented=Represented(DocumentType.RUC, "20100000009", "Bodega Ejemplo S.A.C."),
        procedure=replace(a_filing().procedure, answer_days=30),
        addressee=Addressee("ent-0001", "Entidad de Ejemplo", "Av. Ejemplo 123, Lima", "(01) 000-0000"),
        office_id=None,
        office_name=None,
        documents=(_document("solicitud.pdf", "a", 184320), _document("plano.pdf", "b", 7340032, folios=2)),
        dates=_dates(_at(8, 0, 30), 9, _at(9, 13), 10),
        observable_until=PERU.end_of_day(date(2026, 3, 11)),
    )
    made = derive(made, "norte", "Oficina Norte", OFFICER, _at(9, 14), reason="El local está en el norte.")
    made = take(made, SYSTEM, _at(9, 15))
    made = observe(made, "Falta la firma del plano.", SYSTEM, _at(9, 16), calendar=PERU, hours=PERU.hours)
    correction = Correction(
        correction_id="2345",
        verification_code="66M4-D76B-222D",
        by=made.filer,
        documents=(_document("plano-firmado.pdf", "c", 7350272),),
        dates=_dates(_at(10, 20), 10, _at(11, 13), 11),
        subject="Plano firmado",
        legal_text_version="es-PE-1",
        receipt_sha256="f" * 64,
    )
    made = replace(correct(made, correction), receipt_sha256="e" * 64)
    now = _at(10, 21)
    told = filing_as_json(made, made.state_at(now), URL)
    return {**told, "clocks": clocks_as_json(clocks_of(made, now, PERU))}


def test_a_filing_is_told_as_in_the_example() -> None:
    [example] = [one for one in EXAMPLES if "clocks" in one]
    answer = json.loads(json.dumps(_filing()))
    assert example == answer
    assert list(example) == list(answer)
    for name, value in answer.items():
        if isinstance(value, dict):
            assert list(example[name]) == list(value)


def test_its_codes_can_be_read_aloud() -> None:
    found = re.findall(r'"filing_id": "([^"…]+)"', CHAPTER)
    assert found
    assert [parse_code(code) for code in found] == found


def _names(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield name
            yield from _names(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _names(inner)


@pytest.mark.parametrize("name", sorted({*_names(_filing())}))
def test_what_a_field_is_stands_outside_the_example(name: str) -> None:
    assert re.search(rf"`[^`]*\b{name}\b[^`]*`", PROSE)


def test_every_state_and_every_deed_stands_in_a_table() -> None:
    tabled = set(re.findall(r"^\| `(\w+)` \| ", CHAPTER, re.MULTILINE))
    assert tabled >= {state.value for state in FilingState} | set(DEEDS)
