"""Bring a deposit or a filing back that the tables of before have and the restored ones lack: whole, or not at all."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator
from typing import Any

from botocore.exceptions import ClientError

from infra.restore.bring_back_filing import answered_by, bring_back_filing, is_filing
from infra.restore.places import CannotRestore, Places

_MOST_AT_ONCE = 90
"""A transaction takes a hundred items."""
Say = Callable[[str], None]
Item = dict[str, dict[str, Any]]


def bring_back(notices: Collection[str], *, source: Places, target: Places, dynamodb: Any, say: Say) -> int:
    """Copy each as it was left: of a deposit notice, record, alerts, log and marks of its uploads. Return how many.

    What is there already is left as it is, so it may be run again: what a run that died left out is completed. Its
    mailbox has to be there.

    Raises:
        CannotRestore: the tables of before lack something of one, or its mailbox is not there.

    """
    filings = [one for one in notices if is_filing(one, source, dynamodb)]
    done = 0
    for filing_id in filings:
        is_new = bring_back_filing(filing_id, source=source, target=target, dynamodb=dynamodb)
        say(f"{filing_id}: {'traída' if is_new else 'ya estaba'}")
        done += is_new
    notices = [one for one in notices if one not in filings]
    records = _records(notices, source, dynamodb) if notices else {}
    for notice_id in notices:
        if _get(dynamodb, target.table("NOTICES_TABLE"), notice_id=notice_id) is not None:
            completed = _complete(notice_id, source, target, dynamodb)
            say(f"{notice_id}: ya estaba" + (f"; se completó con {completed}" if completed else ""))
            _bring_answered(notice_id, source, target, dynamodb, say)
            continue
        _bring_back(notice_id, records.get(notice_id), source, target, dynamodb)
        say(f"{notice_id}: traída")
        _bring_answered(notice_id, source, target, dynamodb, say)
        done += 1
    return done


def _bring_back(notice_id: str, record: Item | None, source: Places, target: Places, dynamodb: Any) -> None:
    notice = _get(dynamodb, source.table("NOTICES_TABLE"), notice_id=notice_id)
    alerts = _get(dynamodb, source.table("ALERTS_TABLE"), notice_id=notice_id)
    log = list(_log(notice_id, source, dynamodb))
    if notice is None or record is None or alerts is None or not log:
        raise CannotRestore(f"{notice_id}: las tablas de antes tampoco lo tienen todo; no se trajo nada de él.")
    puts = [
        _put(target.table("DEPOSITS_TABLE"), record, "deposit_key"),
        _put(target.table("NOTICES_TABLE"), notice, "notice_id"),
        _put(target.table("ALERTS_TABLE"), alerts, "notice_id"),
        *(_put(target.table("EVENTS_TABLE"), event, "subject") for event in log[:_MOST_AT_ONCE]),
    ]
    opened = 1 if "opened_at" in notice else 0
    counted = {
        "TableName": target.table("MAILBOXES_TABLE"),
        "Key": {"mailbox_id": notice["mailbox_id"]},
        "UpdateExpression": "ADD deposited :one, opened :opened",
        "ConditionExpression": "attribute_exists(mailbox_id)",
        "ExpressionAttributeValues": {":one": {"N": "1"}, ":opened": {"N": str(opened)}},
    }
    try:
        dynamodb.transact_write_items(TransactItems=[*puts, {"Update": counted}])
    except dynamodb.exceptions.TransactionCanceledException as error:
        raise CannotRestore(f"{notice_id}: no se trajo; su casilla no está, o algo de él ya estaba: {error}") from error
    _complete(notice_id, source, target, dynamodb)


def _bring_answered(notice_id: str, source: Places, target: Places, dynamodb: Any, say: Say) -> None:
    """Bring the filings that it answers as they were left: its own transaction marked them."""
    for filing_id in answered_by(notice_id, source, dynamodb):
        if bring_back_filing(filing_id, source=source, target=target, dynamodb=dynamodb):
            say(f"{filing_id}: traída, que {notice_id} responde")


def _complete(notice_id: str, source: Places, target: Places, dynamodb: Any) -> int:
    """Put what its transaction had no room for and is not there yet, and return how much: events, uploads' marks."""
    notice = _get(dynamodb, source.table("NOTICES_TABLE"), notice_id=notice_id)
    if notice is None:
        return 0
    late = list(_log(notice_id, source, dynamodb))[_MOST_AT_ONCE:]
    put = sum(_put_alone(target.table("EVENTS_TABLE"), event, "subject", dynamodb) for event in late)
    return put + _use_uploads(notice, source, target, dynamodb)


def _records(notices: Collection[str], source: Places, dynamodb: Any) -> dict[str, Item]:
    """Find the idempotency records of some notices: their keys are hashes, so the table is read through once."""
    wanted, found = set(notices), {}
    for page in dynamodb.get_paginator("scan").paginate(TableName=source.table("DEPOSITS_TABLE"), ConsistentRead=True):
        found.update({item["notice_id"]["S"]: item for item in page["Items"] if item["notice_id"]["S"] in wanted})
    return found


def _log(notice_id: str, source: Places, dynamodb: Any) -> Iterator[Item]:
    for page in dynamodb.get_paginator("query").paginate(
        TableName=source.table("EVENTS_TABLE"),
        KeyConditionExpression="subject = :subject",
        ExpressionAttributeValues={":subject": {"S": f"notice#{notice_id}"}},
        ConsistentRead=True,
    ):
        yield from page["Items"]


def _use_uploads(notice: Item, source: Places, target: Places, dynamodb: Any) -> int:
    """Keep the files that were sent ahead for it for ever, as its own transaction did: a used upload has no end."""
    put = 0
    for file in json.loads(notice["data"]["S"])["files"]:
        if file.get("upload_id"):
            upload = _get(dynamodb, source.table("UPLOADS_TABLE"), upload_id=file["upload_id"])
            if upload is not None:
                put += _put_alone(target.table("UPLOADS_TABLE"), upload, "upload_id", dynamodb, or_has="expires_at")
    return put


def _get(dynamodb: Any, table: str, **key: str) -> Item | None:
    found: Item | None = dynamodb.get_item(
        TableName=table, Key={name: {"S": value} for name, value in key.items()}, ConsistentRead=True
    ).get("Item")
    return found


def _put(table: str, item: Item, key: str) -> dict[str, Any]:
    return {"Put": {"TableName": table, "Item": item, "ConditionExpression": f"attribute_not_exists({key})"}}


def _put_alone(table: str, item: Item, key: str, dynamodb: Any, or_has: str = "") -> int:
    """Put what is not there, or has that attribute still, and return whether it was so."""
    condition = f"attribute_not_exists({key})" + (f" OR attribute_exists({or_has})" if or_has else "")
    try:
        dynamodb.put_item(TableName=table, Item=item, ConditionExpression=condition)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
            raise
        return 0
    return 1
