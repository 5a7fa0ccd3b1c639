"""Filings: everything that one does, in one transaction; what is done about it later, each with its event.

The number is one more than the last of its institution and year, by a condition: none is left out, none is given twice.
What leads to a filing lies beside it: its number, its code, its receipt's hash.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pynamodb.connection import Connection
from pynamodb.exceptions import PynamoDBException
from pynamodb.expressions.condition import Condition
from pynamodb.transactions import TransactWrite

from chalicelib.domain.alert.alert_batch import AlertBatch
from chalicelib.domain.event import Event
from chalicelib.domain.filing.filing import Filing, FilingState
from chalicelib.domain.filing.filing_draft import FilingDraft
from chalicelib.domain.filing.telling import due_at
from chalicelib.domain.upload.upload import Upload
from chalicelib.store.alert.alert_batch_item import to_seconds
from chalicelib.store.alert.alert_batch_store import AlertBatchStore
from chalicelib.store.batch_read import ItemKey, read_together, store_unavailable
from chalicelib.store.codec import from_data, to_data
from chalicelib.store.event_store import EventStore
from chalicelib.store.filing.filing_draft_store import FilingDraftStore
from chalicelib.store.filing.filing_month_store import FilingPage, page_of, position_in_month
from chalicelib.store.mailbox_store import MailboxStore
from chalicelib.store.reading.answered_filings import answer_in
from chalicelib.store.shards import shard_of_code
from chalicelib.store.tables import FilingItem
from chalicelib.store.transaction import is_written
from chalicelib.store.upload_store import UploadStore
from chalicelib.store.vendor_errors import VENDOR_ERRORS

_NEW = FilingItem.filing_id.does_not_exist()
_NOBODYS = "-"
"""No filing has this id: where nothing was found, as much is read as where something was."""
_INSTITUTION_ITSELF = "-"
"""Stands for no office; no office has this id."""


class FilingUncertain(Exception):
    """The transaction was refused or its answer lost: read again to learn what holds."""


@dataclass(frozen=True, slots=True)
class FilingCommit:
    """All that one filing writes: `draft` is as it is once it is filed, `count` the number within `year`."""

    filing: Filing
    draft: FilingDraft
    year: int
    count: int
    event: Event
    uploads: tuple[Upload, ...]
    alerts: AlertBatch


@dataclass(frozen=True, slots=True)
class CorrectionCommit:
    """All that a correction writes: `filing` and `draft` are as they are once it is made."""

    filing: Filing
    draft: FilingDraft
    event: Event
    uploads: tuple[Upload, ...]
    alerts: AlertBatch


class FilingStore:
    """`connection` is the one that `tables.bind` returns. Raises `Unavailable` when DynamoDB does not answer."""

    def __init__(self, connection: Connection) -> None:
        """Write over one connection what belongs together."""
        self._connection = connection

    @staticmethod
    def counter_key(institution_id: str, year: int) -> ItemKey:
        """Name the last number of an institution's year in a read of several tables."""
        return FilingItem, _counter(institution_id, year), None

    @staticmethod
    def counted_in(item: FilingItem | None) -> int:
        """Read the last number out of what such a read found; 0 where nothing was filed that year."""
        return 0 if item is None else int(item.last or 0)

    def commit(self, commit: FilingCommit) -> None:
        """Write the filing, or nothing. What is not in this transaction did not happen.

        Raises:
            FilingUncertain: the draft was filed or changed, another filing took the number, an upload is gone, the
                mailbox froze, or no answer came.

        """
        filing, before = commit.filing, commit.count - 1
        counter = FilingItem(_counter(filing.institution_id, commit.year), last=commit.count)
        is_last: Condition = FilingItem.last == before if before else _NEW
        leads = (
            _number(filing.institution_id, filing.number),
            _code(filing.verification_code),
            _receipt(filing.receipt_sha256),
        )
        try:
            with TransactWrite(connection=self._connection) as transaction:
                transaction.save(_item(filing), condition=_NEW)
                transaction.save(counter, condition=is_last)
                for lead in leads:
                    transaction.save(FilingItem(lead, leads_to=filing.filing_id), condition=_NEW)
                FilingDraftStore.close_in(transaction, commit.draft)
                MailboxStore.require_thawed_in(transaction, filing.mailbox_id)
                EventStore().add_in(transaction, commit.event)
                AlertBatchStore.add_in(transaction, commit.alerts)
                for upload in commit.uploads:
                    UploadStore.use_in(transaction, upload)
        except PynamoDBException as error:
            raise FilingUncertain from error

    def correct(self, commit: CorrectionCommit) -> None:
        """Write the correction of a filing, or nothing.

        Raises:
            FilingUncertain: the draft was sent or changed, the filing changed, an upload is gone, the mailbox froze, or
                no answer came.

        """
        filing, correction = commit.filing, commit.filing.correction
        if correction is None:
            raise ValueError(filing.filing_id)
        leads = (correction.correction_id, _code(correction.verification_code), _receipt(correction.receipt_sha256))
        try:
            with TransactWrite(connection=self._connection) as transaction:
                transaction.save(_item(filing), condition=_is_before(filing))
                for lead in leads:
                    transaction.save(FilingItem(lead, leads_to=filing.filing_id), condition=_NEW)
                FilingDraftStore.close_in(transaction, commit.draft)
                MailboxStore.require_thawed_in(transaction, filing.mailbox_id)
                EventStore().add_in(transaction, commit.event)
                AlertBatchStore.add_in(transaction, commit.alerts)
                for upload in commit.uploads:
                    UploadStore.use_in(transaction, upload)
        except PynamoDBException as error:
            raise FilingUncertain from error

    def change(self, filing: Filing, event: Event, alerts: Iterable[AlertBatch] = ()) -> bool:
        """Put the version after the one that is there, with its event and alerts; False where it is another one by now.

        Raises:
            Unavailable: `store_unavailable`; it may be written all the same.

        """

        def write_in(transaction: TransactWrite) -> None:
            self.change_in(transaction, filing)
            EventStore().add_in(transaction, event)
            for batch in alerts:
                AlertBatchStore.add_in(transaction, batch)

        return is_written(self._connection, write_in)

    @staticmethod
    def change_in(transaction: TransactWrite, filing: Filing) -> None:
        """Put the version after the one that is there, as part of a transaction; an answer's notice leads to it."""
        transaction.save(_item(filing), condition=_is_before(filing))
        if filing.answer is not None:
            answer_in(transaction, filing.answer.notice_id, filing.filing_id, filing.mailbox_id)

    @staticmethod
    def find(filing_id: str) -> Filing | None:
        """Return a filing, read with strong consistency; None where there is none."""
        item = _get(filing_id)
        return None if item is None or item.data is None else from_data(Filing, item.data)

    @staticmethod
    def exists(own_id: str) -> bool:
        """Tell, by a strongly consistent read, whether a filing or a correction was committed, whatever is in it."""
        try:
            FilingItem.get(own_id, consistent_read=True, attributes_to_get=["filing_id"])
        except FilingItem.DoesNotExist:
            return False
        except VENDOR_ERRORS as error:
            raise store_unavailable() from error
        return True

    def find_by_number(self, institution_id: str, number: str) -> Filing | None:
        """Return an institution's filing by its number; two calls."""
        return self._led_to(_number(institution_id, number))

    @staticmethod
    def find_lead(code: str | None, sha256: str | None) -> str | None:
        """Return the id of the filing whose receipt, or whose correction's, has a code, or is a file of this hash."""
        item = _get(_code(code) if code else _receipt(sha256 or ""))
        return None if item is None else item.leads_to

    def find_led(self, filing_id: str | None) -> Filing | None:
        """Return the filing that a lead names; one call, of none too."""
        return self.find(filing_id or _NOBODYS)

    def find_all(self, filing_ids: tuple[str, ...]) -> dict[str, Filing]:
        """Return those that there are, by id, read with strong consistency in one round trip, 100 at most."""
        keys: list[ItemKey] = [(FilingItem, filing_id, None) for filing_id in filing_ids]
        items = read_together(self._connection, keys) if keys else {}
        return {key[1]: from_data(Filing, item.data) for key, item in items.items() if item.data is not None}

    def list_of_holder(self, mailbox_id: str, *, after: str | None = None, limit: int) -> FilingPage:
        """Return up to `limit` filings of a mailbox, the newest first; an index, a moment late."""
        return self._listed("by_holder", "mailbox_id", mailbox_id, after=after, limit=limit, is_newest_first=True)

    def list_inbox(
        self, institution_id: str, office_id: str | None, stage: FilingState, *, after: str | None = None, limit: int
    ) -> FilingPage:
        """Return up to `limit` filings that an office has at one stage, the oldest first; an index, a moment late.

        Those that lapsed are among the observed.
        """
        inbox = _inbox(institution_id, office_id, stage)
        return self._listed("by_office", "inbox", inbox, after=after, limit=limit, is_newest_first=False)

    def list_due(self, shard: str, until: datetime, *, limit: int) -> dict[str, datetime]:
        """Return up to `limit` ids of a shard's filings of whose observation something is to be told by an instant.

        Each with since when; the longest due first.
        """
        asked = {
            "TableName": FilingItem.Meta.table_name,
            "IndexName": "due",
            "KeyConditionExpression": "due_shard = :shard AND due_at <= :until",
            "ExpressionAttributeValues": {":shard": {"S": shard}, ":until": {"N": str(int(until.timestamp()))}},
            "Limit": limit,
        }
        items = self._query(asked)["Items"]
        return {item["filing_id"]["S"]: datetime.fromtimestamp(int(item["due_at"]["N"]), UTC) for item in items}

    def _led_to(self, lead: str) -> Filing | None:
        item = _get(lead)
        return None if item is None or item.leads_to is None else self.find(item.leads_to)

    def _listed(  # noqa: PLR0913 - an index, its key and which part
        self, index: str, attribute: str, key: str, *, after: str | None, limit: int, is_newest_first: bool
    ) -> FilingPage:
        sign = "<" if is_newest_first else ">"
        asked: dict[str, Any] = {
            "TableName": FilingItem.Meta.table_name,
            "IndexName": index,
            "KeyConditionExpression": "#key = :key" + (f" AND filed_key {sign} :after" if after else ""),
            "ProjectionExpression": "filed_key, #data",
            "ExpressionAttributeNames": {"#key": attribute, "#data": "data"},
            "ExpressionAttributeValues": {":key": {"S": key}, **({":after": {"S": after}} if after else {})},
            "ScanIndexForward": not is_newest_first,
            "Limit": limit,
        }
        return page_of(self._query(asked))

    def _query(self, asked: dict[str, Any]) -> dict[str, Any]:
        try:
            found: dict[str, Any] = self._connection.dispatch("Query", asked)
        except VENDOR_ERRORS as error:
            raise store_unavailable() from error
        return found


def _get(filing_id: str) -> FilingItem | None:
    try:
        return FilingItem.get(filing_id, consistent_read=True)
    except FilingItem.DoesNotExist:
        return None
    except VENDOR_ERRORS as error:
        raise store_unavailable() from error


def _is_before(filing: Filing) -> Condition:
    return FilingItem.version == filing.version - 1


def _item(filing: Filing) -> FilingItem:
    filed_at = filing.filed_at.astimezone(UTC)
    item = FilingItem(
        filing.filing_id,
        version=filing.version,
        data=to_data(filing),
        mailbox_id=filing.mailbox_id,
        filed_key=position_in_month(filing),
        inbox=_inbox(filing.institution_id, filing.office_id, filing.stage),
        month=f"{filing.institution_id}#{filed_at:%Y-%m}",
    )
    if (due := due_at(filing)) is not None:
        item.due_shard = shard_of_code(filing.filing_id)
        item.due_at = to_seconds(due)
    return item


def _inbox(institution_id: str, office_id: str | None, stage: FilingState) -> str:
    return f"{institution_id}#{office_id or _INSTITUTION_ITSELF}#{stage.value}"


def _counter(institution_id: str, year: int) -> str:
    return f"count#{institution_id}#{year}"


def _number(institution_id: str, number: str) -> str:
    return f"number#{institution_id}#{number}"


def _code(code: str) -> str:
    return f"code#{code}"


def _receipt(sha256: str) -> str:
    return f"receipt#{sha256}"
