"""Every few minutes: ask the registries again about those who registered while one did not answer (REG-4).

Bounded by time; one that fails stops no other, though it stays first in the list. Two runs at once may ask twice; only
one of them changes the registration, and only that one writes to the person. What the registry answers in a day bounds
it too: a part is kept for these, and what is over is put off to the next day, the eldest first.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from chalicelib.domain.errors import InvalidInput, Unavailable
from chalicelib.domain.registration.identity import Registry
from chalicelib.domain.registration.identity_refusal import refuse_unless_confirmed
from chalicelib.domain.registration.registration import (
    Registration,
    RegistrationChanged,
    RegistrationState,
    confirmed,
    postponed,
    put_off,
    refused,
)
from chalicelib.renderers.registration.registration_letters import refused_letter
from chalicelib.services.registration.check_identity import Consultation, ConsultationReason
from chalicelib.services.registration.complete_registration import open_or_hold
from chalicelib.services.registration.registration_codes import give_code
from chalicelib.services.registration.registry_quota import check_drawn, draw_again, quota_used_percent
from chalicelib.services.registration.review_registrations import review_pressing_s
from chalicelib.services.registration.tools import RegistrationTools, send_letter, try_to_send
from chalicelib.services.work_through import counted, in_turns, pages_of, work_through


@dataclass(frozen=True, slots=True)
class FinishedRegistrations:
    """How many went on, were refused, wait on, were put off, were gone and failed; how long the longest has waited.

    Those that went on were sent a code, or the way in where their address was proved. `put_off` is to the registry's
    next day; `quota_used_percent` is of what applicants may have asked today. `gone` were finished, changed or ended
    meanwhile. `review_pressing_s` is since when a review has less than a day left, or none. Complete when it saw all
    that were due and none failed.
    """

    confirmed: int = 0
    refused: int = 0
    waiting: int = 0
    put_off: int = 0
    gone: int = 0
    failed: int = 0
    oldest_waiting_s: int = 0
    quota_used_percent: int = 0
    review_pressing_s: int = 0
    is_complete: bool = True


def finish_registrations(*, tools: RegistrationTools, until: datetime) -> FinishedRegistrations:
    """Ask about all that are due, the longest due first and both registries in turn, beginning none after `until`."""
    started = tools.clock()
    due = in_turns(
        pages_of(partial(tools.registrations.list_waiting, registry.value, now=started)) for registry in Registry
    )
    done = work_through(
        due, partial(_finish_one, tools=tools), job="finish_registrations", now=tools.clock, until=until
    )
    oldest = _oldest_waiting_s(tools)
    used = quota_used_percent(tools)
    return counted(
        FinishedRegistrations,
        done.outcomes,
        oldest_waiting_s=oldest,
        quota_used_percent=used,
        review_pressing_s=review_pressing_s(tools.registrations, tools.clock()),
        is_complete=done.is_complete,
    )


def _oldest_waiting_s(tools: RegistrationTools) -> int:
    since = [tools.registrations.waiting_since(registry.value) for registry in Registry]
    waits = [tools.clock() - began for began in since if began is not None]
    return max((int(wait.total_seconds()) for wait in waits), default=0)


def _finish_one(key: str, tools: RegistrationTools) -> str:
    registration = tools.registrations.find(key)
    is_waiting = registration is not None and registration.state is RegistrationState.AWAITING_REGISTRY
    if registration is None or not is_waiting or not registration.is_open_at(tools.clock()):
        return "gone"
    try:
        return _ask_again(registration, tools)
    except RegistrationChanged:
        return "gone"


def _ask_again(registration: Registration, tools: RegistrationTools) -> str:
    drawn = draw_again(registration, tools=tools)
    if drawn is None:
        tools.registrations.update(put_off(registration, tools.clock()))
        return "put_off"
    consultation = Consultation(
        subject=f"registration#{registration.key}",
        actor="worker:finish_registrations",
        reason=ConsultationReason.REGISTRATION_RETRIED,
    )
    try:
        result = check_drawn(registration.claim, consultation, drawn, tools=tools)
        refuse_unless_confirmed(result, is_authenticated=registration.is_authenticated)
    except Unavailable:
        tools.registrations.update(postponed(registration, tools.clock()))
        return "waiting"
    except InvalidInput as refusal:
        ended = tools.registrations.update(refused(registration))
        try_to_send(partial(send_letter, refused_letter(refusal.detail), ended, tools))
        return "refused"
    going_on = confirmed(registration, result, tools.clock())
    if going_on.is_proven:
        open_or_hold(going_on, tools=tools)
        return "confirmed"
    going_on = tools.registrations.update(going_on)
    try_to_send(partial(give_code, going_on, tools, is_awaited=True))
    return "confirmed"
