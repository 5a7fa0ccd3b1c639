"""The table of what panels count, as a PynamoDB model."""

from __future__ import annotations

from pynamodb.attributes import TTLAttribute, UnicodeAttribute
from pynamodb.models import Model

from chalicelib.store.table_meta import TableMeta


class CountItem(Model):
    """A month's counts of an institution or office, or the mark that a thing was counted (TTL `expires_at`).

    `counted` is `<institution>#<office, or nothing>#<one of eight>`, `month` is `YYYY-MM`. An attribute for each day
    and kind counts, such as `d27`: `d` deposited, `o` opened, `f` failed. A mark is `once#…`, `-`.
    """

    class Meta(TableMeta):
        """Bound by `bind`."""

    counted = UnicodeAttribute(hash_key=True)
    month = UnicodeAttribute(range_key=True)
    expires_at = TTLAttribute(null=True)
