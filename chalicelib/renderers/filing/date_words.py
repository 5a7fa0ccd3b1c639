"""What is told of a filing's dates: before it is sent, after it, and what an office's rule means (FIL-3).

Pages, letters and the PDF say the same. Hours are the country's, with their zone where the instant is evidence.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from chalicelib.domain.calendar import CountsUntil
from chalicelib.domain.filing.filing_date import FilingDates
from chalicelib.domain.filing.receiving import Receiving
from chalicelib.renderers.spanish import day_in_words, zone_in_words

_END_OF_DAY = time(23, 59)
_LAST_HOUR = 23
_MORNING = time(10)
_ON_BUSINESS_DAY = "el siguiente día hábil"


@dataclass(frozen=True, slots=True)
class FiledTold:
    """What page and receipt say of a filing's dates: rows of a name and a value, then sentences."""

    rows: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]


def tell_before(dates: FilingDates, receiving: Receiving, *, has_term: bool = True) -> tuple[str, ...]:
    """Say to who has not sent it yet what sending it now means; `dates` are those of this moment.

    `has_term` is whether the institution has a term for its answer.
    """
    return tuple(_before(dates, receiving, has_term=has_term))


def tell_after(
    dates: FilingDates, zone: ZoneInfo, *, has_term: bool = True, observable_until: date | None = None
) -> FiledTold:
    """Say of what was sent when it arrived, when it counts, from when it is attended to and the term runs, and why.

    `observable_until` is the last day on which it may be observed, where that is told beside it.
    """
    received = dates.received_at.astimezone(zone)
    is_attended = dates.attended_from <= dates.received_at
    rows = [
        (
            "Llegó",
            f"{day_in_words(received.date())} a las {received:%H:%M:%S} ({zone_in_words(zone)})",
        ),
        ("Cuenta como presentado", day_in_words(dates.legal_date)),
        (
            "La oficina lo atiende",
            "desde que llegó" if is_attended else f"desde el {_moment(dates.attended_from, zone)}",
        ),
    ]
    if has_term:
        rows.append(("El plazo de la entidad empieza", day_in_words(dates.term_starts)))
    return FiledTold(tuple(rows), tuple(_after(dates, observable_until, is_late=dates.legal_date != received.date())))


def tell_rule(receiving: Receiving, now: datetime) -> tuple[str, ...]:
    """Say what an office's rule means, with what becomes of two filings soon: one late on a business day, one not."""
    end = _counts_until(receiving)
    if receiving.rule.counts_until is CountsUntil.MIDNIGHT:
        others = f"Lo que llega otro día cuenta {_ON_BUSINESS_DAY}."
    else:
        others = f"Lo que llega después, u otro día, cuenta {_ON_BUSINESS_DAY}."
    rule = f"Lo que llega hasta las {end} de un día hábil cuenta como presentado ese día. {others}"
    return (rule, *(_example(receiving.settle(at), receiving.calendar.zone) for at in _soon(receiving, now)))


def until_in_words(until: datetime, zone: ZoneInfo) -> str:
    """Write the last second of a window as `hasta las 23:59 del lunes 9 de marzo de 2026`."""
    local = until.astimezone(zone)
    return f"hasta las {local:%H:%M} del {day_in_words(local.date())}"


def in_time_in_words(until: datetime, zone: ZoneInfo) -> str:
    """Say of a correction that it came in time, whichever day it counts as of: late ones are not taken."""
    return f"Llegó en plazo: se podía subsanar {until_in_words(until, zone)}."


def _before(dates: FilingDates, receiving: Receiving, *, has_term: bool) -> Iterator[str]:
    zone = receiving.calendar.zone
    today = receiving.calendar.local(dates.received_at).date()
    if dates.legal_date == today:
        yield (
            f"Si lo presentas ahora, cuenta como presentado hoy, {day_in_words(today)}."
            f" Tienes hasta las {_counts_until(receiving)} para que cuente hoy."
        )
    else:
        why = "La oficina ya cerró" if receiving.calendar.is_business_day(today) else "Hoy no es día hábil"
        yield (
            f"{why}. Si lo presentas ahora, cuenta como presentado el {day_in_words(dates.legal_date)},"
            f" {_ON_BUSINESS_DAY}."
        )
    if dates.attended_from <= dates.received_at:
        yield "La oficina está en su horario de atención: lo atiende desde que llega."
    else:
        yield f"La oficina lo atiende desde el {_moment(dates.attended_from, zone)}."
    if has_term:
        yield f"El plazo de la entidad para responder empieza el {day_in_words(dates.term_starts)}."
    yield from _unconfirmed(dates)


def _after(dates: FilingDates, observable_until: date | None, *, is_late: bool) -> Iterator[str]:
    rule = dates.rule
    if is_late:
        by_closing = rule is not None and rule.counts_until is CountsUntil.CLOSING
        why = "después del cierre de la oficina o en un día no hábil" if by_closing else "en un día no hábil"
        yield f"Llegó {why}: por eso cuenta {_ON_BUSINESS_DAY}."
    if rule is not None:
        yield f"La fecha se cuenta según esta norma: {rule.norm}."
    yield from _unconfirmed(dates, observable_until)


def _unconfirmed(dates: FilingDates, last: date | None = None) -> Iterator[str]:
    is_past = last is not None and dates.confirmed_until is not None and last.year > dates.confirmed_until
    if is_past or dates.unconfirmed_year is not None:
        yield (
            f"Las fechas pasan de {dates.confirmed_until}, el último año cuyos días no laborables estaban confirmados:"
            " si se declara otro, podrían ser posteriores. Pregunta a la entidad."
        )


def _counts_until(receiving: Receiving) -> str:
    is_midnight = receiving.rule.counts_until is CountsUntil.MIDNIGHT
    return f"{_END_OF_DAY if is_midnight else receiving.hours.closes_at:%H:%M}"


def _soon(receiving: Receiving, now: datetime) -> Iterator[datetime]:
    """Give an hour after closing of the next business day, and a morning of the next day that is none."""
    calendar, closes = receiving.calendar, receiving.hours.closes_at
    after = closes.replace(hour=closes.hour + 1) if closes.hour < _LAST_HOUR else _END_OF_DAY
    day = calendar.next_business_day(calendar.local(now).date())
    yield datetime.combine(day, after, calendar.zone).astimezone(UTC)
    while calendar.is_business_day(day):
        day += timedelta(days=1)
    yield datetime.combine(day, _MORNING, calendar.zone).astimezone(UTC)


def _example(dates: FilingDates, zone: ZoneInfo) -> str:
    received = dates.received_at.astimezone(zone)
    counts = "ese mismo día" if dates.legal_date == received.date() else f"el {day_in_words(dates.legal_date)}"
    is_attended = dates.attended_from <= dates.received_at
    attended = "desde que llega" if is_attended else f"desde el {_moment(dates.attended_from, zone)}"
    return (
        f"Por ejemplo, lo que llegue el {_moment(dates.received_at, zone)} cuenta como presentado {counts}. La oficina"
        f" lo atiende {attended}, y el plazo de la entidad empieza el {day_in_words(dates.term_starts)}."
    )


def _moment(instant: datetime, zone: ZoneInfo) -> str:
    local = instant.astimezone(zone)
    return f"{day_in_words(local.date())} a las {local:%H:%M}"
