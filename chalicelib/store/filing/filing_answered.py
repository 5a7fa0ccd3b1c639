"""A filing's answer, marked in the transaction of the notice that answers it: both happen, or neither."""

from __future__ import annotations

from dataclasses import dataclass

from pynamodb.transactions import TransactWrite

from chalicelib.domain.event import Event, EventType
from chalicelib.domain.filing.attending import answer
from chalicelib.domain.filing.filing import Attendant, Filing
from chalicelib.domain.notice import Notice
from chalicelib.store.event_store import EventStore
from chalicelib.store.filing.filing_store import FilingStore


@dataclass(frozen=True, slots=True)
class FilingAnswered:
    """What a deposit's transaction writes beside its notice (`deposit_store.Beside`): the filing as it was read."""

    filing: Filing
    by: Attendant
    actor: str
    """As the log names who did it; of a system, by its key."""
    event_id: str
    origin: str

    def add_in(self, transaction: TransactWrite, notice: Notice) -> None:
        """Add it; where the filing changed since, nothing is deposited.

        Raises:
            Conflict: as `answer`.

        """
        answered = answer(self.filing, notice.notice_id, self.by, notice.deposited_at)
        FilingStore.change_in(transaction, answered)
        data = {
            "filing_id": answered.filing_id,
            "number": answered.number,
            "institution_id": answered.institution_id,
            "notice_id": notice.notice_id,
        }
        subject, kind = f"filing#{answered.filing_id}", EventType.FILING_ANSWERED
        EventStore().add_in(
            transaction, Event(subject, kind, notice.deposited_at, self.event_id, self.actor, self.origin, data)
        )
