"""What is told of a filing's dates, in the words that page and receipt share."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from chalicelib.domain.calendar import CalendarEntries, CountsUntil, FilingRule, OfficeHours
from chalicelib.domain.filing.receiving import Receiving
from chalicelib.renderers.filing.date_words import tell_after, tell_before, tell_rule, until_in_words
from tests.calendars import PERU

LIMA = ZoneInfo("America/Lima")
CONFIRMED = PERU.with_entries(CalendarEntries(1, confirmed_until=2027))
HOURS = OfficeHours(time(8, 30), time(16, 30), "")
OPEN = Receiving(PERU.filing.rule, HOURS, CONFIRMED)
CLOSING = Receiving(FilingRule(CountsUntil.CLOSING, "Ordenanza 1", 2), HOURS, CONFIRMED)
FRI, SAT = date(2026, 3, 13), date(2026, 3, 14)


def at(day: date, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute, second), LIMA).astimezone(UTC)


def before(receiving: Receiving, now: datetime, *, has_term: bool = True) -> tuple[str, ...]:
    return tell_before(receiving.settle(now), receiving, has_term=has_term)


def test_before_sending_on_a_business_evening_it_counts_today_and_is_attended_to_later() -> None:
    assert before(OPEN, at(FRI, 20)) == (
        (
            "Si lo presentas ahora, cuenta como presentado hoy, viernes 13 de marzo de 2026."
            " Tienes hasta las 23:59 para que cuente hoy."
        ),
        "La oficina lo atiende desde el lunes 16 de marzo de 2026 a las 08:30.",
        "El plazo de la entidad para responder empieza el lunes 16 de marzo de 2026.",
    )


def test_an_institution_has_a_term_unless_it_is_said_that_it_has_none() -> None:
    now = at(FRI, 20)
    assert tell_before(OPEN.settle(now), OPEN) == before(OPEN, now)
    assert len(tell_after(OPEN.settle(now), LIMA).rows) == 4


def test_before_sending_within_hours_the_office_attends_at_once_and_without_a_term_none_is_told() -> None:
    assert before(OPEN, at(FRI, 10), has_term=False)[1:] == (
        "La oficina está en su horario de atención: lo atiende desde que llega.",
    )


def test_before_sending_on_a_saturday_or_after_a_closing_that_counts_the_next_business_day_is_told_with_why() -> None:
    counts = "Si lo presentas ahora, cuenta como presentado el lunes 16 de marzo de 2026, el siguiente día hábil."
    assert before(OPEN, at(SAT, 10))[0] == f"Hoy no es día hábil. {counts}"
    assert before(CLOSING, at(SAT, 10))[0] == f"Hoy no es día hábil. {counts}"
    assert before(CLOSING, at(FRI, 16, 30, 1))[0] == f"La oficina ya cerró. {counts}"
    assert "hasta las 16:30 para" in before(CLOSING, at(FRI, 16, 29))[0]


def test_a_year_that_nobody_confirmed_is_told_before_and_after() -> None:
    unknown = Receiving(PERU.filing.rule, HOURS, PERU)
    dates = unknown.settle(at(FRI, 10))
    for told in (before(unknown, at(FRI, 10))[-1], tell_after(dates, LIMA).notes[-1]):
        assert told.startswith("Las fechas pasan de 2025, el último año cuyos días no laborables estaban confirmados")
    assert not any("confirmados" in told for told in before(OPEN, at(FRI, 10)))


def test_after_sending_instant_legal_date_attention_and_term_are_told_with_the_norm() -> None:
    told = tell_after(OPEN.settle(at(FRI, 20, 15, 30)), LIMA)
    assert told.rows == (
        ("Llegó", "viernes 13 de marzo de 2026 a las 20:15:30 (hora de Lima)"),
        ("Cuenta como presentado", "viernes 13 de marzo de 2026"),
        ("La oficina lo atiende", "desde el lunes 16 de marzo de 2026 a las 08:30"),
        ("El plazo de la entidad empieza", "lunes 16 de marzo de 2026"),
    )
    assert told.notes == (f"La fecha se cuenta según esta norma: {PERU.filing.rule.norm}.",)


def test_after_sending_a_later_legal_date_is_told_with_why() -> None:
    assert tell_after(OPEN.settle(at(SAT, 9)), LIMA).notes[0] == (
        "Llegó en un día no hábil: por eso cuenta el siguiente día hábil."
    )
    late = tell_after(CLOSING.settle(at(FRI, 18)), LIMA, has_term=False)
    assert late.rows[1:] == (
        ("Cuenta como presentado", "lunes 16 de marzo de 2026"),
        ("La oficina lo atiende", "desde el lunes 16 de marzo de 2026 a las 08:30"),
    )
    assert late.notes == (
        "Llegó después del cierre de la oficina o en un día no hábil: por eso cuenta el siguiente día hábil.",
        "La fecha se cuenta según esta norma: Ordenanza 1.",
    )
    assert tell_after(OPEN.settle(at(FRI, 10)), LIMA).rows[2] == ("La oficina lo atiende", "desde que llegó")


def test_a_rule_is_explained_by_two_filings_that_are_settled_by_it() -> None:
    now = at(date(2026, 3, 12), 11)
    late = "Por ejemplo, lo que llegue el viernes 13 de marzo de 2026 a las 17:30 cuenta como presentado"
    rest = (
        "La oficina lo atiende desde el lunes 16 de marzo de 2026 a las 08:30, y el plazo de la entidad empieza el"
        " {} 1{} de marzo de 2026."
    )
    saturday = "Por ejemplo, lo que llegue el sábado 14 de marzo de 2026 a las 10:00 cuenta como presentado el lunes"
    assert tell_rule(OPEN, now) == (
        (
            "Lo que llega hasta las 23:59 de un día hábil cuenta como presentado ese día."
            " Lo que llega otro día cuenta el siguiente día hábil."
        ),
        f"{late} ese mismo día. {rest.format('lunes', 6)}",
        f"{saturday} 16 de marzo de 2026. {rest.format('martes', 7)}",
    )
    assert tell_rule(CLOSING, now)[:2] == (
        (
            "Lo que llega hasta las 16:30 de un día hábil cuenta como presentado ese día."
            " Lo que llega después, u otro día, cuenta el siguiente día hábil."
        ),
        f"{late} el lunes 16 de marzo de 2026. {rest.format('martes', 7)}",
    )


def test_an_office_that_closes_at_night_has_an_example_of_the_same_day() -> None:
    for closes in (time(22, 59), time(23), time(23, 59)):
        told = tell_rule(Receiving(OPEN.rule, OfficeHours(time(8), closes, ""), CONFIRMED), at(date(2026, 3, 12), 11))
        assert "viernes 13 de marzo de 2026 a las 23:59 cuenta como presentado ese mismo día" in told[1]


def test_the_end_of_a_window_is_written_with_its_hour_first() -> None:
    assert until_in_words(at(FRI, 23, 59, 59), LIMA) == "hasta las 23:59 del viernes 13 de marzo de 2026"
