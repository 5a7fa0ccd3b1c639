from __future__ import annotations

from collections.abc import Callable
from datetime import date, time

import pytest

from chalicelib.domain.business_days import calendar_changes as changes
from chalicelib.domain.business_days.calendar_changes import Decision
from chalicelib.domain.business_days.calendar_warnings import odd_confirmation, odd_days, odd_hours
from chalicelib.domain.calendar import (
    BusinessCalendar,
    CalendarEntries,
    NonWorkingDay,
    OfficeHours,
    RegionalDay,
)
from chalicelib.domain.errors import CasillaError
from tests.calendars import PERU as PE

NONE = CalendarEntries()
MONDAY, TUESDAY = date(2026, 5, 4), date(2026, 5, 5)
OF_PACKAGE = date(2025, 5, 2)
NORM, NAME = "D.S. 000-2026-PCM, del 01/04/2026", "Día no laborable"
TODAY = date(2026, 3, 9)
REGIONAL = RegionalDay("arequipa", date(2026, 8, 15), "Aniversario", "Ley 24875", every_year=True)


def counted(entries: CalendarEntries) -> BusinessCalendar:
    return PE.with_entries(entries)


def declared(*days: date, entries: CalendarEntries = NONE) -> CalendarEntries:
    return changes.declare_days(entries, PE, days or (MONDAY,), NAME, NORM).entries


def test_a_declared_day_is_no_business_day_and_names_its_norm() -> None:
    decision = changes.declare_days(NONE, PE, (TUESDAY, MONDAY, MONDAY), NAME, NORM)

    assert decision.change == f"declara 05/05/2026, 04/05/2026: {NAME}, {NORM}"
    assert decision.entries.version == 1
    assert [entry.day for entry in decision.entries.declared] == [MONDAY, TUESDAY]
    assert counted(decision.entries).reason(MONDAY) == NonWorkingDay(MONDAY, NAME, NORM)
    assert not counted(decision.entries).is_business_day(TUESDAY)


def test_the_same_again_changes_nothing_and_a_new_day_beside_it_is_added() -> None:
    entries = declared()
    assert changes.declare_days(entries, PE, (MONDAY,), NAME, NORM) == Decision(entries)
    assert declared(MONDAY, TUESDAY, entries=entries).version == 2


def test_a_day_of_the_package_by_the_same_norm_is_there_already() -> None:
    norm = f"{PE.declared[OF_PACKAGE].norm}, del 01/04/2025"
    assert changes.declare_days(NONE, PE, (OF_PACKAGE,), "Otro nombre", norm) == Decision(NONE)


@pytest.mark.parametrize(
    ("decide", "code"),
    [
        (lambda: changes.declare_days(declared(), PE, (TUESDAY, MONDAY), NAME, "D.S. 111-2026-PCM"), "day_declared"),
        (lambda: changes.declare_days(declared(), PE, (MONDAY,), "Otro", NORM), "day_declared"),
        (lambda: changes.declare_days(NONE, PE, (OF_PACKAGE,), NAME, NORM), "day_declared"),
        (lambda: changes.declare_days(NONE, PE, (OF_PACKAGE,), NAME, "D.S. 042-2025-PCM-bis"), "day_declared"),
        (lambda: changes.replace_day(NONE, PE, MONDAY, NAME, NORM), "day_not_declared"),
        (lambda: changes.withdraw_day(NONE, PE, MONDAY), "day_not_declared"),
        (lambda: changes.withdraw_day(NONE, PE, date(2026, 5, 1)), "day_not_declared"),
        (lambda: changes.withdraw_regional_day(NONE, "arequipa", REGIONAL.day), "day_not_declared"),
        (lambda: changes.replace_regional_day(NONE, "cusco", REGIONAL.day, NAME, NORM), "day_not_declared"),
        (lambda: changes.add_regional_day(NONE, RegionalDay("Áncash", MONDAY, NAME, NORM)), "region_invalid"),
        (lambda: changes.add_regional_day(NONE, RegionalDay("a" * 41, MONDAY, NAME, NORM)), "region_invalid"),
        (
            lambda: changes.add_regional_day(NONE, RegionalDay("cusco", date(2028, 2, 29), NAME, NORM, True)),
            "leap_day_every_year",
        ),
        (
            lambda: changes.add_regional_day(
                CalendarEntries(regional=(REGIONAL,)), RegionalDay("arequipa", REGIONAL.day, "Otro", "Ley 1")
            ),
            "day_declared",
        ),
        (lambda: changes.confirm_year(NONE, PE, 2027, today=TODAY), "year_not_next"),
        (lambda: changes.confirm_year(CalendarEntries(1, 2027), PE, 2028, today=TODAY), "year_too_early"),
        (lambda: changes.unconfirm_year(NONE, PE, 2025), "year_of_package"),
        (lambda: changes.unconfirm_year(CalendarEntries(2, 2027), PE, 2026), "year_not_last"),
        (lambda: changes.set_hours(NONE, PE, OfficeHours(time(17), time(8), NORM)), "hours_invalid"),
        (lambda: changes.set_hours(NONE, PE, OfficeHours(time(8), time(8), NORM)), "hours_invalid"),
    ],
)
def test_what_contradicts_the_calendar_is_refused(decide: Callable[[], Decision], code: str) -> None:
    with pytest.raises(CasillaError, match=code):
        decide()


def test_a_calendar_takes_a_thousand_days_and_no_more() -> None:
    full = tuple(NonWorkingDay(date.fromordinal(TODAY.toordinal() + n), NAME, NORM) for n in range(changes.MOST_DAYS))
    with pytest.raises(CasillaError, match="calendar_full"):
        changes.declare_days(CalendarEntries(1, declared=full), PE, (date(2040, 1, 2),), NAME, NORM)


def test_a_wrong_entry_is_replaced_and_says_what_it_replaces() -> None:
    decision = changes.replace_day(declared(), PE, MONDAY, "Feriado", "Ley 32000")

    assert decision.change == f"corrige 04/05/2026: Feriado, Ley 32000, en lugar de {NAME}, {NORM}"
    assert counted(decision.entries).reason(MONDAY) == NonWorkingDay(MONDAY, "Feriado", "Ley 32000")
    assert changes.replace_day(decision.entries, PE, MONDAY, "Feriado", "Ley 32000") == Decision(decision.entries)


@pytest.mark.parametrize("day", [MONDAY, OF_PACKAGE])
def test_a_day_that_is_withdrawn_counts_again_and_can_be_declared_anew(day: date) -> None:
    before = declared() if day == MONDAY else NONE
    decision = changes.withdraw_day(before, PE, day)

    assert counted(decision.entries).is_business_day(day)
    assert decision.change.startswith(f"retira {day:%d/%m/%Y}: ")
    again = changes.declare_days(decision.entries, PE, (day,), NAME, NORM).entries
    assert counted(again).reason(day) == NonWorkingDay(day, NAME, NORM)


def test_a_day_of_the_package_is_corrected_and_withdrawn_for_good() -> None:
    corrected = changes.replace_day(NONE, PE, OF_PACKAGE, NAME, NORM).entries
    assert counted(corrected).reason(OF_PACKAGE) == NonWorkingDay(OF_PACKAGE, NAME, NORM)
    withdrawn = changes.withdraw_day(corrected, PE, OF_PACKAGE).entries
    assert counted(withdrawn).is_business_day(OF_PACKAGE)
    assert changes.withdraw_day(withdrawn, PE, OF_PACKAGE) == Decision(withdrawn)


def test_a_day_that_a_later_package_declares_too_is_withdrawn_from_both() -> None:
    entries = CalendarEntries(1, declared=(NonWorkingDay(OF_PACKAGE, NAME, NORM),))
    assert counted(changes.withdraw_day(entries, PE, OF_PACKAGE).entries).is_business_day(OF_PACKAGE)


def test_a_regional_day_counts_in_its_region_only_and_every_year_if_it_is_said() -> None:
    decision = changes.add_regional_day(NONE, REGIONAL)
    of_region = counted(decision.entries).with_regional((), "arequipa")

    assert decision.change == "registra en arequipa el 15/08/2026, y cada año desde entonces: Aniversario, Ley 24875"
    assert [of_region.is_business_day(date(year, 8, 15)) for year in (2024, 2028)] == [True, False]
    assert of_region.reason(date(2025, 8, 15)) is None
    assert counted(decision.entries).is_business_day(date(2028, 8, 15))
    assert changes.add_regional_day(decision.entries, REGIONAL) == Decision(decision.entries)
    corrected = changes.replace_regional_day(decision.entries, "arequipa", REGIONAL.day, "Aniversario", "Ley 1").entries
    assert corrected.regional == (RegionalDay("arequipa", REGIONAL.day, "Aniversario", "Ley 1", True),)
    assert changes.replace_regional_day(corrected, "arequipa", REGIONAL.day, "Aniversario", "Ley 1").change == ""
    assert changes.withdraw_regional_day(corrected, "arequipa", REGIONAL.day).entries.regional == ()


def test_years_are_confirmed_one_after_another_and_taken_back_the_last_first() -> None:
    of_2026 = changes.confirm_year(NONE, PE, 2026, today=TODAY)
    of_2027 = changes.confirm_year(of_2026.entries, PE, 2027, today=TODAY)

    assert (of_2026.change, counted(of_2026.entries).declared_until) == ("confirma 2026", 2026)
    assert counted(of_2027.entries).declared_until == 2027
    assert changes.confirm_year(of_2027.entries, PE, 2026, today=TODAY) == Decision(of_2027.entries)
    back = changes.unconfirm_year(of_2027.entries, PE, 2027).entries
    assert counted(back).declared_until == 2026
    none = changes.unconfirm_year(back, PE, 2026).entries
    assert (none.confirmed_until, counted(none).declared_until) == (None, 2025)
    assert changes.unconfirm_year(none, PE, 2026) == Decision(none)


def test_a_package_that_knows_a_later_year_is_not_set_back_by_what_was_confirmed_before() -> None:
    assert counted(CalendarEntries(1, confirmed_until=2024)).declared_until == 2025


def test_office_hours_are_set_and_go_back_to_the_packages() -> None:
    hours = OfficeHours(time(8), time(17), NORM)
    decision = changes.set_hours(NONE, PE, hours)

    assert decision.change == f"fija el horario general de 08:00 a 17:00: {NORM}"
    assert counted(decision.entries).hours == hours
    assert changes.set_hours(decision.entries, PE, hours) == Decision(decision.entries)
    assert counted(changes.set_hours(decision.entries, PE, None).entries).hours == PE.hours
    assert changes.set_hours(NONE, PE, PE.hours) == changes.set_hours(NONE, PE, None) == Decision(NONE)


@pytest.mark.parametrize(
    ("day", "told"),
    [
        (MONDAY, ()),
        (date(2026, 5, 1), ("El 01/05/2026 ya es feriado: Día del Trabajo, D.Leg. 713, art. 6.",)),
        (date(2026, 5, 9), ("El 09/05/2026 es sábado: ya no era día hábil.",)),
        (date(2026, 5, 10), ("El 10/05/2026 es domingo: ya no era día hábil.",)),
        (date(2029, 5, 7), ("El 07/05/2029 está lejos: revise el año.",)),
        (
            date(2026, 3, 6),
            ("El 06/03/2026 ya pasó: lo que se emitió conserva sus fechas; cambia lo que se emita desde ahora.",),
        ),
        (TODAY, ()),
    ],
)
def test_a_day_that_may_be_a_mistake_is_told(day: date, told: tuple[str, ...]) -> None:
    assert odd_days((day,), PE, today=TODAY) == told


def test_a_day_of_a_confirmed_year_and_a_year_that_has_not_begun_are_told() -> None:
    confirmed = changes.confirm_year(NONE, PE, 2026, today=TODAY).entries
    [told] = odd_days((MONDAY,), counted(confirmed), today=TODAY)
    assert told.startswith("2026 ya estaba confirmado")
    assert odd_confirmation(2026, today=TODAY) == ()
    assert odd_confirmation(2027, today=TODAY)[0].startswith("2027 aún no empieza")


@pytest.mark.parametrize(("closes", "number"), [(time(16), 0), (time(15, 59), 1)])
def test_hours_below_what_the_law_has_are_told(closes: time, number: int) -> None:
    assert len(odd_hours(OfficeHours(time(8), closes, NORM))) == number


@pytest.mark.parametrize(
    ("until", "today", "left"),
    [(None, TODAY, 0), (2026, TODAY, 297), (2026, date(2026, 12, 31), 0), (2027, date(2026, 12, 31), 365)],
)
def test_the_days_that_are_confirmed_end_with_the_last_confirmed_year(
    until: int | None, today: date, left: int
) -> None:
    assert changes.days_confirmed(counted(CalendarEntries(1, until)), today) == left
