"""The table that a lawyer can read, `casos-de-plazos.md`: every row is what the domain decides."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from chalicelib.domain.deadline import (
    Counting,
    Regime,
    Term,
    TermUnit,
    deadline_on,
    decide_deadline,
    fix_deadline,
    foresee_openings,
)
from tests.calendars import PERU

LIMA = ZoneInfo("America/Lima")
TABLE = (Path(__file__).parent / "casos-de-plazos.md").read_text("utf-8")
ROWS = [tuple(cell.strip() for cell in line.split("|")[1:-1]) for line in TABLE.splitlines() if line.startswith("|")][
    2:
]
REGIMES = {"depósito": Regime.DEPOSIT, "acuse": Regime.ACKNOWLEDGEMENT, "inmediato": Regime.IMMEDIATE}
UNITS = {"h": TermUnit.BUSINESS_DAYS, "c": TermUnit.CALENDAR_DAYS, "m": TermUnit.MONTHS}
FAR = date(2040, 1, 1)


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LIMA).astimezone(UTC)


def day(text: str) -> date | None:
    return None if text == "ninguno" else date.fromisoformat(text)


def test_the_table_has_cases_of_every_regime_and_unit() -> None:
    assert len(ROWS) > 25
    assert {row[1] for row in ROWS} == set(REGIMES)
    assert {found for row in ROWS for found in re.findall(r"\d([hcm])", row[4])} == set(UNITS)


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_a_case_of_the_table(row: tuple[str, ...]) -> None:
    _, regime, deposited, opened, plazo, effective, starts, ends, why = row
    assert why
    said = re.fullmatch(r"(\d+)([hcm])(?:\+d(\d+))?", plazo)
    term = None if said is None else Term(int(said[1]), UNITS[said[2]])
    counting = Counting(PERU, PERU.hours, int(said[3] or 0) if said else 0)
    deposited_at, kind = instant(deposited), REGIMES[regime]
    decided = decide_deadline(deposited_at=deposited_at, regime=kind, term=term, counting=counting)
    openings = foresee_openings(deposited_at=deposited_at, term=term, counting=counting)
    if opened == "no":
        decided = deadline_on(decided, FAR)
    else:
        decided = fix_deadline(decided, openings, instant(opened).astimezone(LIMA).date())
    assert (decided.effective_on, decided.term_starts_on, decided.term_ends_on) == (
        day(effective),
        day(starts),
        day(ends),
    )
