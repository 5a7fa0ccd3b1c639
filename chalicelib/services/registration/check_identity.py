"""Ask the registry whether a claim is true, and record that it was asked, by whom and why (REG-4, INS-8)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from chalicelib.domain.errors import Unavailable
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.registration.identity import CompanyClaim, Outcome, PersonClaim, Registry, RegistryResult
from chalicelib.gateways.registration.registries import Registries
from chalicelib.store.event_store import EventStore

_UNANSWERED = "unavailable"


class ConsultationReason(StrEnum):
    """Why a registry is asked; a closed list, so that no free text brings personal data into the log."""

    SELF_REGISTRATION = "self_registration"
    REGISTRATION_RETRIED = "registration_retried"
    OFFICER_REGISTRATION = "officer_registration"


@dataclass(frozen=True, slots=True, kw_only=True)
class Consultation:
    """Who asks about whom, and why.

    `subject` is `registration#<id>`, which knows the document asked about; `actor` is `applicant:<registration id>`,
    `officer:<id>` or `worker:<name>`; `origin` is the network address of the one who asks, empty for a worker.
    """

    subject: str
    actor: str
    reason: ConsultationReason
    origin: str = ""


def asked_by_applicant(key: str, origin: str) -> Consultation:
    """Return the consultation that a registration's applicant asks for, from an address."""
    return Consultation(
        subject=f"registration#{key}",
        actor=f"applicant:{key}",
        reason=ConsultationReason.SELF_REGISTRATION,
        origin=origin,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityTools:
    """What checking needs; `registries` lives as long as its process, so that its breakers remember."""

    registries: Registries
    events: EventStore
    clock: Callable[[], datetime]
    new_event_id: Callable[[], str]


def check_identity(
    claim: PersonClaim | CompanyClaim, consultation: Consultation, *, tools: IdentityTools
) -> RegistryResult:
    """Return what came of the consultation, once it is in the log; a claim no registry answers for is not recorded.

    Raises:
        Unavailable: `registry_unavailable`, recorded as well; or `store_unavailable`: what cannot be recorded is not
            used, and is to be asked again.

    """
    try:
        result = _ask(claim, tools.registries)
    except Unavailable:
        registry = Registry.RENIEC if isinstance(claim, PersonClaim) else Registry.SUNAT
        tools.events.add(_event(consultation, registry, _UNANSWERED, tools))
        raise
    if result.outcome is not Outcome.NOT_CHECKED:
        tools.events.add(_event(consultation, result.registry, result.outcome.value, tools))
    return result


def _event(consultation: Consultation, registry: Registry, result: str, tools: IdentityTools) -> Event:
    return Event(
        subject=consultation.subject,
        type=EventType.REGISTRY_CONSULTED,
        occurred_at=tools.clock(),
        event_id=tools.new_event_id(),
        actor=consultation.actor,
        origin=consultation.origin,
        data={"registry": registry.value, "reason": consultation.reason.value, "result": result},
    )


def _ask(claim: PersonClaim | CompanyClaim, registries: Registries) -> RegistryResult:
    if isinstance(claim, PersonClaim):
        return registries.check_person(claim)
    return registries.check_company(claim)
