"""Hold what the functions of a deployed stack asked of AWS against what is kept."""

from __future__ import annotations

from collections.abc import Callable

from infra.deploy.use.deployment import Deployment
from infra.deploy.use.operator import INSTITUTION
from infra.rights.calls import Call, keep, kept_calls, named_calls

_INSTITUTIONS = frozenset({INSTITUTION, "muni-demo", "plataforma"})
"""Institutions of the run, and the platform, whose ids look like a kind of key."""


def hold_rights(deployment: Deployment, tell: Callable[[str], None]) -> None:
    """Hold that nothing was asked for that is not kept.

    Raises:
        AssertionError: with what is new.

    """
    seen, kept = _seen(deployment), {*kept_calls()}
    new = "\n".join(map(str, sorted(seen - kept)))
    told = "functions asked for what infra/rights/calls.txt does not have; if they should, run python -m infra.deploy"
    if new:
        raise AssertionError(f"{told} local --record, and look at what it changes:\n{new}")
    tell(f"functions asked for {len(seen)} kinds of calls, each kept; {len(kept - seen)} kept were not asked for")


def record_rights(deployment: Deployment, tell: Callable[[str], None]) -> None:
    """Keep what was asked for in place of what was kept."""
    seen = _seen(deployment)
    keep(seen)
    tell(f"{len(seen)} kinds of calls kept in infra/rights/calls.txt")


def _seen(deployment: Deployment) -> set[Call]:
    return named_calls(
        deployment.engine.role_calls, deployment.resources, stack=deployment.stack, institutions=_INSTITUTIONS
    )
