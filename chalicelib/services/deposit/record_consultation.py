"""Whatever tells something of a mailbox leaves a trace first: recorded and counted at once, or nothing is told."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Any, NoReturn

from chalicelib.domain.errors import CasillaError, NotAuthenticated
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.mailbox import DocumentType, Mailbox
from chalicelib.domain.mailbox.channels import PERU_ALONE, SmsReach
from chalicelib.domain.sender.consultation_policy import is_unusual, limit_refusal
from chalicelib.services.deposit.depositor import Known
from chalicelib.services.together import together
from chalicelib.store.deposit.consultation_store import ConsultationStore
from chalicelib.store.sender.count_store import Counter, CountStore
from chalicelib.store.shards import SHARDS

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ConsultationTools:
    """Where consultations are kept and counted, what mailboxes are called, and what notes that officers asked."""

    consultations: ConsultationStore
    counts: CountStore
    clock: Callable[[], datetime]
    new_event_id: Callable[[], str]
    prefixes: Mapping[DocumentType, str]
    """What mailboxes' names begin with."""
    note_use: Callable[[str], None]
    reach: SmsReach = PERU_ALONE


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks about which mailbox, and what else the event is to say of it."""

    mailbox_id: str
    sender: Known
    data: Mapping[str, str] = field(default_factory=dict)


def led_on(asked: str, mailbox: Mailbox | None) -> dict[str, str]:
    """Return what an event says where the holder's other mailbox was found, not the one that was named.

    It names none: with the one that was asked for, or the notice, it is known, and events hold no document.
    """
    return {} if mailbox is None or mailbox.mailbox_id == asked else {"led_to": "other_of_holder"}


def record_consultation(asked: Asked, counter: Counter, *, counted: int, tools: ConsultationTools) -> None:
    """Record with the request's nonce, if it has one, and count, at once; one hop.

    What an active institution asks, and is answered, is use of its agreement: of a key it is noted with the record, of
    an officer at once with it.

    `counted` is what the counter was read at. From half of what is allowed on it is counted before, one hop more, so
    that the event of what is past the limit says that it was refused.

    Raises:
        NotAuthenticated: `nonce_reused`; nothing is recorded.
        TooManyRequests: past the limit; it is recorded.
        Unavailable: it was not recorded, or not counted.

    """
    now = tools.clock()
    if counted < counter.most // 2:
        counts: list[int] = []
        together([*_records(asked, tools, now), lambda: counts.append(tools.counts.add(counter))])
        [count] = counts
    else:
        count = tools.counts.add(counter)
        is_past = count > counter.most
        past = {"refused": limit_refusal(counter.limit, counter.ends_at - now).code} if is_past else {}
        together(_records(replace(asked, data={**asked.data, **past}), tools, now, is_told=not is_past))
    if is_unusual(count, counter.most):
        about = {
            "institution": asked.sender.institution.institution_id,
            "limit": counter.limit.name,
            "count": count * len(SHARDS),
        }
        _logger.warning("unusual consultations", extra=about)
    if count > counter.most:
        raise limit_refusal(counter.limit, counter.ends_at - now)


def _records(
    asked: Asked, tools: ConsultationTools, now: datetime, *, is_told: bool = True
) -> list[Callable[[], None]]:
    """Return the calls that record it and, where it is answered, note the use."""
    event, nonce, institution = _event(asked, tools), asked.sender.nonce, asked.sender.institution
    is_use = is_told and institution.is_active
    if nonce is None:
        noted = [partial(tools.note_use, institution.institution_id)] if is_use else []
        return [partial(tools.consultations.note, event), *noted]
    taken: dict[str, Any] = {"token": nonce.token, "digest": nonce.digest, "expires_at": nonce.expires_at, "now": now}
    if is_use and nonce.use is not None:
        return [partial(tools.consultations.record_use, event, nonce.use, **taken)]
    return [partial(tools.consultations.record, event, **taken)]


def tell_after_record(
    refusal: CasillaError, asked: Asked, counter: Counter, *, counted: int, tools: ConsultationTools
) -> NoReturn:
    """Record what a refusal tells of a mailbox, then raise it.

    A nonce that another request took can be taken by no record; so the event stands alone.
    """
    try:
        if isinstance(refusal, NotAuthenticated):
            raise refusal
        record_consultation(asked, counter, counted=counted, tools=tools)
    except NotAuthenticated as reused:
        tools.consultations.note(_event(replace(asked, data={**asked.data, "refused": reused.code}), tools))
        raise
    raise refusal


def _event(asked: Asked, tools: ConsultationTools) -> Event:
    """Return what the log says of it."""
    return Event(
        subject=f"mailbox#{asked.mailbox_id}",
        type=EventType.MAILBOX_CONSULTED,
        occurred_at=tools.clock(),
        event_id=tools.new_event_id(),
        actor=asked.sender.actor,
        origin=asked.sender.origin,
        data={**asked.data, **_from_where(asked.sender)},
    )


def _from_where(sender: Known) -> dict[str, str]:
    """Say for which institution, and from which office, an officer asked: their actor does not, a key's does."""
    if sender.nonce is not None:
        return {}
    office = {"office_id": sender.office_id} if sender.office_id else {}
    return {"institution_id": sender.institution.institution_id, **office}
