"""Have jobs wait after a restore, and let them go on once it was checked."""

from __future__ import annotations

from chalicelib.domain.errors import Conflict
from chalicelib.domain.event import EventType
from chalicelib.domain.hold import Hold, hold_on, let_go
from chalicelib.services.operator_act import OperatorAct
from chalicelib.store.hold_store import HoldStore

_OWN = "own"
"""What an event calls the stack's own tables."""


def hold_jobs(*, holds: HoldStore, tables: str, act: OperatorAct) -> Hold:
    """Have them wait from now on; where they do already, since when they did stays.

    Raises:
        Conflict: `hold_changed`.

    """
    now, before = act.clock(), holds.find()
    return _written(holds, before, hold_on(before, tables, now), EventType.RESTORE_HELD, act)


def release_jobs(*, holds: HoldStore, tables: str, act: OperatorAct) -> Hold:
    """Let them go on, if the last check of these tables found nothing that nobody accepted.

    Raises:
        Conflict: `hold_changed`, and as `let_go` says.

    """
    now, before = act.clock(), holds.find()
    released = let_go(before, holds.find_check(), tables, now)
    return _written(holds, before, released, EventType.RESTORE_RELEASED, act)


def _written(holds: HoldStore, before: Hold | None, after: Hold, kind: EventType, act: OperatorAct) -> Hold:
    event = act.event(f"restore#{after.tables or _OWN}", kind, act.clock())
    if not holds.write(after, before, event):
        raise Conflict("hold_changed", "Alguien cambió la retención en este momento. Mire «restore show» y repita.")
    return after
