"""People's drafts of filings, in the table of drafts: each change only upon the version that was seen."""

from __future__ import annotations

from datetime import UTC
from itertools import islice

from pynamodb.exceptions import PutError
from pynamodb.expressions.condition import Condition
from pynamodb.transactions import TransactWrite

from chalicelib.domain.filing.filing_draft import MOST_OPEN, FilingDraft, FilingDraftState
from chalicelib.store.batch_read import ItemKey, store_unavailable
from chalicelib.store.codec import from_data, to_data
from chalicelib.store.tables import CompositionItem
from chalicelib.store.vendor_errors import CONDITION_FAILED, VENDOR_ERRORS, vendor_code

_PREFIX = "filing#"
"""No officer's draft has this in its id."""
_NEW = CompositionItem.composition_id.does_not_exist()


class FilingDraftStore:
    """Raises `Unavailable` when DynamoDB does not answer."""

    @staticmethod
    def key(draft_id: str) -> ItemKey:
        """Name a draft in a read of several tables."""
        return CompositionItem, f"{_PREFIX}{draft_id}", None

    @staticmethod
    def from_item(item: CompositionItem | None) -> FilingDraft | None:
        """Read a draft out of what such a read found."""
        return None if item is None else from_data(FilingDraft, item.data)

    @classmethod
    def find(cls, draft_id: str) -> FilingDraft | None:
        """Return a draft, read with strong consistency; None where there is none."""
        try:
            return cls.from_item(CompositionItem.get(f"{_PREFIX}{draft_id}", consistent_read=True))
        except CompositionItem.DoesNotExist:
            return None
        except VENDOR_ERRORS as error:
            raise store_unavailable() from error

    @staticmethod
    def add(draft: FilingDraft) -> bool:
        """Keep a new one; False where there is one of its id."""
        return _put(draft, _NEW)

    @staticmethod
    def update(draft: FilingDraft) -> bool:
        """Put the version after the one that is there; False where that is another one by now, or closed."""
        return _put(draft, _is_open_at(draft.version - 1))

    @staticmethod
    def close_in(transaction: TransactWrite, draft: FilingDraft) -> None:
        """Put the version that says it was filed, in the filing's transaction, if it is as it was seen."""
        transaction.save(_item(draft), condition=_is_open_at(draft.version - 1))

    @staticmethod
    def list_open_of(mailbox_id: str, user_id: str) -> tuple[FilingDraft, ...]:
        """Return somebody's open drafts, the last changed first; an index, a moment late."""
        most = 2 * MOST_OPEN
        try:
            found = CompositionItem.by_author.query(_author(mailbox_id, user_id), scan_index_forward=False, limit=most)
            items = list(islice(found, most))
        except VENDOR_ERRORS as error:
            raise store_unavailable() from error
        return tuple(from_data(FilingDraft, item.data) for item in items)


def _is_open_at(version: int) -> Condition:
    is_as_seen: Condition = (CompositionItem.version == version) & (
        CompositionItem.state == FilingDraftState.OPEN.value
    )
    return is_as_seen


def _put(draft: FilingDraft, condition: Condition) -> bool:
    try:
        _item(draft).save(condition=condition)
    except PutError as error:
        if vendor_code(error) == CONDITION_FAILED:
            return False
        raise store_unavailable() from error
    except VENDOR_ERRORS as error:
        raise store_unavailable() from error
    return True


def _item(draft: FilingDraft) -> CompositionItem:
    return CompositionItem(
        f"{_PREFIX}{draft.draft_id}",
        state=draft.state.value,
        version=draft.version,
        data=to_data(draft),
        changed_at=f"{draft.changed_at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}",
        expires_at=draft.expires_at,
        author=_author(draft.mailbox_id, draft.user_id) if draft.is_open else None,
    )


def _author(mailbox_id: str, user_id: str) -> str:
    """Return what no officer is: no institution's id is empty."""
    return f"#{_PREFIX}{mailbox_id}#{user_id}"
