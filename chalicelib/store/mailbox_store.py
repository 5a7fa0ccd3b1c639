"""Mailboxes with their users: changed only from the version that was read, and only in what is theirs.

Other attributes of the item, such as counters that deposits keep there, are left as they are by every change.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import Any

from pynamodb.connection import Connection
from pynamodb.exceptions import PynamoDBException, TransactWriteError, UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from chalicelib.domain.mailbox import Freeze, Mailbox, MailboxState, mailbox_changed
from chalicelib.domain.mailbox.address_health import AddressHealth, health_of, with_health
from chalicelib.domain.reading.reading import ReadingCounts
from chalicelib.store.batch_read import store_unavailable
from chalicelib.store.codec import from_data, to_data
from chalicelib.store.shards import shard_of_code
from chalicelib.store.tables import MailboxItem
from chalicelib.store.vendor_errors import CONDITION_FAILED, TRANSACTION_LOST, vendor_code

_RACES = 5


def mailbox_from(item: MailboxItem | None) -> Mailbox | None:
    """Read a mailbox."""
    return None if item is None else _from_item(item)


def _from_item(item: MailboxItem) -> Mailbox:
    mailbox = from_data(Mailbox, item.data)
    if item.health is None:
        return mailbox
    return dataclasses.replace(mailbox, health=tuple(from_data(AddressHealth, one) for one in item.health))


@dataclasses.dataclass(frozen=True, slots=True)
class MailboxPage:
    """Some mailboxes, in no order that means anything, a moment behind.

    `unreadable` are the ids of those that cannot be read, each with why. `after` is the last id looked at, None at the
    end of all.
    """

    mailboxes: tuple[Mailbox, ...]
    unreadable: tuple[tuple[str, Exception], ...]
    after: str | None


class MailboxStore:
    """One item a mailbox, at most five users inside it. Raises `Unavailable` when DynamoDB does not answer."""

    def find(self, mailbox_id: str) -> Mailbox | None:
        """Return the mailbox, read with strong consistency, or None; both cost one call."""
        try:
            return mailbox_from(MailboxItem.get(mailbox_id, consistent_read=True))
        except MailboxItem.DoesNotExist:
            return None
        except PynamoDBException as error:
            raise store_unavailable() from error

    def find_counted(self, mailbox_id: str) -> tuple[Mailbox, ReadingCounts] | None:
        """Return the mailbox with the numbers of its notices; otherwise as `find`."""
        try:
            item = MailboxItem.get(mailbox_id, consistent_read=True)
        except MailboxItem.DoesNotExist:
            return None
        except PynamoDBException as error:
            raise store_unavailable() from error
        return _counted_from(item)

    def find_all_counted(self, mailbox_ids: Collection[str]) -> dict[str, tuple[Mailbox, ReadingCounts]]:
        """Return those of some mailboxes that exist, with the numbers of their notices, by one call; as `find`."""
        try:
            items = list(MailboxItem.batch_get(list(mailbox_ids), consistent_read=True))
        except PynamoDBException as error:
            raise store_unavailable() from error
        return {item.mailbox_id: _counted_from(item) for item in items}

    @staticmethod
    def list_page(*, after: str | None, limit: int) -> MailboxPage:
        """Return some of all mailboxes, going on behind one of them: a part of a Scan, for jobs at night."""
        begin = None if after is None else {MailboxItem.mailbox_id.attr_name: {"S": after}}
        mailboxes: list[Mailbox] = []
        unreadable: list[tuple[str, Exception]] = []
        try:
            found = MailboxItem.scan(limit=limit, page_size=limit, last_evaluated_key=begin)
            for item in found:
                try:
                    mailboxes.append(_from_item(item))
                except Exception as error:  # noqa: BLE001 - whatever it is, the others are read
                    unreadable.append((item.mailbox_id, error))
        except PynamoDBException as error:
            raise store_unavailable() from error
        last = found.last_evaluated_key
        return MailboxPage(tuple(mailboxes), tuple(unreadable), None if last is None else last["mailbox_id"]["S"])

    def put(self, mailbox: Mailbox) -> None:
        """Add or replace a mailbox; its state and version also stand outside the data, for conditions."""
        _to_item(mailbox).save()

    def update(self, mailbox: Mailbox) -> Mailbox:
        """Write a changed mailbox if it is still at the version it was read in; return it in its new version.

        Raises:
            MailboxChanged: `mailbox_changed`; read it again and decide anew.

        """
        changed, actions, is_as_read = _change(mailbox)
        try:
            MailboxItem(mailbox.mailbox_id).update(actions, condition=is_as_read)
        except UpdateError as error:
            if vendor_code(error) == CONDITION_FAILED:
                raise mailbox_changed() from error
            raise store_unavailable() from error
        return changed

    @staticmethod
    def learn(mailbox: Mailbox, change: Callable[[AddressHealth], AddressHealth], slot: AddressHealth) -> Mailbox:
        """Write what was learned of an address beside the mailbox, if it is worth it; return the mailbox with it.

        `slot` names the address. `change` is applied anew to what others learned meanwhile. The version stays.

        Raises:
            Unavailable: `store_unavailable`, also where others keep writing at once.

        """
        for _ in range(_RACES):
            before = health_of(mailbox.health, slot.user_id, slot.channel, slot.address)
            after = change(before)
            is_known = before in mailbox.health
            learned = dataclasses.replace(mailbox, health=with_health(mailbox.health, after))
            if not after.is_worth_writing(before if is_known else None):
                return learned
            if _write_health(mailbox, learned):
                return learned
            mailbox = _found_again(mailbox)
        raise store_unavailable()

    @staticmethod
    def learn_in(transaction: TransactWrite, mailbox: Mailbox, health: AddressHealth) -> Mailbox:
        """Write what was learned of an address as part of a transaction; return the mailbox with it.

        It fails unless the mailbox, and all that is known of its addresses, is as it was read. The version stays.
        """
        learned = dataclasses.replace(mailbox, health=with_health(mailbox.health, health))
        is_as_read = (MailboxItem.version == mailbox.version) & _has_health(mailbox)
        actions: list[Action] = [MailboxItem.health.set(to_data(learned.health))]
        transaction.update(MailboxItem(mailbox.mailbox_id), actions=actions, condition=is_as_read)
        return learned

    @staticmethod
    def update_in(transaction: TransactWrite, mailbox: Mailbox) -> Mailbox:
        """Write a changed mailbox as part of a transaction; return it in the version it then has."""
        changed, actions, is_as_read = _change(mailbox)
        transaction.update(MailboxItem(mailbox.mailbox_id), actions=actions, condition=is_as_read)
        return changed

    @staticmethod
    def add_in(transaction: TransactWrite, mailbox: Mailbox) -> None:
        """Add a mailbox as part of a transaction, which fails if the holder has one."""
        transaction.save(_to_item(mailbox), condition=MailboxItem.mailbox_id.does_not_exist())

    @staticmethod
    def require_absent_in(transaction: TransactWrite, mailbox_id: str) -> None:
        """Let a transaction pass only while there is no mailbox of this name."""
        transaction.condition_check(MailboxItem, mailbox_id, condition=MailboxItem.mailbox_id.does_not_exist())

    @staticmethod
    def require_as_read_in(transaction: TransactWrite, mailbox: Mailbox) -> None:
        """Let a transaction pass only while a mailbox is at the version it was read in."""
        is_as_read = MailboxItem.version == mailbox.version
        transaction.condition_check(MailboxItem, mailbox.mailbox_id, condition=is_as_read)

    @staticmethod
    def require_thawed_in(transaction: TransactWrite, mailbox_id: str) -> None:
        """Let a transaction pass only while a mailbox is there and not frozen."""
        is_thawed = MailboxItem.mailbox_id.exists() & (MailboxItem.state != MailboxState.FROZEN.value)
        transaction.condition_check(MailboxItem, mailbox_id, condition=is_thawed)

    @staticmethod
    def count_deposit_in(transaction: TransactWrite, mailbox: Mailbox) -> None:
        """Count one more deposit, and let the transaction pass only while the mailbox is as it was read."""
        is_as_read = (MailboxItem.state == mailbox.state.value) & (MailboxItem.version == mailbox.version)
        actions: list[Action] = [MailboxItem.deposited.add(1)]
        transaction.update(MailboxItem(mailbox.mailbox_id), actions=actions, condition=is_as_read)

    @staticmethod
    def count_opening_in(transaction: TransactWrite, mailbox_id: str) -> None:
        """Count one more first opening, and let the transaction pass only while the mailbox is not frozen."""
        actions: list[Action] = [MailboxItem.opened.add(1)]
        is_thawed = MailboxItem.mailbox_id.exists() & (MailboxItem.state != MailboxState.FROZEN.value)
        transaction.update(MailboxItem(mailbox_id), actions=actions, condition=is_thawed)


@contextmanager
def mailbox_transaction(connection: Connection) -> Iterator[TransactWrite]:
    """Write a mailbox, and what goes with it, all or nothing.

    Raises:
        MailboxChanged: `mailbox_changed`: something is not as it was read; read it again and decide anew.
        Unavailable: `store_unavailable`.

    """
    try:
        with TransactWrite(connection=connection) as transaction:
            yield transaction
    except TransactWriteError as error:
        raise (mailbox_changed() if vendor_code(error) in TRANSACTION_LOST else store_unavailable()) from error


def _has_health(read: Mailbox) -> Condition:
    before = to_data(read.health)
    return MailboxItem.health == before if before else MailboxItem.health.does_not_exist()


def _write_health(read: Mailbox, learned: Mailbox) -> bool:
    is_as_read = _has_health(read)
    actions: list[Action] = [MailboxItem.health.set(to_data(learned.health))]
    try:
        MailboxItem(read.mailbox_id).update(actions, condition=MailboxItem.mailbox_id.exists() & is_as_read)
    except UpdateError as error:
        if vendor_code(error) == CONDITION_FAILED:
            return False
        raise store_unavailable() from error
    return True


def _found_again(mailbox: Mailbox) -> Mailbox:
    found = MailboxStore().find(mailbox.mailbox_id)
    if found is None:
        raise store_unavailable()
    return found


def _counted_from(item: MailboxItem) -> tuple[Mailbox, ReadingCounts]:
    counts = ReadingCounts(deposited=int(item.deposited or 0), opened=int(item.opened or 0))
    return _from_item(item), counts


def _to_item(mailbox: Mailbox) -> MailboxItem:
    listed = {} if mailbox.freeze is None else _as_listed(mailbox.mailbox_id, mailbox.freeze)
    return MailboxItem(
        mailbox.mailbox_id,
        state=mailbox.state.value,
        version=mailbox.version,
        data=_to_data(mailbox),
        health=to_data(mailbox.health) or None,
        **listed,
    )


def _to_data(mailbox: Mailbox) -> dict[str, Any]:
    """Lay out all but what is known of addresses, which stands beside it."""
    data: dict[str, Any] = to_data(mailbox)
    del data["health"]
    return data


def _as_listed(mailbox_id: str, freeze: Freeze) -> dict[str, Any]:
    """Return what has a frozen mailbox stand in the index `frozen`."""
    return {"frozen_shard": shard_of_code(mailbox_id), "frozen_since": int(freeze.frozen_at.timestamp())}


def _change(mailbox: Mailbox) -> tuple[Mailbox, list[Action], Condition]:
    changed = dataclasses.replace(mailbox, version=mailbox.version + 1)
    actions: list[Action] = [
        MailboxItem.state.set(changed.state.value),
        MailboxItem.version.set(changed.version),
        MailboxItem.data.set(_to_data(changed)),
    ]
    if changed.freeze is None:
        actions += [MailboxItem.frozen_shard.remove(), MailboxItem.frozen_since.remove()]
    else:
        listed = _as_listed(changed.mailbox_id, changed.freeze)
        actions += [getattr(MailboxItem, name).set(value) for name, value in listed.items()]
    return changed, actions, MailboxItem.version == mailbox.version
