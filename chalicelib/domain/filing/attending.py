"""What officers and holders do about a filing, each as one pure decision: it returns the next version, or refuses."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from chalicelib.domain.calendar import BusinessCalendar, OfficeHours
from chalicelib.domain.deadline import legal_date
from chalicelib.domain.errors import Conflict, InvalidInput
from chalicelib.domain.filing.filing import (
    Answer,
    Attendant,
    Correction,
    Filing,
    FilingState,
    Move,
    MoveKind,
    Observation,
    Taken,
)
from chalicelib.domain.filing.observation import (
    WRITTEN_WITHIN,
    correctable_until,
    lapses_at,
    may_correct,
    may_observe,
    observable_until,
    remind_at,
)
from chalicelib.domain.typed import tidy

LONGEST_OBSERVATION = 2000
LONGEST_REASON = 300
MOST_MOVES = 50
"""How many of its steps from hand to hand a filing keeps, the first ten and the last; the log has all of them."""
_FIRST_MOVES = 10


def take(filing: Filing, by: Attendant, now: datetime) -> Filing:
    """Have somebody attend to it; whoever does already goes on, and has seen a correction by that.

    Raises:
        Conflict: `filing_ended`, `filing_taken`.

    """
    _require_going_on(filing, now)
    _require_nobody_elses(filing, by)
    if filing.taken is not None and filing.stage is not FilingState.CORRECTED:
        return filing
    move = Move(MoveKind.TAKEN, now, by, by.actor, by.name)
    return _next(filing, taken=Taken(by, now), moves=_moves(filing, move))


def hand_over(filing: Filing, to: Attendant, by: Attendant, now: datetime, *, reason: str = "") -> Filing:
    """Have another officer attend to it; done again with the same words, it is the same.

    Who does not attend to it says why they take it from whoever does.

    Raises:
        Conflict: `filing_ended`, `filing_not_taken`, `filing_taken` where it is that officer's already.
        InvalidInput: `reason_missing`, `reason_too_long`.

    """
    _require_going_on(filing, now)
    if filing.taken is None:
        detail = "Nadie atiende esta presentación todavía. Tómala, o pide a la persona que la tome."
        raise Conflict("filing_not_taken", detail)
    if filing.taken.by.actor == to.actor:
        if _was_last(filing, (MoveKind.HANDED_OVER, by.actor, to.actor, _lines(reason))):
            return filing
        raise Conflict("filing_taken", f"Ya la atiende {to.name}. Elige a otra persona.", field="to")
    is_own = filing.taken.by.actor == by.actor
    why = _reason(reason, is_needed=not is_own)
    move = Move(MoveKind.HANDED_OVER, now, by, to.actor, to.name, why)
    return _next(filing, taken=Taken(to, now), moves=_moves(filing, move))


def derive(  # noqa: PLR0913 - whence, whither, by whom and why
    filing: Filing, office_id: str | None, office_name: str | None, by: Attendant, now: datetime, *, reason: str
) -> Filing:
    """Send it to another office of its institution, where nobody attends to it yet; None is the institution itself.

    Raises:
        Conflict: `filing_ended`, `filing_taken`, `filing_there_already`.
        InvalidInput: `reason_missing`, `reason_too_long`.

    """
    _require_going_on(filing, now)
    _require_nobody_elses(filing, by)
    if filing.office_id == office_id:
        detail = "La presentación ya está en esa oficina. Elige otra."
        raise Conflict("filing_there_already", detail, field="office")
    why = _reason(reason, is_needed=True)
    move = Move(MoveKind.DERIVED, now, by, office_id or "", office_name or "", why)
    return _next(filing, office_id=office_id, office_name=office_name, taken=None, moves=_moves(filing, move))


def is_derived_already(filing: Filing, office_id: str, by: Attendant, reason: str) -> bool:
    """Tell whether somebody sent it to this office last, with these very words, and nobody has taken it there."""
    return _was_last(filing, (MoveKind.DERIVED, by.actor, office_id, _lines(reason)))


def observe(  # noqa: PLR0913 - what, by whom, and by which calendars and hours
    filing: Filing,
    text: str,
    by: Attendant,
    now: datetime,
    *,
    calendar: BusinessCalendar,
    hours: OfficeHours,
    received_by: BusinessCalendar | None = None,
) -> Filing:
    """Ask the holder to correct something: once, and within the days that the law gives; who does attends to it.

    Until when it may be observed is counted by `received_by`, the calendar of where it was received, as its receipt
    says; None where that is `calendar`, which with `hours` is that of the office that has it now and observes it.

    Raises:
        Conflict: `filing_ended`, `filing_taken`, `filing_observed_already`, `observation_too_late`.
        InvalidInput: `observation_missing`, `observation_too_long`.

    """
    if filing.observation is not None:
        detail = (
            f"Esta presentación ya la observó {filing.observation.by.name}, y la ley permite observarla una sola vez."
            " Evalúala con lo que tiene y respóndele con una notificación."
        )
        raise Conflict("filing_observed_already", detail)
    _require_going_on(filing, now)
    _require_nobody_elses(filing, by)
    counted_by = received_by or calendar
    if not may_observe(filing.dates, now, counted_by):
        until = counted_by.local(observable_until(filing.dates, counted_by))
        detail = (
            f"El plazo para observarla venció el {until:%d/%m/%Y}. Evalúala con lo que tiene y respóndele con una"
            " notificación."
        )
        raise Conflict("observation_too_late", detail)
    said = _text(text, "observation", LONGEST_OBSERVATION, "Escribe qué falta o qué hay que subsanar.")
    counts_on = legal_date(now, calendar, hours)
    until = correctable_until(counts_on, calendar)
    observation = Observation(said, by, now, until, remind_at(now, until, calendar), counts_on)
    return _next(filing, taken=filing.taken or Taken(by, now), observation=observation)


def recounted(filing: Filing, calendar: BusinessCalendar) -> Filing:
    """Return it with the end of its observation as the calendar has it now, where that is later than was told.

    A day that was declared none meanwhile takes nothing from the holder (145.1, 145.2). Nothing brings an end forward,
    and what lapsed, as both were told, or was corrected or answered stays as it is.
    """
    observation = filing.observation
    is_over = filing.correction is not None or filing.answer is not None or filing.told.lapse_at is not None
    if observation is None or observation.counts_on is None or is_over:
        return filing
    until = correctable_until(observation.counts_on, calendar)
    if until <= observation.until:
        return filing
    is_reminded = filing.told.reminded_at is not None
    at = observation.remind_at if is_reminded else remind_at(observation.at, until, calendar)
    return replace(filing, observation=replace(observation, until=until, remind_at=at))


def is_said_already(filing: Filing, text: str, by: Attendant) -> bool:
    """Tell whether somebody observed it with these very words: their form came twice."""
    said = filing.observation
    return said is not None and (said.by.actor, said.text) == (by.actor, _lines(text))


def require_correctable(filing: Filing, now: datetime) -> Observation:
    """Return the observation that can be corrected now.

    Raises:
        Conflict: `nothing_to_correct`, `corrected_already`, `correction_too_late`.

    """
    if filing.observation is None or filing.answer is not None:
        detail = "La entidad no espera que la subsanes. Si quieres agregar algo, presenta otro documento."
        raise Conflict("nothing_to_correct", detail)
    if filing.correction is not None:
        detail = "Ya subsanaste esta presentación. Si quieres agregar algo, presenta otro documento."
        raise Conflict("corrected_already", detail)
    if not may_correct(filing.observation.until, now):
        detail = (
            "El plazo para subsanarla venció, y cuenta como no presentada. Puedes presentarla de nuevo, con lo que"
            " pedía la observación."
        )
        raise Conflict("correction_too_late", detail)
    return filing.observation


def correct(filing: Filing, correction: Correction) -> Filing:
    """Add what the holder sent to correct it, under the same number; all that was filed before stays.

    Who took the filing while it was on its way has not seen it: they are taken to attend since it was sent.

    Raises:
        Conflict: as `require_correctable`.
        InvalidInput: `correction_empty`.

    """
    require_correctable(filing, correction.at)
    if not correction.documents:
        detail = "Adjunta al menos un documento con lo que pide la observación."
        raise InvalidInput("correction_empty", detail, field="files")
    taken = filing.taken and replace(filing.taken, at=min(filing.taken.at, correction.at))
    return _next(filing, correction=correction, taken=taken)


def answer(filing: Filing, notice_id: str, by: Attendant, now: datetime) -> Filing:
    """Link the notice by which it was answered. One that lapsed can be answered too, which does not bring it back.

    Not at once: what was sent in the last second may still be on its way, and would find it answered.

    Raises:
        Conflict: `filing_answered_already`, `filing_taken`, `correction_awaited`.

    """
    if filing.answer is not None:
        detail = f"Esta presentación ya se respondió con la notificación {filing.answer.notice_id}."
        raise Conflict("filing_answered_already", detail)
    _require_nobody_elses(filing, by)
    if filing.state_at(now) is FilingState.OBSERVED:
        detail = "La persona todavía está a tiempo de subsanarla. Espera su subsanación, o a que venza el plazo."
        raise Conflict("correction_awaited", detail)
    if _may_be_corrected_still(filing, now):
        detail = (
            "El plazo para subsanarla acaba de vencer, y puede estar llegando lo que se envió a tiempo. Espera dos"
            " minutos."
        )
        raise Conflict("correction_awaited", detail)
    return _next(filing, answer=Answer(notice_id, by, now))


def _may_be_corrected_still(filing: Filing, now: datetime) -> bool:
    """Tell whether a correction that was sent in time may be on its way into the store."""
    observation = filing.observation
    return observation is not None and filing.correction is None and now < lapses_at(observation.until) + WRITTEN_WITHIN


def _was_last(filing: Filing, asked: tuple[MoveKind, str, str, str]) -> bool:
    """Tell whether the last step within the institution was of a kind, by somebody, to somewhere, with a reason."""
    last = filing.moves[-1] if filing.moves else None
    return last is not None and (last.kind, last.by.actor, last.to, last.reason) == asked


def _moves(filing: Filing, move: Move) -> tuple[Move, ...]:
    """Add a step; however often it goes on, there is room for a correction and an answer."""
    moves = (*filing.moves, move)
    return moves if len(moves) <= MOST_MOVES else (*moves[:_FIRST_MOVES], *moves[_FIRST_MOVES - MOST_MOVES :])


def _next(filing: Filing, **facts: Any) -> Filing:
    return replace(filing, version=filing.version + 1, **facts)


def _require_going_on(filing: Filing, now: datetime) -> None:
    state = filing.state_at(now)
    if state is FilingState.ANSWERED:
        raise Conflict("filing_ended", "Esta presentación ya se respondió. Solo puedes consultarla.")
    if state is FilingState.NOT_FILED:
        detail = "No se subsanó a tiempo, y cuenta como no presentada. Puedes consultarla o responderla."
        raise Conflict("filing_ended", detail)


def _require_nobody_elses(filing: Filing, by: Attendant) -> None:
    if filing.taken is not None and filing.taken.by.actor != by.actor:
        detail = f"La atiende {filing.taken.by.name}. Pídele que te la pase, o pásala tú y di por qué."
        raise Conflict("filing_taken", detail)


def _reason(typed: str, *, is_needed: bool) -> str:
    if not is_needed and not typed.strip():
        return ""
    return _text(typed, "reason", LONGEST_REASON, "Di por qué: quedará en la historia de la presentación.")


def _text(typed: str, field: str, longest: int, missing: str) -> str:
    text = _lines(typed)
    if not text:
        raise InvalidInput(f"{field}_missing", missing, field=field)
    if len(text) > longest:
        raise InvalidInput(f"{field}_too_long", f"Escríbelo en {longest} letras como máximo.", field=field)
    return text


def _lines(typed: str) -> str:
    return "\n".join(line for line in (tidy(line) for line in typed.splitlines()) if line)
