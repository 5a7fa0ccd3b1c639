"""The registries as the rest of Casilla sees them: two questions, each behind its own circuit breaker.

A registry that answers about our own access (password expired, daily limit) counts as down as well: repeating such
calls helps nobody and may lock the access.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from chalicelib.domain.errors import Unavailable
from chalicelib.domain.mailbox import DocumentType
from chalicelib.domain.registration.identity import CompanyClaim, Outcome, PersonClaim, Registry, RegistryResult
from chalicelib.gateways.circuit_breaker import CircuitBreaker
from chalicelib.gateways.registration.registry_http import registry_unavailable
from chalicelib.gateways.registration.reniec import Reniec
from chalicelib.gateways.registration.sunat import Sunat


class Registries:
    """One for a process, so that its breakers remember."""

    def __init__(self, reniec: Reniec, sunat: Sunat, *, new_breaker: Callable[[], CircuitBreaker]) -> None:
        """Put each registry behind a breaker of its own."""
        self._reniec = reniec
        self._sunat = sunat
        self._breakers = {registry: new_breaker() for registry in Registry}

    def check_person(self, claim: PersonClaim) -> RegistryResult:
        """Compare a claim with RENIEC's record; other documents than the DNI are NOT_CHECKED, without a call.

        Raises:
            Unavailable: `registry_unavailable`, with `retry_after` when the breaker spared the call.

        """
        if claim.document_type is not DocumentType.DNI:
            return RegistryResult(Registry.RENIEC, Outcome.NOT_CHECKED)
        return self._guarded(Registry.RENIEC, lambda: self._reniec.check(claim))

    def check_company(self, claim: CompanyClaim) -> RegistryResult:
        """Compare a claim with SUNAT's record.

        Raises:
            Unavailable: as for a person.

        """
        return self._guarded(Registry.SUNAT, lambda: self._sunat.check(claim))

    def _guarded(self, registry: Registry, ask: Callable[[], RegistryResult]) -> RegistryResult:
        breaker = self._breakers[registry]
        wait = breaker.admit()
        if wait is not None:
            raise registry_unavailable(retry_after=math.ceil(wait.total_seconds()))
        try:
            result = ask()
        except Unavailable:
            breaker.record_failure()
            raise
        breaker.record_success()
        return result
