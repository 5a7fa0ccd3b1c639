"""Requests about own data as a PynamoDB model."""

from __future__ import annotations

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.models import Model

from chalicelib.store.table_meta import TableMeta


class DataRequestItem(Model):
    """A request. `request` is `<user_id>#<kind>#<number>`, the number in five digits.

    The sparse index `awaiting` (`awaits`, `due_at`) holds what has yet to be answered, or told.
    """

    class Meta(TableMeta):
        """Bound by `bind`."""

    mailbox_id = UnicodeAttribute(hash_key=True)
    request = UnicodeAttribute(range_key=True)
    version = NumberAttribute()
    data: JSONAttribute = JSONAttribute()
    awaits = UnicodeAttribute(null=True)
    due_at = NumberAttribute(null=True)
