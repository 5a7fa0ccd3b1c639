"""What the use of institutions needs: where it is counted and kept, and what the deployment sets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from chalicelib.domain.usage.month import UsageSettings
from chalicelib.services.agreement.change_agreement import AgreementTools
from chalicelib.services.usage.count_deposits import DepositCountTools
from chalicelib.store.event_store import EventStore
from chalicelib.store.institution.activity_store import ActivityStore
from chalicelib.store.usage.statement_store import StatementStore


@dataclass(frozen=True, slots=True)
class UsageTools:
    """`agreement` returns what changes an agreement, of an actor, their reason and their network address."""

    statements: StatementStore
    deposits: DepositCountTools
    counts: ActivityStore
    events: EventStore
    settings: UsageSettings
    agreement: Callable[[str, str, str], AgreementTools]
    zone: ZoneInfo
    now: Callable[[], datetime]
    new_event_id: Callable[[], str]

    @property
    def today(self) -> date:
        """The local day."""
        return self.now().astimezone(self.zone).date()
