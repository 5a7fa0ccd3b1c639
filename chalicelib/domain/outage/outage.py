"""An outage as it is published: with its date, its hour and its duration (Ley 31736, 7.2.e and 8.2)."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from chalicelib.domain.errors import Conflict, InvalidInput

FURTHEST = timedelta(days=366)
"""How far from now an outage may begin, before or after, and how long it may be expected to last."""
ANNOUNCED_AHEAD = timedelta(days=3)
"""How long before it begins a planned outage stands on every page."""
ON_BOARD = 20
"""How many of the newest announcements the board holds, besides all that are not over."""
_MOST_A_DAY = 99
_ENDED = (
    "La interrupción {id} ya estaba terminada a otra hora. No se cambió nada. Si lo publicado está mal, se anuncia otra"
    " vez con lo correcto: «outage announce --corrects {id}», con --from, --until, --affects y --words. Lo publicado lo"
    " dice «outage show {id}»."
)
_WORDS = range(10, 301)


class Affected(StrEnum):
    """What does not work."""

    ALL = "all"
    ACCESS = "access"
    DEPOSITS = "deposits"
    ALERTS = "alerts"
    REGISTRATION = "registration"


class OutageState(StrEnum):
    """How an outage stands at an instant."""

    PLANNED = "planned"
    UNDER_WAY = "under_way"
    UNCONFIRMED = "unconfirmed"
    """The hour until which it was expected has passed, and nobody said that it is over."""
    OVER = "over"
    CALLED_OFF = "called_off"
    CORRECTED = "corrected"
    """Another announcement says it rightly: this one counts no more, and stays readable."""


@dataclass(frozen=True, slots=True)
class Outage:
    """One announcement. `outage_id` is the local day it was announced on and a number, such as `2026-03-09-01`.

    `expected_until` is None where nobody knew the end. An outage is over when an operator ended it (`ended_at`), or
    where it was announced afterwards, with its end. One that was ended before it began was called off. What is wrong in
    it stays: `corrected_by` names the announcement that says it rightly, whose `corrects` names this one.
    """

    outage_id: str
    starts_at: datetime
    expected_until: datetime | None
    affects: tuple[Affected, ...]
    words: str
    announced_at: datetime
    ended_at: datetime | None = None
    corrects: str | None = None
    corrected_by: str | None = None

    @property
    def over_since(self) -> datetime | None:
        """When it ended, as an operator said; None while nobody did."""
        if self.ended_at is None and self.expected_until is not None and self.expected_until <= self.announced_at:
            return self.expected_until
        return self.ended_at

    def state_at(self, now: datetime) -> OutageState:
        """Tell how it stands."""
        if self.corrected_by is not None:
            return OutageState.CORRECTED
        if self.over_since is not None:
            was_called_off = self.announced_at < self.starts_at and self.over_since <= self.starts_at
            return OutageState.CALLED_OFF if was_called_off else OutageState.OVER
        if self.expected_until is not None and self.expected_until <= now:
            return OutageState.UNCONFIRMED
        return OutageState.PLANNED if now < self.starts_at else OutageState.UNDER_WAY

    def is_open_at(self, now: datetime) -> bool:
        """Whether it is under way or still to come."""
        return self.state_at(now) in {OutageState.PLANNED, OutageState.UNDER_WAY}

    def says_as(self, other: Outage) -> bool:
        """Whether another announcement says the same of the same time and both count."""
        both = (self, other)
        first, second = ((one.starts_at, one.expected_until, one.affects, one.words, one.corrects) for one in both)
        return first == second and all(one.ended_at is None and one.corrected_by is None for one in both)


@dataclass(frozen=True, slots=True)
class Board:
    """What pages show: all outages that are not over, and the newest announcements; the newest first."""

    outages: tuple[Outage, ...] = ()
    has_older: bool = False
    """Whether more were announced than stand here."""
    revision: int = 0
    """Counts its changes."""

    def find(self, outage_id: str) -> Outage | None:
        """Return one of them."""
        return next((outage for outage in self.outages if outage.outage_id == outage_id), None)

    def shown_at(self, now: datetime) -> tuple[Outage, ...]:
        """Return what pages announce: what is under way, that of the whole service first, then what begins soon."""
        shown = [one for one in self.outages if one.is_open_at(now) and one.starts_at <= now + ANNOUNCED_AHEAD]

        def order(one: Outage) -> tuple[bool, bool, datetime]:
            return one.starts_at > now, Affected.ALL not in one.affects and one.starts_at <= now, one.starts_at

        return tuple(sorted(shown, key=order))

    def with_outages(self, *changed: Outage, now: datetime) -> Board:
        """Add outages or put them in the place of those with their id, and keep what the board is for."""
        by_id = {one.outage_id: one for one in (*self.outages, *changed)}
        newest = [by_id[outage_id] for outage_id in sorted(by_id, reverse=True)]
        kept = tuple(one for place, one in enumerate(newest) if place < ON_BOARD or one.is_open_at(now))
        return Board(kept, self.has_older or len(kept) < len(newest), self.revision + 1)


def number_outage(board: Board, day: str) -> str:
    """Return the next id of a local day, which is written as `2026-03-09`.

    Raises:
        Conflict: `outages_too_many`.

    """
    numbers = [int(one.outage_id[-2:]) for one in board.outages if one.outage_id.startswith(day)]
    number = max(numbers, default=0) + 1
    if number > _MOST_A_DAY:
        raise Conflict("outages_too_many", f"Hoy ya se anunciaron {_MOST_A_DAY} interrupciones. Corrija una existente.")
    return f"{day}-{number:02}"


def check_times(starts_at: datetime, expected_until: datetime | None, now: datetime) -> None:
    """Accept an outage's times.

    Raises:
        InvalidInput: `outage_times_invalid`.

    """
    if abs(starts_at - now) > FURTHEST:
        raise InvalidInput("outage_times_invalid", "--from está a más de un año de hoy. Revise la fecha.")
    if expected_until is not None and not starts_at < expected_until <= starts_at + FURTHEST:
        raise InvalidInput("outage_times_invalid", "--until va después de --from, y no más de un año después.")


def check_words(text: str) -> str:
    """Return what an announcement says, in one line.

    Raises:
        InvalidInput: `outage_words_invalid`.

    """
    words = " ".join(text.split(" ")).strip()
    if len(words) not in _WORDS:
        detail = f"--words lleva de {_WORDS[0]} a {_WORDS[-1]} letras: diga qué pasa, en palabras de todos los días."
        raise InvalidInput("outage_words_invalid", detail)
    if any(unicodedata.category(letter)[0] == "C" for letter in words):
        raise InvalidInput("outage_words_invalid", "--words va en una sola línea, sin letras invisibles.")
    return words if words[-1] in ".!?" else f"{words}."


def end_outage(outage: Outage, at: datetime | None, now: datetime) -> Outage:
    """Return an outage that ended, by None now, or that was called off; one that had ended is returned as it is.

    What was announced ahead can be called off afterwards too, by an hour between the announcement and its beginning.

    Raises:
        Conflict: `outage_corrected`; `outage_ended`, when it had ended at another minute than is said now.
        InvalidInput: `outage_times_invalid`, when it ended in the future, or before it began though it did begin.

    """
    if outage.corrected_by is not None:
        raise Conflict("outage_corrected", f"Esa interrupción fue corregida por la {outage.corrected_by}: termine esa.")
    if outage.over_since is not None:
        if at is not None and to_the_minute(at) != to_the_minute(outage.over_since):
            raise Conflict("outage_ended", _ENDED.format(id=outage.outage_id))
        return outage
    ended_at = at or now
    if ended_at > now:
        raise InvalidInput("outage_times_invalid", "--at no puede ser una hora que todavía no llega.")
    if ended_at < outage.starts_at <= now and ended_at < outage.announced_at:
        raise InvalidInput("outage_times_invalid", "--at va después de que empezó la interrupción.")
    return replace(outage, ended_at=ended_at)


def to_the_minute(instant: datetime) -> datetime:
    """Return the minute that clocks show at an instant."""
    return instant.replace(second=0, microsecond=0)


def correct_outage(outage: Outage, by: str) -> Outage:
    """Return an outage that another announcement corrects.

    Raises:
        Conflict: `outage_corrected`.

    """
    if outage.corrected_by is not None:
        raise Conflict("outage_corrected", f"Esa interrupción ya fue corregida por la {outage.corrected_by}.")
    return replace(outage, corrected_by=by)
