"""How many resources a template has once SAM's transform went over it, where the transform is installed."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any


def resource_count(template: Mapping[str, Any], region: str, parameters: Mapping[str, str]) -> int | None:
    """Return the count; None on a machine that has what operates Casilla and not what tests it."""
    try:
        from infra.transform import transformed  # noqa: PLC0415 - needs what `make operator` does without
    except ImportError:
        return None
    logging.getLogger("samtranslator").setLevel(logging.ERROR)  # it warns of features of its own
    return len(transformed(template, region, parameters)["Resources"])
