"""Filings as a PynamoDB model: keys and attributes, no behaviour."""

from __future__ import annotations

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.models import Model

from chalicelib.store.table_meta import TableMeta


class FilingItem(Model):
    """A filing; or the `last` number of an institution's year; or what `leads_to` a filing, such as its number.

    The sparse indexes: `by_holder` (`mailbox_id`, `filed_key`), `by_office` (`inbox`, `filed_key`) and `by_month`
    (`month`, `filed_key`) list filings; `due` (`due_shard`, `due_at`) holds those that are observed, by when they
    lapse. `filed_key` is `<instant>#<filing_id>`, `inbox` `<institution>#<office, or ->#<stage>`, `month`
    `<institution>#<YYYY-MM>` of UTC. `version` counts the changes.
    """

    class Meta(TableMeta):
        """Bound by `bind`."""

    filing_id = UnicodeAttribute(hash_key=True)
    version = NumberAttribute(null=True)
    data: JSONAttribute = JSONAttribute(null=True)
    leads_to = UnicodeAttribute(null=True)
    last = NumberAttribute(null=True)
    mailbox_id = UnicodeAttribute(null=True)
    filed_key = UnicodeAttribute(null=True)
    inbox = UnicodeAttribute(null=True)
    month = UnicodeAttribute(null=True)
    due_shard = UnicodeAttribute(null=True)
    due_at = NumberAttribute(null=True)
