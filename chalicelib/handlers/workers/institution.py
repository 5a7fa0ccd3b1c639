"""Count what the event log tells of institutions' notices and of looks at data; warn before a last key ends."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalice.app import CloudWatchEvent, DynamoDBEvent

from chalicelib.bootstrap import current
from chalicelib.bootstrap.institution import count_tools, key_watch_tools, look_tools
from chalicelib.domain.event import LOOKS, Event
from chalicelib.domain.institution.activity import TOLD_BY, happened
from chalicelib.domain.institution.unusual_looks import Looked, looked
from chalicelib.handlers.fault import describe_fault
from chalicelib.handlers.log import log
from chalicelib.handlers.workers.reports import NIGHT_TIME, reported
from chalicelib.services.institution import count_activity as counting
from chalicelib.services.institution import count_looks as looking
from chalicelib.services.institution import watch_keys as watching
from chalicelib.services.work_through import FAILED, counted

_TYPES = {kind.value: kind for kind in TOLD_BY | LOOKS}


@dataclass(frozen=True, slots=True)
class CountedActivity:
    """What became of the records: `known` were counted before, `ignored` are automatic replies, `failed` come again.

    `marked` are the notices of which a document was asked for the first time, `looks` those at people's data that were
    counted, `unusual` how often those of one looker in an hour passed what is usual.
    """

    counted: int
    marked: int
    looks: int
    unusual: int
    known: int
    ignored: int
    failed: int
    is_complete: bool


def count_activity(event: DynamoDBEvent) -> dict[str, Any]:
    """Count what institutions' panels and statements tell, and looks at data; a record that failed comes again."""
    told: dict[str, tuple[counting.Thing | None, Looked | None]] = {}
    failed: list[str] = []
    for record in event.to_dict()["Records"]:
        try:
            happening = _event(record)
            if happening is not None:
                told[_position(record)] = happened(happening), looked(happening)
        except Exception as error:  # noqa: BLE001 - whatever it is, the others are counted
            log().error("record failed", record=_position(record), fault=describe_fault(error))
            failed.append(_position(record))
    things, looks = zip(*told.values(), strict=True) if told else ((), ())
    outcome = counting.count_activity([one for one in things if one is not None], tools=count_tools(current()))
    looks_counted, uncounted = looking.count_looks(
        [one for one in looks if one is not None], tools=look_tools(current())
    )
    failed += [at for at, (thing, look) in told.items() if thing in outcome.failed or look in uncounted]
    counts = outcome.counts + looks_counted + Counter({FAILED: len(failed)})
    reported("count_activity", counted(CountedActivity, counts, is_complete=not failed))
    return {"batchItemFailures": [{"itemIdentifier": position} for position in failed]}


def watch_keys(_: CloudWatchEvent) -> dict[str, Any]:
    """Tell coordinators when their systems' last key ends."""
    box = current()
    return reported("watch_keys", watching.watch_keys(key_watch_tools(box), until=box.clock() + NIGHT_TIME))


def _event(record: dict[str, Any]) -> Event | None:
    image = record["dynamodb"].get("NewImage", {})
    kind = _TYPES.get(image.get("type", {}).get("S", ""))
    if kind is None:
        return None
    subject, position = image["subject"]["S"], image["position"]["S"]
    actor = image.get("actor", {}).get("S", "")
    instant, _, event_id = position.partition("#")
    data = json.loads(image["data"]["S"]) if "data" in image else {}
    return Event(subject, kind, datetime.fromisoformat(instant), event_id, actor, data=data)


def _position(record: dict[str, Any]) -> str:
    return str(record["dynamodb"]["SequenceNumber"])
