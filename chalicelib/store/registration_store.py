"""Registrations: found by the keyed hash of an id that only the applicant has, changed from the version read."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from pynamodb.connection import Connection
from pynamodb.exceptions import DeleteError, PutError, PynamoDBException, TransactWriteError, UpdateError
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from chalicelib.domain.access.access_secret import keyed_hash, keyed_hashes
from chalicelib.domain.access.account import Account
from chalicelib.domain.access.token import NewToken
from chalicelib.domain.event import Event
from chalicelib.domain.mailbox import DocumentType, Mailbox
from chalicelib.domain.registration.registration import (
    Registration,
    RegistrationState,
    registration_busy,
    registration_changed,
)
from chalicelib.domain.registration.taken import is_unproved, kept_until, scan_to_forget
from chalicelib.store.access.account_store import AccountStore
from chalicelib.store.batch_read import store_unavailable
from chalicelib.store.codec import from_data, to_data
from chalicelib.store.event_store import EventStore
from chalicelib.store.key_page import KeyIndex, KeyPage, read_keys
from chalicelib.store.mailbox_store import MailboxStore
from chalicelib.store.shards import expiry_shard
from chalicelib.store.tables import RegistrationItem
from chalicelib.store.token_item import item_from_new
from chalicelib.store.vendor_errors import CONDITION_FAILED, TRANSACTION_LOST, VENDOR_ERRORS, vendor_code

_TTL_MARGIN = timedelta(days=30)
"""The nightly job deletes first; the time to live is for what it could not."""
_PURPOSE = "registration"
REVIEW = "review"
"""Whom a registration waits for where somebody has to look at it; else a registry's name."""
_OF_INSTITUTION = "-"
_FAILED = "ConditionalCheckFailed"
_CONFLICT = "TransactionConflict"

_WAITING = KeyIndex(RegistrationItem, "waiting", "registration_key", "waiting_for = :key AND due_at <= :now")
_BY_EXPIRY = KeyIndex(RegistrationItem, "by_expiry_shard", "registration_key", "expiry_shard = :shard")


class HasOtherMailbox(Exception):
    """The holder has a mailbox under the other name that it can have."""


class RegistrationStore:
    """`connection` is the one that `tables.bind` returns. Raises `Unavailable` when DynamoDB does not answer."""

    def __init__(self, connection: Connection, pepper: bytes) -> None:
        """Hash ids with `pepper`."""
        self._connection = connection
        self._pepper = pepper

    def key(self, registration_id: str) -> str:
        """Return what an id is stored as."""
        return keyed_hash(self._pepper, _PURPOSE, registration_id)

    def find_by_id(self, registration_id: str) -> Registration | None:
        """Return the registration of an id as `find` does, under whichever pepper it was begun."""
        keys = keyed_hashes(self._pepper, _PURPOSE, registration_id)
        return next((found for found in map(self.find, keys) if found is not None), None)

    def refuse_begun_elsewhere(self, registration_id: str) -> None:
        """Refuse an id that was begun under another pepper; under its own, `add` does. No call while there is one.

        Raises:
            RegistrationChanged: `registration_changed`.

        """
        _, *others = keyed_hashes(self._pepper, _PURPOSE, registration_id)
        if any(self.find(key) is not None for key in others):
            raise registration_changed()

    def find(self, key: str) -> Registration | None:
        """Return a registration, expired or not, read with strong consistency."""
        try:
            item = RegistrationItem.get(key, consistent_read=True)
        except RegistrationItem.DoesNotExist:
            return None
        except PynamoDBException as error:
            raise store_unavailable() from error
        return from_item(item)

    def add(self, registration: Registration) -> None:
        """Keep a new registration."""
        _put(_to_item(registration), RegistrationItem.registration_key.does_not_exist())

    def add_logged(
        self, registration: Registration, event: Event, ending: Iterable[tuple[Registration, Event]] = ()
    ) -> bool:
        """Keep a new registration with its event, and the ends of others with theirs, each from the version read.

        False where there is one of its key, or one of the others changed.
        """
        try:
            with TransactWrite(connection=self._connection) as transaction:
                transaction.save(_to_item(registration), condition=RegistrationItem.registration_key.does_not_exist())
                EventStore().add_in(transaction, event)
                for ended, of_end in ending:
                    after = dataclasses.replace(ended, version=ended.version + 1)
                    transaction.save(_to_item(after), condition=RegistrationItem.version == ended.version)
                    EventStore().add_in(transaction, of_end)
        except TransactWriteError as error:
            if vendor_code(error) in TRANSACTION_LOST:
                return False
            raise store_unavailable() from error
        return True

    def update(self, registration: Registration) -> Registration:
        """Write a changed registration if it is at the version it was read in; return it in its new one.

        Raises:
            RegistrationChanged: `registration_changed`.

        """
        changed = dataclasses.replace(registration, version=registration.version + 1)
        _put(_to_item(changed), RegistrationItem.version == registration.version)
        return changed

    def complete(
        self,
        registration: Registration,
        event: Event,
        opened: tuple[Mailbox, Account, *tuple[Account, ...]] | None,
        *,
        other_mailbox_id: str | None = None,
        to_be_told: NewToken | None = None,
    ) -> Registration | None:
        """Write the end, its event and what it opens in one transaction; None when the mailbox or account exists.

        `other_mailbox_id` is what else the holder's mailbox can be called, so that no holder gets two.
        `to_be_told` is kept with it.

        Raises:
            HasOtherMailbox: only the mailbox of the other name exists.
            RegistrationChanged: `registration_changed`.
            RegistrationBusy: `store_unavailable`; nothing was written, and the same can be tried again at once.

        """
        changed = dataclasses.replace(registration, version=registration.version + 1)
        try:
            with TransactWrite(connection=self._connection) as transaction:
                transaction.save(_to_item(changed), condition=RegistrationItem.version == registration.version)
                EventStore().add_in(transaction, event)
                if opened is not None:
                    MailboxStore.add_in(transaction, opened[0])
                    for account in opened[1:]:
                        AccountStore.add_in(transaction, account)
                    if other_mailbox_id is not None:
                        MailboxStore.require_absent_in(transaction, other_mailbox_id)
                if to_be_told is not None:
                    transaction.save(item_from_new(self._pepper, to_be_told))
        except TransactWriteError as error:
            reasons = [reason.code if reason is not None else "" for reason in error.cancellation_reasons]
            is_checked = opened is not None and other_mailbox_id is not None
            other = reasons.pop(0) if is_checked else ""  # PynamoDB sends checks first
            if _FAILED in reasons[:2]:
                raise registration_changed() from error
            if _CONFLICT in (*reasons, other):
                raise registration_busy() from error
            if _FAILED in reasons:
                return None
            if other == _FAILED:
                raise HasOtherMailbox from error
            raise store_unavailable() from error
        return changed

    @staticmethod
    def note_mailed(registration: Registration) -> None:
        """Note that the provider took the e-mail of this state; what changed meanwhile needs none of it. One call."""
        noted: list[Action] = [RegistrationItem.mailed.set(registration.mails)]
        try:
            RegistrationItem(registration.key).update(noted, RegistrationItem.version == registration.version)
        except UpdateError as error:
            if vendor_code(error) not in (CONDITION_FAILED, "TransactionConflictException"):
                raise store_unavailable() from error

    @staticmethod
    def count_mistyped(key: str, *, most: int) -> int | None:
        """Count one more wrong number as a new version, and return how many there are; None past `most`. One call.

        It is atomic, so each of many at once counts. A right one that was read before them is written after none.
        """
        counted: list[Action] = [RegistrationItem.mistyped.add(1), RegistrationItem.version.add(1)]
        left = RegistrationItem.mistyped.does_not_exist() | (RegistrationItem.mistyped < most)
        item = RegistrationItem(key)
        try:
            item.update(counted, RegistrationItem.version.exists() & left)
        except UpdateError as error:
            if vendor_code(error) == CONDITION_FAILED:
                return None
            raise store_unavailable() from error
        return int(item.mistyped or 0)

    def list_waiting(self, whom: str, *, now: datetime, after: Mapping[str, Any] | None = None) -> KeyPage:
        """Return a page of keys of those who wait for a registry, or for `REVIEW`, and are due: the longest first."""
        values = {":key": {"S": whom}, ":now": {"N": str(int(now.timestamp()))}}
        return read_keys(self._connection, _WAITING, values, after=after)

    def waiting_since(self, whom: str) -> datetime | None:
        """Return when the one began that waits longest for a registry or `REVIEW`, due or not; None if nobody does."""
        return self._first_instant("waiting_since", "waiting_since", whom)

    def review_due(self) -> datetime | None:
        """Return the earliest instant until which somebody who waits for a review was told to get an answer."""
        return self._first_instant("waiting", "due_at", REVIEW)

    def _first_instant(self, index: str, attribute: str, whom: str) -> datetime | None:
        query = {
            "TableName": RegistrationItem.Meta.table_name,
            "IndexName": index,
            "KeyConditionExpression": "waiting_for = :key",
            "ExpressionAttributeValues": {":key": {"S": whom}},
            "ProjectionExpression": attribute,
            "Limit": 1,
        }
        try:
            found = self._connection.dispatch("Query", query)["Items"]
        except VENDOR_ERRORS as error:
            raise store_unavailable() from error
        return datetime.fromtimestamp(int(found[0][attribute]["N"]), UTC) if found else None

    def list_expiring(self, shard: str, *, after: Mapping[str, Any] | None = None) -> KeyPage:
        """Return a page of keys of those in a shard of the day on which their time ends."""
        return read_keys(self._connection, _BY_EXPIRY, {":shard": {"S": shard}}, after=after)

    @staticmethod
    def delete_expired(key: str, now: datetime, *, is_scan_gone: bool = False) -> bool:
        """Delete one whose time is over; False when it is gone, got more time, or its scan goes first."""
        condition = RegistrationItem.expires_at < now + _TTL_MARGIN
        condition &= RegistrationItem.state != RegistrationState.COMPLETED.value
        if not is_scan_gone:
            condition &= RegistrationItem.scan_key.does_not_exist()
        try:
            RegistrationItem(key).delete(condition=condition)
        except DeleteError as error:
            if vendor_code(error) == CONDITION_FAILED:
                return False
            raise store_unavailable() from error
        return True


def awaited_name(until: datetime, document: tuple[DocumentType, str], office_id: str | None) -> str:
    """Return under what a desk finds one: `<second>#<type>-<number>#<office>`, in the order in which they end."""
    return f"{second_of(until)}#{_holder(document)}#{office_id or _OF_INSTITUTION}"


def in_review_of(institution_id: str) -> str:
    """Return under what those of an institution's desk lie that wait for a review."""
    return f"{REVIEW}#{institution_id}"


def is_of_holder(name: str, document: tuple[DocumentType, str]) -> bool:
    """Tell whether a name is of what a holder waits for."""
    return name.split("#")[1] == _holder(document)


def is_of_office(name: str, office_id: str | None) -> bool:
    """Tell whether a name is of what an office took; of None anything is."""
    return office_id is None or name.split("#")[2] == office_id


def second_of(instant: datetime) -> str:
    """Return the second that an instant lies in, as names begin with it."""
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def from_item(item: RegistrationItem) -> Registration:
    """Return what an item holds."""
    mailed = None if item.mailed is None else int(item.mailed)
    version, mistyped = int(item.version), int(item.mistyped or 0)
    return dataclasses.replace(from_data(Registration, item.data), version=version, mailed=mailed, mistyped=mistyped)


def _to_item(registration: Registration) -> RegistrationItem:
    item = RegistrationItem(
        registration.key,
        version=registration.version,
        state=registration.state.value,
        data=to_data(registration),
    )
    until = kept_until(registration)
    if until is not None:
        item.expires_at = until + _TTL_MARGIN
        item.expiry_shard = expiry_shard(until, registration.key)
    item.scan_key = scan_to_forget(registration) or None
    item.mailed = registration.mailed
    item.mistyped = registration.mistyped or None
    if registration.desk is not None and registration.expires_at is not None and is_unproved(registration):
        item.awaited_by = registration.desk.institution_id
        item.awaited = awaited_name(registration.expires_at, registration.document, registration.desk.office_id)
    if registration.state is RegistrationState.AWAITING_REVIEW:
        item.waiting_for = REVIEW
        item.due_at = _seconds(registration.review_until)
        item.waiting_since = _seconds(registration.review_since)
        if registration.desk is not None and registration.review_until is not None:
            item.awaited_by = in_review_of(registration.desk.institution_id)
            item.awaited = awaited_name(registration.review_until, registration.document, registration.desk.office_id)
    elif registration.due_at is not None:
        item.waiting_for = "sunat" if registration.company is not None else "reniec"
        item.due_at = int(registration.due_at.timestamp())
        item.waiting_since = int(registration.started_at.timestamp())
    return item


def _seconds(instant: datetime | None) -> int:
    if instant is None:
        raise ValueError("a registration that waits for a review without its time")
    return int(instant.timestamp())


def _put(item: RegistrationItem, condition: Any) -> None:
    try:
        item.save(condition)
    except PutError as error:
        if vendor_code(error) in (CONDITION_FAILED, "TransactionConflictException"):
            raise registration_changed() from error
        raise store_unavailable() from error


def _holder(document: tuple[DocumentType, str]) -> str:
    kind, number = document
    return f"{kind.value}-{number}"
