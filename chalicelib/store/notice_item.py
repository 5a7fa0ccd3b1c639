"""The table of notices as a PynamoDB model: keys and attributes, no behaviour."""

from __future__ import annotations

from typing import Any

from pynamodb.attributes import JSONAttribute, MapAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, IncludeProjection
from pynamodb.models import Model

from chalicelib.store.table_meta import TableMeta


class NoticesByMailbox(GlobalSecondaryIndex["NoticeItem"]):  # type: ignore[no-untyped-call]
    """A mailbox's notices by instant of deposit."""

    class Meta:
        """Named as in the template."""

        index_name = "by_mailbox"
        projection = AllProjection()

    mailbox_id = UnicodeAttribute(hash_key=True)
    deposited_key = UnicodeAttribute(range_key=True)


class NoticesBySenderShard(GlobalSecondaryIndex["NoticeItem"]):  # type: ignore[no-untyped-call]
    """A sender's notices of one month, in shards by instant of deposit; without how they were read."""

    class Meta:
        """Named as in the template."""

        index_name = "by_sender_shard"
        projection = IncludeProjection(["data"])

    sender_shard = UnicodeAttribute(hash_key=True)
    deposited_key = UnicodeAttribute(range_key=True)


class NoticesByReading(GlobalSecondaryIndex["NoticeItem"]):  # type: ignore[no-untyped-call]
    """A mailbox's notices nobody opened, and those somebody did, by instant of deposit."""

    class Meta:
        """Named as in the template."""

        index_name = "by_reading"
        projection = AllProjection()

    reading = UnicodeAttribute(hash_key=True)
    deposited_key = UnicodeAttribute(range_key=True)


class NoticeItem(Model):
    """One deposited notice. `deposited_key` is `<instant>#<notice_id>`; indexes by_mailbox and by_sender_shard.

    `data` is frozen; beside it stands how it was read. `reading` is `<mailbox_id>#pending` or `…#read` (index
    by_reading). `opening_id` is the event of the first opening; `deadline` is what that opening fixed, where the regime
    looks at it; `seen` says by user id who opened it, with a name, and when first; `contested` in which spans that is.
    `replaced_by` is the notice that was deposited in its place;
    `suspension_asked` the last request to suspend its reading, `suspension` is there once that was done.
    `verification_code` and `receipt_sha256` feed the sparse indexes by_verification_code and by_receipt, `remind_shard`
    and `remind_at` the sparse index to_remind, in which it stands until it is opened or was reminded of; `reminder` is
    what that warns of. `downloaded_at` is when the first of its documents was asked for, written by who counts.
    """

    class Meta(TableMeta):
        """Bound by `bind`."""

    notice_id = UnicodeAttribute(hash_key=True)
    mailbox_id = UnicodeAttribute()
    sender_shard = UnicodeAttribute()
    deposited_key = UnicodeAttribute()
    data: JSONAttribute = JSONAttribute()
    reading = UnicodeAttribute(null=True)
    opened_at = UnicodeAttribute(null=True)
    opened_by = UnicodeAttribute(null=True)
    opening_id = UnicodeAttribute(null=True)
    deadline: JSONAttribute = JSONAttribute(null=True)
    contested: JSONAttribute = JSONAttribute(null=True)
    replaced_by: JSONAttribute = JSONAttribute(null=True)
    downloaded_at = UnicodeAttribute(null=True)
    suspension_asked: JSONAttribute = JSONAttribute(null=True)
    suspension: JSONAttribute = JSONAttribute(null=True)
    seen: MapAttribute[str, Any] = MapAttribute(null=True)  # type: ignore[no-untyped-call]
    verification_code = UnicodeAttribute(null=True)
    receipt_sha256 = UnicodeAttribute(null=True)
    remind_shard = UnicodeAttribute(null=True)
    remind_at = NumberAttribute(null=True)
    reminder: JSONAttribute = JSONAttribute(null=True)
    by_mailbox = NoticesByMailbox()
    by_reading = NoticesByReading()
    by_sender_shard = NoticesBySenderShard()
