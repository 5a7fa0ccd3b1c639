"""Ask a registry within what it answers in a day: who applies and who waits draw on budgets of their own.

A day is UTC's. What a registry was not asked after all is given back: the breaker spared it, or another said no before.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from chalicelib.domain.errors import TooManyRequests
from chalicelib.domain.limit import Budget, Standing
from chalicelib.domain.registration.identity import CompanyClaim, PersonClaim, Registry, RegistryResult
from chalicelib.domain.registration.registration import Registration
from chalicelib.domain.registration.registration_policy import again_budget, first_budget
from chalicelib.services.registration.check_identity import Consultation, check_identity
from chalicelib.services.registration.tools import RegistrationTools
from chalicelib.store.shards import SHARDS

_TRIES = 2
"""How many of a budget's eight counters are asked: one may be full a little before the others."""
_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Drawn:
    """The consultations that may be made, one of each registry: of which budget, and by whom it was drawn."""

    draws: Mapping[Registry, tuple[Budget, str]]


def draw_first(registration: Registration, standing: Standing, *, tools: RegistrationTools) -> Drawn | None:
    """Draw for somebody who applies; None when what is left today is kept for those who proved more."""
    return draw_for(registration.registries, registration.key, standing, tools=tools)


def draw_for(registries: Iterable[Registry], key: str, standing: Standing, *, tools: RegistrationTools) -> Drawn | None:
    """Draw one of each of some registries, for whoever is called `key`."""
    return _draw_all(registries, key, lambda registry: (_first(registry, standing, tools),), tools)


def draw_again(registration: Registration, *, tools: RegistrationTools) -> Drawn | None:
    """Draw for a registration that waits: of what is kept for these, else as somebody who applies."""

    def ways(registry: Registry) -> tuple[_Way, ...]:
        again = again_budget(registry, tools.quotas[registry])
        return _Way(again, Standing.PROVEN), _first(registry, Standing.QUIET, tools)

    return _draw_all(registration.registries, registration.key, ways, tools)


def check_drawn(
    claim: PersonClaim | CompanyClaim, consultation: Consultation, drawn: Drawn, *, tools: RegistrationTools
) -> RegistryResult:
    """Ask the registries; as `check_identity`.

    Raises:
        Unavailable: `registry_unavailable` or `store_unavailable`.

    """
    return ask_drawn(partial(check_identity, claim, consultation, tools=tools.identity), drawn, tools=tools)


def ask_drawn(ask: Callable[..., RegistryResult], drawn: Drawn, *, tools: RegistrationTools) -> RegistryResult:
    """Ask by a function that takes `note`, and give back what was not asked after all."""
    asked: set[str] = set()
    try:
        return ask(note=lambda source: asked.add(source.value))
    finally:
        _give_back([draw for registry, draw in drawn.draws.items() if registry.value not in asked], tools)


def quota_used_percent(tools: RegistrationTools) -> int:
    """Return how much is spent of what applicants may have asked today, of the registry where it is most."""
    now = tools.clock()
    budgets = [first_budget(registry, quota) for registry, quota in tools.quotas.items()]
    return max(100 * tools.limits.drawn(budget, now=now) // budget.total for budget in budgets)


@dataclass(frozen=True, slots=True)
class _Way:
    budget: Budget
    standing: Standing


def _first(registry: Registry, standing: Standing, tools: RegistrationTools) -> _Way:
    return _Way(first_budget(registry, tools.quotas[registry]), standing)


def _draw_all(
    registries: Iterable[Registry], key: str, ways_of: Callable[[Registry], tuple[_Way, ...]], tools: RegistrationTools
) -> Drawn | None:
    """Draw of each registry that is asked, or of none."""
    draws: dict[Registry, tuple[Budget, str]] = {}
    for registry in registries:
        tried = (_draw(registry, way, key, tools) for way in ways_of(registry))
        drawn = next((one for one in tried if one is not None), None)
        if drawn is None:
            _give_back(draws.values(), tools)
            return None
        draws[registry] = drawn
    return Drawn(draws)


def _give_back(draws: Iterable[tuple[Budget, str]], tools: RegistrationTools) -> None:
    for budget, by in draws:
        tools.limits.undraw(budget, by=by, now=tools.clock())


def _draw(registry: Registry, way: _Way, key: str, tools: RegistrationTools) -> tuple[Budget, str] | None:
    for attempt in range(_TRIES):
        by = f"{key}#{attempt}"
        try:
            count = tools.limits.draw(way.budget, way.standing, by=by, now=tools.clock())
        except TooManyRequests:
            continue
        if count == -(-way.budget.share(Standing.QUIET) // len(SHARDS)):
            spent = {"registry": registry.value, "drawn": count * len(SHARDS)}
            _logger.warning("registry quota nearly spent", extra=spent)
        return way.budget, by
    return None
