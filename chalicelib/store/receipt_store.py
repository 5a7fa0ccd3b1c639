"""Issued receipts by what anybody can have of them: the code on the paper, or the hash of the file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from pynamodb.connection import Connection
from pynamodb.exceptions import PynamoDBException, UpdateError
from pynamodb.expressions.update import Action

from chalicelib.domain.evidence.receipt import IssuedReceipt
from chalicelib.domain.notice import Notice
from chalicelib.store.batch_read import each_of_pages, read_together, store_unavailable
from chalicelib.store.codec import from_data
from chalicelib.store.tables import DepositItem, NoticeItem
from chalicelib.store.vendor_errors import CONDITION_FAILED, VENDOR_ERRORS, vendor_code

_MOST = 3
"""Of ten million codes drawn at random two are the same in one case of 160: then both are shown."""
_NOBODYS = "-"
"""No notice has this number: where nothing was found, as much is read as where something was."""
_PAGE = 100


class ReceiptStore:
    """Raises `Unavailable` when DynamoDB does not answer."""

    def __init__(self, connection: Connection) -> None:
        """Use the connection that all models share."""
        self._connection = connection

    def find_by_code(self, code: str) -> tuple[str, ...]:
        """Return the notices whose receipts print a code; one call, eventually consistent."""
        return self._listed("by_verification_code", "verification_code", code)

    def find_by_sha256(self, sha256: str) -> tuple[str, ...]:
        """Return the notices whose receipts' files have a hash; one call, eventually consistent."""
        return self._listed("by_receipt", "receipt_sha256", sha256)

    def read(self, notice_ids: tuple[str, ...]) -> tuple[IssuedReceipt, ...]:
        """Return receipts; one call, of none too."""
        found = read_together(self._connection, [(NoticeItem, name, None) for name in notice_ids or (_NOBODYS,)])
        items = [found[key] for name in notice_ids if (key := (NoticeItem, name, None)) in found]
        return tuple(
            IssuedReceipt(from_data(Notice, item.data), str(item.receipt_sha256), _suspended_at(item)) for item in items
        )

    def list_deposits(self, *, after: str | None) -> Iterator[tuple[str, str, bytes]]:
        """Yield every deposit's key, notice and stored answer, by pages, from a key on."""
        asked: dict[str, Any] = {
            "TableName": DepositItem.Meta.table_name,
            "ProjectionExpression": "deposit_key, notice_id, answer",
            "Limit": _PAGE,
        }
        if after is not None:
            asked["ExclusiveStartKey"] = {"deposit_key": {"S": after}}
        for item in each_of_pages(self._connection, "Scan", asked):
            yield item["deposit_key"]["S"], item["notice_id"]["S"], bytes(item["answer"]["B"])

    def is_indexed(self, notice_id: str) -> bool:
        """Tell whether a notice's receipt can be found already; one call."""
        try:
            item = NoticeItem.get(notice_id, attributes_to_get=["receipt_sha256"], consistent_read=True)
        except NoticeItem.DoesNotExist:
            return False
        except PynamoDBException as error:
            raise store_unavailable() from error
        return item.receipt_sha256 is not None

    def index(self, notice_id: str, code: str, sha256: str) -> bool:
        """Have a receipt found by code and hash; False where it is already, or where there is no such notice."""
        condition = NoticeItem.notice_id.exists() & NoticeItem.receipt_sha256.does_not_exist()
        actions: list[Action] = [NoticeItem.verification_code.set(code), NoticeItem.receipt_sha256.set(sha256)]
        try:
            NoticeItem(notice_id).update(actions=actions, condition=condition)
        except UpdateError as error:
            if vendor_code(error) == CONDITION_FAILED:
                return False
            raise store_unavailable() from error
        return True

    def _listed(self, index: str, attribute: str, key: str) -> tuple[str, ...]:
        asked = {
            "TableName": NoticeItem.Meta.table_name,
            "IndexName": index,
            "KeyConditionExpression": f"{attribute} = :key",
            "ExpressionAttributeValues": {":key": {"S": key}},
            "Limit": _MOST,
        }
        try:
            found = self._connection.dispatch("Query", asked)["Items"]
        except VENDOR_ERRORS as error:
            raise store_unavailable() from error
        return tuple(item["notice_id"]["S"] for item in found)


def _suspended_at(item: NoticeItem) -> datetime | None:
    return None if item.suspension is None else datetime.fromisoformat(item.suspension["at"])
