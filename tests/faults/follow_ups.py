"""Alerts of some notices, and what follows them, by eight workers at once that may die at any call.

One thread runs at a moment and hands on at each call to AWS, so that a seed gives the same interleaving each time.
What the providers took is the ledger that the verdict compares everything with.
"""

from __future__ import annotations

import json
import random  # noqa: TID251 - a seed makes its chance the same each time
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC
from functools import partial
from typing import Any
from urllib.parse import parse_qs

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import ReadTimeoutError
from pynamodb.transactions import TransactWrite

import app
from chalicelib.bootstrap import Container, using
from chalicelib.bootstrap.alert import alert_batch_store, channels, reminder_tools, report_tools, sending_tools
from chalicelib.bootstrap.aws import aws_session, connection
from chalicelib.bootstrap.chance import Chance
from chalicelib.bootstrap.reading import reading_tools
from chalicelib.bootstrap.storage import mailbox_store, notice_store
from chalicelib.config import Config
from chalicelib.domain.alert.alert_batch import AlertBatch
from chalicelib.domain.alert.plan_alerts import plan_alerts
from chalicelib.domain.alert.reminder_day import PlannedReminder, plan_reminder
from chalicelib.domain.mailbox import Mailbox
from chalicelib.domain.notice import Notice
from chalicelib.services.reading.open_notice import open_notice
from chalicelib.store.mailbox_store import MailboxStore
from tests.builders import a_notice
from tests.cloud import Engine, bound
from tests.deposit_world import NOW, a_mailbox, a_user, an_institution
from tests.faults.journey import job_event
from tests.faults.strike import ProcessDied
from tests.faults.wire import answer, tapped
from tests.reading_world import a_session
from tests.weekend.simulation import Process, Simulation, pools_in

WORKERS = 8
MINUTE_S, DAY_S = 60.0, 86_400.0
_CALL_S = 0.004
_BODY = {"Content-Type": "application/x-amz-json-1.0"}
_MADE_ANEW = (sending_tools, channels, reminder_tools, report_tools)
_BOUNCES = {
    "dead": {"bounceType": "Permanent", "bounceSubType": "General"},
    "full": {"bounceType": "Transient", "bounceSubType": "MailboxFull"},
}


@dataclass(frozen=True)
class Chances:
    """How often what goes wrong. `down` are hours in which no provider takes anything, `idle` those without jobs."""

    death: float = 0.01
    lost_answer: float = 0.01
    down: tuple[float, float] = (0, 0)
    idle: tuple[float, float] = (0, 0)


@dataclass
class Struck:
    """A call that goes wrong whenever it is made, so many times: by its function, its operation and its number there.

    `how` is `dies before`, `dies after`, `refused` or `answer lost`.
    """

    label: str
    how: str
    times: int


@dataclass(eq=False)
class Taken:
    """A message that went out; `looked_at` is when its sender had last asked how the notice stands."""

    at: float
    looked_at: float | None
    to: str
    notice_id: str
    purpose: str
    process: Process
    run: int
    is_known: bool = False
    """Whether its sender was answered."""


@dataclass
class World:
    """One mailbox, its notices, its workers."""

    seed: int
    chances: Chances
    config: Config
    connection: Any
    simulation: Simulation = field(default_factory=lambda: Simulation(NOW))
    taken: list[Taken] = field(default_factory=list)
    opened: dict[str, float] = field(default_factory=dict)
    """Since when a notice is known to be open."""
    died: dict[tuple[Process, int], float] = field(default_factory=dict)
    fates: dict[str, str] = field(default_factory=dict)
    """What becomes of messages to an address: `well`, `dead`, `full`, `spam`, `silent` or `refused`."""
    unreported: int = 0
    errors: list[str] = field(default_factory=list)
    struck: Struck | None = None
    labels: dict[str, None] = field(default_factory=dict)
    """What calls were made, as `Struck` names them."""
    is_calm: bool = False
    """Whether nothing goes wrong any more."""
    known_dead: list[tuple[float, str]] = field(default_factory=list)
    """From when on it is known that an address receives nothing."""

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)  # noqa: S311 - no secret
        self._ids = random.Random(self.seed + 1)  # noqa: S311 - as above
        self.workers = [Process(f"w{n}", n, self._box()) for n in range(WORKERS)]
        self._free = list(self.workers)
        self._looked: dict[Process, float] = {}
        self._numbers: dict[Process, Counter[str]] = {}
        self._runs = 0
        self.desk = self._box()
        self.mailbox = self._mailbox()
        self.notices: dict[str, Notice] = {}
        self.reminders: dict[str, PlannedReminder] = {}

    def _box(self) -> Container:
        chance = Chance(new_event_id=lambda: f"{self._ids.getrandbits(128):032x}")
        box = Container(self.config, clock=self.simulation.clock, chance=chance, pause=self.simulation.sleep)
        box.made[connection], box.made[aws_session] = self.connection, self.connection.session
        return box

    def _mailbox(self) -> Mailbox:
        users = []
        for number in range(1, self.chance.randint(1, 3) + 1):
            user = a_user(number)
            has_mobile = self.chance.random() < 0.7
            users.append(user if has_mobile else replace(user, mobile=None))
            self.fates[user.email] = self.chance.choices(
                ("well", "dead", "full", "spam", "silent", "refused"), (3, 5, 2, 1, 1, 1)
            )[0]
            self.fates[user.mobile or ""] = self.chance.choices(("silent", "refused"), (2, 1))[0]
        mailbox = a_mailbox(users=tuple(users))
        mailbox_store(self.desk).put(mailbox)
        return mailbox

    def deposit(self, number: int) -> None:
        """Write a notice, as its deposit's transaction does, and have the stream tell of it."""
        at = self.simulation.clock().replace(microsecond=0)
        notice = replace(a_notice(), notice_id=notice_id_of(number), deposited_at=at)
        batch = plan_alerts(
            self.mailbox,
            notice_id=notice.notice_id,
            institution=an_institution(),
            deposited_at=at,
            receipt_key=notice.receipt_key,
        )
        reminder = plan_reminder(notice.regime, notice.deadline, deposited_at=at, calendar=self.desk.calendar)
        assert reminder is not None
        with TransactWrite(connection=self.connection) as transaction:
            notice_store(self.desk).add_in(transaction, notice, None, reminder)
            MailboxStore.count_deposit_in(transaction, self.mailbox)
            named = replace(batch, receipt_key=None, institution_name=f"Entidad {number}")
            alert_batch_store(self.desk).add_in(transaction, named)
        self.notices[notice.notice_id], self.reminders[notice.notice_id] = notice, reminder
        image = {"subject": {"S": f"notice#{notice.notice_id}"}, "type": {"S": "notice.deposited"}}
        record = {"dynamodb": {"SequenceNumber": "1", "NewImage": image}}
        self.call("send_alerts", {"Records": [record]})

    def batch(self, notice_id: str) -> AlertBatch:
        found = alert_batch_store(self.desk).find(notice_id)
        assert found is not None
        return found

    def call(self, function: str, event: Any, ended: Callable[[bool], None] = lambda _: None) -> None:
        """Have a function run in a worker that is free, later where none is."""
        self._begin(function, lambda: getattr(app, function)(event, None), ended)

    def job(self, function: str) -> None:
        """Have a schedule fire, unless nobody calls it."""
        begin, end = (3600 * hour for hour in self.chances.idle)
        if not begin <= self.simulation.elapsed < end:
            self.call(function, job_event())

    def open(self, notice_id: str) -> None:
        """Have the mailbox's first user open a notice."""

        def do() -> None:
            tools = reading_tools(self.simulation.running.process.box)  # type: ignore[union-attr]
            session = replace(a_session(1), mailbox_id=self.mailbox.mailbox_id)
            open_notice(session, tools.readings.find(notice_id), origin="", tools=tools)
            self.opened.setdefault(notice_id, self.simulation.elapsed)

        self._begin("open", do, lambda _: None)

    def _begin(self, function: str, work: Callable[[], Any], ended: Callable[[bool], None]) -> None:
        if not self._free:
            self.simulation.after(0.5, partial(self._begin, function, work, ended))
            return
        process = self._free.pop(self.chance.randrange(len(self._free)))
        self._runs += 1
        process.run, process.function = self._runs, function
        self._numbers[process] = Counter()

        def run() -> None:
            is_done = False
            try:
                with using(process.box):
                    work()
                is_done = not process.is_dead
            except ProcessDied:
                pass
            except Exception as error:  # noqa: BLE001 - it is called again
                self.errors.append(f"{type(error).__name__}: {error}")
            self.simulation.at(self.simulation.elapsed, partial(self._end, process, is_done, ended))

        self.simulation.begin(process, run)

    def _end(self, process: Process, is_done: bool, ended: Callable[[bool], None]) -> None:
        if process.is_dead:
            process.is_dead = False
            for made in _MADE_ANEW:
                process.box.made.pop(made, None)
        self._free.append(process)
        ended(is_done)

    def carry(self, operation: str, request: AWSPreparedRequest, send: Callable[[], AWSResponse]) -> AWSResponse:
        """Take a call to the engine or a provider, unless its process dies of it."""
        task = self.simulation.running
        if task is None:
            return send()
        process = task.process
        if process.is_dead:
            raise ProcessDied
        dies, is_before = self._happens(self.chances.death), self.chance.random() < 1 / 2
        how = self._strike(operation, process) or (("dies before" if is_before else "dies after") if dies else "")
        if how == "dies before":
            self._kill(process)
        self.simulation.sleep(_CALL_S * self.chance.uniform(0.5, 3))
        if how == "refused":
            return answer(400, json.dumps({"__type": "ThrottlingException", "message": "slow down"}), _BODY)
        is_message = operation.startswith(("sesv2.", "sns."))
        response = self._handed_over(operation, request, process) if is_message else send()
        if operation == "dynamodb.BatchGetItem":
            self._looked[process] = self.simulation.elapsed
        self.simulation.sleep(_CALL_S)
        if how == "dies after":
            self._kill(process)
        if how == "answer lost":
            if is_message and self.taken:
                self.taken[-1].is_known = False
            raise ReadTimeoutError(endpoint_url="https://engine")
        return response

    def _strike(self, operation: str, process: Process) -> str:
        """Name a call, and say what goes wrong with it."""
        numbers = self._numbers[process]
        numbers[operation] += 1
        label = f"{process.function}: {operation}#{numbers[operation]}"
        self.labels[label] = None
        if self.struck is None or self.struck.label != label or not self.struck.times:
            return ""
        self.struck.times -= 1
        return self.struck.how

    def _happens(self, often: float) -> bool:
        return not self.is_calm and self.chance.random() < often

    def _kill(self, process: Process) -> None:
        process.is_dead = True
        self.died[process, process.run] = self.simulation.elapsed
        raise ProcessDied

    def _handed_over(self, operation: str, request: AWSPreparedRequest, process: Process) -> AWSResponse:
        body: Any = request.body
        text = body.decode() if isinstance(body, bytes) else str(body)
        begin, end = (3600 * hour for hour in self.chances.down)
        if begin <= self.simulation.elapsed < end:
            said = {"__type": "ServiceUnavailable", "message": "down"}
            return answer(503, json.dumps(said), _BODY)
        return (
            self._sms(parse_qs(text), process) if operation.startswith("sns") else self._mail(json.loads(text), process)
        )

    def _sms(self, sent: dict[str, list[str]], process: Process) -> AWSResponse:
        number, words = sent["PhoneNumber"][0], sent["Message"][0]
        if self.fates[number] == "refused":
            return answer(400, "<R><Error><Code>OptedOut</Code><Message>opted out</Message></Error></R>")
        message_id = self._take(number, _notice_of_sms(words), _purpose_of_sms(words), process)
        if self._happens(self.chances.lost_answer):
            return answer(504, "")
        self.taken[-1].is_known = True
        return answer(200, f"<R><PublishResult><MessageId>{message_id}</MessageId></PublishResult></R>")

    def _mail(self, fields: dict[str, Any], process: Process) -> AWSResponse:
        to, tags = fields["Destination"]["ToAddresses"][0], {one["Name"]: [one["Value"]] for one in fields["EmailTags"]}
        if self.fates[to] == "refused":
            said = {"__type": "BadRequestException", "message": "Local address contains control or whitespace"}
            return answer(400, json.dumps(said), {**_BODY, "x-amzn-errortype": "BadRequestException"})
        purpose = tags.get("purpose", ["deposit"])[0]
        message_id = self._take(to, tags["notice_id"][0], purpose, process)
        self._report_later(to, message_id, tags)
        if self._happens(self.chances.lost_answer):
            return answer(504, "")
        self.taken[-1].is_known = True
        return answer(200, json.dumps({"MessageId": message_id}))

    def _take(self, to: str, notice_id: str, purpose: str, process: Process) -> str:
        looked_at = self._looked.get(process)
        self.taken.append(Taken(self.simulation.elapsed, looked_at, to, notice_id, purpose, process, process.run))
        return f"m{len(self.taken)}"

    def _report_later(self, to: str, message_id: str, tags: dict[str, list[str]]) -> None:
        fate, at = self.fates[to], self.simulation.clock()
        told = {"timestamp": at.astimezone(UTC).isoformat()}
        events: list[tuple[str, dict[str, Any]]] = []
        if fate in _BOUNCES:
            events = [("Bounce", {**told, **_BOUNCES[fate], "bouncedRecipients": []})]
        elif fate in {"well", "spam"}:
            events = [("Delivery", told), *([("Complaint", told)] if fate == "spam" else [])]
        mail = {"messageId": message_id, "timestamp": at.isoformat(), "tags": tags, "destination": [to]}
        for kind, details in events:
            event = {"eventType": kind, "mail": mail, kind.lower(): details}
            for _ in range(2 if self.chance.random() < 0.3 else 1):
                self.unreported += 1
                self.simulation.after(self.chance.choice((0.01, 1.0, 30.0, 400.0)), partial(self._report, event))

    def _report(self, event: dict[str, Any]) -> None:
        def ended(is_done: bool) -> None:
            if is_done:
                self.unreported -= 1
                if event["eventType"] == "Complaint" or event.get("bounce", {}).get("bounceType") == "Permanent":
                    self.known_dead.append((self.simulation.elapsed, event["mail"]["destination"][0]))
            else:
                self.simulation.after(MINUTE_S, partial(self._report, event))

        record: dict[str, Any] = {"Sns": {"Message": json.dumps(event), "Subject": None, "MessageAttributes": {}}}
        self.call("record_deliveries", {"Records": [record]}, ended)


def _notice_of_sms(words: str) -> str:
    """Tell which notice a text is of: each has an institution of its own."""
    found = re.search(r"Entidad (\d)", words)
    assert found, words
    return notice_id_of(int(found[1]))


def notice_id_of(number: int) -> str:
    return f"N{number:03}-0000-0000"


def _purpose_of_sms(words: str) -> str:
    if "abierto lo que" in words or "Sin abrir" in words:
        return "reminder"
    return "fallback" if "no se pudo entregar" in words else "deposit"


@contextmanager
def follow_ups(engine: Engine, seed: int, chances: Chances | None = None) -> Iterator[World]:
    """Open an engine for a world in which nothing has happened yet."""
    with ExitStack() as stack:
        environment = stack.enter_context(engine.opened())
        config = Config.from_env(
            {**environment, "MAIL_CONFIGURATION_SET": "casilla", "PORTAL_ADDRESS": "casilla.gob.pe"}
        )
        found = World(seed, chances or Chances(), config, bound(environment))
        stack.enter_context(tapped(found))
        stack.enter_context(pools_in(found.simulation))
        yield found
