"""Mailboxes with their users."""

from __future__ import annotations

from pynamodb.transactions import TransactWrite

from chalicelib.domain.mailbox import Mailbox
from chalicelib.store.codec import from_data, to_data
from chalicelib.store.tables import MailboxItem


def mailbox_from(item: MailboxItem | None) -> Mailbox | None:
    """Read a mailbox."""
    return None if item is None else from_data(Mailbox, item.data)


class MailboxStore:
    """One item a mailbox, at most five users inside it."""

    def put(self, mailbox: Mailbox) -> None:
        """Add or replace a mailbox; its state and version also stand outside the data, for conditions."""
        MailboxItem(
            mailbox.mailbox_id, state=mailbox.state.value, version=mailbox.version, data=to_data(mailbox)
        ).save()

    @staticmethod
    def add_in(transaction: TransactWrite, mailbox: Mailbox) -> None:
        """Add a mailbox as part of a transaction, which fails if the holder has one."""
        item = MailboxItem(
            mailbox.mailbox_id, state=mailbox.state.value, version=mailbox.version, data=to_data(mailbox)
        )
        transaction.save(item, condition=MailboxItem.mailbox_id.does_not_exist())

    def require_unchanged_in(self, transaction: TransactWrite, mailbox: Mailbox) -> None:
        """Let the transaction pass only while the mailbox is as it was read."""
        transaction.condition_check(
            MailboxItem,
            mailbox.mailbox_id,
            condition=(MailboxItem.state == mailbox.state.value) & (MailboxItem.version == mailbox.version),
        )
