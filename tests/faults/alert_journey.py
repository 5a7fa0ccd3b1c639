"""The alerts of one notice from its deposit until nothing is left to do, on moto, with faults on the way."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from pynamodb.transactions import TransactWrite

from chalicelib.bootstrap import Container, using
from chalicelib.bootstrap.alert import alert_batch_store, sending_tools
from chalicelib.bootstrap.aws import connection
from chalicelib.bootstrap.files import files
from chalicelib.bootstrap.storage import event_store
from chalicelib.domain.alert.alert import FAILURES, Alert, AlertState
from chalicelib.domain.alert.alert_batch import AlertBatch
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.mailbox import Channel
from chalicelib.store.alert.alert_batch_item import batch_to_item
from chalicelib.store.alert.alert_data import alerts_from_data
from chalicelib.store.shards import shard_of_code
from tests.deposit_world import NOW, PDF
from tests.faults.journey import RECIPIENTS, Alteration, Lab, job_event, stream_event
from tests.faults.strike import Outage, ProcessDied, Strike

NOTICE_ID = "2345-6789-ABCD"
MAIL, OTHER_MAIL, MOBILE = RECIPIENTS
RECORD = "dynamodb.TransactWriteItems alerts,events#1"
_ALERTS = (
    Alert("u1.email", Channel.EMAIL, MAIL),
    Alert("u2.email", Channel.EMAIL, OTHER_MAIL),
    Alert("u1.sms", Channel.SMS, MOBILE),
)
_RECEIPT = f"notices/2026/03/09/{NOTICE_ID}/constancia.pdf"
_BATCH = AlertBatch(NOTICE_ID, "Entidad de Demostración", NOW, _ALERTS, receipt_key=_RECEIPT)
_DEPOSITED = Event(
    f"notice#{NOTICE_ID}",
    EventType.NOTICE_DEPOSITED,
    NOW,
    "e0",
    "institution:entidad-demo:2026-1",
    data={"attached": _RECEIPT},
)
_TRIES_AT_MOST = 3
_MOST_RUNS = 60
_FORMER_FIELDS = ("alert_id", "channel", "destination")

_REPORTS: dict[str, dict[str, Any]] = {
    "Reject": {"reason": "Bad content"},
    "DeliveryDelay": {"delayType": "MailboxFull", "timestamp": "2026-03-09T20:16:00.512Z"},
    "Delivery": {"timestamp": "2026-03-09T20:16:33.512Z"},
    "Bounce": {"bounceType": "Permanent", "bounceSubType": "General", "timestamp": "2026-03-09T20:16:40.512Z"},
    "Complaint": {"timestamp": "2026-03-09T21:00:00.000Z"},
}


@dataclass(frozen=True)
class Course:
    """How an alert journey goes where nothing goes wrong."""

    name: str
    is_former: bool = False
    """Whether the package before wrote the batch."""
    streams: bool = True
    """Whether the stream delivers; else all is left to the sweeper."""
    streams_again: bool = False
    """Whether the record is delivered whenever something is due, and the sweeper comes last."""
    reports: tuple[str, ...] = ()
    """What SES reports of each e-mail, in the order in which it does."""
    reports_at: str = ""
    """The call before which the reports come; else they come after the worker."""
    reports_together: bool = False
    """Whether one event brings all reports."""
    comes_again_late: bool = False
    """Whether a record that was not taken comes again only after the sweeper has come."""
    every: timedelta = timedelta(minutes=2)
    """How long there is between sweeps, at least."""

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Told:
    """A report that a worker took; `run` is the wire's run in which it did."""

    kind: str
    recipient: str
    message_id: str
    run: int


@dataclass
class AlertJourney:
    """Go by `finish`; what came of it stands in the lab's engine. `wrong` is what did not hold on the way."""

    lab: Lab
    course: Course
    alter: Alteration | None = None
    strikes: tuple[Strike | Outage, ...] = ()
    refused: frozenset[str] = frozenset()
    """Recipients that the provider refuses for good."""
    wrong: list[str] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    dead: set[str] = field(default_factory=set)
    """Processes that died."""
    is_taken: bool = False
    """Whether the worker took the stream's record."""
    lapses: bool = False
    """Whether somebody else may take over from a worker that lives."""

    def __post_init__(self) -> None:
        lab = self.lab
        lab.reset()
        self.boxes: dict[str, Container] = {}
        self._births = 0
        self._names: dict[str, str] = {}
        lab.wire.counts_by_run, lab.wire.clock = True, lab.clock
        lab.wire.strikes = list(self.strikes)
        self._seed()
        if self.course.reports_at:
            lab.wire.interrupt, lab.wire.target = self.report, self.course.reports_at
        self.is_taken = not self.course.streams

    def _seed(self) -> None:
        box = self._box("delivery")
        files(box).put_document(_RECEIPT, PDF, "application/pdf")
        item = batch_to_item(_BATCH)
        if self.course.is_former:
            item.alerts = [
                {name: alert[name] for name in _FORMER_FIELDS} | {"state": "pending"} for alert in item.alerts
            ]
            item.waiting_shard = item.waiting_since = None
        with TransactWrite(connection=connection(box)) as transaction:
            transaction.save(item)
            event_store(box).add_in(transaction, _DEPOSITED)
        [self._record] = self.lab.items("events")

    def _box(self, kind: str) -> Container:
        if kind not in self.boxes:
            self.boxes[kind] = self.lab.process(kind, self.alter)
            self._births += 1
            self._names[kind] = f"{kind} {self._births}"
        return self.boxes[kind]

    def _invoke(self, kind: str, function: str, event: Any) -> dict[str, Any] | None:
        """Run a function in the process of its kind; None when it raised or died."""
        box, wire, answer = self._box(kind), self.lab.wire, None
        with suppress(ProcessDied), using(box), wire.running(kind, self._names[kind]), suppress(Exception):
            answer = self.lab.client.lambda_.invoke(function, event).payload
        if self._has_died(kind):
            self.dead.add(self._names[kind])
            del self.boxes[kind]
            answer = None
        self.wrong += [f"index: {complaint}" for complaint in misplaced(self)]
        return answer

    def _has_died(self, kind: str) -> bool:
        struck = [attempt for strike in self.lab.wire.strikes for attempt in strike.struck]
        deadly = {attempt.process for attempt in struck if attempt.fault is not None and attempt.fault.kills}
        return self._names[kind] in deadly

    def finish(self) -> None:
        """Deliver, report, and let the sweeper come until nothing is left to do."""
        for _ in range(1 if self.course.comes_again_late else _TRIES_AT_MOST):
            if not self.is_taken:
                self.deliver()
        if not self.course.reports_at:
            self.report()
        for _ in range(_MOST_RUNS):
            if not self.has_work():
                break
            self.lab.clock.now = max(self.lab.clock.now + self.course.every, self._next_due())
            is_late = self.course.comes_again_late and "due_shard" in self.item()
            if (not self.is_taken and not is_late) or self.course.streams_again:
                self.deliver()
            if not self.course.streams_again or self.has_work_now():
                self.sweep()
        self.report()

    def deliver(self) -> None:
        answer = self._invoke("delivery", "send_alerts", stream_event(1, self._record))
        self.is_taken = self.is_taken or answer == {"batchItemFailures": []}

    def sweep(self) -> None:
        self._invoke("sweep", "sweep_alerts", job_event())

    def report(self) -> None:
        """Have SES report of each e-mail it took, each event again until it is taken."""
        for batch in self._reports():
            messages = [json.dumps(message) for _, message in batch]
            event: dict[str, Any] = {
                "Records": [{"Sns": {"Message": told, "Subject": None, "MessageAttributes": {}}} for told in messages]
            }
            for _ in range(_MOST_RUNS):
                if self._invoke("report", "record_deliveries", event) is not None:
                    run = self.lab.wire.attempts[-1].run
                    self.told += [
                        Told(told["eventType"], recipient, told["mail"]["messageId"], run) for recipient, told in batch
                    ]
                    break
                self.lab.clock.advance(minutes=1)

    def _reports(self) -> Iterator[list[tuple[str, dict[str, Any]]]]:
        known = {(told.message_id, told.kind) for told in self.told}
        sent = [attempt for attempt in self.lab.wire.attempts if attempt.message_id and "@" in attempt.recipient]
        events = [
            (attempt.recipient, ses_event(kind, attempt.recipient, attempt.message_id))
            for kind in self.course.reports
            for attempt in sent
            if (attempt.message_id, kind) not in known
        ]
        if self.course.reports_together and events:
            yield events
        else:
            yield from ([event] for event in events)

    def batch(self) -> AlertBatch:
        """Return what is stored."""
        found = alert_batch_store(self._box("delivery")).find(NOTICE_ID)
        assert found is not None
        return found

    def item(self) -> dict[str, Any]:
        """Return the batch as it lies in its table."""
        [item] = self.lab.items("alerts")
        return item

    def log(self, kind: EventType) -> list[dict[str, str]]:
        """Return the data of all events of a kind."""
        return [json.loads(item["data"]["S"]) for item in self.lab.items("events") if item["type"]["S"] == kind.value]

    def list_given_up(self) -> list[str]:
        found = alert_batch_store(self._box("sweep")).given_up(shard_of_code(NOTICE_ID))
        return [notice_id for _, notice_id in found]

    def has_work(self) -> bool:
        """Tell whether anything is due, now or later, or not written yet."""
        unwritten = [len(sending_tools(box).unwritten) for box in self.boxes.values() if sending_tools in box.made]
        return "due_shard" in self.item() or not self.is_taken or any(unwritten)

    def has_work_now(self) -> bool:
        return self.has_work() and self._next_due() <= self.lab.clock.now

    def _next_due(self) -> datetime:
        due_at = self.item().get("due_at", {"N": "0"})["N"]
        return datetime.fromtimestamp(int(due_at), NOW.tzinfo)


def ses_event(kind: str, recipient: str, message_id: str) -> dict[str, Any]:
    """Make what SES publishes of a message."""
    user_id = next(alert.alert_id.partition(".")[0] for alert in _ALERTS if alert.destination == recipient)
    mail = {
        "messageId": message_id,
        "timestamp": "2026-03-09T20:15:31.000Z",
        "tags": {"notice_id": [NOTICE_ID], "user_id": [user_id]},
    }
    return {"eventType": kind, "mail": mail, kind[0].lower() + kind[1:]: _REPORTS[kind]}


def misplaced(journey: AlertJourney) -> Iterator[str]:
    """Say where the indexes disagree with the batch: `due` has what needs a worker, the others what people ask for."""
    item = journey.item()
    progress = json.loads(item["progress"]["S"]) if "progress" in item else None
    alerts = alerts_from_data(json.loads(item["alerts"]["S"]), progress)
    states = [alert.state for alert in alerts]
    is_open = any(state in OPEN_STATES for state in states)
    needs_worker = is_open or "owed" in item or item["leased_until"]["N"] != "0" or _is_to_follow(alerts, item)
    if ("due_shard" in item) != needs_worker:
        yield f"due though nothing needs a worker: {states}" if not needs_worker else f"not due: {states}"
    shard = shard_of_code(NOTICE_ID)
    for index, is_in in (("waiting", is_open), ("given_up", AlertState.GAVE_UP in states)):
        stands = item.get(f"{index}_shard", {"S": ""})["S"]
        if stands != (shard if is_in else "") and progress is not None:
            yield f"{index} says {stands}: {states}"


def _is_to_follow(alerts: tuple[Alert, ...], item: dict[str, Any]) -> bool:
    """Tell whether a channel reached nobody, or an address was refused, and nobody looked yet what that means."""
    done = json.loads(item.get("following", {"S": "{}"})["S"])
    channels = {alert.channel for alert in alerts}
    lost = {one for one in channels if all(alert.state in FAILURES for alert in alerts if alert.channel is one)}
    refused = {alert.alert_id for alert in alerts if alert.sending is AlertState.FAILED}
    return bool(lost - set(done.get("followed", ())) or refused - set(done.get("marked", ())))


OPEN_STATES = {AlertState.WAITING, AlertState.ATTEMPTED, AlertState.REFUSED, AlertState.UNKNOWN}
