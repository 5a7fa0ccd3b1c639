"""What access reads of people, and a password's change: account, end of sessions, used link and event in one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from pynamodb.connection import Connection
from pynamodb.exceptions import TransactWriteError
from pynamodb.transactions import TransactWrite

from chalicelib.domain.access.account import Account, AccountChanged
from chalicelib.domain.access.token import NewToken, TokenKind
from chalicelib.domain.event import Event
from chalicelib.domain.mailbox import Mailbox
from chalicelib.domain.session import Session
from chalicelib.store.access.account_store import AccountStore, account_from
from chalicelib.store.access.session_store import SessionStore
from chalicelib.store.access.token_store import TokenStore
from chalicelib.store.batch_read import ItemKey, read_together, store_unavailable
from chalicelib.store.event_store import EventStore
from chalicelib.store.key_page import KeyIndex, read_keys
from chalicelib.store.mailbox_store import mailbox_from
from chalicelib.store.tables import AccountItem, MailboxItem
from chalicelib.store.vendor_errors import TRANSACTION_LOST, vendor_code

_BY_PERSON = KeyIndex(AccountItem, "by_person", "username", "person = :person")


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
        return account_from(found.get(account)), mailbox_from(found.get(mailbox))

    def list_usernames(self, person_number: str, *, limit: int) -> tuple[str, ...]:
        """Return the usernames of who has this number, as the index knows them: a moment late at times; one call.

        Of another type of document as well, so that whose they are is still to be seen.
        """
        return read_keys(self._connection, _BY_PERSON, {":person": {"S": person_number}}, limit=limit).keys

    def load_all(self, usernames: Iterable[str]) -> tuple[tuple[Account, Mailbox], ...]:
        """Return those of up to fifty accounts that there are, each with its mailbox, by one such read."""
        names = {name: name.partition(".")[0] for name in usernames}
        keys: list[ItemKey] = [(AccountItem, name, None) for name in names]
        keys += [(MailboxItem, mailbox_id, None) for mailbox_id in dict.fromkeys(names.values())]
        found = read_together(self._connection, keys) if keys else {}
        read = (
            (account_from(found.get((AccountItem, name, None))), mailbox_from(found.get((MailboxItem, box, None))))
            for name, box in names.items()
        )
        return tuple((account, mailbox) for account, mailbox in read if account is not None and mailbox is not None)

    def commit_password(
        self,
        account: Account,
        event: Event,
        *,
        now: datetime,
        reset_link: str | None = None,
        issued: Iterable[NewToken] = (),
    ) -> None:
        """Write a changed account, end the user's sessions begun before `now`, use the link up and log it, or nothing.

        `issued` are kept with it: they tell of the change. Nothing is written while the mailbox is frozen: the mark
        that shuts its users out is later than any other.

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
                for token in issued:
                    self._tokens.issue_in(transaction, token)
        except TransactWriteError as error:
            if vendor_code(error) not in TRANSACTION_LOST:
                raise store_unavailable() from error
            raise _account_changed() from error

    def commit_acceptance(self, account: Account, event: Event, old: Session, new: Session, secret: str) -> None:
        """Write what an account accepted, put the new session in the old one's place and log it, or nothing.

        Raises:
            AccountChanged: `account_changed`; the account or the session is not as it was read.

        """
        try:
            with TransactWrite(connection=self._connection) as transaction:
                AccountStore.update_in(transaction, account)
                self._sessions.rotate_in(transaction, old, new, secret)
                EventStore().add_in(transaction, event)
        except TransactWriteError as error:
            if vendor_code(error) not in TRANSACTION_LOST:
                raise store_unavailable() from error
            raise _account_changed() from error


def _account_changed() -> AccountChanged:
    detail = "Tus datos cambiaron mientras tanto. Vuelve a abrir la página e inténtalo otra vez."
    return AccountChanged("account_changed", detail)
