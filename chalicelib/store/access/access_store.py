"""What access reads of people, and a password's change: account, end of sessions, used link and event in one."""

from __future__ import annotations

import dataclasses
from datetime import datetime

from pynamodb.connection import Connection
from pynamodb.exceptions import TransactWriteError
from pynamodb.transactions import TransactWrite

from chalicelib.domain.access.account import Account, AccountChanged
from chalicelib.domain.access.token import TokenKind
from chalicelib.domain.event import Event
from chalicelib.domain.mailbox import Mailbox
from chalicelib.store.access.account_store import AccountStore
from chalicelib.store.access.session_store import SessionStore
from chalicelib.store.access.token_store import TokenStore
from chalicelib.store.batch_read import read_together, store_unavailable
from chalicelib.store.codec import from_data
from chalicelib.store.event_store import EventStore
from chalicelib.store.mailbox_store import mailbox_from
from chalicelib.store.tables import AccountItem, MailboxItem
from chalicelib.store.vendor_errors import vendor_code

_LOST = ("TransactionCanceledException", "TransactionConflictException")


class AccessStore:
    """`connection` is the one that `tables.bind` returns. Raises `Unavailable` when DynamoDB does not answer."""

    def __init__(self, connection: Connection, pepper: bytes) -> None:
        """Hash with `pepper`, the same as the token store's."""
        self._connection = connection
        self._tokens = TokenStore(connection, pepper)
        self._sessions = SessionStore(connection, pepper)

    def load(self, username: str, mailbox_id: str) -> tuple[Account | None, Mailbox | None]:
        """Return an account and its mailbox by one strongly consistent read."""
        account, mailbox = (AccountItem, username, None), (MailboxItem, mailbox_id, None)
        found = read_together(self._connection, [account, mailbox])
        return _account_from(found.get(account)), mailbox_from(found.get(mailbox))

    def commit_password(self, account: Account, event: Event, *, now: datetime, reset_link: str | None = None) -> None:
        """Write a changed account, end the user's sessions begun before `now`, use the link up and log it, or nothing.

        Raises:
            AccountChanged: `account_changed`; the account, the link or the sessions' end is not as it was read.

        """
        try:
            with TransactWrite(connection=self._connection) as transaction:
                AccountStore.update_in(transaction, account)
                self._sessions.end_all_in(transaction, account.user_id, before=now)
                EventStore().add_in(transaction, event)
                if reset_link is not None:
                    self._tokens.consume_in(transaction, TokenKind.RESET_LINK, reset_link, now=now)
        except TransactWriteError as error:
            if vendor_code(error) not in _LOST:
                raise store_unavailable() from error
            detail = "Tus datos cambiaron mientras tanto. Vuelve a abrir la página e inténtalo otra vez."
            raise AccountChanged("account_changed", detail) from error


def _account_from(item: AccountItem | None) -> Account | None:
    return None if item is None else dataclasses.replace(from_data(Account, item.data), version=int(item.version))
