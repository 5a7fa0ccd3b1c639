"""Announce an outage, or end one, for an operator; each is an event, and each can be asked for twice."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.domain.calendar import BusinessCalendar
from chalicelib.domain.errors import NotFound, Unavailable
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.outage.outage import (
    Affected,
    Board,
    Outage,
    OutageState,
    check_times,
    correct_outage,
    end_outage,
    number_outage,
    to_the_minute,
)
from chalicelib.services.operator_act import OperatorAct
from chalicelib.store.outage_store import OutageStore

_RACES = 4


@dataclass(frozen=True, slots=True)
class OutageTools:
    """Where outages are, and who announces or ends them."""

    outages: OutageStore
    calendar: BusinessCalendar
    act: OperatorAct


@dataclass(frozen=True, slots=True)
class Announcement:
    """What is announced; `corrects` is the id of an announcement that was wrong.

    `starts_at` None is now, and where it corrects one what that one says, as `expected_until` is.
    """

    starts_at: datetime | None
    expected_until: datetime | None
    affects: tuple[Affected, ...]
    words: str
    corrects: str | None = None


def announce_outage(asked: Announcement, tools: OutageTools) -> tuple[Outage, bool]:
    """Announce it, and return it with whether it is new: what says the same as one that stands is that one.

    Raises:
        InvalidInput: `outage_times_invalid`.
        NotFound: `outage_unknown`, for the one that it corrects.
        Conflict: `outage_corrected`, `outages_too_many`.
        Unavailable: `store_unavailable`.

    """
    now = tools.act.clock()
    for _ in range(_RACES):
        board = tools.outages.board()
        before = None if asked.corrects is None else _found(asked.corrects, tools)
        starts_at = asked.starts_at or (to_the_minute(now) if before is None else before.starts_at)
        expected_until = asked.expected_until or (None if before is None else before.expected_until)
        check_times(starts_at, expected_until, now)
        outage = Outage(
            outage_id=number_outage(board, f"{tools.calendar.local(now):%Y-%m-%d}"),
            starts_at=starts_at,
            expected_until=expected_until,
            affects=asked.affects,
            words=asked.words,
            announced_at=now,
            corrects=asked.corrects,
        )
        same = _said_already(board, outage, now, is_now=asked.starts_at is None and before is None)
        if same is not None:
            return same, False
        wrong = None if before is None else correct_outage(before, outage.outage_id)
        changed = () if wrong is None else (wrong,)
        events = [_event(outage, EventType.OUTAGE_ANNOUNCED, now, tools, _said(outage))]
        events += [_event(one, EventType.OUTAGE_CORRECTED, now, tools, {"by": outage.outage_id}) for one in changed]
        if tools.outages.write(outage, changed, board.with_outages(outage, *_on(board, changed), now=now), events):
            return outage, True
    raise _busy()


def _said_already(board: Board, outage: Outage, now: datetime, *, is_now: bool) -> Outage | None:
    """Return the announcement that says the same; of what began just now, whichever minute it was said to begin."""
    if not is_now:
        return next((one for one in board.outages if one.says_as(outage)), None)
    under_way = (one for one in board.outages if one.state_at(now) is OutageState.UNDER_WAY)
    return next((one for one in under_way if one.says_as(replace(outage, starts_at=one.starts_at))), None)


def end_announced_outage(outage_id: str, at: datetime | None, tools: OutageTools) -> tuple[Outage, bool]:
    """End it, by None now, and return it with whether that changed anything: what had ended stays as it is.

    Raises:
        NotFound: `outage_unknown`.
        InvalidInput: `outage_times_invalid`.
        Conflict: `outage_corrected`, `outage_ended`.
        Unavailable: `store_unavailable`.

    """
    now = tools.act.clock()
    for _ in range(_RACES):
        board, outage = tools.outages.board(), _found(outage_id, tools)
        ended = end_outage(outage, at, now)
        if ended is outage or ended.ended_at is None:
            return outage, False
        event = _event(ended, EventType.OUTAGE_ENDED, now, tools, {"ended_at": ended.ended_at.isoformat()})
        if tools.outages.write(None, (ended,), board.with_outages(*_on(board, (ended,)), now=now), [event]):
            return ended, True
    raise _busy()


def _found(outage_id: str, tools: OutageTools) -> Outage:
    outage = tools.outages.find(outage_id)
    if outage is None:
        raise outage_unknown(outage_id)
    return outage


def outage_unknown(outage_id: str) -> NotFound:
    """Return the refusal for an id that no outage has."""
    return NotFound("outage_unknown", f"No hay una interrupción {outage_id}. «outage list» las muestra.")


def _on(board: Board, outages: tuple[Outage, ...]) -> tuple[Outage, ...]:
    """Return those that the board holds: an older one is changed where it is kept only."""
    return tuple(one for one in outages if board.find(one.outage_id) is not None)


def _said(outage: Outage) -> dict[str, str]:
    return {
        "starts_at": outage.starts_at.isoformat(),
        "expected_until": "" if outage.expected_until is None else outage.expected_until.isoformat(),
        "affects": ",".join(outage.affects),
        "words": outage.words,
        "corrects": outage.corrects or "",
    }


def _event(outage: Outage, kind: EventType, now: datetime, tools: OutageTools, data: dict[str, str]) -> Event:
    return tools.act.event(f"outage#{outage.outage_id}", kind, now, **data)


def _busy() -> Unavailable:
    detail = "Otro operador cambia las interrupciones en este momento. No se hizo nada: repita el comando."
    return Unavailable("outages_busy", detail, retry_after=1)
