"""Bring a filing back that the tables of before have and the restored ones lack: all of it, or nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from chalicelib.domain.alert.filing_news import Occasion, batch_id
from chalicelib.domain.filing.filing import Filing
from chalicelib.store.codec import from_data
from infra.restore.places import CannotRestore, Places

_MOST_AT_ONCE = 90
"""A transaction takes a hundred items."""
Item = dict[str, dict[str, Any]]


def is_filing(own_id: str, source: Places, dynamodb: Any) -> bool:
    """Tell whether the tables of before have a filing of this number, rather than a notice."""
    return _get(dynamodb, source.table("FILINGS_TABLE"), filing_id=own_id) is not None


def answered_by(notice_id: str, source: Places, dynamodb: Any) -> list[str]:
    """Return the filings that a notice answers in the tables of before."""
    item = _get(dynamodb, source.table("FILINGS_TABLE"), filing_id=f"answer#{notice_id}")
    return [] if item is None else sorted(told.partition("#")[0] for told in item["answers"]["SS"])


def bring_back_filing(filing_id: str, *, source: Places, target: Places, dynamodb: Any) -> bool:
    """Copy a filing as it was left, with what leads to it, its draft, alerts, log, and the marks of its files.

    False where the restored tables have it as it was left, or more. What happened to it since the instant comes too: an
    observation, a correction, an answer. It stands above who attended to it over the restored tables meanwhile, which
    can be done again. Its institution's count stays: it leapt further (`leaps.py`).

    Raises:
        CannotRestore: the tables of before lack something of it, its number was given to somebody else meanwhile, or it
            was observed or answered otherwise over the restored tables.

    """
    item = _get(dynamodb, source.table("FILINGS_TABLE"), filing_id=filing_id)
    if item is None:
        raise CannotRestore(f"{filing_id}: las tablas de antes tampoco la tienen; no se trajo nada de ella.")
    there = _get(dynamodb, target.table("FILINGS_TABLE"), filing_id=filing_id)
    filing = from_data(Filing, json.loads(item["data"]["S"]))
    if there is not None:
        before, since = _facts(item), _facts(there)
        if _has_all(since, before) and (since != before or _version(there) >= _version(item)):
            return False
        if not _has_all(before, since):
            raise CannotRestore(
                f"{filing_id}: lo que pasó con ella en unas tablas y en otras se contradice; no se trajo."
            )
        item = _above(item, there)
    puts = [
        _put(target, "FILINGS_TABLE", item, there, "filing_id"),
        *_leads(filing, source, target, dynamodb),
        *_of_draft(filing, source, target, dynamodb),
        *_copies("EVENTS_TABLE", _log(filing, source, dynamodb), target),
        *_copies("ALERTS_TABLE", _alerts(filing, source, dynamodb), target),
        *_copies("UPLOADS_TABLE", _uploads(filing, source, dynamodb), target),
    ]
    if len(puts) > _MOST_AT_ONCE:
        raise CannotRestore(f"{filing_id}: es más de lo que cabe en una transacción; cópiela ítem por ítem.")
    try:
        dynamodb.transact_write_items(TransactItems=puts)
    except dynamodb.exceptions.TransactionCanceledException as error:
        raise CannotRestore(f"{filing_id}: no se trajo; algo de ella ya es de otra: {error}") from error
    return True


def _facts(item: Item) -> dict[str, Any]:
    """Return what happened to a filing that is for ever, each thing None where it did not."""
    data = json.loads(item["data"]["S"])
    return {fact: data.get(fact) for fact in ("observation", "correction", "answer")}


def _has_all(facts: dict[str, Any], others: dict[str, Any]) -> bool:
    return all(other is None or facts[name] == other for name, other in others.items())


def _version(item: Item) -> int:
    return int(item["version"]["N"])


def _above(item: Item, there: Item) -> Item:
    """Return it as the version after both, so that nobody who read the other one writes over it."""
    version = max(_version(item), _version(there) + 1)
    data = {**json.loads(item["data"]["S"]), "version": version}
    return {**item, "version": {"N": str(version)}, "data": {"S": json.dumps(data)}}


def _leads(filing: Filing, source: Places, target: Places, dynamodb: Any) -> Iterator[dict[str, Any]]:
    """Put what leads to it where nothing does, or it does already: a number that somebody else has is not taken."""
    own, correction, answer = filing.institution_id, filing.correction, filing.answer
    keys = [f"number#{own}#{filing.number}", f"code#{filing.verification_code}", f"receipt#{filing.receipt_sha256}"]
    if correction is not None:
        keys += [
            correction.correction_id,
            f"code#{correction.verification_code}",
            f"receipt#{correction.receipt_sha256}",
        ]
    for key in keys:
        lead = _get(dynamodb, source.table("FILINGS_TABLE"), filing_id=key)
        if lead is None:
            raise CannotRestore(f"{filing.filing_id}: a las tablas de antes les falta {key}; no se trajo nada.")
        yield {
            "Put": {
                "TableName": target.table("FILINGS_TABLE"),
                "Item": lead,
                "ConditionExpression": "attribute_not_exists(filing_id) OR leads_to = :own",
                "ExpressionAttributeValues": {":own": {"S": filing.filing_id}},
            }
        }
    if answer is not None:
        yield {
            "Update": {
                "TableName": target.table("FILINGS_TABLE"),
                "Key": {"filing_id": {"S": f"answer#{answer.notice_id}"}},
                "UpdateExpression": "ADD answers :own",
                "ExpressionAttributeValues": {":own": {"SS": [f"{filing.filing_id}#{filing.mailbox_id}"]}},
            }
        }


def _of_draft(filing: Filing, source: Places, target: Places, dynamodb: Any) -> Iterator[dict[str, Any]]:
    """Close the draft as it is closed there, so that it cannot be filed again."""
    found = _get(dynamodb, source.table("COMPOSITIONS_TABLE"), composition_id=f"filing#{filing.draft_id}")
    if found is not None:
        yield {"Put": {"TableName": target.table("COMPOSITIONS_TABLE"), "Item": found}}


def _log(filing: Filing, source: Places, dynamodb: Any) -> Iterator[Item]:
    for page in dynamodb.get_paginator("query").paginate(
        TableName=source.table("EVENTS_TABLE"),
        KeyConditionExpression="subject = :subject",
        ExpressionAttributeValues={":subject": {"S": f"filing#{filing.filing_id}"}},
        ConsistentRead=True,
    ):
        yield from page["Items"]


def _alerts(filing: Filing, source: Places, dynamodb: Any) -> Iterator[Item]:
    for occasion in Occasion:
        found = _get(dynamodb, source.table("ALERTS_TABLE"), notice_id=batch_id(filing.filing_id, occasion))
        if found is not None:
            yield found


def _uploads(filing: Filing, source: Places, dynamodb: Any) -> Iterator[Item]:
    """Keep its files for ever, as its own transaction did: a used upload has no end."""
    for upload_id in dict.fromkeys(document.upload_id for document in filing.all_documents):
        found = _get(dynamodb, source.table("UPLOADS_TABLE"), upload_id=upload_id)
        if found is not None:
            yield found


def _copies(variable: str, items: Iterator[Item], target: Places) -> Iterator[dict[str, Any]]:
    """Put them as they were left: each is this filing's alone, and what is there is an earlier state of it."""
    for item in items:
        yield {"Put": {"TableName": target.table(variable), "Item": item}}


def _put(target: Places, variable: str, item: Item, there: Item | None, key: str) -> dict[str, Any]:
    """Put it where there is none, or in place of the version that was read."""
    put: dict[str, Any] = {"TableName": target.table(variable), "Item": item}
    if there is None:
        put["ConditionExpression"] = f"attribute_not_exists({key})"
    else:
        put |= {"ConditionExpression": "version = :seen", "ExpressionAttributeValues": {":seen": there["version"]}}
    return {"Put": put}


def _get(dynamodb: Any, table: str, **key: str) -> Item | None:
    found: Item | None = dynamodb.get_item(
        TableName=table, Key={name: {"S": value} for name, value in key.items()}, ConsistentRead=True
    ).get("Item")
    return found
