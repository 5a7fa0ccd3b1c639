"""What verifying receipts needs."""

from __future__ import annotations

from chalicelib.bootstrap import Container, made_once
from chalicelib.bootstrap.aws import connection
from chalicelib.domain.evidence.indexing import IndexPosition
from chalicelib.store.position_store import PositionStore
from chalicelib.store.receipt_store import ReceiptStore


@made_once
def receipt_store(box: Container) -> ReceiptStore:
    """Issued receipts by code and by hash."""
    return ReceiptStore(connection(box))


@made_once
def index_position_store(box: Container) -> PositionStore[IndexPosition]:
    """Where the indexing of receipts stands."""
    connection(box)
    return PositionStore("index_receipts", IndexPosition)
