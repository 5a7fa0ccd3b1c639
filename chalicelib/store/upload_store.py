"""Uploads: the outcome of each check, kept once; used by deposits, expired when none comes."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from pynamodb.connection import Connection
from pynamodb.exceptions import PutError, PynamoDBException, UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.models import Model
from pynamodb.transactions import TransactWrite

from chalicelib.domain.upload.upload import Upload, UploadState
from chalicelib.store.batch_read import ItemKey, read_together, store_unavailable
from chalicelib.store.codec import from_data, to_data
from chalicelib.store.key_page import PAGE, KeyIndex, KeyPage, read_keys
from chalicelib.store.shards import expiry_shard
from chalicelib.store.tables import UploadItem
from chalicelib.store.vendor_errors import CONDITION_FAILED, vendor_code

_BY_EXPIRY = KeyIndex(UploadItem, "by_expiry_shard", "upload_id", "expiry_shard = :shard")


class UploadStore:
    """`connection` is the one that `tables.bind` returns. Raises `Unavailable` when DynamoDB does not answer."""

    def __init__(self, connection: Connection) -> None:
        """Work through this connection."""
        self._connection = connection

    @staticmethod
    def key(upload_id: str) -> ItemKey:
        """Name an upload in a read of several tables (`batch_read.read_together`)."""
        return UploadItem, upload_id, None

    @staticmethod
    def from_item(item: Model) -> Upload:
        """Read an upload out of what such a read found."""
        if not isinstance(item, UploadItem):
            raise TypeError(type(item).__name__)
        stored = from_data(Upload, item.data)
        expires_at = datetime.fromtimestamp(item.expires_at, UTC) if item.expires_at is not None else None
        return dataclasses.replace(stored, state=UploadState(item.state), expires_at=expires_at)

    def find(self, upload_id: str) -> Upload | None:
        """Return the upload, read with strong consistency, or None."""
        try:
            return self.from_item(UploadItem.get(upload_id, consistent_read=True))
        except UploadItem.DoesNotExist:
            return None
        except PynamoDBException as error:
            raise store_unavailable() from error

    def find_all(self, upload_ids: Iterable[str]) -> dict[str, Upload]:
        """Return those that there are, by id, read with strong consistency in one round trip, 100 at most."""
        keys = [self.key(upload_id) for upload_id in upload_ids]
        items = read_together(self._connection, keys) if keys else {}
        return {key[1]: self.from_item(item) for key, item in items.items()}

    def add(self, upload: Upload) -> bool:
        """Keep the outcome of a check; False when there is one already, which stands.

        What was signed binds the bytes, so a second check of the same upload can only say the same.
        """
        try:
            _to_item(upload).save(condition=UploadItem.upload_id.does_not_exist())
        except PutError as error:
            if vendor_code(error) == CONDITION_FAILED:
                return False
            raise store_unavailable() from error
        return True

    @staticmethod
    def use_in(transaction: TransactWrite, upload: Upload) -> None:
        """Make a transaction fail unless the upload is still there, and keep it for ever once it succeeds.

        Once per upload and transaction: DynamoDB takes one operation an item. Several deposits may use one upload.
        """
        transaction.update(
            UploadItem(upload.upload_id),
            actions=[UploadItem.expires_at.remove(), UploadItem.expiry_shard.remove()],
            condition=(UploadItem.state == UploadState.CHECKED.value),
        )

    def list_expiring(self, shard: str, *, after: Mapping[str, Any] | None = None, limit: int = PAGE) -> KeyPage:
        """Return a page of ids of unused uploads of a shard of a day on which their time ends, or ended.

        Those that ended are listed until their expiry is finished.
        """
        return read_keys(self._connection, _BY_EXPIRY, {":shard": {"S": shard}}, after=after, limit=limit)

    def expire(self, upload_id: str, now: datetime) -> Upload | None:
        """Mark an unused upload whose time is over, so that no deposit can use it; again for one already marked.

        None when it was used meanwhile, or its time is not over. It stays in the index until `finish_expiry`.
        """
        unused = UploadItem.expires_at <= int(now.timestamp())
        state = UploadItem.state.is_in(UploadState.CHECKED.value, UploadState.EXPIRED.value)
        item = UploadItem(upload_id)
        if not _update(item, [UploadItem.state.set(UploadState.EXPIRED.value)], unused & state):
            return None
        return self.from_item(item)

    @staticmethod
    def finish_expiry(upload_id: str) -> None:
        """Take an expired upload out of the index, once its object is gone."""
        _update(
            UploadItem(upload_id),
            [UploadItem.expiry_shard.remove(), UploadItem.expires_at.remove()],
            UploadItem.state == UploadState.EXPIRED.value,
        )


def _to_item(upload: Upload) -> UploadItem:
    item = UploadItem(
        upload.upload_id,
        institution_id=upload.institution_id,
        state=upload.state.value,
        data=to_data(upload),
    )
    if upload.expires_at is not None:
        item.expires_at = int(upload.expires_at.timestamp())
        item.expiry_shard = expiry_shard(upload.expires_at, upload.upload_id)
    return item


def _update(item: UploadItem, actions: list[Action], condition: Condition) -> bool:
    """Apply the update, after which `item` is as stored; False when the condition does not hold."""
    try:
        item.update(actions, condition=condition)
    except UpdateError as error:
        if vendor_code(error) == CONDITION_FAILED:
            return False
        raise store_unavailable() from error
    return True
