"""The tables as PynamoDB models: keys and attributes, no behaviour. Access patterns: docs/data-model.md.

Table names come from the configuration and are bound once per process by `bind`; connections have short
time-outs, since a Lambda that waits for DynamoDB's default 15 seconds helps nobody.
"""

from __future__ import annotations

from typing import Any

from pynamodb.attributes import (
    BinaryAttribute,
    JSONAttribute,
    NumberAttribute,
    TTLAttribute,
    UnicodeAttribute,
)
from pynamodb.connection import Connection
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex
from pynamodb.models import Model

from chalicelib.config import Config
from chalicelib.store.console_items import CompositionItem as CompositionItem  # noqa: PLC0414 - one of the tables
from chalicelib.store.console_items import CountItem as CountItem  # noqa: PLC0414 - as above
from chalicelib.store.console_items import FilingItem as FilingItem  # noqa: PLC0414 - as above
from chalicelib.store.console_items import StatementItem as StatementItem  # noqa: PLC0414 - as above
from chalicelib.store.data_request_item import DataRequestItem as DataRequestItem  # noqa: PLC0414 - as above
from chalicelib.store.notice_item import NoticeItem as NoticeItem  # noqa: PLC0414 - as above
from chalicelib.store.table_meta import TableMeta

SharedConnection = Connection
"""What all stores go through, and the one client behind it."""


class InstitutionItem(Model):
    """`item` is `profile`, or `key#<key_id>` for a signing key; docs/data-model.md tells what else is kept here.

    `version` counts the changes of what can change; absent is none. `used_on` is the last local day on which a key
    signed what was accepted, `YYYY-MM-DD`; absent is never.
    """

    class Meta(TableMeta):
        """Bound by `bind`."""

    institution_id = UnicodeAttribute(hash_key=True)
    item = UnicodeAttribute(range_key=True)
    data: JSONAttribute = JSONAttribute()
    version = NumberAttribute(null=True)
    used_on = UnicodeAttribute(null=True)


class StaffItem(Model):
    """The staff of an institution or of the platform. `item` is `staff#<document number>`; more: docs/data-model.md.

    `version` counts the changes of what can change.
    """

    class Meta(TableMeta):
        """Bound by `bind`."""

    institution_id = UnicodeAttribute(hash_key=True)
    item = UnicodeAttribute(range_key=True)
    data: JSONAttribute = JSONAttribute()
    version = NumberAttribute(null=True)


class MailboxItem(Model):
    """The mailbox with its users: one aggregate, at most five users.

    `deposited` and `opened` count its notices and first openings, absent is none; `frozen_…` feed the index `frozen`.
    `suspended_at` is when the reading of one of its notices was last suspended: files prepared before are outdated.
    `health` is what is known of its users' addresses, which changes without a new version.
    """

    class Meta(TableMeta):
        """Bound by `bind`."""

    mailbox_id = UnicodeAttribute(hash_key=True)
    state = UnicodeAttribute()
    version = NumberAttribute()
    data: JSONAttribute = JSONAttribute()
    deposited = NumberAttribute(null=True)
    opened = NumberAttribute(null=True)
    frozen_shard = UnicodeAttribute(null=True)
    frozen_since = NumberAttribute(null=True)
    suspended_at = NumberAttribute(null=True)
    health: JSONAttribute = JSONAttribute(null=True)


class DepositItem(Model):
    """The idempotency record of a deposit, kept for ever. `deposit_key` is `<institution>#<sha256 of the key>`."""

    class Meta(TableMeta):
        """Bound by `bind`."""

    deposit_key = UnicodeAttribute(hash_key=True)
    fingerprint = UnicodeAttribute()
    notice_id = UnicodeAttribute()
    answer = BinaryAttribute(legacy_encoding=False)
    evidence: JSONAttribute = JSONAttribute()


class EventItem(Model):
    """The append-only log; its stream starts the workers. `position` is `<instant>#<event_id>`.

    The sparse index: `by_looker` (`looker`, `position`) holds the looks at people's data. `looker` is
    `<actor>#<one of eight>`, absent of everything else.
    """

    class Meta(TableMeta):
        """Bound by `bind`."""

    subject = UnicodeAttribute(hash_key=True)
    position = UnicodeAttribute(range_key=True)
    type = UnicodeAttribute()
    actor = UnicodeAttribute()
    origin = UnicodeAttribute()
    data: JSONAttribute = JSONAttribute()
    looker = UnicodeAttribute(null=True)


class AlertBatchItem(Model):
    """All alerts of a notice.

    The sparse indexes: `due` (`due_shard`, `due_at`) holds what needs a worker, `waiting` (`waiting_shard`,
    `waiting_since`) what is open, `given_up` (`given_up_shard`, `given_up_since`) what was given up, `failed`
    (`failed_shard`, `failed_since`) and `failed_of_sender` (`institution_id`, `failed_since`) what reached nobody by
    some channel. `following` is what was done about that, and what a reminder says.
    """

    class Meta(TableMeta):
        """Bound by `bind`."""

    notice_id = UnicodeAttribute(hash_key=True)
    institution_name = UnicodeAttribute()
    deposited_at = UnicodeAttribute()
    receipt_key = UnicodeAttribute(null=True)
    attempts = NumberAttribute()
    leased_until = NumberAttribute()
    claimed_at = UnicodeAttribute(null=True)
    alerts: JSONAttribute = JSONAttribute()
    progress: JSONAttribute = JSONAttribute(null=True)
    owed: JSONAttribute = JSONAttribute(null=True)
    due_shard = UnicodeAttribute(null=True)
    due_at = NumberAttribute(null=True)
    waiting_shard = UnicodeAttribute(null=True)
    waiting_since = NumberAttribute(null=True)
    given_up_shard = UnicodeAttribute(null=True)
    given_up_since = NumberAttribute(null=True)
    failed_shard = UnicodeAttribute(null=True)
    failed_since = NumberAttribute(null=True)
    institution_id = UnicodeAttribute(null=True)
    mailbox_id = UnicodeAttribute(null=True)
    news: JSONAttribute = JSONAttribute(null=True)
    following: JSONAttribute = JSONAttribute(null=True)
    institution_short_name = UnicodeAttribute(null=True)


class UploadItem(Model):
    """The outcome of checking an upload; the sparse index by_expiry_shard (`expiry_shard`, `upload_id`) is cleaned."""

    class Meta(TableMeta):
        """Bound by `bind`."""

    upload_id = UnicodeAttribute(hash_key=True)
    institution_id = UnicodeAttribute()
    state = UnicodeAttribute()
    data: JSONAttribute = JSONAttribute()
    expires_at = NumberAttribute(null=True)
    expiry_shard = UnicodeAttribute(null=True)


class AccountItem(Model):
    """What one person logs in with, found by username; `person` is their number in the index by_person."""

    class Meta(TableMeta):
        """Bound by `bind`."""

    username = UnicodeAttribute(hash_key=True)
    version = NumberAttribute()
    data: JSONAttribute = JSONAttribute()
    person = UnicodeAttribute(null=True)


class TokensBySubject(GlobalSecondaryIndex["TokenItem"]):  # type: ignore[no-untyped-call]
    """The tokens of one kind and subject by instant of issue; sparse."""

    class Meta:
        """Named as in the template."""

        index_name = "by_subject"
        projection = AllProjection()

    subject = UnicodeAttribute(hash_key=True)
    issued_at = NumberAttribute(range_key=True)


class TokenItem(Model):
    """Things that expire and count once. `token` is `<kind>#<keyed hash>`, or a signature's nonce.

    `expires_at` is the table's TTL; it is compared in code as well. `valid_until`, in microseconds, is when the token
    stops counting, which is earlier. `subject` and `issued_at` feed the sparse index by_subject, `expiry_shard`
    (`<UTC day>#<shard>`) and `expires_at` the sparse index by_expiry. `attempts` counts.
    """

    class Meta(TableMeta):
        """Bound by `bind`."""

    token = UnicodeAttribute(hash_key=True)
    digest = UnicodeAttribute()
    expires_at = TTLAttribute()
    valid_until = NumberAttribute(null=True)
    issued_at = NumberAttribute(null=True)
    subject = UnicodeAttribute(null=True)
    expiry_shard = UnicodeAttribute(null=True)
    attempts = NumberAttribute(null=True)
    data: JSONAttribute = JSONAttribute(null=True)
    by_subject = TokensBySubject()


class RegistrationItem(Model):
    """A registration, found by the keyed hash of its id. `expires_at` is the table's TTL, absent once completed.

    The sparse indexes: `waiting` (`waiting_for`, `due_at`) and `waiting_since` (`waiting_for`, `waiting_since`) while a
    registry has to be asked again, `by_expiry_shard` (`expiry_shard`, `registration_key`) while it can expire,
    `awaited` (`awaited_by`, `awaited`) while a desk took it and nobody proved its e-mail, or a review is to decide.
    `scan_key` is of those whose scan goes with them; `mailed` changes without a new version, `mistyped` with one.
    """

    class Meta(TableMeta):
        """Bound by `bind`."""

    registration_key = UnicodeAttribute(hash_key=True)
    version = NumberAttribute()
    state = UnicodeAttribute()
    data: JSONAttribute = JSONAttribute()
    waiting_for = UnicodeAttribute(null=True)
    waiting_since = NumberAttribute(null=True)
    due_at = NumberAttribute(null=True)
    expiry_shard = UnicodeAttribute(null=True)
    expires_at = TTLAttribute(null=True)
    awaited_by = UnicodeAttribute(null=True)
    awaited = UnicodeAttribute(null=True)
    scan_key = UnicodeAttribute(null=True)
    mailed = NumberAttribute(null=True)
    mistyped = NumberAttribute(null=True)


class ExportItem(Model):
    """A prepared file; `expires_at` is the table's TTL and compared in code as well."""

    class Meta(TableMeta):
        """Bound by `bind`."""

    export_id = UnicodeAttribute(hash_key=True)
    state = UnicodeAttribute()
    parameters: JSONAttribute = JSONAttribute()
    data: JSONAttribute = JSONAttribute()
    prepared: JSONAttribute = JSONAttribute(null=True)
    problem: JSONAttribute = JSONAttribute(null=True)
    expires_at = TTLAttribute()


class FileCheckItem(Model):
    """What was found of a file that was sent to be checked only. `file_check` is `<owner>#<check_id>`.

    `expires_at` is the table's TTL; the same instant in `data` is compared in code.
    """

    class Meta(TableMeta):
        """Bound by `bind`."""

    file_check = UnicodeAttribute(hash_key=True)
    data: JSONAttribute = JSONAttribute()
    expires_at = TTLAttribute()


def connect(session: Any = None, *, patience_s: float | None = None) -> Connection:
    """Open a connection, of a botocore session if one is given, and make its client, and so region and credentials.

    With `patience_s` it waits so long for a connection and for an answer, and asks once.

    PynamoDB would make it at the first call: two threads that meet there make one each, and a session each, which parse
    the same data files.
    """
    opened = Connection(
        connect_timeout_seconds=patience_s or TableMeta.connect_timeout_seconds,
        read_timeout_seconds=patience_s or TableMeta.read_timeout_seconds,
        max_retry_attempts=TableMeta.max_retry_attempts if patience_s is None else 0,
        max_pool_connections=TableMeta.max_pool_connections,
    )
    if session is not None:
        opened._local.session = session  # noqa: SLF001 - or PynamoDB makes another, which parses the data files again
    opened.client  # noqa: B018 - a property that makes it
    return opened


def bind(config: Config, connection: Connection | None = None, *, session: Any = None) -> Connection:
    """Give every model its table's name, and all of them one connection, hence one client; called by bootstrap."""
    shared = connection or connect(session)
    for model, table_name in (
        (InstitutionItem, config.institutions_table),
        (MailboxItem, config.mailboxes_table),
        (AccountItem, config.accounts_table),
        (NoticeItem, config.notices_table),
        (DepositItem, config.deposits_table),
        (EventItem, config.events_table),
        (AlertBatchItem, config.alerts_table),
        (UploadItem, config.uploads_table),
        (TokenItem, config.tokens_table),
        (RegistrationItem, config.registrations_table),
        (ExportItem, config.exports_table),
        (FileCheckItem, config.checks_table),
        (DataRequestItem, config.requests_table),
        (StaffItem, config.staff_table),
        (CountItem, config.counts_table),
        (CompositionItem, config.compositions_table),
        (StatementItem, config.statements_table),
        (FilingItem, config.filings_table),
    ):
        model.Meta.table_name = table_name
        model._connection = None  # noqa: SLF001 - PynamoDB makes a client for each model; one serves all
        table = model._get_connection()  # noqa: SLF001
        if connection is None:
            shared.add_meta_table(table.get_meta_table())
        table.connection = shared
    return shared
