"""Who does something by a command, and why, as what was given says it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib.bootstrap import current
from chalicelib.bootstrap.storage import event_store
from chalicelib.domain.event import EventType
from chalicelib.services.operator_act import OperatorAct


def act_of(given: Mapping[str, Any]) -> OperatorAct:
    """Return the act of a command that changes something."""
    box = current()
    return OperatorAct(given["operator"], given["reason"], box.clock, box.chance.new_event_id)


def log_indexed(given: Mapping[str, Any], kind: EventType, *, looked_at: int, changed: int, failed: int) -> None:
    """Log that somebody had indexes filled, and what came of it."""
    act = act_of(given)
    counts = {"looked_at": str(looked_at), "changed": str(changed), "failed": str(failed)}
    event_store(current()).add(act.event(f"index#{kind.value.partition('.')[0]}", kind, act.clock(), **counts))
