"""Deposits that S3 knows and the tables do not: each has a receipt, which says whose it is.

Files are written before a deposit commits, so a receipt alone does not prove that it did. What lies there since the
instant that was restored may have: its sender knows, since it has the answer, and so do the tables of before.
"""

from __future__ import annotations

import io
import json
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from infra.restore.ledger import Ledger
from infra.restore.places import Places

COMMITTED, UNKNOWN, ABANDONED = "committed", "unknown", "abandoned"
"""What the tables of before say of it; `unknown` where they cannot be asked."""
_MARGIN = timedelta(minutes=15)
"""Longer than a deposit runs, and than clocks differ: what is older than the instant would be in the tables."""
_RECEIPTS = (
    "SELECT v.key, v.modified FROM versions v WHERE v.is_latest = 1 AND v.is_marker = 0"
    " AND v.key LIKE 'notices/%/constancia.pdf' AND v.modified >= ?"
    " AND NOT EXISTS (SELECT 1 FROM files f WHERE f.key = v.key)"
    " AND NOT EXISTS (SELECT 1 FROM lost l WHERE v.key LIKE '%/' || l.notice || '/%')"
)


def find_lost(  # noqa: PLR0913 - where to look
    places: Places, ledger: Ledger, *, restored_to: datetime | None, before: Places | None, dynamodb: Any, s3: Any
) -> None:
    """Note every deposit of since the instant that S3 has a receipt of and the tables do not; none without an instant.

    `before` are the tables of before, where they are still there.
    """
    if restored_to is None:
        return
    for key, _ in list(ledger.rows(_RECEIPTS, (restored_to - _MARGIN).isoformat())):
        notice_id = key.split("/")[4]
        told = _read_receipt(s3, places.documents, key)
        state = UNKNOWN if before is None else _state(dynamodb, before, notice_id)
        institution = told.get("institution", {}).get("id", "")
        ledger.write("lost", [(notice_id, institution, told.get("deposited_at", ""), state)])


def _read_receipt(s3: Any, bucket: str, key: str) -> dict[str, Any]:
    """Return what is attached to a receipt; nothing of one that cannot be read."""
    import pikepdf  # noqa: PLC0415 - only a restore that lost something reads PDFs

    try:
        with pikepdf.open(io.BytesIO(s3.get_object(Bucket=bucket, Key=key)["Body"].read())) as pdf:
            told: dict[str, Any] = json.loads(pdf.attachments["deposito.json"].get_file().read_bytes())
    except (pikepdf.PdfError, KeyError, ValueError):
        return {}
    return told


def _state(dynamodb: Any, before: Places, notice_id: str) -> str:
    key = {"notice_id": {"S": notice_id}}
    try:
        found = dynamodb.get_item(TableName=before.table("NOTICES_TABLE"), Key=key, ConsistentRead=True)
    except ClientError as error:
        if error.response["Error"]["Code"] == "ResourceNotFoundException":
            return UNKNOWN
        raise
    return COMMITTED if "Item" in found else ABANDONED
