"""Freezing a mailbox and thawing it: mailbox, its users' sessions, accounts, codes and event in one transaction.

While it is frozen each user's mark, which every request reads with its session, ends the sessions begun since as well.
So whoever was about to get in, or to change anything, when it froze does not, whatever they had read before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pynamodb.connection import Connection

from chalicelib.domain.access.account import Account
from chalicelib.domain.access.token import NewToken, TokenKind
from chalicelib.domain.event import Event
from chalicelib.domain.mailbox import Mailbox
from chalicelib.store.access.account_store import AccountStore, former_key
from chalicelib.store.access.session_store import SessionStore
from chalicelib.store.access.token_store import TokenStore
from chalicelib.store.event_store import EventStore
from chalicelib.store.key_page import KeyIndex, read_keys
from chalicelib.store.mailbox_store import MailboxStore, mailbox_transaction
from chalicelib.store.shards import SHARDS
from chalicelib.store.tables import AccountItem, MailboxItem

_FROZEN = KeyIndex(MailboxItem, "frozen", "mailbox_id", "frozen_shard = :shard")


class FreezeStore:
    """`connection` is the one that `tables.bind` returns. Raises `Unavailable` when DynamoDB does not answer."""

    def __init__(self, connection: Connection, pepper: bytes) -> None:
        """Hash with `pepper`, the same as the token store's."""
        self._connection = connection
        self._tokens = TokenStore(connection, pepper)
        self._sessions = SessionStore(connection, pepper)

    def freeze(self, mailbox: Mailbox, event: Event) -> Mailbox:
        """Write a mailbox that is frozen to be, shut all its users out and void what awaits them, or nothing.

        Raises:
            MailboxChanged: `mailbox_changed`; read it again and decide anew.

        """
        with mailbox_transaction(self._connection) as transaction:
            frozen = MailboxStore.update_in(transaction, mailbox)
            EventStore().add_in(transaction, event)
            for user in mailbox.users:
                self._sessions.shut_out_in(transaction, user.user_id)
                for kind in (TokenKind.NEW_EMAIL_CODE, TokenKind.WAITING_EMAIL):
                    self._tokens.revoke_in(transaction, kind, user.user_id)
        return frozen

    def thaw(
        self,
        mailbox: Mailbox,
        event: Event,
        *,
        accounts: Iterable[Account],
        issued: Iterable[NewToken],
        returned: tuple[Account, ...] = (),
    ) -> Mailbox:
        """Write a mailbox that is open again, with changed accounts and new links, and let its users in, or nothing.

        `returned` are the new accounts of who was taken out and is back.

        Raises:
            MailboxChanged: `mailbox_changed`; read it again and decide anew.

        """
        with mailbox_transaction(self._connection) as transaction:
            opened = MailboxStore.update_in(transaction, mailbox)
            EventStore().add_in(transaction, event)
            for account in accounts:
                AccountStore.update_in(transaction, account)
            for token in issued:
                self._tokens.issue_in(transaction, token)
            back = {account.user_id for account in returned}
            for account in returned:
                AccountStore.add_in(transaction, account)
                transaction.delete(AccountItem(former_key(account.user_id)))
                self._sessions.let_back_in(transaction, account.user_id, before=event.occurred_at)
            for user in mailbox.users:
                if user.user_id not in back:
                    self._sessions.let_in_in(transaction, user.user_id, before=event.occurred_at)
        return opened

    def frozen(self) -> Iterator[str]:
        """Yield the ids of all frozen mailboxes as the index knows them, the longest frozen of each shard first."""
        for shard in SHARDS:
            after: Mapping[str, Any] | None = None
            while True:
                page = read_keys(self._connection, _FROZEN, {":shard": {"S": shard}}, after=after)
                yield from page.keys
                after = page.after
                if after is None:
                    break
