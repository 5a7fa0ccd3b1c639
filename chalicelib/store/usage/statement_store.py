"""Statements: each is written once and never changed; beside it stands how it was paid, and which proofs wait."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC

from pynamodb.connection import Connection
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from chalicelib.domain.errors import Conflict
from chalicelib.domain.event import Event
from chalicelib.domain.usage.settlement import Account, Settlement
from chalicelib.domain.usage.statement import Statement, content_of, read_content, sha256_of
from chalicelib.store.batch_read import store_unavailable
from chalicelib.store.codec import from_data, to_data
from chalicelib.store.event_store import EventStore
from chalicelib.store.tables import InstitutionItem, StatementItem
from chalicelib.store.transaction import is_written
from chalicelib.store.vendor_errors import VENDOR_ERRORS

MOST_AT_ONCE = 24
"""Two years."""
WAITING = "#proofs"
"""What the list of proofs that wait is kept under, in the table of institutions."""
MOST_WAITING = 200
_PARTS = 3


class StatementClosed(Conflict):
    """Somebody else closed the month: that one counts."""


class StatementChanged(Conflict):
    """Somebody else changed how it is settled meanwhile."""


class StatementStore:
    """`connection` is the one that `tables.bind` returns. Raises `Unavailable` when DynamoDB does not answer."""

    page_size = MOST_AT_ONCE

    def __init__(self, connection: Connection) -> None:
        """Use the connection that all models share."""
        self._connection = connection

    def find(self, institution_id: str, month: str) -> Account | None:
        """Return a month's statement, read with strong consistency; None while it is not closed."""
        try:
            return _account(StatementItem.get(institution_id, month, consistent_read=True))
        except StatementItem.DoesNotExist:
            return None
        except VENDOR_ERRORS as error:
            raise store_unavailable() from error

    def list_newest(self, institution_id: str, *, before: str | None = None) -> tuple[Account, ...]:
        """Return the newest `MOST_AT_ONCE` statements, before a month if one is given, newest first: one Query."""
        earlier = None if before is None else StatementItem.month < before
        try:
            found = StatementItem.query(
                institution_id, earlier, scan_index_forward=False, limit=MOST_AT_ONCE, consistent_read=True
            )
            return tuple(map(_account, found))
        except VENDOR_ERRORS as error:
            raise store_unavailable() from error

    def list_closed(self, institution_id: str) -> tuple[Account, ...]:
        """Return every statement, newest first: one Query, paged; a month is some kilobytes."""
        try:
            found = StatementItem.query(institution_id, scan_index_forward=False, consistent_read=True)
            return tuple(map(_account, found))
        except VENDOR_ERRORS as error:
            raise store_unavailable() from error

    def find_of_month(self, institution_ids: Sequence[str], month: str) -> dict[str, Account]:
        """Return the statements of a month that are closed, by institution: a read of each hundred."""
        try:
            found = StatementItem.batch_get([(one, month) for one in institution_ids], consistent_read=True)
            return {item.institution_id: _account(item) for item in found}
        except VENDOR_ERRORS as error:
            raise store_unavailable() from error

    def count_waiting(self) -> int:
        """Return how many proofs wait to be checked, one more than `MOST_WAITING` at most: one Query."""
        try:
            return len(list(InstitutionItem.query(WAITING, consistent_read=True, limit=MOST_WAITING + 1)))
        except VENDOR_ERRORS as error:
            raise store_unavailable() from error

    def list_waiting(self) -> tuple[Account, ...]:
        """Return the months whose proof waits, the oldest proof first, `MOST_WAITING` at most: a Query, two reads."""
        try:
            entries = [one.item for one in InstitutionItem.query(WAITING, consistent_read=True, limit=MOST_WAITING)]
            months = {(parts[1], parts[2]) for entry in entries if len(parts := entry.split("#")) == _PARTS}
            found = [_account(item) for item in StatementItem.batch_get(list(months), consistent_read=True)]
        except VENDOR_ERRORS as error:
            raise store_unavailable() from error
        waiting = [(one.waiting_proof.sent_at, one) for one in found if one.waiting_proof is not None]
        return tuple(account for _, account in sorted(waiting, key=lambda one: one[0]))

    def note_waiting(self, account: Account) -> None:
        """Put the proof that waits on the list, where a package before did not; nothing where somebody decides it."""
        entry = _entry(account)
        if entry is None:
            return
        item = StatementItem(account.statement.institution_id, account.statement.month)
        version = account.settlement.version

        def fill(transaction: TransactWrite) -> None:
            as_read = StatementItem.version == version
            transaction.update(item, actions=[StatementItem.version.set(version)], condition=as_read)
            transaction.save(entry)

        is_written(self._connection, fill)

    def add(self, statement: Statement, event: Event) -> Account:
        """Keep a closed statement, with its event.

        Raises:
            StatementClosed: there is one of that month; nothing was written.

        """
        content = content_of(statement)
        account = Account(read_content(content), sha256=sha256_of(content))
        item, is_new = _item(account, content), StatementItem.month.does_not_exist()
        self._commit(lambda transaction: transaction.save(item, condition=is_new), event, _closed())
        return account

    def settle(self, account: Account, settlement: Settlement, event: Event | None) -> Account:
        """Put the settlement after the one that was read, with its event if it has one, and its proof's entry.

        Raises:
            StatementChanged: the one that is there is not the one that was read; nothing was written.

        """
        statement = account.statement
        item = StatementItem(statement.institution_id, statement.month)
        actions: list[Action] = [
            StatementItem.settlement.set(to_data(settlement)),
            StatementItem.version.set(settlement.version),
        ]
        as_read = StatementItem.version == account.settlement.version
        settled = Account(statement, settlement, account.sha256)
        before, after = _entry(account), _entry(settled)

        def fill(transaction: TransactWrite) -> None:
            transaction.update(item, actions=actions, condition=as_read)
            if before is not None and (after is None or after.item != before.item):
                transaction.delete(before)
            if after is not None and (before is None or before.item != after.item):
                transaction.save(after)

        self._commit(fill, event, _changed())
        return settled

    def _commit(self, fill: Callable[[TransactWrite], None], event: Event | None, lost: Conflict) -> None:
        def fill_logged(transaction: TransactWrite) -> None:
            fill(transaction)
            if event is not None:
                EventStore().add_in(transaction, event)

        if not is_written(self._connection, fill_logged):
            raise lost


def _item(account: Account, content: str) -> StatementItem:
    return StatementItem(
        account.statement.institution_id,
        account.statement.month,
        content=content,
        sha256=account.sha256,
        settlement=to_data(account.settlement),
        version=account.settlement.version,
    )


def _entry(account: Account) -> InstitutionItem | None:
    """Return the entry of the proof that waits among those of all institutions, in order of when they came."""
    proof = account.waiting_proof
    if proof is None:
        return None
    came = proof.sent_at.astimezone(UTC).isoformat(timespec="microseconds")
    return InstitutionItem(WAITING, f"{came}#{account.statement.institution_id}#{account.statement.month}", data={})


def _account(item: StatementItem) -> Account:
    return Account(read_content(item.content), from_data(Settlement, item.settlement), item.sha256)


def _closed() -> StatementClosed:
    return StatementClosed("statement_closed", "Ese mes ya se cerró.")


def _changed() -> StatementChanged:
    detail = "Otra persona cambió ese mes mientras tanto y no guardamos nada. Revisa cómo está."
    return StatementChanged("statement_changed", detail)
