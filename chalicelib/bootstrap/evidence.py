"""What verifying receipts needs."""

from __future__ import annotations

from chalicelib.bootstrap import Container, made_once
from chalicelib.bootstrap.aws import connection
from chalicelib.store.evidence.receipt_store import ReceiptStore


@made_once
def receipt_store(box: Container) -> ReceiptStore:
    """Issued receipts by code and by hash."""
    return ReceiptStore(connection(box))
