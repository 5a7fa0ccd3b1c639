"""Ask a registry within what it answers in a day: who applies and who waits draw on budgets of their own.

A day is UTC's. What the breaker spared the registry is given back.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

from chalicelib.domain.errors import TooManyRequests, Unavailable
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
    """One consultation that may be made."""

    budget: Budget
    by: str


def draw_first(registration: Registration, standing: Standing, *, tools: RegistrationTools) -> Drawn | None:
    """Draw one for somebody who applies; None when what is left today is kept for those who proved more."""
    registry = registration.registry
    return _draw(registry, first_budget(registry, tools.quotas[registry]), standing, registration.key, tools)


def draw_again(registration: Registration, *, tools: RegistrationTools) -> Drawn | None:
    """Draw one for a registration that waits: of what is kept for these, else as somebody who applies."""
    registry = registration.registry
    again = again_budget(registry, tools.quotas[registry])
    drawn = _draw(registry, again, Standing.PROVEN, registration.key, tools)
    return drawn or draw_first(registration, Standing.QUIET, tools=tools)


def check_drawn(
    claim: PersonClaim | CompanyClaim, consultation: Consultation, drawn: Drawn, *, tools: RegistrationTools
) -> RegistryResult:
    """Ask the registry; as `check_identity`.

    Raises:
        Unavailable: `registry_unavailable` or `store_unavailable`.

    """
    try:
        return check_identity(claim, consultation, tools=tools.identity)
    except Unavailable as error:
        if error.code == "registry_unavailable" and error.retry_after is not None:  # the breaker spared the call
            tools.limits.undraw(drawn.budget, by=drawn.by, now=tools.clock())
        raise


def quota_used_percent(tools: RegistrationTools) -> int:
    """Return how much is spent of what applicants may have asked today, of the registry where it is most."""
    now = tools.clock()
    budgets = [first_budget(registry, quota) for registry, quota in tools.quotas.items()]
    return max(100 * tools.limits.drawn(budget, now=now) // budget.total for budget in budgets)


def _draw(registry: Registry, budget: Budget, standing: Standing, key: str, tools: RegistrationTools) -> Drawn | None:
    for attempt in range(_TRIES):
        by = f"{key}#{attempt}"
        try:
            count = tools.limits.draw(budget, standing, by=by, now=tools.clock())
        except TooManyRequests:
            continue
        if count == -(-budget.share(Standing.QUIET) // len(SHARDS)):
            spent = {"registry": registry.value, "drawn": count * len(SHARDS)}
            _logger.warning("registry quota nearly spent", extra=spent)
        return Drawn(budget, by)
    return None
