"""When a notice takes effect and how long its reader has, in plain words; no two sentences for one fact anywhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from chalicelib.domain.calendar import BusinessCalendar
from chalicelib.domain.deadline import Deadline, Regime, Term, TermUnit
from chalicelib.domain.reading import DeliveredNotice
from chalicelib.renderers.spanish import day_in_words, term_in_words

_SOON = 3
"""Days left, of the kind that is told, from which on it is told with urgency."""


class Urgency(StrEnum):
    """How a deadline is coloured; the words say it too."""

    NONE = "none"
    WAITING = "waiting"
    CALM = "calm"
    SOON = "soon"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class DeadlineTold:
    """One line about a term: `Vence el viernes 20 de noviembre de 2026`, and `te quedan 5 días hábiles` or nothing."""

    urgency: Urgency
    words: str
    left: str = ""


def tell_deadline(delivered: DeliveredNotice, today: date, calendar: BusinessCalendar) -> DeadlineTold:
    """Tell the term as it stands on a local day."""
    term, deadline = delivered.notice.term, delivered.deadline_on(today)
    if term is None or deadline.ends_by is None:
        return DeadlineTold(Urgency.NONE, "Sin plazo")
    ends = deadline.term_ends_on
    if ends is None:
        latest = day_in_words(deadline.starts_by)
        return DeadlineTold(
            Urgency.WAITING, f"El plazo empieza el día hábil siguiente al que la abras, a más tardar el {latest}"
        )
    if today > ends:
        return DeadlineTold(Urgency.OVER, f"Venció el {day_in_words(ends)}")
    if today == ends:
        return DeadlineTold(Urgency.SOON, f"Vence hoy, {day_in_words(ends)}")
    number, noun = _days_left(term, deadline, ends, today, calendar)
    verb = "te queda" if number == 1 else "te quedan"
    urgency = Urgency.SOON if number <= _SOON else Urgency.CALM
    return DeadlineTold(urgency, f"Vence el {day_in_words(ends)}", f"{verb} {number} {noun}")


def tell_effect(delivered: DeliveredNotice, today: date) -> tuple[str, ...]:
    """Say under which rule a notice takes effect, with its dates, as sentences for who reads it."""
    return tuple(_effect(delivered, delivered.deadline_on(today), today))


def _effect(delivered: DeliveredNotice, deadline: Deadline, today: date) -> Iterator[str]:
    notice = delivered.notice
    effective, starts = deadline.effective_on, deadline.term_starts_on
    if effective is None or starts is None:
        yield "Abrirla es tu acuse de recibo: surte efecto ese día."
        yield f"Si nadie la abre antes, surte efecto por sí sola el {day_in_words(deadline.starts_by)}."
        if notice.term is not None and deadline.ends_by is not None:
            yield (
                f"El plazo es de {term_in_words(notice.term)}: se cuenta desde el día hábil siguiente al que la abras"
                f" y termina a más tardar el {day_in_words(deadline.ends_by)}."
            )
            yield from _if_opened(delivered.deadline_if_opened_on(today))
            return
    else:
        took = "Surtió" if effective <= today else "Surte"
        yield f"{took} efecto el {day_in_words(effective)}, {_reason(notice.regime, effective, starts)}."
        if notice.term is not None and deadline.term_ends_on is not None:
            yield (
                f"El plazo es de {term_in_words(notice.term)}: se cuenta desde el {day_in_words(starts)}"
                f" y termina el {day_in_words(deadline.term_ends_on)}."
            )
            return
    yield "La entidad no indicó un plazo. Lee el documento: puede mencionar uno."


def _if_opened(deadline: Deadline) -> Iterator[str]:
    if deadline.term_starts_on is not None and deadline.term_ends_on is not None:
        starts, ends = day_in_words(deadline.term_starts_on), day_in_words(deadline.term_ends_on)
        yield f"Si la abres hoy, el plazo se cuenta desde el {starts} y termina el {ends}."


def _reason(regime: Regime, effective: date, starts: date) -> str:
    if regime is Regime.DEPOSIT:
        return "por haberse depositado en tu casilla, se abra o no"
    if regime is Regime.IMMEDIATE:
        return "el día de su depósito, porque es una medida de efecto inmediato"
    if effective == starts:
        return "porque nadie la abrió en los cinco días hábiles siguientes a su depósito"
    return "con su primera apertura, que es el acuse de recibo"


def _days_left(term: Term, deadline: Deadline, ends: date, today: date, calendar: BusinessCalendar) -> tuple[int, str]:
    """Count what is left after today: business days only where that count is certain, else plain days.

    The notice does not say which regional days its end was counted with. Where the country's calendar alone leads to
    the same end, there was none among the term's days.
    """
    starts = deadline.term_starts_on
    if term.unit is TermUnit.BUSINESS_DAYS and starts is not None:
        if today < starts:
            return _named(term.amount, "día hábil", "días hábiles")
        if calendar.nth_business_day(starts, term.amount) == ends:
            days = (today + timedelta(days=number) for number in range(1, (ends - today).days + 1))
            return _named(sum(map(calendar.is_business_day, days)), "día hábil", "días hábiles")
    return _named((ends - today).days, "día", "días")


def _named(number: int, singular: str, plural: str) -> tuple[int, str]:
    return number, singular if number == 1 else plural
