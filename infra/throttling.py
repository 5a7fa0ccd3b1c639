"""Give doors rates of their own at the stage, by the map, so that no kind of request takes what another one lives by.

What is in no line here has the stage's own rate, which `infra/resources/api.yaml` says. `docs/limits.md`, *Many at
once*, says which number protects whom.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from chalicelib.handlers.door import LARGEST_BODY, SIGNED, Door
from chalicelib.handlers.doors import DOORS


@dataclass(frozen=True, slots=True)
class Rate:
    """Requests a second by one method of one address, and how many may come at once."""

    a_second: int
    at_once: int


DEPOSITS = Rate(200, 100)
"""Four senders at their full share (`chalicelib/domain/sender/fair_share.py`)."""
SIGNED_REQUESTS = Rate(100, 50)
SIGNED_HEADS = Rate(10, 5)
"""The same reads by HEAD, which no client needs."""
FILES = Rate(50, 50)
"""Whatever takes a file along that is not deposited: half a second of a processor each. As many as `VERIFICATIONS` lets
be looked at."""


def rate_of(door: Door, method: str) -> Rate | None:
    """Return the rate of a door by one of its methods; None for the stage's own."""
    if (door.access, door.path, method) == (SIGNED, "/v1/deposits", "POST"):
        return DEPOSITS
    if door.largest > LARGEST_BODY:
        return FILES
    if door.access == SIGNED:
        return SIGNED_HEADS if method == "HEAD" else SIGNED_REQUESTS
    return None


def method_settings(doors: tuple[Door, ...] = DOORS) -> list[dict[str, Any]]:
    """Return the stage's settings of every door that has a rate of its own.

    The gateway shows a method that takes any verb by its verbs, so each verb has its line. A line stands for all
    settings of its method: what it leaves out is off.
    """
    return [
        {
            "ResourcePath": "/" + door.path.replace("/", "~1"),
            "HttpMethod": method,
            "MetricsEnabled": True,
            "ThrottlingRateLimit": rate.a_second,
            "ThrottlingBurstLimit": rate.at_once,
        }
        for door in doors
        for method in door.methods
        if (rate := rate_of(door, method))
    ]


def set_rates(merged: dict[str, Any]) -> None:
    """Rewrite the merged template's stage."""
    merged["Resources"]["RestAPI"]["Properties"]["MethodSettings"] += method_settings()
