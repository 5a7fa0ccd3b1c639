"""Who does something by a command, and why, as what was given says it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib.bootstrap import current
from chalicelib.services.operator_act import OperatorAct


def act_of(given: Mapping[str, Any]) -> OperatorAct:
    """Return the act of a command that changes something."""
    box = current()
    return OperatorAct(given["operator"], given["reason"], box.clock, box.chance.new_event_id)
