"""Every few minutes: ask the registries again about those who registered while one did not answer (REG-4).

Bounded by number and time; one that fails stops no other and is due again later. Two runs at once may ask twice; only
one of them changes the registration, and only that one writes to the person.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from chalicelib.domain.errors import CasillaError, InvalidInput, Unavailable
from chalicelib.domain.registration.identity import Registry
from chalicelib.domain.registration.identity_refusal import refuse_unless_confirmed
from chalicelib.domain.registration.registration import Registration, RegistrationState, confirmed, postponed, refused
from chalicelib.renderers.registration.registration_letters import refused_letter
from chalicelib.services.registration.check_identity import Consultation, ConsultationReason, check_identity
from chalicelib.services.registration.tools import RegistrationTools, send_code, send_letter, try_to_send

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class FinishedRegistrations:
    """How many were due, went on to the code, were refused, wait on, failed, and were left for the next run."""

    due: int = 0
    confirmed: int = 0
    refused: int = 0
    waiting: int = 0
    failed: int = 0
    left: int = 0


def finish_registrations(*, tools: RegistrationTools, until: datetime, limit: int = 100) -> FinishedRegistrations:
    """Ask about up to `limit` of each registry, the longest due first, starting none after `until`."""
    due = [
        key
        for registry in Registry
        for key in tools.registrations.list_waiting(registry.value, now=tools.clock(), limit=limit)
    ]
    done: list[str] = []
    for key in due:
        if tools.clock() >= until:
            break
        done.append(_finish_one(key, tools))
    counts = {name: done.count(name) for name in ("confirmed", "refused", "waiting", "failed")}
    return FinishedRegistrations(due=len(due), left=len(due) - len(done), **counts)


def _finish_one(key: str, tools: RegistrationTools) -> str:
    try:
        registration = tools.registrations.find(key)
        is_waiting = registration is not None and registration.state is RegistrationState.AWAITING_REGISTRY
        if registration is None or not is_waiting or not registration.is_open_at(tools.clock()):
            return "gone"
        return _ask_again(registration, tools)
    except CasillaError as error:
        _logger.warning("registration not finished", extra={"code": error.code})
        return "failed"


def _ask_again(registration: Registration, tools: RegistrationTools) -> str:
    consultation = Consultation(
        subject=f"registration#{registration.key}",
        actor="worker:finish_registrations",
        reason=ConsultationReason.REGISTRATION_RETRIED,
    )
    try:
        result = check_identity(registration.claim, consultation, tools=tools.identity)
        refuse_unless_confirmed(result)
    except Unavailable:
        tools.registrations.update(postponed(registration, tools.clock()))
        return "waiting"
    except InvalidInput as refusal:
        ended = tools.registrations.update(refused(registration))
        try_to_send(partial(send_letter, refused_letter(refusal.detail), ended, tools))
        return "refused"
    going_on = tools.registrations.update(confirmed(registration, result.registered_name, tools.clock()))
    try_to_send(partial(send_code, going_on, tools))
    return "confirmed"
