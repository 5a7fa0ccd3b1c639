"""The days: an engine, a platform, a provider, the notices that come, and the verdict on each once it is at rest."""

from __future__ import annotations

import logging
import random  # noqa: TID251 - a seed makes its chance the same each time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from typing import Any
from unittest.mock import patch

from pynamodb.transactions import TransactWrite

from chalicelib import bootstrap
from chalicelib.bootstrap import Container
from chalicelib.bootstrap.alert import alert_batch_store
from chalicelib.bootstrap.aws import aws_session, connection
from chalicelib.bootstrap.chance import Chance
from chalicelib.bootstrap.storage import event_store
from chalicelib.config import Config
from chalicelib.domain.alert.plan_alerts import plan_alerts
from chalicelib.domain.codes import code_from_number
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.mailbox import MailboxUser
from chalicelib.handlers.log import log
from chalicelib.store.tables import SharedConnection
from tests.alarms import Line
from tests.cloud import Engine, bound
from tests.deposit_world import a_mailbox, a_user, an_institution
from tests.faults.wire import tapped
from tests.weekend.engine import items_of, partition, transactions_that_copy_little
from tests.weekend.plan import START, Plan
from tests.weekend.platform import Platform
from tests.weekend.provider import DEADLY, NEVER_TAKEN, REFUSED, REFUSED_NUMBER, Provider
from tests.weekend.simulation import Simulation, pools_in
from tests.weekend.truth import Truth

AGE_OF_OVERDUE = timedelta(hours=71)
_LOOKED_EVERY_S = 900

Alteration = Callable[[Container], None]
"""Puts a defect into a process's container."""


@dataclass
class Log:
    """What functions write: the lines that end jobs are kept, all are counted."""

    simulation: Simulation
    lines: list[Line] = field(default_factory=list)
    written: Counter[str] = field(default_factory=Counter)
    bytes: int = 0
    sweeps: list[tuple[float, int, int]] = field(default_factory=list)
    """When a sweep ended, how many seconds the oldest alert had waited then, and how many notices had some given up."""
    truth: Truth | None = None

    def write(self, text: str) -> None:
        task = self.simulation.running
        function = task.process.function if task else ""
        message = text.partition('"message":"')[2].partition('"')[0]
        self.written[f"{function}: {message}"] += 1
        self.bytes += len(text)
        if message == "job done":
            self.lines.append(Line(self.simulation.clock(), function, text))
            if function == "sweep_alerts" and self.truth:
                self.sweeps.append((self.simulation.elapsed, int(self.truth.oldest_s), len(self.truth.given_up)))

    def flush(self) -> None:
        pass


@dataclass
class Days:
    """One simulation, before and after it ran."""

    plan: Plan
    config: Config
    connection: SharedConnection
    alter: Alteration | None = None
    simulation: Simulation = field(default_factory=lambda: Simulation(START))

    def __post_init__(self) -> None:
        self.chance, self._ids, of_platform, of_provider = _chances(self.plan.seed)
        tables = (self.config.alerts_table, self.config.events_table)
        self.truth = Truth(self.simulation, tables[0])
        self.platform = Platform(self.simulation, self.plan, of_platform, self.new_box, tables, self.truth)
        self.platform.is_over = self.is_over
        platform = self.platform
        self.provider = Provider(self.simulation, self.plan, of_provider, platform.report, platform.kill)
        self.platform.provider = self.provider
        self.log = Log(self.simulation, truth=self.truth)
        self.desk = self.new_box(alters=False)
        """A process that only looks."""
        self.destinations: dict[str, tuple[str, str]] = {}
        """Notice and alert of each address and number."""
        self.users = 0
        self.notices = 0
        self.closed: set[str] = set()
        self.close: Callable[[str], None] = lambda _: None
        """Judges a notice that is at rest."""
        self.rested_at: float | None = None

    def new_box(self, *, alters: bool = True) -> Container:
        """Make the container of a process that starts."""
        chance = Chance(new_event_id=lambda: f"{self._ids.getrandbits(128):032x}")
        box = Container(self.config, clock=self.simulation.clock, chance=chance, pause=self.simulation.sleep)
        box.made[connection] = self.connection  # clients take long to make, and one serves all
        box.made[aws_session] = self.connection.session
        if alters and self.alter is not None:
            self.alter(box)
        return box

    def run(self) -> None:
        """Let the days pass, and the time after them until all is at rest."""
        draw, simulation = self.chance, self.simulation
        for surge in self.plan.surges:
            for _ in range(surge.notices):
                simulation.at(3600 * draw.uniform(surge.begin, surge.end), self.deposit)
        for hour in self.plan.refused_for_ever:
            simulation.at(3600 * hour, partial(self.deposit, NEVER_TAKEN))
        for hour in self.plan.deadly:
            simulation.at(3600 * hour, partial(self.deposit, DEADLY))
        for _ in range(self.plan.overdue):
            self.deposit(NEVER_TAKEN, age=AGE_OF_OVERDUE)
        for window in self.plan.windows:
            if window.kind == "stream stopped":
                simulation.at(window.seconds[1], self.platform.resume_stream)
        simulation.at(0, self.platform.sweep)
        simulation.at(600, self.platform.recycle)
        simulation.at(0, self._people)
        simulation.at(_LOOKED_EVERY_S, self._close_some)
        simulation.run()

    def is_over(self) -> bool:
        """Tell whether all has been at rest for an hour, or never will be."""
        elapsed = self.simulation.elapsed
        if elapsed < 3600 * self.plan.hours or self.truth.waiting or self.provider.unreported.total():
            self.rested_at = None
        elif self.rested_at is None:
            self.rested_at = elapsed
        is_at_rest = self.rested_at is not None and elapsed > self.rested_at + 3600
        return is_at_rest or elapsed > 3600 * (self.plan.hours + self.plan.at_longest)

    def _people(self) -> None:
        """Have people ask for codes and links, more of them by day."""
        self.provider.take_from_people()
        if self.simulation.elapsed < 3600 * self.plan.hours:
            is_night = (self.simulation.clock() - timedelta(hours=5)).hour < 6
            self.simulation.after(self.chance.expovariate(0.05 if is_night else 0.5), self._people)

    def deposit(self, kind: str = "", age: timedelta = timedelta(0)) -> None:
        """Have a notice come: what the deposit's transaction writes of alerts. While the log takes nothing, later."""
        if self.provider.is_in("events refused"):
            self.simulation.after(600, partial(self.deposit, kind, age))
            return
        self.notices += 1
        notice_id = self.new_code()
        now = self.simulation.clock() - age
        mailbox = a_mailbox(users=tuple(self._user(number, kind) for number in range(1, self._size(kind) + 1)))
        batch = plan_alerts(
            mailbox, notice_id=notice_id, institution=an_institution(), deposited_at=now, receipt_key="constancia.pdf"
        )
        for alert in batch.alerts:
            self.destinations[alert.destination] = (notice_id, alert.alert_id)
        event = Event(f"notice#{notice_id}", EventType.NOTICE_DEPOSITED, now, self.new_id(), "institution", data={})
        with TransactWrite(connection=self.connection) as transaction:
            alert_batch_store(self.desk).add_in(transaction, batch)
            event_store(self.desk).add_in(transaction, event)
        self.truth.deposit(notice_id)
        self.truth.deposited[notice_id] -= age.total_seconds()
        if not age:
            image = {"subject": {"S": event.subject}, "type": {"S": event.type.value}}
            self.platform.deposited(event, image)

    def _size(self, kind: str) -> int:
        return 1 if kind else self.chance.choices((1, 2, 3), (6, 3, 1))[0]

    def _user(self, number: int, kind: str) -> MailboxUser:
        self.users += 1
        is_refused = not kind and self.chance.random() < 0.01
        has_mobile = not kind and self.chance.random() < 0.6
        name = kind or (REFUSED if is_refused else "persona")
        start = REFUSED_NUMBER if is_refused else "+5190"
        mobile = f"{start}{self.users:07}" if has_mobile else None
        return replace(a_user(number), email=f"{name}{self.users}@ejemplo.pe", mobile=mobile)

    def new_code(self) -> str:
        return code_from_number(self._ids.randrange(32**11))

    def new_id(self) -> str:
        return f"{self._ids.getrandbits(128):032x}"

    def _close_some(self) -> None:
        """Take out of the engine what is at rest, so that its tables stay small."""
        for notice_id, deposited in list(self.truth.deposited.items()):
            is_old = deposited < self.simulation.elapsed - _LOOKED_EVERY_S
            if is_old and notice_id not in self.closed and self.is_at_rest(notice_id):
                self.closed.add(notice_id)
                self.close(notice_id)
        if not self.is_over():
            self.simulation.after(_LOOKED_EVERY_S, self._close_some)

    def is_at_rest(self, notice_id: str) -> bool:
        """Tell whether nothing is expected to happen to a notice any more."""
        if notice_id in self.truth.waiting or notice_id in self.truth.given_up:
            return False
        if self.provider.unreported[notice_id]:
            return False
        item = items_of(self.config.alerts_table).get(partition(notice_id))
        return item is not None and not {"due_shard", "waiting_shard", "given_up_shard", "owed"} & set(item.attrs)


def _chances(seed: int) -> Iterator[random.Random]:
    """Yield sources that don't disturb each other: one more draw of one changes nothing of the others."""
    seeds = random.Random(seed)  # noqa: S311 - no secret
    for _ in range(4):
        yield random.Random(seeds.random())  # noqa: S311 - as above


class _Containers(list[Container]):
    """The containers in use: whoever runs has the one of its process, though another was started since."""

    def __init__(self, simulation: Simulation) -> None:
        super().__init__()
        self._simulation = simulation

    def __getitem__(self, index: Any) -> Any:
        task = self._simulation.running
        return super().__getitem__(index) if task is None else task.process.box


@contextmanager
def days(engine: Engine, plan: Plan, alter: Alteration | None = None) -> Iterator[Days]:
    """Open an engine for days that are still to pass."""
    with ExitStack() as stack:
        environment = stack.enter_context(engine.opened())
        config = replace(
            Config.from_env(environment), mail_configuration_set="casilla", portal_address="casilla.gob.pe"
        )
        found = Days(plan, config, bound(environment), alter)
        stack.enter_context(tapped(found.platform))
        stack.enter_context(transactions_that_copy_little())
        stack.enter_context(pools_in(found.simulation))
        stack.enter_context(patch.object(bootstrap, "_containers", _Containers(found.simulation)))
        stack.enter_context(_logged_to(found.log))
        yield found


@contextmanager
def _logged_to(sink: Log) -> Iterator[None]:
    log()
    [handler] = logging.getLogger("casilla").handlers
    assert isinstance(handler, logging.StreamHandler)
    before: Any = handler.setStream(sink)
    try:
        yield
    finally:
        handler.setStream(before)
