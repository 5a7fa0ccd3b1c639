"""Ask the registry whether a claim is true, and record that it was asked, by whom and why (REG-4, INS-8)."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial

from chalicelib.domain.errors import Unavailable
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.official_name import RegistryGarbled
from chalicelib.domain.registration.assurance import Source
from chalicelib.domain.registration.identity import (
    CompanyClaim,
    Outcome,
    PersonClaim,
    RegistryResult,
    with_representative,
)
from chalicelib.gateways.registration.registries import Registries
from chalicelib.store.event_store import EventStore

_UNANSWERED = "unavailable"
_GARBLED = "garbled"
_logger = logging.getLogger(__name__)


class ConsultationReason(StrEnum):
    """Why a registry is asked; a closed list, so that no free text brings personal data into the log."""

    SELF_REGISTRATION = "self_registration"
    REGISTRATION_RETRIED = "registration_retried"
    OFFICER_REGISTRATION = "officer_registration"
    REPRESENTATIVE_NAMED = "representative_named"


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
    """What checking needs; `registries` returns those of the process, whose breakers remember."""

    registries: Callable[[], Registries]
    events: EventStore
    clock: Callable[[], datetime]
    new_event_id: Callable[[], str]


def check_identity(
    claim: PersonClaim | CompanyClaim,
    consultation: Consultation,
    *,
    tools: IdentityTools,
    note: Callable[[Source], object] = lambda _: None,
) -> RegistryResult:
    """Return what came of the consultation, once it is in the log; a claim no registry answers for is not recorded.

    `note` is told of each source that was really asked, whatever it said.

    A company's representative is asked about after the company was confirmed: on SUNAT's list, then at RENIEC. Each is
    a consultation of its own.

    Raises:
        Unavailable: `registry_unavailable`, recorded as well, also where the answer lost its letters; or
            `store_unavailable`: what cannot be recorded is not used, and is to be asked again.

    """
    registries, asked = tools.registries(), partial(_asked, consultation=consultation, note=note, tools=tools)
    if isinstance(claim, PersonClaim):
        return asked(Source.RENIEC, lambda: registries.check_person(claim))
    company = asked(Source.SUNAT, lambda: registries.check_company(claim))
    person = claim.representative
    if company.outcome is not Outcome.MATCHED or person is None:
        return company
    return check_representative(company, claim.ruc, person, consultation, tools=tools, note=note)


def check_representative(  # noqa: PLR0913 - whom, of which company, and who asks
    company: RegistryResult,
    ruc: str,
    person: PersonClaim,
    consultation: Consultation,
    *,
    tools: IdentityTools,
    note: Callable[[Source], object] = lambda _: None,
) -> RegistryResult:
    """Add to what came of a company what comes of its representative; otherwise as `check_identity`."""
    registries, asked = tools.registries(), partial(_asked, consultation=consultation, note=note, tools=tools)
    listed = None
    if registries.lists_representatives:
        listed = asked(Source.SUNAT_REPRESENTATIVES, lambda: registries.check_representative(ruc, person))
    found = asked(Source.RENIEC, lambda: registries.check_person(person))
    return with_representative(company, listed, found)


def _asked(
    source: Source,
    ask: Callable[[], RegistryResult],
    *,
    consultation: Consultation,
    note: Callable[[Source], object],
    tools: IdentityTools,
) -> RegistryResult:
    try:
        result = ask()
    except Unavailable as error:
        if error.retry_after is None:  # else the breaker spared the call
            note(source)
        is_answer_garbled = isinstance(error, RegistryGarbled)
        if is_answer_garbled:
            _logger.warning("name garbled", extra={"registry": source.value, "item": consultation.subject})
        tools.events.add(_event(consultation, source, _GARBLED if is_answer_garbled else _UNANSWERED, tools))
        raise
    if result.outcome is not Outcome.NOT_CHECKED:
        note(source)
        tools.events.add(_event(consultation, source, result.outcome.value, tools))
    return result


def _event(consultation: Consultation, source: Source, result: str, tools: IdentityTools) -> Event:
    return Event(
        subject=consultation.subject,
        type=EventType.REGISTRY_CONSULTED,
        occurred_at=tools.clock(),
        event_id=tools.new_event_id(),
        actor=consultation.actor,
        origin=consultation.origin,
        data={"registry": source.value, "reason": consultation.reason.value, "result": result},
    )
