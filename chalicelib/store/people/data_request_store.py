"""Requests about own data: made, answered and told, each from what was read."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from pynamodb.connection import Connection
from pynamodb.exceptions import PutError, PynamoDBException

from chalicelib.domain.access.token import NewToken
from chalicelib.domain.event import Event
from chalicelib.domain.mailbox import Mailbox, mailbox_changed
from chalicelib.domain.people.data_request import Awaited, DataRequest, DataRequestKind
from chalicelib.store.access.token_store import TokenStore
from chalicelib.store.batch_read import each_of_pages, store_unavailable
from chalicelib.store.codec import from_data, to_data
from chalicelib.store.data_request_item import DataRequestItem
from chalicelib.store.event_store import EventStore
from chalicelib.store.mailbox_store import MailboxStore, mailbox_transaction
from chalicelib.store.vendor_errors import CONDITION_FAILED, vendor_code

_PAGE = 200
Key = tuple[str, str]
"""A request's mailbox, and its own name there."""


class DataRequestStore:
    """`connection` is the one that `tables.bind` returns. Raises `Unavailable` when DynamoDB does not answer."""

    def __init__(self, connection: Connection, pepper: bytes) -> None:
        """Hash tokens with `pepper`."""
        self._connection = connection
        self._tokens = TokenStore(connection, pepper)

    def newest(
        self, mailbox_id: str, user_id: str, kind: DataRequestKind, *, limit: int = 1
    ) -> tuple[DataRequest, ...]:
        """Return the newest of a user and kind, newest first, read with strong consistency; one call."""
        try:
            found = DataRequestItem.query(
                mailbox_id,
                DataRequestItem.request.startswith(f"{user_id}#{kind.value}#"),
                consistent_read=True,
                scan_index_forward=False,
                limit=limit,
            )
            return tuple(map(_request, found))
        except PynamoDBException as error:
            raise store_unavailable() from error

    def of_mailbox(self, mailbox_id: str) -> Iterator[DataRequest]:
        """Yield all of a mailbox, a page at a time."""
        try:
            for item in DataRequestItem.query(mailbox_id, consistent_read=True):
                yield _request(item)
        except PynamoDBException as error:
            raise store_unavailable() from error

    def find(self, key: Key) -> DataRequest | None:
        """Return one, read with strong consistency."""
        try:
            return _request(DataRequestItem.get(*key, consistent_read=True))
        except DataRequestItem.DoesNotExist:
            return None
        except PynamoDBException as error:
            raise store_unavailable() from error

    def make(self, request: DataRequest, mailbox: Mailbox, event: Event, tokens: Iterable[NewToken] = ()) -> None:
        """Keep a new request with its event, and what contests it, while the mailbox is as it was read.

        Raises:
            MailboxChanged: `mailbox_changed`: there is one of this number, or the mailbox changed; read again.

        """
        with mailbox_transaction(self._connection) as transaction:
            transaction.save(_item(request), condition=DataRequestItem.request.does_not_exist())
            EventStore().add_in(transaction, event)
            MailboxStore.require_as_read_in(transaction, mailbox)
            for token in tokens:
                self._tokens.issue_in(transaction, token)

    def answer(self, request: DataRequest, event: Event, mailbox: Mailbox | None = None) -> DataRequest:
        """Write an answer with its event, and the mailbox that it changes, all or nothing.

        Raises:
            MailboxChanged: `mailbox_changed`: request or mailbox is not as it was read.

        """
        changed = dataclasses.replace(request, version=request.version + 1)
        with mailbox_transaction(self._connection) as transaction:
            transaction.save(_item(changed), condition=DataRequestItem.version == request.version)
            EventStore().add_in(transaction, event)
            if mailbox is not None:
                MailboxStore.update_in(transaction, mailbox)
        return changed

    def update(self, request: DataRequest) -> DataRequest:
        """Write what became of telling an answer.

        Raises:
            MailboxChanged: `mailbox_changed`: it is not as it was read.

        """
        changed = dataclasses.replace(request, version=request.version + 1)
        try:
            _item(changed).save(condition=DataRequestItem.version == request.version)
        except PutError as error:
            if vendor_code(error) in (CONDITION_FAILED, "TransactionConflictException"):
                raise mailbox_changed() from error
            raise store_unavailable() from error
        return changed

    def awaiting(self, whom: Awaited, *, until: datetime, limit: int) -> tuple[Key, ...]:
        """Return the keys of what waits for somebody and is due until an instant: the earliest due first."""
        return tuple(islice(self._awaiting(whom, until), limit))

    def _awaiting(self, whom: Awaited, until: datetime) -> Iterator[Key]:
        query: dict[str, Any] = {
            "TableName": DataRequestItem.Meta.table_name,
            "IndexName": "awaiting",
            "KeyConditionExpression": "awaits = :whom AND due_at <= :until",
            "ExpressionAttributeValues": {":whom": {"S": whom.value}, ":until": {"N": str(int(until.timestamp()))}},
            "ProjectionExpression": "mailbox_id, #request",
            "ExpressionAttributeNames": {"#request": "request"},
            "Limit": _PAGE,
        }
        for item in each_of_pages(self._connection, "Query", query):
            yield item["mailbox_id"]["S"], item["request"]["S"]


def _item(request: DataRequest) -> DataRequestItem:
    item = DataRequestItem(
        request.mailbox_id,
        f"{request.user_id}#{request.kind.value}#{request.number:05d}",
        version=request.version,
        data=to_data(request),
    )
    if request.awaits is not None:
        whom, due_at = request.awaits
        item.awaits, item.due_at = whom.value, int(due_at.timestamp())
    return item


def _request(item: DataRequestItem) -> DataRequest:
    return dataclasses.replace(from_data(DataRequest, item.data), version=int(item.version))


EVER = datetime(9999, 1, 1, tzinfo=UTC)
"""Until when to look for all that waits, due or not."""
