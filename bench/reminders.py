"""Reminders: what is spent on each unread notice that is due, among 10,000 and among a million that are not yet.

The notices that are due are real deposits whose alerts went out, each in a mailbox of its own. The others stand in the
table and its index, due on the thirty days after. A stub of its own holds them, so that they weigh on no other figure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from bench.bursts import document_numbers
from bench.figures import Figure
from bench.ledger import ledger
from bench.world import BenchWorld, bench_world, calls_of, handle
from chalicelib.bootstrap import Container
from chalicelib.bootstrap.alert import reminder_tools
from chalicelib.bootstrap.storage import mailbox_store
from chalicelib.services.alert.send_reminders import Reminded, send_reminders
from chalicelib.store.shards import SHARDS
from chalicelib.store.tables import NoticeItem
from tests.deposit_world import a_mailbox, a_signing_key, a_user, put_key

_DUE, _FEW, _MANY, _WORKERS = 40, 10_000, 1_000_000, 4
_KINDS = ("calls", "read", "write")
_UNITS = {"calls": "calls", "read": "units", "write": "units"}
_DAY = timedelta(days=1)


@dataclass
class Mornings:
    """A world in which deposits of different days are to be reminded of on different mornings."""

    world: BenchWorld
    due: int

    def __post_init__(self) -> None:
        """Have documents to give out, and a key that is valid on all days."""
        self._numbers = iter(document_numbers(10 * self.due))
        self._started = self.world.signer.clock.now
        valid = {"not_before": self._started - _DAY, "not_after": self._started + 30 * _DAY}
        put_key(self.world.container, a_signing_key(**valid))

    def deposit(self, count: int) -> datetime:
        """Deposit so many notices, send their alerts, and let a day pass; return when they are to be reminded of."""
        world, instants = self.world, set()
        for number, _ in zip(self._numbers, range(count), strict=False):
            mailbox_store(world.container).put(a_mailbox(number, users=(a_user(),)))
            body = {**world.uploaded_body(), "recipient": {"document_type": "DNI", "document_number": number}}
            notice_id = handle(world.deposit_event(body))["notice_id"]
            world.send_alerts(notice_id)
            instants.add(NoticeItem.get(notice_id).remind_at)
            world.signer.clock.advance(minutes=1)
        world.signer.clock.now = self._started = self._started + _DAY
        [at] = instants
        return datetime.fromtimestamp(int(at), UTC)

    def worker(self) -> Container:
        """Return a process of its own, which waits by the world's clock."""
        world, clock = self.world, self.world.signer.clock
        return Container(
            world.container.config,
            clock=clock,
            chance=world.container.chance,
            pause=lambda seconds: clock.advance(seconds=seconds),
        )

    def remind(self, box: Container | None = None) -> Reminded:
        """Let the job run once."""
        tools = reminder_tools(box or self.worker())
        return send_reminders(tools, until=self.world.signer.clock.now + timedelta(hours=1))

    def idle_before(self, morning: datetime) -> dict[str, float]:
        """Go to a morning; return what a run costs a second before it, which has nothing to remind of."""
        box, clock = self.worker(), self.world.signer.clock
        reminder_tools(box)
        clock.now = morning - timedelta(seconds=1)
        idle = calls_of(partial(self.remind, box), self.world)
        clock.now = morning
        return idle


def measure(due: int = _DUE, few: int = _FEW, many: int = _MANY) -> Iterator[Figure]:
    """Yield what a notice that is due costs, what the others cost, and what several workers at once do."""
    with bench_world() as world:
        mornings = Mornings(world, due)
        first, second, third, fourth = [mornings.deposit(count) for count in (1, due, due, due)]
        world.stub.stand_unread(few - due, fourth + _DAY)
        mornings.idle_before(first)
        yield from _hops(mornings)
        _, among_few, _ = _spent(mornings, second)
        world.stub.stand_unread(many - few, fourth + _DAY)
        idle, among_many, scanned = _spent(mornings, third)
        yield from _of_one(idle, among_many, scanned, few=among_few, sizes=(few, many))
        mornings.idle_before(fourth)
        yield from _at_once(mornings)


def _hops(mornings: Mornings) -> Iterator[Figure]:
    box = mornings.worker()
    with ledger() as book:
        told = mornings.remind(box)
    _expect(told, 1)
    yield Figure("reminder of one notice, by two messages: hops", book.hops, "hops")
    yield Figure("reminder of one notice, by two messages: calls", book.calls, "calls")


def _spent(mornings: Mornings, morning: datetime) -> tuple[dict[str, float], dict[str, float], float]:
    """Return what a run costs that has nothing to send, what one costs for each notice, and what it looked at."""
    idle = mornings.idle_before(morning)
    box = mornings.worker()
    reminder_tools(box)
    mornings.world.stub.spent()
    told = mornings.remind(box)
    spent = mornings.world.stub.spent()
    _expect(told, mornings.due)
    each = {kind: (spent[kind] - idle[kind]) / mornings.due for kind in _KINDS}
    return idle, each, spent["scanned"] / mornings.due


def _of_one(
    idle: dict[str, float],
    each: dict[str, float],
    scanned: float,
    *,
    few: dict[str, float],
    sizes: tuple[int, int],
) -> Iterator[Figure]:
    among = f"among {sizes[1]:,} unread"
    yield Figure(f"nothing due {among}: calls", idle["calls"], "calls", len(SHARDS))
    yield Figure(f"nothing due {among}: read units", idle["read"], "units")
    yield Figure(f"nothing due {among}: write units, and entries looked at", idle["write"] + idle["scanned"], "", 0)
    yield Figure(f"due {among}: entries looked at for each", scanned, "", 1)
    for kind in _KINDS:
        name = kind if kind == "calls" else f"{kind} units"
        yield Figure(f"due {among}: {name} for each", each[kind], _UNITS[kind])
        yield Figure(f"due {among} ÷ among {sizes[0]:,}: {name}", each[kind] / few[kind], "x", 1.1)


def _at_once(mornings: Mornings) -> Iterator[Figure]:
    boxes = [mornings.worker() for _ in range(_WORKERS)]
    for box in boxes:
        reminder_tools(box)
    mornings.world.stub.spent()
    with ThreadPoolExecutor(_WORKERS) as pool:
        told = list(pool.map(mornings.remind, boxes))
    spent, count = mornings.world.stub.spent(), mornings.due
    total: Counter[str] = Counter()
    for one in told:
        total.update(planned=one.planned, sent=one.sent, raced=one.raced, failed=one.failed)
    name = f"{_WORKERS} workers at once"
    yield Figure(f"{name}: notices not reminded of, or more than once", abs(count - total["planned"]), "", 0)
    yield Figure(f"{name}: messages beyond two for each", total["sent"] - 2 * count, "", 0)
    yield Figure(f"{name}: conflicts for each notice", total["raced"] / count, "")
    yield Figure(f"{name}: calls for each notice", spent["calls"] / count, "calls")
    yield Figure(f"{name}: failed", total["failed"], "", 0)


def _expect(told: Reminded, planned: int) -> None:
    if (told.planned, told.sent, told.missed, told.failed) != (planned, 2 * planned, 0, 0):
        raise AssertionError(told)
