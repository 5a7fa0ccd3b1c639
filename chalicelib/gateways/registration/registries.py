"""The registries as the rest of Casilla sees them: three questions, each behind its own circuit breaker.

A registry that answers about our own access (password expired, daily limit) counts as down as well: repeating such
calls helps nobody and may lock the access.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from chalicelib.domain.errors import Unavailable
from chalicelib.domain.mailbox import DocumentType
from chalicelib.domain.official_name import RegistryGarbled
from chalicelib.domain.registration.assurance import Source
from chalicelib.domain.registration.identity import CompanyClaim, Outcome, PersonClaim, Registry, RegistryResult
from chalicelib.gateways.circuit_breaker import CircuitBreaker
from chalicelib.gateways.registration.registry_http import registry_unavailable
from chalicelib.gateways.registration.reniec import Reniec
from chalicelib.gateways.registration.sunat import Sunat
from chalicelib.gateways.registration.sunat_representatives import SunatRepresentatives

_ASKED = (Source.RENIEC, Source.SUNAT, Source.SUNAT_REPRESENTATIVES)


class Registries:
    """One for a process, so that its breakers remember."""

    def __init__(
        self,
        reniec: Reniec,
        sunat: Sunat,
        representatives: SunatRepresentatives | None = None,
        *,
        new_breaker: Callable[[], CircuitBreaker],
    ) -> None:
        """Put each service behind a breaker of its own; `representatives` is None where it is not offered."""
        self._reniec = reniec
        self._sunat = sunat
        self._representatives = representatives
        self._breakers = {source: new_breaker() for source in _ASKED}

    def check_person(self, claim: PersonClaim) -> RegistryResult:
        """Compare a claim with RENIEC's record; other documents than the DNI are NOT_CHECKED, without a call.

        Raises:
            Unavailable: `registry_unavailable`, with `retry_after` when the breaker spared the call.

        """
        if claim.document_type is not DocumentType.DNI:
            return RegistryResult(Registry.RENIEC, Outcome.NOT_CHECKED)
        return self._guarded(Source.RENIEC, lambda: self._reniec.check(claim))

    def check_company(self, claim: CompanyClaim) -> RegistryResult:
        """Compare a claim with SUNAT's record.

        Raises:
            Unavailable: as for a person.

        """
        return self._guarded(Source.SUNAT, lambda: self._sunat.check(claim))

    @property
    def lists_representatives(self) -> bool:
        """Tell whether SUNAT's list can be asked for."""
        return self._representatives is not None

    def check_representative(self, ruc: str, claim: PersonClaim) -> RegistryResult:
        """Look for a person among a company's representatives.

        Raises:
            Unavailable: as for a person.
            LookupError: the list cannot be asked for.

        """
        representatives = self._representatives
        if representatives is None:
            raise LookupError("no list of representatives")
        return self._guarded(Source.SUNAT_REPRESENTATIVES, lambda: representatives.check(ruc, claim))

    def _guarded(self, source: Source, ask: Callable[[], RegistryResult]) -> RegistryResult:
        breaker = self._breakers[source]
        wait = breaker.admit()
        if wait is not None:
            raise registry_unavailable(retry_after=math.ceil(wait.total_seconds()))
        try:
            result = ask()
        except RegistryGarbled:  # it answers: one bad record must not close the way for everybody
            breaker.record_success()
            raise
        except Unavailable:
            breaker.record_failure()
            raise
        breaker.record_success()
        return result
