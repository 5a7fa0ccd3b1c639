"""Read the tables and the list of documents, a page at a time, and go on where a run before stopped."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from botocore.exceptions import ClientError

from infra.restore.ledger import Ledger, Row
from infra.restore.places import Places
from infra.restore.rows import READ, rows_of

_ITEMS, _OBJECTS, _HASHES, _THREADS = 1000, 1000, 200, 16
_PREFIXES = ("notices/", "files/", "filings/")
"""Where documents lie that are named: receipts and files sent inside a deposit, files sent ahead, filing receipts."""
_GONE = frozenset({"NoSuchKey", "404", "NotFound", "MethodNotAllowed", "405"})
_UNKNOWN = (
    "SELECT DISTINCT v.key FROM files f JOIN versions v ON v.key = f.key AND v.is_latest = 1 AND v.is_marker = 0"
    " WHERE NOT EXISTS (SELECT 1 FROM hashes h WHERE h.key = v.key) LIMIT ?"
)
Say = Callable[[str], None]


def gather(places: Places, ledger: Ledger, *, dynamodb: Any, s3: Any, say: Say) -> None:
    """Read all that is compared. A run that stops anywhere loses a page at most."""
    for variable in READ:
        _read_table(variable, places, ledger, dynamodb, say)
    for prefix in _PREFIXES:
        _list_objects(prefix, places, ledger, s3, say)
    _hash_objects(places, ledger, s3, say)


def _read_table(variable: str, places: Places, ledger: Ledger, dynamodb: Any, say: Say) -> None:
    after, is_done = ledger.position(variable)
    while not is_done:
        asked = {"TableName": places.table(variable), "Limit": _ITEMS, "ConsistentRead": True}
        page = dynamodb.scan(**asked, **({"ExclusiveStartKey": after} if after else {}))
        after = page.get("LastEvaluatedKey")
        rows = [row for item in page["Items"] for row in rows_of(variable, item)]
        ledger.keep(variable, rows, after, count=len(page["Items"]))
        is_done = after is None
    say(f"{places.table(variable)}: {ledger.count(variable)} ítems")


def _list_objects(prefix: str, places: Places, ledger: Ledger, s3: Any, say: Say) -> None:
    after, is_done = ledger.position(prefix)
    while not is_done:
        asked = {"Bucket": places.documents, "Prefix": prefix, "MaxKeys": _OBJECTS}
        page = s3.list_object_versions(**asked, **(after or {}))
        rows = [
            *_versions(page.get("Versions", ()), is_marker=0),
            *_versions(page.get("DeleteMarkers", ()), is_marker=1),
        ]
        after = (
            {"KeyMarker": page["NextKeyMarker"], "VersionIdMarker": page["NextVersionIdMarker"]}
            if page.get("IsTruncated")
            else None
        )
        ledger.keep(prefix, rows, after, count=len(rows))
        is_done = after is None
    say(f"{places.documents}/{prefix}: {ledger.count(prefix)} versiones")


def _versions(found: Iterable[dict[str, Any]], *, is_marker: int) -> Iterator[tuple[str, Row]]:
    for one in found:
        latest, modified = int(one["IsLatest"]), one["LastModified"].isoformat()
        yield "versions", (one["Key"], one["VersionId"], latest, is_marker, one.get("Size"), modified)


def _hash_objects(places: Places, ledger: Ledger, s3: Any, say: Say) -> None:
    """Learn the SHA-256 of every object that a notice names: S3 keeps it with the object, or its bytes are read."""
    with ThreadPoolExecutor(_THREADS) as pool:
        while keys := [key for (key,) in ledger.rows(_UNKNOWN, _HASHES)]:
            found = pool.map(lambda key: sha256_of(s3, places.documents, key), keys)
            ledger.write("hashes", list(zip(keys, found, strict=True)))
    known = ledger.number("SELECT COUNT(*) FROM hashes")
    say(f"{places.documents}: {known} objetos con su SHA-256")


def sha256_of(s3: Any, bucket: str, key: str) -> str:
    """Return an object's SHA-256 in hexadecimal; empty where it went away meanwhile."""
    try:
        told = s3.head_object(Bucket=bucket, Key=key, ChecksumMode="ENABLED").get("ChecksumSHA256", "")
        if told and "-" not in told:
            return base64.b64decode(told).hex()
        digest = hashlib.sha256()
        for piece in s3.get_object(Bucket=bucket, Key=key)["Body"].iter_chunks(1 << 20):
            digest.update(piece)
    except ClientError as error:
        if error.response["Error"]["Code"] in _GONE:
            return ""
        raise
    return digest.hexdigest()
