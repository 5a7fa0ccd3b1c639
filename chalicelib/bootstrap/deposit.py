"""What deposits need."""

from __future__ import annotations

from chalicelib.bootstrap import Container, made_once
from chalicelib.bootstrap.aws import connection
from chalicelib.bootstrap.files import files
from chalicelib.bootstrap.sender import note_use, sender_tools
from chalicelib.domain.deposit.orphan_position import OrphanPosition
from chalicelib.services.deposit.deposit_notice import DepositTools, Identifiers
from chalicelib.services.deposit.record_consultation import ConsultationTools
from chalicelib.store.deposit.consultation_store import ConsultationStore
from chalicelib.store.deposit.deposit_store import DepositStore
from chalicelib.store.deposit.sender_month_store import SenderMonthStore
from chalicelib.store.deposit.standing_store import StandingStore
from chalicelib.store.deposit.unreached_store import UnreachedStore
from chalicelib.store.position_store import PositionStore
from chalicelib.store.sender.count_store import CountStore


@made_once
def deposit_tools(box: Container) -> DepositTools:
    """Who sends, where a deposit is kept, and by which calendar it counts."""
    return DepositTools(
        sender=sender_tools(box),
        deposits=DepositStore(connection(box)),
        consultations=consultation_tools(box),
        files=files(box),
        calendar=box.calendar,
        clock=box.clock,
        identifiers=Identifiers(box.chance.new_code, box.chance.new_event_id),
        pause=box.pause,
        api_base_url=box.config.api_base_url,
        portal_url=box.portal_url,
        reach=box.sms_reach,
    )


@made_once
def sender_month_store(box: Container) -> SenderMonthStore:
    """What a sender deposited in a month."""
    return SenderMonthStore(connection(box))


@made_once
def standing_store(box: Container) -> StandingStore:
    """How each of many deposits stands."""
    return StandingStore(connection(box))


@made_once
def unreached_store(box: Container) -> UnreachedStore:
    """Deposits whose alerts reached nobody by some channel."""
    return UnreachedStore(connection(box))


@made_once
def consultation_tools(box: Container) -> ConsultationTools:
    """Who asked about whom, and how often."""
    return ConsultationTools(
        ConsultationStore(connection(box)),
        CountStore(),
        box.clock,
        box.chance.new_event_id,
        box.mailbox_prefixes,
        note_use(box),
        box.sms_reach,
    )


@made_once
def orphan_position_store(box: Container) -> PositionStore[OrphanPosition]:
    """Where the sweep of orphans stands."""
    connection(box)
    return PositionStore("sweep_orphans", OrphanPosition)
