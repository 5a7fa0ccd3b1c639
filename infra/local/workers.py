"""Do on a laptop what AWS does between the tables, queues and schedules and the functions: one thread for each.

The functions are the very ones that are deployed, called with events of AWS's shapes.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from botocore.exceptions import ClientError
from chalice.local import LambdaContext

from infra.local.cloud import REGION

Function = Callable[[dict[str, Any], Any], Any]

_IDLE_SECONDS = 0.2
_AFTER_FAILURE_SECONDS = 3
_BATCH = 10
_TRIES = 5
_PAUSE_BETWEEN_TRIES = 1
_MINUTE = timedelta(minutes=1)


def call(function: Function, name: str, event: dict[str, Any]) -> Any:
    """Call a function as Lambda would."""
    return function(event, LambdaContext(name, memory_size=512))


def failed_identifiers(answer: Any) -> set[str]:
    """Read which records of a batch failed (`ReportBatchItemFailures`)."""
    return {failure["itemIdentifier"] for failure in (answer or {}).get("batchItemFailures", ())}


class Feed(Protocol):
    """Something that hands work to a function."""

    name: str

    def poll(self) -> bool:
        """Hand over what there is now; tell whether there was anything."""


@dataclass
class StreamFeed:
    """The event log's stream, from its oldest record on.

    The engine forgets stream records when it stops, so there is no position to keep: what was not handled until
    then, the sweep at the next start finds by its alerts. A record that failed comes again, alone, a few times;
    then it is the sweeper's, too.
    """

    client: Any
    stream_arn: str
    function: Function
    name: str = "send_alerts"
    iterator: str | None = None
    waiting: list[dict[str, Any]] = field(default_factory=list)
    tries: int = 0
    last_read: str | None = None

    def poll(self) -> bool:
        """Read when nothing waits, then hand over one batch."""
        self.waiting = self.waiting or self._read()
        if not self.waiting:
            return False
        batch = self.waiting[:_BATCH]
        failed = failed_identifiers(call(self.function, self.name, {"Records": batch}))
        again = [record for record in batch if record["dynamodb"]["SequenceNumber"] in failed]
        self.tries = self.tries + 1 if again else 0
        if self.tries >= _TRIES:
            again, self.tries = [], 0
        self.waiting = again + self.waiting[_BATCH:]
        if again:
            time.sleep(_PAUSE_BETWEEN_TRIES)
        return True

    def _read(self) -> list[dict[str, Any]]:
        if self.iterator is None:
            self.iterator = self._open()
        try:
            page = self.client.get_records(ShardIterator=self.iterator, Limit=100)
        except ClientError as error:  # it lives 15 minutes, which a laptop may sleep through
            self.iterator = None
            if error.response["Error"]["Code"] == "TrimmedDataAccessException":
                self.last_read = None
            return []
        self.iterator = page.get("NextShardIterator")
        records = [self._as_event(record) for record in page["Records"]]
        if records:
            self.last_read = records[-1]["dynamodb"]["SequenceNumber"]
        return records

    def _open(self) -> str:
        [shard] = self.client.describe_stream(StreamArn=self.stream_arn)["StreamDescription"]["Shards"]
        after = (
            {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": self.last_read}
            if self.last_read
            else {"ShardIteratorType": "TRIM_HORIZON"}
        )
        answer = self.client.get_shard_iterator(StreamArn=self.stream_arn, ShardId=shard["ShardId"], **after)
        return str(answer["ShardIterator"])

    def _as_event(self, record: dict[str, Any]) -> dict[str, Any]:
        created = record["dynamodb"]["ApproximateCreationDateTime"].timestamp()
        change = {**record["dynamodb"], "ApproximateCreationDateTime": created}
        return {**record, "dynamodb": change, "eventSourceARN": self.stream_arn}


@dataclass
class QueueFeed:
    """A queue; messages handled are deleted, others come back when their worker or the queue said, as in AWS."""

    client: Any
    queue_url: str
    queue_arn: str
    function: Function
    name: str = "check_uploads"

    def poll(self) -> bool:
        """Take one message, as the function's batch size says."""
        found = self.client.receive_message(
            QueueUrl=self.queue_url, MaxNumberOfMessages=1, MessageSystemAttributeNames=["All"]
        ).get("Messages", [])
        for message in found:
            failed = failed_identifiers(call(self.function, self.name, {"Records": [self._as_record(message)]}))
            if message["MessageId"] not in failed:
                self.client.delete_message(QueueUrl=self.queue_url, ReceiptHandle=message["ReceiptHandle"])
        return bool(found)

    def _as_record(self, message: dict[str, Any]) -> dict[str, Any]:
        return {
            "messageId": message["MessageId"],
            "receiptHandle": message["ReceiptHandle"],
            "body": message["Body"],
            "attributes": message.get("Attributes", {}),
            "messageAttributes": message.get("MessageAttributes", {}),
            "md5OfBody": message["MD5OfBody"],
            "eventSource": "aws:sqs",
            "eventSourceARN": self.queue_arn,
            "awsRegion": REGION,
        }


@dataclass
class Schedule:
    """A function to call at the start, and then whenever its time has come by the run's own clock.

    `after` tells when that is: the first instant after the one given. `done_until` is the instant until which all that
    was due is done.
    """

    function: Function
    name: str
    after: Callable[[datetime], datetime]
    clock: Callable[[], datetime]
    next_at: datetime | None = None
    done_until: datetime | None = None

    def poll(self) -> bool:
        """Call it when its time has come."""
        now = self.clock()
        if self.next_at is not None and now < self.next_at:
            self.done_until = now
            return False
        self.next_at = self.after(now)
        event = {
            "version": "0",
            "id": f"local-{self.name}",
            "detail-type": "Scheduled Event",
            "source": "aws.events",
            "account": "000000000000",
            "time": f"{now:%Y-%m-%dT%H:%M:%SZ}",
            "region": REGION,
            "resources": [],
            "detail": {},
        }
        call(self.function, self.name, event)
        self.done_until = now
        return True


def time_after(expression: str) -> Callable[[datetime], datetime]:
    """Return what tells when a schedule's next time is: any rate is a minute here, a night's hour is as in AWS."""
    cron = re.fullmatch(r"cron\((\d+) (\d+) \* \* \? \*\)", expression)
    if cron is None:
        return lambda now: now + _MINUTE

    def next_night(now: datetime) -> datetime:
        today = now.astimezone(UTC).replace(hour=int(cron[2]), minute=int(cron[1]), second=0, microsecond=0)
        return today if today > now else today + timedelta(days=1)

    return next_night


class Workers:
    """Threads that poll feeds until they are stopped; a failure is told and does not end them."""

    def __init__(self, feeds: Iterable[Feed], tell: Callable[[str], None]) -> None:
        """Prepare one thread a feed; `tell` says to the operator what went wrong."""
        self._tell = tell
        self._stopping = threading.Event()
        self._threads = [
            threading.Thread(target=self._work, args=(feed,), name=feed.name, daemon=True) for feed in feeds
        ]

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def stop(self, within_s: float = 15) -> None:
        """Let each thread end what it is at and hand over what is left."""
        self._stopping.set()
        deadline = time.monotonic() + within_s
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))

    def dead(self) -> list[str]:
        """Names of threads that ended though nobody asked them to."""
        return [thread.name for thread in self._threads if not thread.is_alive()]

    def _work(self, feed: Feed) -> None:
        while True:
            stopping = self._stopping.is_set()  # asked before the poll: what was written until then is still handled
            try:
                worked = feed.poll()
            except Exception as error:  # noqa: BLE001 - whatever it is, the next try may pass
                if stopping:
                    return
                self._tell(f"{feed.name}: {type(error).__name__}: {error}")
                self._stopping.wait(_AFTER_FAILURE_SECONDS)
                continue
            if stopping and not worked:
                return
            if not worked:
                self._stopping.wait(_IDLE_SECONDS)
