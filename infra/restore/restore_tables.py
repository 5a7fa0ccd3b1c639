"""Restore every table to one instant under new names, furnish what a restore leaves out, and shut everybody out.

A deposit writes six tables in one transaction. So all are restored, to one instant, or the tables contradict each
other. What a restore leaves out is put as the template says: recovery, expiry, protection and the stream of events.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.domain.hold import Hold
from infra.restore.hold_items import find_hold, put_hold, restored_to
from infra.restore.leaps import FAR, leap
from infra.restore.places import CannotRestore, Places, logical_ids
from infra.restore.rows import LETS_IN
from infra.template import load_template

Say = Callable[[str], None]
_EVENTS, _TOKENS, _INSTITUTIONS = "EVENTS_TABLE", "TOKENS_TABLE", "INSTITUTIONS_TABLE"
_SAME = timedelta(seconds=1)
"""DynamoDB tells instants to the second."""


def restore_tables(  # noqa: PLR0913 - from where, to where, to when
    source: Places,
    target: Places,
    *,
    to: datetime,
    dynamodb: Any,
    now: datetime,
    pause: Callable[[float], None],
    say: Say,
) -> dict[str, str]:
    """Restore what is not there yet, wait, furnish all of it, and return the parameters that point the stack to it.

    What came from AWS Backup under these names is there already; then `to` is when that copy was begun. Run again, it
    goes on.

    Raises:
        CannotRestore: a table is not there, cannot be restored to that instant, or was restored to another one before.

    """
    _refuse_another_instant(target, to, dynamodb)
    for variable in logical_ids():
        _begin(source.table(variable), target.table(variable), to, dynamodb, say)
    for variable in logical_ids():
        _wait(target.table(variable), dynamodb, pause)
    for variable, logical in logical_ids().items():
        _furnish(target.table(variable), load_template()["Resources"][logical]["Properties"], dynamodb, pause)
    ended = end_what_lets_in(target, dynamodb)
    say(f"{target.table(_TOKENS)}: {ended} sesiones, códigos y enlaces terminados")
    leapt = leap(target, to=to, now=now, dynamodb=dynamodb)
    say(f"{target.table('FILINGS_TABLE')}: {leapt} cuentas de presentaciones adelantadas en {FAR}")
    _hold(target, to, dynamodb, now)
    stream = dynamodb.describe_table(TableName=target.table(_EVENTS))["Table"]["LatestStreamArn"]
    return {"RestoredTables": target.restored, "RestoredEventsStream": stream}


def _refuse_another_instant(target: Places, to: datetime, dynamodb: Any) -> None:
    """Refuse to go on with what a run before began with another instant: the tables would contradict each other.

    Of a table that came from a backup DynamoDB tells when that one was made, which is never quite that of the others.
    """
    others = {}
    for variable in logical_ids():
        table = target.table(variable)
        if _status(table, dynamodb) is not None:
            told = dynamodb.describe_table(TableName=table)["Table"].get("RestoreSummary", {})
            if "SourceBackupArn" not in told:
                others[table] = told.get("RestoreDateTime", to)
    if _status(target.table(_INSTITUTIONS), dynamodb) == "ACTIVE":
        before = restored_to(target, dynamodb)
        if before is not None:
            others[target.table(_INSTITUTIONS)] = before
    differ = {table: at.astimezone(UTC) for table, at in others.items() if abs(at - to) >= _SAME}
    if differ:
        listed = ", ".join(f"{table} a {at.isoformat()}" for table, at in sorted(differ.items()))
        raise CannotRestore(
            f"Ya se restauraron a otro instante que {to.isoformat()}: {listed}. Repita con aquel --to, o con otro --as."
        )


def _begin(source: str, target: str, to: datetime, dynamodb: Any, say: Say) -> None:
    if _status(target, dynamodb) is not None:
        return
    if _status(source, dynamodb) is None:
        raise CannotRestore(f"No están ni {source} ni {target}: restáurela con este nombre de la copia de AWS Backup.")
    key = dynamodb.describe_table(TableName=source)["Table"].get("SSEDescription", {}).get("KMSMasterKeyArn")
    same_key = {"SSESpecificationOverride": {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": key}} if key else {}
    try:
        dynamodb.restore_table_to_point_in_time(
            SourceTableName=source, TargetTableName=target, RestoreDateTime=to, **same_key
        )
    except ClientError as error:
        raise CannotRestore(f"{source} no se pudo restaurar a {to.isoformat()}: {error}") from error
    say(f"{source} → {target}")


def _wait(table: str, dynamodb: Any, pause: Callable[[float], None]) -> None:
    while (status := _status(table, dynamodb)) != "ACTIVE":
        if status not in ("CREATING", "UPDATING"):
            raise CannotRestore(f"{table} está {status}: mírela en la consola, bórrela y repita.")
        pause(10)


def _status(table: str, dynamodb: Any) -> str | None:
    try:
        return str(dynamodb.describe_table(TableName=table)["Table"]["TableStatus"])
    except dynamodb.exceptions.ResourceNotFoundException:
        return None


def _furnish(table: str, wanted: Mapping[str, Any], dynamodb: Any, pause: Callable[[float], None]) -> None:
    """Put what a restore leaves out; what is there already stays. A table takes one change at a time."""
    there = dynamodb.describe_table(TableName=table)["Table"]
    recovery = wanted["PointInTimeRecoverySpecification"]
    dynamodb.update_continuous_backups(TableName=table, PointInTimeRecoverySpecification=recovery)
    if "TimeToLiveSpecification" in wanted:
        told = dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
        if told["TimeToLiveStatus"] not in ("ENABLED", "ENABLING"):
            dynamodb.update_time_to_live(TableName=table, TimeToLiveSpecification=wanted["TimeToLiveSpecification"])
    if "StreamSpecification" in wanted and not there.get("StreamSpecification", {}).get("StreamEnabled"):
        stream = {**wanted["StreamSpecification"], "StreamEnabled": True}
        dynamodb.update_table(TableName=table, StreamSpecification=stream)
        _wait(table, dynamodb, pause)
    if not there.get("DeletionProtectionEnabled"):
        dynamodb.update_table(TableName=table, DeletionProtectionEnabled=True)
        _wait(table, dynamodb, pause)


def end_what_lets_in(places: Places, dynamodb: Any) -> int:
    """Delete every session, code and link by which somebody gets in, and return how many there were.

    Who was logged out since the instant would be in again, and what counted once would count twice.
    """
    ended = 0
    for token in list(_tokens(places, dynamodb)):
        dynamodb.delete_item(TableName=places.table(_TOKENS), Key={"token": {"S": token}})
        ended += 1
    return ended


def _tokens(places: Places, dynamodb: Any) -> Iterator[str]:
    asked = {
        "TableName": places.table(_TOKENS),
        "ProjectionExpression": "#t",
        "ExpressionAttributeNames": {"#t": "token"},
    }
    for page in dynamodb.get_paginator("scan").paginate(**asked, ConsistentRead=True):
        tokens = (item["token"]["S"] for item in page["Items"])
        yield from (token for token in tokens if token.partition("#")[0] in LETS_IN)


def _hold(places: Places, to: datetime, dynamodb: Any, now: datetime) -> None:
    """Write since when jobs wait over these tables, and what they were restored to; once."""
    known = find_hold(places, dynamodb)
    if known is not None and known.tables == places.restored:
        return
    lost = () if known is None else known.lost
    put_hold(places, Hold(places.restored, is_held=True, since=now, restored_to=to, lost=lost), dynamodb)
