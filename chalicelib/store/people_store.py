"""A change of a mailbox's people: mailbox, account, sessions, tokens and event in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pynamodb.connection import Connection
from pynamodb.exceptions import PynamoDBException
from pynamodb.transactions import TransactWrite

from chalicelib.domain.access.account import Account
from chalicelib.domain.access.token import NewToken, TokenKind
from chalicelib.domain.event import Event
from chalicelib.domain.mailbox import Mailbox
from chalicelib.domain.mailbox.address_health import AddressHealth
from chalicelib.domain.people.former_user import FormerUser
from chalicelib.store.access.account_store import AccountStore, former_key
from chalicelib.store.access.sent_mail_store import SentMailStore
from chalicelib.store.access.session_store import SessionStore
from chalicelib.store.access.token_store import TokenStore
from chalicelib.store.batch_read import store_unavailable
from chalicelib.store.codec import from_data, to_data
from chalicelib.store.event_store import EventStore
from chalicelib.store.mailbox_store import MailboxStore, mailbox_transaction
from chalicelib.store.tables import AccountItem


@dataclass(frozen=True, slots=True)
class UsedToken:
    """A token that the change uses up: its kind, its name, and for a code what was answered."""

    kind: TokenKind
    name: str
    answer: str | None = None


@dataclass(frozen=True, slots=True)
class EndedSessions:
    """Whose sessions end: those begun before an instant."""

    user_id: str
    before: datetime


@dataclass(frozen=True, slots=True)
class MovedAccounts:
    """Accounts as they were read, and those to stand in their place, maybe under another name; what is left is gone."""

    read: tuple[Account, ...]
    written: tuple[Account, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleChange:
    """Mailbox and account as they are to be, at the versions they were read in, and what goes with them.

    `sessions_ended_of` is the user whose sessions end at the event's instant, `sessions` are those of more users.
    `former` is who leaves. `forgotten` names the lists of e-mailed codes that count no more. `also_issued` tell of the
    change to what was on record before. `also_logged` is what it means for others.
    """

    mailbox: Mailbox
    event: Event
    new_account: Account | None = None
    account: Account | None = None
    issued: NewToken | None = None
    used: UsedToken | None = None
    sessions_ended_of: str | None = None
    moved: MovedAccounts | None = None
    former: FormerUser | None = None
    sessions: tuple[EndedSessions, ...] = ()
    forgotten: tuple[str, ...] = ()
    also_issued: tuple[NewToken, ...] = ()
    also_logged: tuple[Event, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvedAddress:
    """What is known of an address whose owner answered, in the mailbox as it was read, and what goes with it."""

    mailbox: Mailbox
    health: AddressHealth
    proved_at: datetime
    event: Event | None = None
    used: UsedToken | None = None


class PeopleStore:
    """`connection` is the one that `tables.bind` returns. Raises `Unavailable` when DynamoDB does not answer."""

    def __init__(self, connection: Connection, pepper: bytes) -> None:
        """Hash with `pepper`, the same as the token store's."""
        self._connection = connection
        self._tokens = TokenStore(connection, pepper)
        self._sessions = SessionStore(connection, pepper)
        self._sent_mails = SentMailStore(pepper)

    def find_former(self, user_id: str) -> FormerUser | None:
        """Return who a user that left was; one call."""
        try:
            return from_data(FormerUser, AccountItem.get(former_key(user_id), consistent_read=True).data)
        except AccountItem.DoesNotExist:
            return None
        except PynamoDBException as error:
            raise store_unavailable() from error

    def commit(self, change: PeopleChange) -> Mailbox:
        """Write all of the change or nothing; return the mailbox in its new version.

        Raises:
            MailboxChanged: `mailbox_changed`; something is not as it was read: read again and decide anew.

        """
        with mailbox_transaction(self._connection) as transaction:
            changed = MailboxStore.update_in(transaction, change.mailbox)
            for event in (change.event, *change.also_logged):
                EventStore().add_in(transaction, event)
            if change.new_account is not None:
                AccountStore.add_in(transaction, change.new_account)
            if change.account is not None:
                AccountStore.update_in(transaction, change.account)
            if change.moved is not None:
                AccountStore.replace_in(transaction, change.moved.read, change.moved.written)
            if change.former is not None:
                transaction.save(_former_item(change.former), condition=AccountItem.username.does_not_exist())
            self._write_tokens_in(transaction, change)
        return changed

    def commit_proof(self, proved: ProvedAddress) -> Mailbox:
        """Write what its owner proved of an address, use the code up and log it, or nothing; return the mailbox.

        Raises:
            MailboxChanged: `mailbox_changed`; something is not as it was read: read again and decide anew.

        """
        with mailbox_transaction(self._connection) as transaction:
            learned = MailboxStore.learn_in(transaction, proved.mailbox, proved.health)
            if proved.event is not None:
                EventStore().add_in(transaction, proved.event)
            if proved.used is not None:
                used, now = proved.used, proved.proved_at
                self._tokens.consume_in(transaction, used.kind, used.name, now=now, answer=used.answer)
        return learned

    def _write_tokens_in(self, transaction: TransactWrite, change: PeopleChange) -> None:
        now = change.event.occurred_at
        for issued in (*([] if change.issued is None else [change.issued]), *change.also_issued):
            self._tokens.issue_in(transaction, issued)
        if change.used is not None:
            used = change.used
            self._tokens.consume_in(transaction, used.kind, used.name, now=now, answer=used.answer)
        if change.sessions_ended_of is not None:
            self._sessions.end_all_in(transaction, change.sessions_ended_of, before=now)
        for ended in change.sessions:
            self._sessions.end_all_in(transaction, ended.user_id, before=ended.before)
        for about in change.forgotten:
            self._sent_mails.forget_in(transaction, about)


def _former_item(former: FormerUser) -> AccountItem:
    return AccountItem(former_key(former.user_id), version=1, data=to_data(former))
