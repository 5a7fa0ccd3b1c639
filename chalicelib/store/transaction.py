"""Write several items in one transaction, again where it only met another one that was under way."""

from __future__ import annotations

from collections.abc import Callable

from pynamodb.connection import Connection
from pynamodb.exceptions import TransactWriteError
from pynamodb.transactions import TransactWrite

from chalicelib.store.batch_read import store_unavailable
from chalicelib.store.vendor_errors import TRANSACTION_LOST, met_another, vendor_code

_CONFLICTS = 3


def is_written(connection: Connection, fill: Callable[[TransactWrite], None]) -> bool:
    """Write what `fill` puts into a transaction, all or nothing; False where something is not as a condition has it.

    `fill` is called anew for each try.

    Raises:
        Unavailable: `store_unavailable`; it may be written all the same.

    """
    for is_last in (*(False,) * _CONFLICTS, True):
        try:
            with TransactWrite(connection=connection) as transaction:
                fill(transaction)
        except TransactWriteError as error:
            if not is_last and met_another(error):
                continue
            if vendor_code(error) not in TRANSACTION_LOST:
                raise store_unavailable() from error
            return False
        return True
    raise AssertionError("unreachable")
