"""What went wrong, as PynamoDB and botocore tell it: both raise, and neither always carries an answer of DynamoDB's."""

from __future__ import annotations

from pynamodb.connection.base import BOTOCORE_EXCEPTIONS
from pynamodb.exceptions import PynamoDBException, TransactWriteError

VENDOR_ERRORS: tuple[type[Exception], ...] = (PynamoDBException, *BOTOCORE_EXCEPTIONS)
"""Raw calls over a connection raise botocore's own; models wrap most of them."""

CONDITION_FAILED = "ConditionalCheckFailedException"
_CONFLICT = "TransactionConflict"
TRANSACTION_LOST = ("TransactionCanceledException", "TransactionConflictException")
"""A transaction found something changed, or met another."""


def vendor_code(error: Exception) -> str:
    """Return DynamoDB's error code, empty when no answer came: PynamoDB's own property fails on a time-out."""
    answer = getattr(getattr(error, "cause", None) or error, "response", None) or {}
    return str(answer.get("Error", {}).get("Code", ""))


def met_another(error: TransactWriteError) -> bool:
    """Tell whether a transaction failed only because another write was at the same item: nothing was decided."""
    reasons = {reason.code for reason in error.cancellation_reasons if reason is not None} - {"None"}
    return reasons == {_CONFLICT} if reasons else vendor_code(error) == f"{_CONFLICT}Exception"
