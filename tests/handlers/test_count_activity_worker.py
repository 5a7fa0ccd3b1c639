"""The worker that counts, as Lambda calls it: with what deposits, openings and reports wrote into the log."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import pytest

from chalicelib.bootstrap.aws import connection
from chalicelib.bootstrap.institution import activity_store
from chalicelib.bootstrap.storage import event_store
from chalicelib.domain.event import LOOKS, Event, EventType
from chalicelib.domain.institution.activity import TOLD_BY, Activity
from chalicelib.store.tables import NoticeItem
from infra.template import load_template
from tests.alert_world import refusing
from tests.deposit_world import INSTITUTION_ID, NOW, World
from tests.unreached_world import open_quietly

TODAY = date(2026, 3, 9)


def records(world: World) -> list[dict[str, Any]]:
    """Return what the stream hands over of the whole log."""
    client: Any = connection(world.container).client
    items = client.scan(TableName=world.container.config.events_table)["Items"]
    return [
        {
            "eventName": "INSERT",
            "eventSourceARN": "arn:aws:dynamodb:us-east-1:000000000000:table/events/stream/1",
            "dynamodb": {"ApproximateCreationDateTime": 1, "SequenceNumber": str(number), "NewImage": item},
        }
        for number, item in enumerate(items, 1)
    ]


def run(world: World, handed: list[dict[str, Any]] | None = None) -> Any:
    event = {"Records": records(world) if handed is None else handed}
    return world.client.lambda_.invoke("count_activity", event).payload


def counts(world: World) -> dict[str, int]:
    found: list[Counter[tuple[date, Activity]]] = []
    for read in activity_store(world.container).reads(INSTITUTION_ID, None, TODAY, found):
        read()
    assert {day for one in found for day, _ in one} <= {TODAY}
    return {activity.value: count for (_, activity), count in sum(found, Counter()).items()}


def log(world: World, kind: EventType, notice_id: str, **data: str) -> None:
    event_store(world.container).add(Event(f"notice#{notice_id}", kind, NOW, f"e-{kind}", "worker:x", data=data))


@pytest.fixture
def notice_id(world: World) -> str:
    """Deposit, open, download and lose an alert."""
    notice_id = str(world.deposit().json_body["notice_id"])
    open_quietly(world, notice_id)
    log(world, EventType.NOTICE_DOWNLOADED, notice_id, file="main")
    log(world, EventType.ALERT_FAILED, notice_id, alert_id="u1.email")
    log(world, EventType.ALERT_SENT, notice_id, alert_id="u2.email")
    return notice_id


def test_what_the_log_tells_is_counted_and_marked_once(world: World, notice_id: str) -> None:
    for _ in range(2):
        assert run(world) == {"batchItemFailures": []}
        assert counts(world) == {"deposited": 1, "opened": 1, "failed": 1}
    assert NoticeItem.get(notice_id).downloaded_at == NOW.isoformat()


@pytest.mark.parametrize(
    ("operation", "only", "failed"),
    [("TransactWriteItems", "", 3), ("BatchGetItem", "", 3), ("UpdateItem", "downloaded", 1)],
)
@pytest.mark.usefixtures("notice_id")
def test_what_could_not_be_counted_comes_again_alone(world: World, operation: str, only: str, failed: int) -> None:
    with refusing(connection(world.container).client, operation, "AccessDeniedException", only=only):
        answer = run(world)
    assert len(answer["batchItemFailures"]) == failed
    again = {one["itemIdentifier"] for one in answer["batchItemFailures"]}
    handed = [record for record in records(world) if record["dynamodb"]["SequenceNumber"] in again]
    assert run(world, handed) == {"batchItemFailures": []}
    assert counts(world) == {"deposited": 1, "opened": 1, "failed": 1}


@pytest.mark.usefixtures("notice_id")
def test_a_record_that_cannot_be_read_fails_alone(world: World) -> None:
    handed = records(world)
    deposited = next(one for one in handed if one["dynamodb"]["NewImage"]["type"]["S"] == "notice.deposited")
    broken = {**deposited, "dynamodb": {**deposited["dynamodb"], "SequenceNumber": "x"}}
    broken["dynamodb"]["NewImage"] = {**deposited["dynamodb"]["NewImage"], "position": {"S": "never"}}

    assert run(world, [broken, *handed]) == {"batchItemFailures": [{"itemIdentifier": "x"}]}
    assert counts(world)["deposited"] == 1


def test_the_trigger_lets_through_what_is_told_and_nothing_else() -> None:
    source = load_template()["Resources"]["CountActivity"]["Properties"]["Events"]["CountActivityDynamodbEventSource"]
    [pattern] = source["Properties"]["FilterCriteria"]["Filters"]
    assert {kind for kind in EventType if f'"{kind.value}"' in pattern["Pattern"]} == TOLD_BY | LOOKS
