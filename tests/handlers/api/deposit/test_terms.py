"""Under what a deposit goes: its institution's norm, hours, region and distance, and the calendar of that moment."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bench.ledger import ledger
from chalicelib.bootstrap.storage import calendar_store, notice_store
from chalicelib.domain.business_days.calendar_version import CalendarVersion
from chalicelib.domain.calendar import NonWorkingDay, OfficeHours, RegionalDay
from chalicelib.domain.deadline import Distance, Regime
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.sender.institution import AppliedNorm
from chalicelib.store.tables import NoticeItem
from tests.deposit_world import NOW, World, a_body, an_institution, put_institution

DEPOSIT_NORM = AppliedNorm(Regime.DEPOSIT, "D.S. 010-2026-DEMO, art. 4")
TUESDAY = date(2026, 3, 10)
LIMA = ZoneInfo("America/Lima")


def given(world: World, **settings: Any) -> None:
    put_institution(world.container, an_institution(**settings))


def enter(world: World, **entries: Any) -> None:
    """Put the calendar's next version, as an authorised person does."""
    store = calendar_store(world.container)
    before = store.find()
    after = replace(before, version=before.version + 1, **entries)
    event = Event("calendar#PE", EventType.CALENDAR_CHANGED, NOW, f"e{after.version}", "operator:prueba")
    store.change(CalendarVersion(after, NOW, "operator:prueba", "prueba", "prueba"), event)


def dates(answer: Any) -> tuple[str, str, str]:
    assert answer.status_code == 201, answer.body
    body = answer.json_body
    return body["effective_on"], body["term_starts_on"], body["term_ends_on"]


# Regime and norm


@pytest.mark.parametrize("own", Regime)
def test_without_a_norm_a_deposit_goes_under_acknowledgement(world: World, own: Regime) -> None:
    given(world, regime=own, norms=())
    answer = world.deposit().json_body
    assert (answer["regime"], answer["norm"], answer["effective_on"]) == ("acknowledgement", None, None)


def test_a_measure_of_immediate_effect_is_nobodys_usual_regime(world: World) -> None:
    given(world, regime=Regime.IMMEDIATE, norms=(AppliedNorm(Regime.IMMEDIATE, "TUO, art. 25"),))
    assert world.deposit(key="clave-1").json_body["regime"] == "acknowledgement"
    assert world.deposit(a_body(regime="immediate"), key="clave-2").json_body["regime"] == "immediate"


def test_the_norm_that_is_applied_is_answered_and_stored(world: World) -> None:
    given(world, regime=Regime.DEPOSIT, norms=(DEPOSIT_NORM,))
    answer = world.deposit().json_body
    assert (answer["regime"], answer["norm"]) == ("deposit", DEPOSIT_NORM.citation)
    assert notice_store(world.container).get(answer["notice_id"]).norm == DEPOSIT_NORM.citation


@pytest.mark.parametrize("regime", ["deposit", "immediate"])
def test_a_regime_that_is_named_without_a_norm_for_it_is_refused(world: World, regime: str) -> None:
    given(world, norms=(AppliedNorm(Regime.ACKNOWLEDGEMENT, "Directiva de ejemplo"),))
    answer = world.deposit(a_body(regime=regime))
    assert answer.status_code == 422
    assert (answer.json_body["code"], answer.json_body["errors"][0]["field"]) == ("regime_without_norm", "regime")
    assert "se aplica «acknowledgement»" in answer.json_body["detail"]
    assert not list(NoticeItem.scan())


def test_who_asks_for_a_regime_without_norm_is_told_which_applies_without_asking(world: World) -> None:
    given(world, regime=Regime.DEPOSIT, norms=(DEPOSIT_NORM,))
    assert "se aplica «deposit»" in world.deposit(a_body(regime="immediate")).json_body["detail"]


def test_acknowledgement_may_be_named_without_a_norm(world: World) -> None:
    given(world, regime=Regime.DEPOSIT, norms=(DEPOSIT_NORM,))
    answer = world.deposit(a_body(regime="acknowledgement")).json_body
    assert (answer["regime"], answer["norm"]) == ("acknowledgement", None)


def test_a_norm_that_is_changed_later_leaves_what_was_issued(world: World) -> None:
    given(world, regime=Regime.DEPOSIT, norms=(DEPOSIT_NORM,))
    notice_id = world.deposit().json_body["notice_id"]
    given(world, regime=Regime.DEPOSIT, norms=(replace(DEPOSIT_NORM, citation="Otra norma"),))
    assert world.get(f"/v1/deposits/{notice_id}").json_body["norm"] == DEPOSIT_NORM.citation


# Hours


@pytest.mark.parametrize(
    ("hour", "settings", "effective"),
    [
        (time(16, 30), {}, "2026-03-09"),
        (time(16, 30, 1), {}, "2026-03-10"),
        (time(8, 29, 59), {}, "2026-03-10"),
        (time(20), {"closes_at": time(20)}, "2026-03-09"),
        (time(7), {"opens_at": time(7)}, "2026-03-09"),
        (time(7), {"closes_at": time(20)}, "2026-03-10"),
    ],
)
def test_without_hours_of_its_own_the_general_ones_hold_and_never_the_whole_day(
    world: World, hour: time, settings: dict[str, Any], effective: str
) -> None:
    given(world, **settings)
    world.clock.now = datetime.combine(date(2026, 3, 9), hour, LIMA)
    assert dates(world.deposit())[0] == effective


def test_general_hours_that_were_entered_hold_from_then_on(world: World) -> None:
    world.clock.now = datetime(2026, 3, 9, 17, 0, tzinfo=LIMA)
    before = world.deposit(key="clave-1").json_body
    enter(world, hours=OfficeHours(time(9), time(17), "Directiva de ejemplo"))
    after = world.deposit(key="clave-2").json_body
    assert (before["effective_on"], before["office_hours"]) == (
        "2026-03-10",
        {"opens_at": "08:30", "closes_at": "16:30"},
    )
    assert (after["effective_on"], after["office_hours"]) == (
        "2026-03-09",
        {"opens_at": "09:00", "closes_at": "17:00"},
    )


def test_a_deposit_within_the_second_of_closing_is_in_time(world: World) -> None:
    given(world)
    world.clock.now = datetime(2026, 3, 9, 16, 30, 0, 300_000, tzinfo=LIMA)
    assert dates(world.deposit())[0] == "2026-03-09"


def test_a_measure_of_immediate_effect_looks_at_no_hours_and_names_none(world: World) -> None:
    world.clock.now = datetime(2026, 3, 9, 22, tzinfo=LIMA)
    answer = world.deposit(a_body(regime="immediate")).json_body
    assert (answer["effective_on"], answer["office_hours"]) == ("2026-03-09", None)


# The calendar


def test_a_day_that_was_entered_counts_in_the_next_deposit_and_in_none_before(world: World) -> None:
    first = world.deposit(key="clave-1")
    enter(world, declared=(NonWorkingDay(TUESDAY, "Día no laborable", "D.S. 001-2026-PCM"),), confirmed_until=2026)
    second = world.deposit(key="clave-2")
    third = world.deposit(key="clave-1")

    assert dates(first) == ("2026-03-09", "2026-03-10", "2026-03-23")
    assert dates(second) == ("2026-03-09", "2026-03-11", "2026-03-24")
    assert third.body == first.body
    assert (first.json_body["calendar_version"], first.json_body["calendar_confirmed_until"]) == ("PE-2025.2", 2025)
    assert (second.json_body["calendar_version"], second.json_body["calendar_confirmed_until"]) == ("PE-2026.2.1", 2026)


def test_a_day_that_was_withdrawn_counts_no_more_and_its_version_says_so(world: World) -> None:
    enter(world, declared=(NonWorkingDay(TUESDAY, "Día no laborable", "D.S. 001-2026-PCM"),))
    wrong = world.deposit(key="clave-1").json_body
    enter(world, declared=())
    right = world.deposit(key="clave-2").json_body
    assert (wrong["term_starts_on"], wrong["calendar_version"]) == ("2026-03-11", "PE-2025.2.1")
    assert (right["term_starts_on"], right["calendar_version"]) == ("2026-03-10", "PE-2025.2.2")


def test_a_regional_day_counts_for_institutions_of_its_region(world: World) -> None:
    day = RegionalDay("arequipa", date(2020, 3, 10), "Día de ejemplo", "Ley de ejemplo", every_year=True)
    enter(world, regional=(day,))
    elsewhere = world.deposit(key="clave-1")
    given(world, region="arequipa")
    there = world.deposit(key="clave-2")
    assert dates(elsewhere)[1] == "2026-03-10"
    assert dates(there)[1] == "2026-03-11"
    assert there.json_body["calendar_version"].startswith("PE-2025.2.1+regional:")


def test_the_calendar_is_read_with_everything_else(world: World) -> None:
    enter(world, confirmed_until=2026)
    with ledger() as book:
        assert world.deposit().json_body["calendar_confirmed_until"] == 2026
    assert (book.hops, sorted(book.operations)) == (
        3,
        ["BatchGetItem", "PutItem", "PutObject", "PutObject", "TransactWriteItems"],
    )


# The distance


IQUITOS = Distance("Iquitos", 5, "Cuadro de ejemplo, aprobado por R.A. 000-2026")


def test_the_distance_of_a_place_is_added_and_named(world: World) -> None:
    given(world, distances=(IQUITOS, Distance("Lima", 0, IQUITOS.norm)))
    far = world.deposit(a_body(term={"amount": 10, "unit": "business_days", "place": "iquitos"}), key="clave-1")
    near = world.deposit(a_body(term={"amount": 10, "unit": "business_days", "place": "Lima"}), key="clave-2")
    assert dates(far)[2] == "2026-03-30"
    assert far.json_body["distance"] == {"place": "Iquitos", "days": 5, "norm": IQUITOS.norm}
    assert dates(near)[2] == "2026-03-23"


@pytest.mark.parametrize(
    ("distances", "place", "code"),
    [
        ((IQUITOS,), None, "distance_place_missing"),
        ((IQUITOS,), "Puno", "distance_place_unknown"),
        ((), "Iquitos", "distance_table_missing"),
    ],
)
def test_a_term_without_its_place_is_refused_where_there_is_a_table(
    world: World, distances: tuple[Distance, ...], place: str | None, code: str
) -> None:
    given(world, distances=distances)
    term = {"amount": 10, "unit": "business_days"} | ({} if place is None else {"place": place})
    answer = world.deposit(a_body(term=term))
    assert (answer.status_code, answer.json_body["code"]) == (422, code)
    assert answer.json_body["errors"][0]["field"] == "term.place"


def test_without_a_term_no_place_is_asked_for(world: World) -> None:
    given(world, distances=(IQUITOS,))
    body = a_body()
    del body["term"]
    answer = world.deposit(body)
    assert answer.status_code == 201
    assert answer.json_body["distance"] is None


def test_what_is_wrong_with_regime_and_place_is_told_together(world: World) -> None:
    given(world, norms=(), distances=(IQUITOS,))
    answer = world.deposit(a_body(regime="deposit"))
    assert [error["code"] for error in answer.json_body["errors"]] == ["regime_without_norm", "distance_place_missing"]
