"""What an institution deposited to a holder before, looked at when it is about to deposit again."""

from __future__ import annotations

from pynamodb.connection import Connection

from chalicelib.domain.notice import Notice
from chalicelib.store.batch_read import store_unavailable
from chalicelib.store.codec import from_data
from chalicelib.store.tables import NoticeItem
from chalicelib.store.vendor_errors import VENDOR_ERRORS

_MOST_READ = 300


class SameDocumentStore:
    """Looks at the newest notices of one mailbox: one page of an index, a moment late; older ones are not seen."""

    def __init__(self, connection: Connection) -> None:
        """Use the connection that all models share."""
        self._connection = connection

    def find(self, mailbox_id: str, institution_id: str, *, kind: str, number: str) -> tuple[Notice, ...]:
        """Return the institution's notices of a document of this type and number, the newest first; one call.

        Case and blanks tell no documents apart.

        Raises:
            Unavailable: `store_unavailable`.

        """
        asked = {
            "TableName": NoticeItem.Meta.table_name,
            "IndexName": "by_mailbox",
            "KeyConditionExpression": "mailbox_id = :mailbox",
            "FilterExpression": "begins_with(sender_shard, :sender)",
            "ExpressionAttributeValues": {":mailbox": {"S": mailbox_id}, ":sender": {"S": f"{institution_id}#"}},
            "ScanIndexForward": False,
            "Limit": _MOST_READ,
        }
        try:
            items = self._connection.dispatch("Query", asked)["Items"]
        except VENDOR_ERRORS as error:
            raise store_unavailable() from error
        notices = (from_data(Notice, NoticeItem.from_raw_data(item).data) for item in items)
        wanted = _same(kind), _same(number)
        return tuple(one for one in notices if (_same(one.document.type), _same(one.document.number)) == wanted)


def _same(text: str) -> str:
    return "".join(text.split()).casefold()
