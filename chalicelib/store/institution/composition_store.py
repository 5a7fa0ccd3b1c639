"""Officers' drafts: each change only upon the version that was seen, and the deposit's own in its transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from itertools import islice
from typing import Any

from pynamodb.exceptions import PutError
from pynamodb.expressions.condition import Condition
from pynamodb.transactions import TransactWrite

from chalicelib.domain.institution.composition import MOST_OPEN, Composition, CompositionState, deposited
from chalicelib.domain.notice import Notice
from chalicelib.store.batch_read import store_unavailable
from chalicelib.store.codec import from_data, to_data
from chalicelib.store.deposit.deposit_store import Beside
from chalicelib.store.tables import CompositionItem
from chalicelib.store.vendor_errors import CONDITION_FAILED, VENDOR_ERRORS, vendor_code

_NEW = CompositionItem.composition_id.does_not_exist()
_OF_OTHERS = "#"
"""No officer's draft has this in its id; those of filings, in the same table, do."""
_INSTITUTION_ITSELF = "-"
"""Stands for no office; no office has this id."""


class CompositionStore:
    """Raises `Unavailable` when DynamoDB does not answer."""

    @staticmethod
    def find(composition_id: str) -> Composition | None:
        """Return a draft, read with strong consistency; None where there is none, or it is a person's to file."""
        if _OF_OTHERS in composition_id:
            return None
        try:
            item = CompositionItem.get(composition_id, consistent_read=True)
        except CompositionItem.DoesNotExist:
            return None
        except VENDOR_ERRORS as error:
            raise store_unavailable() from error
        return from_data(Composition, item.data)

    @staticmethod
    def add(composition: Composition) -> bool:
        """Keep a new one; False where there is one of its id."""
        return _put(composition, _NEW)

    @staticmethod
    def update(composition: Composition) -> bool:
        """Put the version after the one that is there; False where that is another one by now, or closed."""
        is_as_seen = CompositionItem.version == composition.version - 1
        return _put(composition, is_as_seen & (CompositionItem.state == CompositionState.OPEN.value))

    @staticmethod
    def list_open_of(institution_id: str, staff_id: str) -> tuple[Composition, ...]:
        """Return somebody's open drafts, the last changed first; an index, a moment late."""
        return _listed(CompositionItem.by_author, f"{institution_id}#{staff_id}")

    @staticmethod
    def list_seen_by(institution_id: str, office_id: str | None) -> tuple[Composition, ...]:
        """Return the open drafts that an office sees, the last changed first, twice what one officer may have."""
        return _listed(CompositionItem.by_office, _seen_by(institution_id, office_id))


@dataclass(frozen=True, slots=True)
class DraftDeposited:
    """Marks a draft in its deposit's transaction: as deposited, if it is still open, whatever was typed meanwhile.

    `answered` marks the filing that the notice answers, where it answers one.
    """

    composition: Composition
    answered: Beside | None = None

    def add_in(self, transaction: TransactWrite, notice: Notice) -> None:
        """Add it."""
        item = _item(deposited(self.composition, notice.notice_id, notice.deposited_at))
        transaction.save(item, condition=CompositionItem.state == CompositionState.OPEN.value)
        if self.answered is not None:
            self.answered.add_in(transaction, notice)


def _put(composition: Composition, condition: Condition) -> bool:
    try:
        _item(composition).save(condition=condition)
    except PutError as error:
        if vendor_code(error) == CONDITION_FAILED:
            return False
        raise store_unavailable() from error
    except VENDOR_ERRORS as error:
        raise store_unavailable() from error
    return True


def _item(composition: Composition) -> CompositionItem:
    item = CompositionItem(
        composition.composition_id,
        state=composition.state.value,
        version=composition.version,
        data=to_data(composition),
        changed_at=f"{composition.changed_at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}",
        expires_at=composition.expires_at,
    )
    if composition.is_open:
        item.author = f"{composition.institution_id}#{composition.author_id}"
        if composition.is_shared:
            item.seen_by = _seen_by(composition.institution_id, composition.author_office_id)
    return item


def _seen_by(institution_id: str, office_id: str | None) -> str:
    return f"{institution_id}#{office_id or _INSTITUTION_ITSELF}"


def _listed(index: Any, key: str) -> tuple[Composition, ...]:
    most = 2 * MOST_OPEN
    try:
        items = list(islice(index.query(key, scan_index_forward=False, limit=most), most))
    except VENDOR_ERRORS as error:
        raise store_unavailable() from error
    return tuple(from_data(Composition, item.data) for item in items)
