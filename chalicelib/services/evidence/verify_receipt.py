"""Find the receipt that somebody wants verified (REC-5).

A code finds it, or the hash of the receipt's own file. The hash of a document finds nothing without the code: whoever
holds a form that was notified to somebody could learn to whom.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from chalicelib.domain.evidence.receipt import IssuedReceipt, Verification
from chalicelib.services.together import together
from chalicelib.store.receipt_store import ReceiptStore


def verify_receipt(
    asked: Verification, *, receipts: ReceiptStore, settle: Callable[[bool], None]
) -> tuple[IssuedReceipt, ...]:
    """Return the receipt that is asked for; none for a code or a hash that no receipt has, after the same calls.

    `settle` is told whether there is one. Two hops: the index, then the notice and what `settle` does, at once.
    """
    found = receipts.find_by_code(asked.code) if asked.code else receipts.find_by_sha256(asked.sha256 or "")
    read: list[IssuedReceipt] = []

    def take() -> None:
        read.extend(receipts.read(found))

    together([take, partial(settle, bool(found))])
    return tuple(read)
