"""What the local workers do when a function fails or a position is gone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from infra.local import workers
from infra.local.workers import QueueFeed, Schedule, StreamFeed, Workers, time_after

ARN = "arn:aws:dynamodb:us-east-1:000000000000:table/events/stream/1"


class Stream:
    """A stream of numbered records, as boto3 hands them over; `breaks` is the error of the next read."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.breaks = ""

    def describe_stream(self, **_: Any) -> dict[str, Any]:
        return {"StreamDescription": {"Shards": [{"ShardId": "shard"}]}}

    def get_shard_iterator(self, *, ShardIteratorType: str, SequenceNumber: str = "0", **_: Any) -> dict[str, str]:  # noqa: N803 - AWS's names
        return {"ShardIterator": SequenceNumber if ShardIteratorType == "AFTER_SEQUENCE_NUMBER" else "0"}

    def get_records(self, *, ShardIterator: str, Limit: int) -> dict[str, Any]:  # noqa: N803 - as above
        if self.breaks:
            code, self.breaks = self.breaks, ""
            raise ClientError({"Error": {"Code": code}}, "GetRecords")
        first = int(ShardIterator) + 1
        numbers = range(first, min(first + Limit, self.count + 1))
        at = datetime(2026, 3, 9, tzinfo=UTC)
        change = [{"dynamodb": {"SequenceNumber": str(n), "ApproximateCreationDateTime": at}} for n in numbers]
        return {"Records": change, "NextShardIterator": str(numbers.stop - 1)}


class Function:
    """Remembers the records it got; fails on the given one, so many times."""

    def __init__(self, fails_on: str = "", times: int = 0) -> None:
        self.seen: list[str] = []
        self.fails_on, self.times = fails_on, times

    def __call__(self, event: dict[str, Any], _: Any) -> dict[str, Any]:
        numbers = [str(record["dynamodb"]["SequenceNumber"]) for record in event["Records"]]
        self.seen += numbers
        failed = [n for n in numbers if n == self.fails_on and self.times > 0]
        self.times -= len(failed)
        return {"batchItemFailures": [{"itemIdentifier": n} for n in failed]}


def drained(feed: StreamFeed) -> StreamFeed:
    while feed.poll():
        pass
    return feed


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "_PAUSE_BETWEEN_TRIES", 0)


def test_stream_is_handed_over_once_and_in_order() -> None:
    function = Function()
    drained(StreamFeed(Stream(23), ARN, function))
    assert function.seen == [str(n) for n in range(1, 24)]


def test_failed_record_comes_again_alone() -> None:
    function = Function(fails_on="2", times=1)
    drained(StreamFeed(Stream(3), ARN, function))
    assert function.seen == ["1", "2", "3", "2"]


def test_record_that_always_fails_is_left_to_the_sweeper() -> None:
    function = Function(fails_on="2", times=99)
    drained(StreamFeed(Stream(3), ARN, function))
    assert function.seen.count("2") == 5


def test_expired_position_goes_on_after_the_last_record() -> None:
    function, stream = Function(), Stream(3)
    feed = drained(StreamFeed(stream, ARN, function))
    stream.count, stream.breaks = 5, "ExpiredIteratorException"
    assert not feed.poll()
    drained(feed)
    assert function.seen == ["1", "2", "3", "4", "5"]


def test_trimmed_position_begins_with_the_oldest_record_left() -> None:
    function, stream = Function(), Stream(2)
    feed = drained(StreamFeed(stream, ARN, function))
    stream.breaks = "TrimmedDataAccessException"
    assert not feed.poll()
    drained(feed)
    assert function.seen == ["1", "2", "1", "2"]


class Queue:
    """One message; `calls` are what was done with it."""

    def __init__(self) -> None:
        self.calls: list[str] = []

    def receive_message(self, **_: Any) -> dict[str, Any]:
        return {"Messages": [{"MessageId": "m1", "ReceiptHandle": "r", "Body": "{}", "MD5OfBody": ""}]}

    def delete_message(self, **_: Any) -> None:
        self.calls.append("deleted")


@pytest.mark.parametrize(("failures", "done"), [([], ["deleted"]), ([{"itemIdentifier": "m1"}], [])])
def test_message_is_deleted_only_when_handled(failures: list[dict[str, str]], done: list[str]) -> None:
    queue = Queue()
    QueueFeed(queue, "url", "arn", lambda *_: {"batchItemFailures": failures}).poll()
    assert queue.calls == done


NIGHT = "cron(30 6 * * ? *)"


@pytest.mark.parametrize(
    ("expression", "asked_at", "called"),
    [
        ("rate(5 minutes)", ("06:00:00", "06:00:59", "06:01:00", "06:01:59"), [True, False, True, False]),
        (NIGHT, ("06:00:00", "06:29:59", "06:30:00", "23:59:59"), [True, False, True, False]),
        (NIGHT, ("06:30:00", "06:30:01"), [True, False]),
    ],
)
def test_schedule_calls_at_the_start_and_then_at_its_time_by_the_runs_clock(
    expression: str, asked_at: tuple[str, ...], called: list[bool]
) -> None:
    events: list[dict[str, Any]] = []
    instants = [datetime.fromisoformat(f"2026-03-09T{text}+00:00") for text in asked_at]
    asked = iter(instants)
    schedule = Schedule(lambda event, _: events.append(event), "job", time_after(expression), lambda: next(asked))

    assert [schedule.poll() for _ in asked_at] == called
    assert schedule.done_until == instants[-1]
    assert [event["source"] for event in events] == ["aws.events"] * called.count(True)
    assert events[-1]["time"] == f"2026-03-09T{asked_at[2 if len(asked_at) > 2 else 0]}Z"


def test_a_schedule_that_fails_is_not_done() -> None:
    schedule = Schedule(lambda *_: 1 / 0, "job", time_after(NIGHT), lambda: datetime(2026, 3, 9, tzinfo=UTC))
    with pytest.raises(ZeroDivisionError):
        schedule.poll()
    assert schedule.done_until is None


class Broken:
    """A feed whose every poll fails."""

    name = "broken"

    def poll(self) -> bool:
        raise OSError("no connection")


def test_failing_feed_is_told_and_goes_on() -> None:
    told: list[str] = []
    working = Workers([Broken()], told.append)
    working.start()
    while not told:
        pass
    assert working.dead() == []
    working.stop()
    assert told[0] == "broken: OSError: no connection"
