"""Both registries as a test sees them: the simulator over HTTP, short limits, a clock that stands still."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from stdnum.pe import cui

from chalicelib.domain.mailbox import DocumentType, Power
from chalicelib.domain.registration.assurance import Comparison, Source
from chalicelib.domain.registration.identity import (
    CompanyClaim,
    Outcome,
    PersonClaim,
    Registry,
    RegistryResult,
    Sex,
)
from chalicelib.gateways.bounded_http import ExchangeLimits
from chalicelib.gateways.circuit_breaker import BreakerPolicy, CircuitBreaker
from chalicelib.gateways.credential import Credential
from chalicelib.gateways.registration.registries import Registries
from chalicelib.gateways.registration.registry_http import RegistryHttp
from chalicelib.gateways.registration.reniec import Reniec, ReniecAccess
from chalicelib.gateways.registration.sunat import Sunat
from chalicelib.gateways.registration.sunat_representatives import SunatRepresentatives
from chalicelib.gateways.secret_texts import SecretTexts
from infra.local.registries.server import Simulator, running
from tests.kept_secret import KeptSecret

ASKED_AT = datetime(2026, 3, 9, 20, 15, 30, tzinfo=UTC)


def an_access(
    kept: KeptSecret | None = None, clock: Callable[[], datetime] = lambda: ASKED_AT, **others: Any
) -> ReniecAccess:
    """Build the access of one process, by a password that Secrets Manager keeps."""
    kept = kept or KeptSecret("clave-de-prueba")
    password = Credential(SecretTexts(kept, clock), "arn:registry", clock, rest=timedelta(hours=6), **others)
    return ReniecAccess("99000001", "20990000019", password)


ACCESS = an_access()
"""For tests in which nobody refuses it."""


SHORT = ExchangeLimits(connect=1.0, read=0.2, whole=0.3)
EXPECTED: dict[str, tuple[str, str, str, str]] = {
    "99000001": ("Prueba", "Ejemplo", "Rosa", "ROSA PRUEBA EJEMPLO"),
    "99000002": ("Ficticio", "Supuesto", "José Ángel", "JOSE ANGEL FICTICIO SUPUESTO"),
    "99000003": ("Muñeco", "Cabaña", "Íñigo", "IÑIGO MUÑECO CABAÑA"),
    "99000004": ("Inventada", "", "Alba", "ALBA INVENTADA"),
    "99000005": ("Imaginaria", "Figurada de Supuesto", "Elena", "ELENA IMAGINARIA FIGURADA"),
    "99000006": ("De la Prueba", "D'Ejemplo", "Luz Marina", "LUZ MARINA DE LA PRUEBA D EJEMPLO"),
    "99000007": ("Completa", "Ampliada", "Iris", "IRIS COMPLETA AMPLIADA"),
}
"""How those who match write their names, and how the registry does."""


def a_person(number: str = "99000001", **changes: Any) -> PersonClaim:
    """Build the claim of one of the simulator's people."""
    paternal, maternal, given, _ = EXPECTED.get(number, ("Ausente", "Simulado", "Hugo", ""))
    claim = PersonClaim(
        document_type=DocumentType.DNI,
        number=number,
        cui=cui.calc_check_digits(number)[0],
        paternal_surname=paternal,
        maternal_surname=maternal,
        given_names=given,
        birth_date=date(1990, 3, 15),
        sex=Sex.FEMALE,
        issue_date=date(2020, 1, 10),
    )
    return replace(claim, **changes)


def a_match(number: str = "99000001") -> RegistryResult:
    """Build what the fuller service says of one of them who told the truth."""
    agreed = Comparison(Source.RENIEC, ("names", "birth_date", "sex", "issue_date"))
    return RegistryResult(Registry.RENIEC, Outcome.MATCHED, EXPECTED[number][3], (agreed,))


def a_company(ruc: str = "20990000019", **changes: Any) -> CompanyClaim:
    """Build the claim of one of the simulator's companies."""
    claim = CompanyClaim(
        ruc=ruc,
        legal_name="Empresa de Prueba S.A.C.",
        district="Miraflores",
        representative=a_person(),
        power=Power(page="11012345", entry="C00012"),
    )
    return replace(claim, **changes)


@dataclass
class RegistryWorld:
    """What a test of registries needs; `simulator.asked` lists the documents asked about."""

    simulator: Simulator
    registries: Registries
    now: datetime = ASKED_AT


@contextmanager
def registry_world(*, access: ReniecAccess | None = None, failures: int = 3) -> Iterator[RegistryWorld]:
    """Serve the simulator and speak to it; the breaker opens after `failures`."""
    with running(slow_seconds=5) as simulator:
        reniec, sunat = RegistryHttp(simulator.reniec_url, SHORT), RegistryHttp(simulator.sunat_url, SHORT)
        lists = RegistryHttp(simulator.representatives_url, SHORT)
        registries = Registries(
            Reniec(reniec, access or an_access()),
            Sunat(sunat),
            SunatRepresentatives(lists),
            new_breaker=lambda: CircuitBreaker(lambda: world.now, BreakerPolicy(failures=failures)),
        )
        world = RegistryWorld(simulator, registries)
        try:
            yield world
        finally:
            reniec.close()
            sunat.close()
            lists.close()
