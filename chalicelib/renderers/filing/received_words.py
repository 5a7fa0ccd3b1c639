"""What is told to officers of a filing: its clocks, and what happened to it, step by step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from chalicelib.domain.filing.filing import Filing, MoveKind
from chalicelib.domain.filing.observation import is_by
from chalicelib.renderers.filing.date_words import until_in_words

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from chalicelib.domain.filing.received import Clocks

_MOVES = {
    MoveKind.TAKEN: "{by} tomó la presentación",
    MoveKind.HANDED_OVER: "{by} pasó la presentación a {to}",
    MoveKind.DERIVED: "{by} derivó la presentación a {to}",
}


@dataclass(frozen=True, slots=True)
class ClockTold:
    """One clock in a sentence; `is_late` where the institution owes what it should have done."""

    words: str
    is_late: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened; `notice_id` is the notice of an answer."""

    at: datetime
    title: str
    text: str = ""
    notice_id: str = ""


def clocks_in_words(clocks: Clocks, now: datetime, zone: ZoneInfo) -> tuple[ClockTold, ...]:
    """Say which clocks run, what they are for, and until when."""
    return tuple(_clocks(clocks, now, zone))


def story_of(filing: Filing) -> tuple[Step, ...]:
    """Return all that happened to a filing, in order."""
    return tuple(sorted(_steps(filing), key=lambda step: step.at))


def _clocks(clocks: Clocks, now: datetime, zone: ZoneInfo) -> Iterator[ClockTold]:
    if clocks.answer_until is not None:
        until = until_in_words(clocks.answer_until, zone)
        if clocks.is_answer_late(now):
            yield ClockTold(f"El plazo para responder venció: era {until}.", is_late=True)
        else:
            yield ClockTold(f"Responde {until}.")
    if clocks.observable_until is not None:
        if not is_by(now, clocks.observable_until):
            yield ClockTold("El plazo para observarla venció.")
        else:
            yield ClockTold(f"Puedes observarla {until_in_words(clocks.observable_until, zone)}, una sola vez.")
    if clocks.correctable_until is not None:
        until = until_in_words(clocks.correctable_until, zone)
        yield ClockTold(f"La persona puede subsanarla {until}. Si no lo hace, cuenta como no presentada.")


def _steps(filing: Filing) -> Iterator[Step]:
    yield Step(filing.filed_at, "Se presentó")
    for move in filing.moves:
        yield Step(move.at, _MOVES[move.kind].format(by=move.by.name, to=move.to_name), move.reason)
    if filing.observation is not None:
        said = filing.observation
        yield Step(said.at, f"{said.by.name} observó la presentación", said.text)
    if filing.correction is not None:
        yield Step(filing.correction.at, "La persona la subsanó", filing.correction.subject)
    if filing.answer is not None:
        answer = filing.answer
        yield Step(answer.at, f"{answer.by.name} la respondió", notice_id=answer.notice_id)
