"""What the console and the filing window keep, as PynamoDB models: drafts, filings, and what panels count."""

from __future__ import annotations

from pynamodb.attributes import JSONAttribute, NumberAttribute, TTLAttribute, UnicodeAttribute, UnicodeSetAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex
from pynamodb.models import Model

from chalicelib.store.table_meta import TableMeta


class CompositionsByAuthor(GlobalSecondaryIndex["CompositionItem"]):  # type: ignore[no-untyped-call]
    """An officer's open drafts by their last change; sparse."""

    class Meta:
        """Named as in the template."""

        index_name = "by_author"
        projection = AllProjection()

    author = UnicodeAttribute(hash_key=True)
    changed_at = UnicodeAttribute(range_key=True)


class CompositionsByOffice(GlobalSecondaryIndex["CompositionItem"]):  # type: ignore[no-untyped-call]
    """The open drafts that an office sees, by their last change; sparse."""

    class Meta:
        """Named as in the template."""

        index_name = "by_office"
        projection = AllProjection()

    seen_by = UnicodeAttribute(hash_key=True)
    changed_at = UnicodeAttribute(range_key=True)


class CompositionItem(Model):
    """A draft. `author` is `<institution>#<staff id>` and `seen_by` `<institution>#<office id>` while it is open.

    `expires_at` is the table's TTL once it was deposited or discarded.
    """

    class Meta(TableMeta):
        """Bound by `bind`."""

    composition_id = UnicodeAttribute(hash_key=True)
    state = UnicodeAttribute()
    version = NumberAttribute()
    data: JSONAttribute = JSONAttribute()
    changed_at = UnicodeAttribute()
    author = UnicodeAttribute(null=True)
    seen_by = UnicodeAttribute(null=True)
    expires_at = TTLAttribute(null=True)
    by_author = CompositionsByAuthor()
    by_office = CompositionsByOffice()


class FilingItem(Model):
    """A filing; or the `last` number of an institution's year; or what `leads_to` a filing, such as its number.

    `answer#<notice>` has in `answers` the filings that a notice answers, each as `<filing>#<mailbox>`.

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
    answers = UnicodeSetAttribute(null=True)
    last = NumberAttribute(null=True)
    mailbox_id = UnicodeAttribute(null=True)
    filed_key = UnicodeAttribute(null=True)
    inbox = UnicodeAttribute(null=True)
    month = UnicodeAttribute(null=True)
    due_shard = UnicodeAttribute(null=True)
    due_at = NumberAttribute(null=True)


class CountItem(Model):
    """A month's counts of an institution or office, or the mark that a thing was counted (TTL `expires_at`).

    `counted` is `<institution>#<office, or nothing>#<one of eight>`, `month` is `YYYY-MM`. An attribute for each day
    and kind counts, such as `d27`: `d` deposited, `o` opened, `f` failed, `s` SMS taken, `c` consulted. A mark is
    `once#…`, `-`. Looks at people's data are `looks#<actor>`, an hour of UTC.
    """

    class Meta(TableMeta):
        """Bound by `bind`."""

    counted = UnicodeAttribute(hash_key=True)
    month = UnicodeAttribute(range_key=True)
    expires_at = TTLAttribute(null=True)


class StatementItem(Model):
    """A month's statement of use. `content` is its text, never changed; `settlement` says how it was paid, if it was.

    `version` counts the changes of `settlement`.
    """

    class Meta(TableMeta):
        """Bound by `bind`."""

    institution_id = UnicodeAttribute(hash_key=True)
    month = UnicodeAttribute(range_key=True)
    content = UnicodeAttribute()
    sha256 = UnicodeAttribute()
    settlement: JSONAttribute = JSONAttribute()
    version = NumberAttribute()
