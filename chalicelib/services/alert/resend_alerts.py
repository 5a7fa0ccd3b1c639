"""Have alerts that were given up sent again, as an operator asks: the sweeper sends them, within 72 hours anew."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.alert.alert_batch import AlertBatch
from chalicelib.domain.alert.work_list import Resending, Resent, ResentAll
from chalicelib.domain.errors import Unavailable
from chalicelib.domain.event import Event, EventType
from chalicelib.services.operator_act import OperatorAct
from chalicelib.services.work_through import log_failed
from chalicelib.store.alert.alert_batch_store import AlertBatchStore
from chalicelib.store.shards import SHARDS

_RACES = 5


@dataclass(frozen=True, slots=True)
class ResendingTools:
    """What resending goes through, and for whom."""

    batches: AlertBatchStore
    act: OperatorAct


def resend_alerts(notice_ids: Iterable[str], tools: ResendingTools) -> tuple[Resent, ...]:
    """Resend what was given up of each notice, each with its event. One that fails stops no other.

    Of two at once, one resends and writes the event.
    """
    return tuple(_tried(notice_id, tools) for notice_id in notice_ids)


def resend_all(tools: ResendingTools, *, at_most: int, until: datetime) -> ResentAll:
    """Resend what is on the list, the longest there first: `at_most` notices, and none begun after `until`.

    What an operator can do nothing about by running it again counts for no other's place.

    Raises:
        Unavailable: the store does not answer, so that there is no list.

    """
    entries = sorted(entry for shard in SHARDS for entry in tools.batches.given_up(shard))
    done: list[Resent] = []
    resent = 0
    for _, notice_id in entries:
        if resent >= at_most or tools.act.clock() >= until:
            break
        done.append(_tried(notice_id, tools))
        resent += done[-1].outcome is Resending.RESENT
    return ResentAll(tuple(done), len(entries) - len(done))


def _tried(notice_id: str, tools: ResendingTools) -> Resent:
    try:
        return _resent(notice_id, tools)
    except Exception as error:  # noqa: BLE001 - whatever it is, the others go on
        log_failed("operator", notice_id, error)
        return Resent(notice_id, Resending.FAILED)


def _resent(notice_id: str, tools: ResendingTools) -> Resent:
    at: datetime | None = None
    before: AlertBatch | None = None
    for _ in range(_RACES):
        stored = tools.batches.find(notice_id)
        if stored is None:
            return Resent(notice_id, Resending.UNKNOWN)
        if at is not None and stored.resent_at == at:  # written, though its answer was lost
            return Resent(notice_id, Resending.RESENT, before)
        if not stored.given_up:
            return Resent(notice_id, Resending.NOT_GIVEN_UP, stored)
        at, before = tools.act.clock(), stored
        if tools.batches.send_again(stored, _event(stored, at, tools), now=at):
            return Resent(notice_id, Resending.RESENT, stored)
    raise Unavailable("alerts_contended", "Otros escriben a la vez en esta notificación. Repita el comando.")


def _event(batch: AlertBatch, at: datetime, tools: ResendingTools) -> Event:
    alert_ids = " ".join(alert.alert_id for alert in batch.given_up)
    return tools.act.event(batch.subject, EventType.ALERT_RESENT, at, alert_ids=alert_ids)
