"""Filings, and corrections of them, that S3 knows and the tables do not: each has a receipt, which has its number.

A receipt is written before its filing commits, and who loses the race for a number writes another. So a receipt alone
proves nothing; what the tables of before have of it does. Where they are gone, the person may hold it: it is told.
"""

from __future__ import annotations

import io
import json
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from infra.restore.ledger import Ledger
from infra.restore.lost import ABANDONED, COMMITTED, UNKNOWN
from infra.restore.places import Places

_MARGIN = timedelta(minutes=15)
"""Longer than a filing runs, and than clocks differ."""
_RECEIPTS = (
    "SELECT v.key FROM versions v WHERE v.is_latest = 1 AND v.is_marker = 0"
    " AND v.key LIKE 'filings/%/cargo.pdf' AND v.modified >= ?"
    " AND NOT EXISTS (SELECT 1 FROM files f WHERE f.key = v.key)"
    " AND NOT EXISTS (SELECT 1 FROM lost_filings l WHERE v.key LIKE '%/' || l.id || '/%')"
)


def find_lost_filings(  # noqa: PLR0913 - where to look
    places: Places, ledger: Ledger, *, restored_to: datetime | None, before: Places | None, dynamodb: Any, s3: Any
) -> None:
    """Note every receipt of a filing of since the instant that the tables do not name; none without an instant."""
    if restored_to is None:
        return
    for (key,) in list(ledger.rows(_RECEIPTS, (restored_to - _MARGIN).isoformat())):
        own_id = key.split("/")[4]
        told = _read_receipt(s3, places.documents, key)
        state = UNKNOWN if before is None else _state(dynamodb, before, own_id)
        year, _, number = str(told.get("number", "")).partition("-")
        institution = told.get("institution", {}).get("id", "")
        row = (own_id, told.get("filing_id", own_id), institution, year, int(number or 0), told.get("received_at", ""))
        ledger.write("lost_filings", [(*row, state)])


def _read_receipt(s3: Any, bucket: str, key: str) -> dict[str, Any]:
    """Return what is attached to a receipt; nothing of one that cannot be read."""
    import pikepdf  # noqa: PLC0415 - only a restore that lost something reads PDFs

    try:
        with pikepdf.open(io.BytesIO(s3.get_object(Bucket=bucket, Key=key)["Body"].read())) as pdf:
            told: dict[str, Any] = json.loads(pdf.attachments["presentacion.json"].get_file().read_bytes())
    except (pikepdf.PdfError, KeyError, ValueError):
        return {}
    return told


def _state(dynamodb: Any, before: Places, own_id: str) -> str:
    key = {"filing_id": {"S": own_id}}
    try:
        found = dynamodb.get_item(TableName=before.table("FILINGS_TABLE"), Key=key, ConsistentRead=True)
    except ClientError as error:
        if error.response["Error"]["Code"] == "ResourceNotFoundException":
            return UNKNOWN
        raise
    return COMMITTED if "Item" in found else ABANDONED
