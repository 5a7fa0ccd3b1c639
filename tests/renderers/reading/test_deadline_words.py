"""What people are told about a term: never a date or a number of days that is not the one that counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from chalicelib.domain.calendar import BusinessCalendar, CalendarEntries, NonWorkingDay
from chalicelib.domain.deadline import Counting, Distance, Regime, Term, TermUnit, decide_deadline, foresee_openings
from chalicelib.domain.reading.reading import DeliveredNotice, Opening
from chalicelib.renderers.reading.deadline_words import Urgency, tell_deadline, tell_effect
from tests.builders import a_notice
from tests.calendars import PERU as PACKAGED

PERU = PACKAGED.with_entries(CalendarEntries(1, confirmed_until=2026))
MONDAY_NOON = datetime(2026, 3, 9, 17, tzinfo=UTC)
MONDAY_EVENING = datetime(2026, 3, 9, 23, tzinfo=UTC)
TEN_DAYS = Term(10, TermUnit.BUSINESS_DAYS)


def a_delivered(  # noqa: PLR0913 - the facts of a notice
    regime: Regime = Regime.DEPOSIT,
    term: Term | None = TEN_DAYS,
    *,
    deposited_at: datetime = MONDAY_NOON,
    calendar: BusinessCalendar = PERU,
    opened_on: date | None = None,
    distance: Distance | None = None,
) -> DeliveredNotice:
    """Make a notice whose dates the domain decided, with offices that close at 16:30."""
    opening = None
    given: dict[str, Any] = {
        "deposited_at": deposited_at,
        "counting": Counting(calendar, calendar.hours, 0 if distance is None else distance.days),
    }
    notice = a_notice(
        regime=regime,
        term=term,
        deposited_at=deposited_at,
        distance=distance,
        deadline=decide_deadline(regime=regime, term=term, **given),
        openings=foresee_openings(term=term, **given) if regime is Regime.ACKNOWLEDGEMENT else None,
    )
    if opened_on is not None:
        fixed = DeliveredNotice(notice).deadline_if_opened_on(opened_on)
        opening = Opening("e1", deposited_at, "u1", fixed)
    return DeliveredNotice(notice, opening)


@pytest.mark.parametrize(
    ("today", "urgency", "words", "left"),
    [
        (date(2026, 3, 9), Urgency.CALM, "Vence el lunes 23 de marzo de 2026", "te quedan 10 días hábiles"),
        (date(2026, 3, 10), Urgency.CALM, "Vence el lunes 23 de marzo de 2026", "te quedan 9 días hábiles"),
        (date(2026, 3, 15), Urgency.CALM, "Vence el lunes 23 de marzo de 2026", "te quedan 6 días hábiles"),
        (date(2026, 3, 18), Urgency.SOON, "Vence el lunes 23 de marzo de 2026", "te quedan 3 días hábiles"),
        (date(2026, 3, 22), Urgency.SOON, "Vence el lunes 23 de marzo de 2026", "te queda 1 día hábil"),
        (date(2026, 3, 23), Urgency.SOON, "Vence hoy, lunes 23 de marzo de 2026", ""),
        (date(2026, 3, 24), Urgency.OVER, "Venció el lunes 23 de marzo de 2026", ""),
    ],
)
def test_business_days_left_are_those_after_today(today: date, urgency: Urgency, words: str, left: str) -> None:
    told = tell_deadline(a_delivered(), today, PERU)
    assert (told.urgency, told.words, told.left) == (urgency, words, left)


def test_days_are_plain_days_where_regional_days_moved_the_end() -> None:
    regional = PERU.with_regional((NonWorkingDay(date(2026, 3, 17), "Aniversario", "Norma de ejemplo"),))
    told = tell_deadline(a_delivered(calendar=regional), date(2026, 3, 13), PERU)
    assert (told.words, told.left) == ("Vence el martes 24 de marzo de 2026", "te quedan 11 días")


def test_calendar_days_and_months_are_told_in_days() -> None:
    for term in (Term(7, TermUnit.CALENDAR_DAYS), Term(1, TermUnit.MONTHS)):
        assert tell_deadline(a_delivered(term=term), date(2026, 3, 9), PERU).left.endswith(" días")


@pytest.mark.parametrize("regime", Regime)
def test_without_a_term_there_is_none(regime: Regime) -> None:
    delivered = a_delivered(regime, None)
    assert tell_deadline(delivered, date(2026, 3, 9), PERU).words == "Sin plazo"
    assert "La entidad no indicó un plazo. Lee el documento: puede mencionar uno." in tell_effect(
        delivered, date(2026, 3, 9), PERU
    )


def test_before_the_acknowledgement_both_outcomes_are_told() -> None:
    delivered = a_delivered(Regime.ACKNOWLEDGEMENT)
    told = tell_deadline(delivered, date(2026, 3, 9), PERU)
    assert told.urgency is Urgency.WAITING
    assert told.words == "Empieza después de que la abras; vence a más tardar el lunes 30 de marzo de 2026"
    if_today = "Si la abres hoy, se cuenta desde el martes 10 de marzo de 2026 y termina el lunes 23 de marzo de 2026"
    assert tell_effect(delivered, date(2026, 3, 9), PERU)[:3] == (
        "Abrirla es tu acuse de recibo: si la abres hoy, surte efecto el lunes 9 de marzo de 2026.",
        "Si nadie la abre, la entidad considera que surte efecto el martes 17 de marzo de 2026.",
        f"El plazo es de 10 días hábiles. {if_today}; si nadie la abre, termina el lunes 30 de marzo de 2026.",
    )


def test_what_came_after_hours_takes_effect_on_its_legal_date_even_if_opened_at_once() -> None:
    late = a_delivered(Regime.ACKNOWLEDGEMENT, deposited_at=MONDAY_EVENING)
    first, _, last, why = tell_effect(late, date(2026, 3, 9), PERU)
    assert why == (
        "Se depositó el lunes 9 de marzo de 2026 a las 18:00, fuera del horario de atención o en un día no hábil:"
        " se tiene por recibida el martes 10 de marzo de 2026."
    )
    assert first.endswith("si la abres hoy, surte efecto el martes 10 de marzo de 2026.")
    assert "se cuenta desde el miércoles 11 de marzo de 2026" in last
    assert tell_effect(a_delivered(deposited_at=MONDAY_EVENING), date(2026, 3, 9), PERU)[0].startswith(
        "Surte efecto el martes"
    )


def test_unopened_for_five_business_days_it_took_effect_by_itself() -> None:
    delivered = a_delivered(Regime.ACKNOWLEDGEMENT)
    assert tell_deadline(delivered, date(2026, 3, 17), PERU).words == "Vence el lunes 30 de marzo de 2026"
    assert tell_effect(delivered, date(2026, 3, 17), PERU)[0] == (
        "Surtió efecto el martes 17 de marzo de 2026, porque nadie la abrió en los cinco días hábiles siguientes a su"
        " depósito."
    )


def test_once_opened_its_dates_are_those_the_opening_fixed() -> None:
    delivered = a_delivered(Regime.ACKNOWLEDGEMENT, opened_on=date(2026, 3, 11))
    assert tell_deadline(delivered, date(2026, 3, 20), PERU).words == "Vence el miércoles 25 de marzo de 2026"
    assert tell_effect(delivered, date(2026, 3, 20), PERU)[0] == (
        "Surtió efecto el miércoles 11 de marzo de 2026, con su primera apertura, que es el acuse de recibo."
    )


def test_an_immediate_measure_says_that_it_is_one() -> None:
    first = tell_effect(a_delivered(Regime.IMMEDIATE), date(2026, 3, 9), PERU)[0]
    assert first == (
        "Surtió efecto el lunes 9 de marzo de 2026, el día de su depósito, porque es una medida cautelar o precautoria."
    )


def test_an_unconfirmed_year_is_told_where_there_is_a_term() -> None:
    told = "El plazo pasa de 2025, el último año cuyos días no laborables estaban confirmados"
    for regime in Regime:
        sentences = tell_effect(a_delivered(regime, calendar=PACKAGED), date(2026, 3, 9), PERU)
        assert sentences[-1].startswith(told)
        assert not any(told in one for one in tell_effect(a_delivered(regime), date(2026, 3, 9), PERU))
        assert not any(told in one for one in tell_effect(a_delivered(regime, None), date(2026, 3, 9), PERU))


def test_a_term_in_months_says_of_the_opening_that_it_was_one() -> None:
    """It starts on the day it takes effect, as that of a notice nobody opened does."""
    month = Term(1, TermUnit.MONTHS)
    opened = a_delivered(Regime.ACKNOWLEDGEMENT, month, opened_on=date(2026, 3, 11))
    assert tell_effect(opened, date(2026, 3, 20), PERU) == (
        "Surtió efecto el miércoles 11 de marzo de 2026, con su primera apertura, que es el acuse de recibo.",
        f"El plazo es de 1 mes: {_from_to('miércoles 11 de marzo de 2026', 'lunes 13 de abril de 2026')}.",
    )
    assert (
        "porque nadie la abrió" in tell_effect(a_delivered(Regime.ACKNOWLEDGEMENT, month), date(2026, 3, 17), PERU)[0]
    )


def test_the_distance_is_told_with_the_term_and_counted_in_what_is_left() -> None:
    delivered = a_delivered(distance=Distance("Iquitos", 2, "Cuadro de ejemplo"))
    assert (
        "El plazo es de 10 días hábiles, más 2 días hábiles por la distancia desde Iquitos:"
        in tell_effect(delivered, date(2026, 3, 9), PERU)[1]
    )
    assert tell_deadline(delivered, date(2026, 3, 10), PERU).left == "te quedan 11 días hábiles"


def _from_to(starts: str, ends: str) -> str:
    return f"se cuenta desde el {starts} y termina el {ends}"


def test_what_else_decided_the_dates_is_told() -> None:
    told = tell_effect(a_delivered(term=Term(7, TermUnit.CALENDAR_DAYS)), date(2026, 3, 9), PERU)
    assert (
        "Los días calendario cuentan todos; si el último no es hábil, el plazo termina el siguiente que lo sea." in told
    )
    cited = a_delivered()
    cited = replace(cited, notice=replace(cited.notice, norm="D.S. de ejemplo, art. 2"))
    assert tell_effect(cited, date(2026, 3, 9), PERU)[-1] == (
        "La entidad notifica así según esta norma: D.S. de ejemplo, art. 2."
    )
    uncited = a_delivered(Regime.ACKNOWLEDGEMENT)
    uncited = replace(uncited, notice=replace(uncited.notice, hours=PERU.hours))
    assert tell_effect(uncited, date(2026, 3, 9), PERU)[-1].startswith("No se citó una norma de la entidad")
