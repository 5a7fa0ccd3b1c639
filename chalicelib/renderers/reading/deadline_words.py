"""When a notice takes effect and how long its reader has, in plain words; no two sentences for one fact anywhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from chalicelib.domain.calendar import BusinessCalendar
from chalicelib.domain.deadline import Deadline, Regime, Term, TermUnit
from chalicelib.domain.notice import Notice
from chalicelib.domain.reading.reading import DeliveredNotice
from chalicelib.renderers.spanish import day_in_words
from chalicelib.renderers.term_words import term_in_words

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

    @property
    def in_one_line(self) -> str:
        """Both, as pages show them."""
        return f"{self.words} \u2013 {self.left}" if self.left else self.words


def tell_deadline(delivered: DeliveredNotice, today: date, calendar: BusinessCalendar) -> DeadlineTold:
    """Tell the term as it stands on a local day."""
    term, deadline = delivered.notice.term, delivered.deadline_on(today)
    if term is None or deadline.ends_by is None:
        return DeadlineTold(Urgency.NONE, "Sin plazo")
    ends = deadline.term_ends_on
    if ends is None:
        starts = "cuando la abras" if term.unit is TermUnit.MONTHS else "después de que la abras"
        latest = day_in_words(deadline.ends_by)
        return DeadlineTold(Urgency.WAITING, f"Empieza {starts}; vence a más tardar el {latest}")
    if today > ends:
        return DeadlineTold(Urgency.OVER, f"Venció el {day_in_words(ends)}")
    if today == ends:
        return DeadlineTold(Urgency.SOON, f"Vence hoy, {day_in_words(ends)}")
    number, noun = _days_left(_counted(delivered.notice, term), deadline, ends, today, calendar)
    verb = "te queda" if number == 1 else "te quedan"
    urgency = Urgency.SOON if number <= _SOON else Urgency.CALM
    return DeadlineTold(urgency, f"Vence el {day_in_words(ends)}", f"{verb} {number} {noun}")


def tell_effect(delivered: DeliveredNotice, today: date, calendar: BusinessCalendar) -> tuple[str, ...]:
    """Say under which rule a notice takes effect, with its dates, as sentences for who reads it."""
    deadline = delivered.deadline_on(today)
    return (*_effect(delivered, deadline, today), *_counted_by(delivered, deadline, calendar))


def _effect(delivered: DeliveredNotice, deadline: Deadline, today: date) -> Iterator[str]:
    notice = delivered.notice
    if deadline.effective_on is None or deadline.term_starts_on is None:
        yield from _effect_of_opening(delivered, deadline, today)
    else:
        effective = deadline.effective_on
        took = "Surtió" if effective <= today else "Surte"
        yield f"{took} efecto el {day_in_words(effective)}, {_reason(delivered, effective)}."
        if notice.term is not None and deadline.term_ends_on is not None:
            yield (
                f"El plazo es de {_whole_term(delivered)}: se cuenta desde el"
                f" {day_in_words(deadline.term_starts_on)} y termina el {day_in_words(deadline.term_ends_on)}."
            )
    if notice.term is None:
        yield "La entidad no indicó un plazo. Lee el documento: puede mencionar uno."


def _counted_by(delivered: DeliveredNotice, deadline: Deadline, calendar: BusinessCalendar) -> Iterator[str]:
    """Say what else decided the dates: the hours, the kind of days, the end of what was known, the norm."""
    notice = delivered.notice
    deposited = calendar.local(notice.deposited_at)
    if notice.counts_on is not None and notice.counts_on != deposited.date():
        yield (
            f"Se depositó el {day_in_words(deposited.date())} a las {deposited:%H:%M}, fuera del horario de atención o"
            f" en un día no hábil: se tiene por recibida el {day_in_words(notice.counts_on)}."
        )
    if notice.term is not None and notice.term.unit is TermUnit.CALENDAR_DAYS:
        yield "Los días calendario cuentan todos; si el último no es hábil, el plazo termina el siguiente que lo sea."
    if notice.term is not None and deadline.unconfirmed_year is not None:
        yield (
            f"El plazo pasa de {deadline.confirmed_until}, el último año cuyos días no laborables estaban confirmados"
            " cuando se depositó: si se declara otro, podría terminar después. Pregunta a la entidad."
        )
    if notice.norm is not None:
        yield f"La entidad notifica así según esta norma: {notice.norm}."
    elif notice.hours is not None and notice.regime is Regime.ACKNOWLEDGEMENT:
        yield "No se citó una norma de la entidad para notificar de otro modo: se aplica el acuse de recibo."


def _effect_of_opening(delivered: DeliveredNotice, latest: Deadline, today: date) -> Iterator[str]:
    """Say what opening decides; both outcomes by their dates, since an hour or a holiday moves them."""
    term, opened = delivered.notice.term, delivered.deadline_if_opened_on(today)
    if opened.effective_on is not None:
        yield f"Abrirla es tu acuse de recibo: si la abres hoy, surte efecto el {day_in_words(opened.effective_on)}."
    yield f"Si nadie la abre, la entidad considera que surte efecto el {day_in_words(latest.starts_by)}."
    if term is not None and opened.term_starts_on and opened.term_ends_on and latest.ends_by:
        starts, ends = day_in_words(opened.term_starts_on), day_in_words(opened.term_ends_on)
        yield (
            f"El plazo es de {_whole_term(delivered)}. Si la abres hoy, se cuenta desde el {starts} y termina el"
            f" {ends}; si nadie la abre, termina el {day_in_words(latest.ends_by)}."
        )


def _whole_term(delivered: DeliveredNotice) -> str:
    """Write the term with what was added for the distance."""
    notice = delivered.notice
    words = "" if notice.term is None else term_in_words(notice.term)
    if notice.distance is None or not notice.distance.days:
        return words
    added = term_in_words(Term(notice.distance.days, TermUnit.BUSINESS_DAYS))
    return f"{words}, más {added} por la distancia desde {notice.distance.place}"


def _reason(delivered: DeliveredNotice, effective: date) -> str:
    regime = delivered.notice.regime
    if regime is Regime.DEPOSIT:
        return "por haberse depositado en tu casilla, se abra o no"
    if regime is Regime.IMMEDIATE:
        return "el día de su depósito, porque es una medida cautelar o precautoria"
    if effective == delivered.notice.deadline.starts_by:
        return "porque nadie la abrió en los cinco días hábiles siguientes a su depósito"
    return "con su primera apertura, que es el acuse de recibo"


def _counted(notice: Notice, term: Term) -> Term:
    """Return the term with its distance, where both count business days."""
    if notice.distance is None or term.unit is not TermUnit.BUSINESS_DAYS:
        return term
    return Term(term.amount + notice.distance.days, term.unit)


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
