"""Letters that each coordinator of an institution gets once, by jobs that may die anywhere.

That somebody is being told is written before the letter is handed over, and that they were told after it. What was
being told for an hour counts as untold: whoever did it died. So nobody goes without, and at worst a letter comes twice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.domain.errors import NotFound
from chalicelib.domain.institution.staff import StaffMember, StaffRole
from chalicelib.store.institution.staff_store import StaffStore
from chalicelib.store.position_store import PositionStore

_DIED_AFTER = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class ToldLetters:
    """Which letters that are still due went to whom, a mark each; `telling` are those being handed over since `since`.

    What packages before kept has marks of another kind, which count for nothing.
    """

    told: tuple[str, ...] = ()
    telling: tuple[str, ...] = ()
    since: datetime | None = None
    version: int = 0

    def is_being_told(self, now: datetime) -> bool:
        """Tell whether a run is at it."""
        return bool(self.telling) and self.since is not None and now < self.since + _DIED_AFTER

    def cleared(self, *told: str) -> ToldLetters:
        """Return it with what was told besides, and with nothing being told."""
        return replace(self, told=tuple(dict.fromkeys((*self.told, *told))), telling=(), since=None)


def active_coordinators(institution_id: str, staff: StaffStore) -> list[StaffMember]:
    """Return who is told of what becomes of an institution."""
    everybody = staff.list_for_institution(institution_id)
    return [one for one in everybody if one.role is StaffRole.COORDINATOR and one.is_active]


def nobody_to_tell() -> NotFound:
    """Return the failure of an institution in which nobody could be told."""
    return NotFound("nobody_to_tell", "La entidad no tiene un coordinador activo a quien avisar.")


def told_mark(letter: str, to: StaffMember) -> str:
    """Return what marks a letter as told to somebody."""
    return f"{letter}/{to.staff_id}"


def tell_coordinators(
    coordinators: Sequence[StaffMember],
    letters: Sequence[str],
    tell: Callable[[StaffMember], None],
    *,
    store: PositionStore[ToldLetters],
    now: datetime,
) -> tuple[bool, list[Exception]]:
    """Have `tell` write to each coordinator whom one of the letters that are due did not reach.

    Return whether there was anybody to tell, and what failed: it stops nobody else, and is due the next time. Where
    another run is at it nobody is told.

    Raises:
        Unavailable: `store_unavailable`.

    """
    last = store.find() or ToldLetters()
    if last.is_being_told(now):
        return False, []
    still = {told_mark(letter, one) for letter in letters for one in coordinators}
    last = replace(last.cleared(), told=tuple(mark for mark in last.told if mark in still))
    waiting = [one for one in coordinators if any(told_mark(letter, one) not in last.told for letter in letters)]
    failures: list[Exception] = []
    for coordinator in waiting:
        marks = tuple(told_mark(letter, coordinator) for letter in letters)
        moved = store.move(replace(last, telling=marks, since=now), now)
        if moved is None:  # another run is at it
            return False, failures
        try:
            tell(coordinator)
            last = moved.cleared(*marks)
        except Exception as error:  # noqa: BLE001 - whatever it is, the others are told
            failures.append(error)
            last = moved.cleared()
    if waiting:
        store.move(last, now)
    return bool(waiting), failures
