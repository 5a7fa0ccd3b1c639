"""Count what happened to institutions' notices (INS-9) and what they use (INS-6), and mark first downloads.

Whose a notice is stands in itself: its events name no institution. All notices of a batch are read by one call, what
happened to them is counted by one transaction for thirty things, and each by its own where that one is refused.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from chalicelib.domain.errors import Unavailable
from chalicelib.domain.institution.activity import Consulted, Counted, Downloaded, Happened, Metered
from chalicelib.services.work_through import log_failed
from chalicelib.store.deposit.standing_store import StandingStore
from chalicelib.store.institution.activity_store import MOST_AT_ONCE, ActivityStore, AlreadyCounted

COUNTED, MARKED, KNOWN, IGNORED = "counted", "marked", "known", "ignored"
_JOB = "count_activity"
Thing = Happened | Downloaded | Consulted
_Pair = tuple[Happened | Consulted, Counted]


@dataclass(frozen=True, slots=True)
class CountTools:
    """Where counts are kept, and what a notice's sender sees of it."""

    counts: ActivityStore
    standings: StandingStore
    zone: ZoneInfo
    now: Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many came to what, and which failed: they have to come again."""

    counts: Counter[str]
    failed: frozenset[Thing]


def count_activity(things: Sequence[Thing], *, tools: CountTools) -> Outcome:
    """Count and mark each thing once; the others are though one cannot be.

    `counted` or `marked`; `known` for what had been before; `ignored` for an automatic reply.
    """
    outcomes: Counter[str] = Counter()
    failed: set[Thing] = set()
    for one in things:
        if isinstance(one, Downloaded):
            failed |= _mark(one, outcomes, tools)
    pairs, lost = _pairs([one for one in things if isinstance(one, Happened)], outcomes, tools)
    failed |= lost
    pairs += _consultations([one for one in things if isinstance(one, Consulted)], outcomes, tools)
    for first in range(0, len(pairs), MOST_AT_ONCE):
        failed |= _add(pairs[first : first + MOST_AT_ONCE], outcomes, tools)
    return Outcome(outcomes, frozenset(failed))


def _consultations(things: Sequence[Consulted], outcomes: Counter[str], tools: CountTools) -> list[_Pair]:
    """Return what is to be added, each consultation once; they say themselves whose they are."""
    pairs: dict[str, _Pair] = {}
    for one in things:
        if one.once in pairs:
            outcomes[KNOWN] += 1
            continue
        day = one.at.astimezone(tools.zone).date()
        pairs[one.once] = one, Counted(one.once, one.institution_id, None, Metered.CONSULTED, day)
    return list(pairs.values())


def _pairs(things: Sequence[Happened], outcomes: Counter[str], tools: CountTools) -> tuple[list[_Pair], set[Thing]]:
    """Return what is to be added, each thing once, and what cannot be since nobody knows whose it is."""
    try:
        owners = tools.counts.owners(things) if things else {}
    except Unavailable as error:
        log_failed(_JOB, things[0].notice_id, error)
        return [], set(things)
    pairs: dict[str, _Pair] = {}
    lost: set[Thing] = set()
    for one in things:
        owner = owners.get(one.notice_id)
        if owner is None:
            log_failed(_JOB, one.notice_id, LookupError("no such notice"))
            lost.add(one)
        elif one.is_uncertain and one.alert_id not in owner.lost_alerts:
            outcomes[IGNORED] += 1
        elif one.once in pairs:
            outcomes[KNOWN] += 1
        else:
            day = one.at.astimezone(tools.zone).date()
            pairs[one.once] = one, Counted(one.once, owner.institution_id, owner.office_id, one.activity, day)
    return list(pairs.values()), lost


def _add(pairs: Sequence[_Pair], outcomes: Counter[str], tools: CountTools) -> set[Thing]:
    """Add all at once, or one by one where that is refused; return those that failed."""
    try:
        tools.counts.add([counted for _, counted in pairs], now=tools.now())
    except Exception as error:  # noqa: BLE001 - whatever it is, the others are counted
        if len(pairs) > 1:
            return {one for pair in pairs for one in _add([pair], outcomes, tools)}
        [(one, _)] = pairs
        if isinstance(error, AlreadyCounted):
            outcomes[KNOWN] += 1
            return set()
        log_failed(_JOB, one.notice_id if isinstance(one, Happened) else one.event_id, error)
        return {one}
    outcomes[COUNTED] += len(pairs)
    return set()


def _mark(one: Downloaded, outcomes: Counter[str], tools: CountTools) -> set[Thing]:
    try:
        is_first = tools.standings.mark_downloaded(one.notice_id, one.at)
    except Exception as error:  # noqa: BLE001 - as above
        log_failed(_JOB, one.notice_id, error)
        return {one}
    outcomes[MARKED if is_first else KNOWN] += 1
    return set()
