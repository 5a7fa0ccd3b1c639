"""Lambda, its triggers and the wire to DynamoDB: processes that come, die and are thrown away, and their work."""

from __future__ import annotations

import json
import random  # noqa: TID251 - a seed makes its chance the same each time
import re
import zlib
from collections import Counter, defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from botocore.awsrequest import AWSPreparedRequest, AWSResponse

import app
from chalicelib.bootstrap import Container, using
from chalicelib.bootstrap.alert import sending_tools
from chalicelib.domain.event import Event
from infra.package import ROOT
from tests.alarms import Metric, Point
from tests.faults.strike import ProcessDied
from tests.faults.wire import answer
from tests.weekend.engine import only
from tests.weekend.plan import Plan
from tests.weekend.provider import Provider
from tests.weekend.simulation import Process, Simulation
from tests.weekend.truth import Truth

_SETTINGS = json.loads((ROOT / ".chalice" / "config.json").read_text("utf-8"))["lambda_functions"]
_FUNCTIONS = ("send_alerts", "sweep_alerts", "record_deliveries", "send_reminders")
CONCURRENCY = {name: _SETTINGS[name].get("reserved_concurrency", 40) for name in _FUNCTIONS}
LONGEST_S = {name: _SETTINGS[name]["lambda_timeout"] for name in _FUNCTIONS}
_DYNAMODB_S = 0.004
_LANES, _AT_ONCE, _TRIES, _TOO_OLD_S = 10, 10, 5, 3600
_KEYS = re.compile(r"(\w+) (?:=|<=)")
_NOTHING = json.dumps({"Items": [], "Count": 0, "ScannedCount": 0})
_BODY = "application/x-amz-json-1.0"
_SCHEDULED = {
    **dict.fromkeys(("version", "account", "region", "detail", "detail-type", "source", "time", "id"), ""),
    "resources": [],
}

Ended = Callable[[Any], None]
"""Is told what a function returned, None where it failed or died."""


@dataclass
class Lane:
    """One of the stream's pollers, which keeps the order."""

    records: deque[tuple[float, dict[str, Any]]] = field(default_factory=deque)
    tries: int = 0
    is_busy: bool = False


@dataclass
class Platform:
    """Runs the app's own functions, as Lambda does."""

    simulation: Simulation
    plan: Plan
    chance: random.Random
    new_box: Callable[[], Container]
    tables: tuple[str, str]
    """The names of the tables of alerts and events."""
    truth: Truth
    provider: Provider = field(init=False)
    calls: Counter[str] = field(default_factory=Counter)
    deaths: Counter[str] = field(default_factory=Counter)
    died_in: dict[Process, int] = field(default_factory=dict)
    """The call in which a process died."""
    unwritten: set[int] = field(default_factory=set)
    """Calls in which an outcome was not taken by the table."""
    points: list[Point] = field(default_factory=list)
    dead_letters: list[tuple[datetime, str]] = field(default_factory=list)
    told: dict[str, set[tuple[str, str]]] = field(default_factory=lambda: defaultdict(set))
    """Kind and message of each report that was recorded, by address."""
    runs: int = 0
    ends: list[tuple[float, str]] = field(default_factory=list)
    is_over: Callable[[], bool] = lambda: True
    _idle: dict[str, list[Process]] = field(default_factory=lambda: {name: [] for name in CONCURRENCY})
    _busy: Counter[str] = field(default_factory=Counter)
    _lanes: list[Lane] = field(default_factory=lambda: [Lane() for _ in range(_LANES)])
    _made: int = 0

    def invoke(self, name: str, event: dict[str, Any], ended: Ended) -> bool:
        """Have a function called; False where as many run already as may."""
        if self._busy[name] >= CONCURRENCY[name]:
            return False
        self._busy[name] += 1
        if not self._idle[name]:
            self._made += 1
            self._idle[name].append(Process(name, self._made, self.new_box()))
        process = self._idle[name].pop()
        self.runs += 1
        process.run = run = self.runs

        def work() -> None:
            returned = None
            try:
                with using(process.box):
                    returned = getattr(app, name)(event, None)
            except (ProcessDied, Exception):  # noqa: BLE001 - Lambda sees no more than that either
                self.simulation.at(self.simulation.elapsed, partial(self._finish, process, run, None, ended))
            else:
                self.simulation.at(self.simulation.elapsed, partial(self._finish, process, run, returned, ended))

        self.simulation.begin(process, work)
        self.simulation.after(LONGEST_S[name], partial(self._time_out, process, run))
        return True

    def _finish(self, process: Process, run: int, returned: Any, ended: Ended) -> None:
        name = process.function
        self._busy[name] -= 1
        if process.is_dead:
            process.box.made.clear()  # clients are large
        else:
            self._idle[name].append(process)
        if returned is None:
            self.points.append(self._measured("Errors", name, 1))
        self.ends.append((self.simulation.elapsed, name))
        process.run = -run  # not at it any more
        ended(returned)
        if name == "send_alerts":
            self._poll()

    def _time_out(self, process: Process, run: int) -> None:
        if process.run == run and not process.is_dead:
            self.kill(process, "out of time")

    def kill(self, process: Process, cause: str = "at a call") -> None:
        process.is_dead = True
        self.died_in[process] = abs(process.run)
        self.deaths[cause] += 1

    def recycle(self) -> None:
        """Throw away some of the processes that have nothing to do, and with them what they could not write."""
        for idle in self._idle.values():
            for process in list(idle):
                kept = len(sending_tools(process.box).unwritten)
                if kept or self.chance.random() < self.plan.thrown_away:
                    idle.remove(process)
                    self.kill(process, "thrown away with outcomes" if kept else "thrown away")
                    process.box.made.clear()
        if not self.is_over():
            self.simulation.after(600, self.recycle)

    def deposited(self, event: Event, image: dict[str, Any]) -> None:
        """Put a record on the stream, now and then twice."""
        lane = self._lanes[zlib.crc32(event.subject.encode()) % _LANES]
        for _ in range(2 if self.chance.random() < 0.01 else 1):
            self.calls["records"] += 1
            record = {"dynamodb": {"SequenceNumber": str(self.calls["records"]), "NewImage": image}}
            lane.records.append((self.simulation.elapsed, record))
        self.simulation.after(0.3, self._poll)

    def _poll(self) -> None:
        if self.provider.is_in("stream stopped"):
            return
        for lane in sorted(self._lanes, key=lambda each: each.records[0][0] if each.records else 0.0):
            while lane.records and lane.records[0][0] < self.simulation.elapsed - _TOO_OLD_S:
                lane.records.popleft()
                self.dead_letters.append((self.simulation.clock(), "AlertsFailed"))
            if lane.records and not lane.is_busy:
                taken = [lane.records[n] for n in range(min(_AT_ONCE, len(lane.records)))]
                event = {"Records": [record for _, record in taken]}
                if not self.invoke("send_alerts", event, partial(self._polled, lane, taken)):
                    return
                lane.is_busy = True
                self.points.append(
                    self._measured("IteratorAge", "send_alerts", 1000 * (self.simulation.elapsed - taken[-1][0]))
                )

    def _polled(self, lane: Lane, taken: list[tuple[float, dict[str, Any]]], returned: Any) -> None:
        numbers = [record["dynamodb"]["SequenceNumber"] for _, record in taken]
        failed = None if returned is None else {each["itemIdentifier"] for each in returned["batchItemFailures"]}
        kept = 0 if failed is None else next((n for n, number in enumerate(numbers) if number in failed), len(numbers))
        for _ in range(kept):
            lane.records.popleft()
        is_well = kept == len(numbers)
        lane.tries = 0 if is_well or kept else lane.tries + 1
        if lane.tries > _TRIES:
            lane.tries = 0
            for _ in numbers:
                lane.records.popleft()
            self.dead_letters.append((self.simulation.clock(), "AlertsFailed"))

        def go_on() -> None:
            lane.is_busy = False
            self._poll()

        self.simulation.after(0.05 if is_well else 2.0**lane.tries, go_on)

    def resume_stream(self) -> None:
        self._poll()

    def sweep(self) -> None:
        """Start the sweeper, as its schedule does."""
        if not self.provider.is_in("sweeper stopped"):
            self._sweep(1.0, 0)
        if not self.is_over():
            self.simulation.after(self.plan.sweep_every_s, self.sweep)

    def remind(self) -> None:
        """Start the job that tells of ends, as its schedule does; one that is at it still is left alone."""
        if not self.provider.is_in("reminders stopped"):
            self.invoke("send_reminders", _SCHEDULED, lambda _: None)
        if not self.is_over():
            self.simulation.after(self.plan.remind_every_s, self.remind)

    def _sweep(self, wait_s: float, failures: int) -> None:

        def ended(returned: Any) -> None:
            if returned is None and failures < 2:
                self.simulation.after(60.0 * (failures + 1), partial(self._sweep, 1.0, failures + 1))

        if not self.invoke("sweep_alerts", _SCHEDULED, ended):
            self.simulation.after(wait_s, partial(self._sweep, min(2 * wait_s, 300.0), failures))

    def report(self, address: str, event: dict[str, Any], failures: int = 0) -> None:
        """Bring a report to its worker."""

        def ended(returned: Any) -> None:
            if returned is not None:
                self.provider.unreported[event["mail"]["tags"]["notice_id"][0]] -= 1
                self.told[address].add((event["eventType"], event["mail"]["messageId"]))
            elif failures < 2:
                self.simulation.after(60.0 * (failures + 1), partial(self.report, address, event, failures + 1))
            else:
                self.dead_letters.append((self.simulation.clock(), "DeliveriesFailed"))
                self.simulation.after(3600, partial(self.report, address, event))  # an operator has it tried again

        record: dict[str, Any] = {"Sns": {"Message": json.dumps(event), "Subject": None, "MessageAttributes": {}}}
        if not self.invoke("record_deliveries", {"Records": [record]}, ended):
            self.simulation.after(1.0, partial(self.report, address, event, failures))

    def _measured(self, metric: str, function: str, value: float) -> Point:
        name = function.title().replace("_", "")
        return Point(self.simulation.clock(), Metric("AWS/Lambda", metric, (("FunctionName", name),)), value)

    def carry(self, operation: str, request: AWSPreparedRequest, send: Callable[[], AWSResponse]) -> AWSResponse:
        """Take a call to the engine or the provider, unless its process dies of it."""
        task = self.simulation.running
        if task is None:
            return send()
        process = task.process
        if process.is_dead:
            raise ProcessDied
        self.calls[operation] += 1
        dies, is_before = self.chance.random() < self.plan.death, self.chance.random() < 1 / 2
        if dies and is_before:
            self.kill(process)
            raise ProcessDied
        if operation.startswith("dynamodb."):
            response = self._dynamodb(operation, request, send, process)
        else:
            response = self.provider.hand_over(operation, request, process)
        if dies:
            self.kill(process)
            raise ProcessDied
        return response

    def _dynamodb(
        self, operation: str, request: AWSPreparedRequest, send: Callable[[], AWSResponse], process: Process
    ) -> AWSResponse:
        self.simulation.sleep(_DYNAMODB_S)
        body: Any = request.body
        fields = json.loads(body)
        alerts, events = self.tables
        writes = [what for each in fields.get("TransactItems", ()) for what in each.values()]
        if operation == "dynamodb.UpdateItem":
            writes = [fields]
        if self.provider.is_in("events refused") and any(each["TableName"] == events for each in writes):
            return self._denied("events")
        of_alerts = [each for each in writes if each["TableName"] == alerts and "Key" in each]
        new = [each["Item"]["notice_id"]["S"] for each in writes if each["TableName"] == alerts and "Item" in each]
        if self.provider.is_in("outcomes refused") and any(_ends_claim(each) for each in of_alerts):
            self.unwritten.add(process.run)
            return self._denied("outcomes")
        response = self._query(fields, send) if operation == "dynamodb.Query" else send()
        if response.status_code < 300:
            for each in of_alerts:
                self.truth.follow(each["Key"]["notice_id"]["S"])
            for notice_id in new:
                self.truth.deposit(notice_id)
        self.simulation.sleep(_DYNAMODB_S)
        return response

    def _query(self, fields: dict[str, Any], send: Callable[[], AWSResponse]) -> AWSResponse:
        """Ask the engine for a page of an index, unless there is nothing: most of a quiet night's calls."""
        [shard, range_key] = _KEYS.findall(fields["KeyConditionExpression"])
        with only(fields["TableName"], (shard, range_key), fields["ExpressionAttributeValues"][":shard"]["S"]) as count:
            return send() if count else answer(200, _NOTHING, {"Content-Type": _BODY})

    def _denied(self, what: str) -> AWSResponse:
        self.calls[f"{what} refused"] += 1
        said = {"__type": "com.amazonaws.dynamodb.v20120810#AccessDeniedException", "message": "the key is disabled"}
        return answer(400, json.dumps(said), {"Content-Type": _BODY})


def _ends_claim(write: dict[str, Any]) -> bool:
    """Tell whether a write takes the claim off a batch: it writes an outcome, or a report."""
    removed = write["UpdateExpression"].partition("REMOVE")[2]
    return any(
        name == "claimed_at" and key in removed.replace(",", " ").split()
        for key, name in write["ExpressionAttributeNames"].items()
    )
