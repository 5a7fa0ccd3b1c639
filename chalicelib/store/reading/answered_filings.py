"""Which filings a notice answers: beside the filings, so that whoever reads a notice finds them with it.

It is written in the transaction that marks a filing as answered, and never changed. A notice may answer several.
"""

from __future__ import annotations

from typing import Any

from pynamodb.connection import Connection
from pynamodb.transactions import TransactWrite

from chalicelib.store.batch_read import ItemKey, read_together
from chalicelib.store.tables import FilingItem


def answers_key(notice_id: str) -> ItemKey:
    """Name what a notice answers in a read of several tables."""
    return FilingItem, f"answer#{notice_id}", None


def answered_in(item: Any, *, mailbox_id: str | None = None) -> tuple[str, ...]:
    """Read the filings' ids out of what such a read found, or those of one mailbox; none where it answers none."""
    pairs = (one.split("#") for one in (item.answers or ())) if item is not None else ()
    return tuple(sorted(filing_id for filing_id, own in pairs if mailbox_id in (None, own)))


def find_answered(notice_id: str, *, connection: Connection) -> tuple[str, ...]:
    """Return the ids of the filings that a notice answers, read with strong consistency.

    Raises:
        Unavailable: `store_unavailable`.

    """
    key = answers_key(notice_id)
    return answered_in(read_together(connection, (key,)).get(key))


def answer_in(transaction: TransactWrite, notice_id: str, filing_id: str, mailbox_id: str) -> None:
    """Add that a notice answers a filing of a mailbox, as part of a transaction; added again, it is the same."""
    lead = FilingItem(answers_key(notice_id)[1])
    transaction.update(lead, actions=[FilingItem.answers.add({f"{filing_id}#{mailbox_id}"})])
