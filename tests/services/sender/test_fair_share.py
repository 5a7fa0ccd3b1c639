"""No sender has the others wait, and none that keeps to its share is ever refused.

Processes are played as Lambda has them: each answers one request at a time, each with a share of its own; the common
count is a real table.
"""

from __future__ import annotations

import heapq
import itertools
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from chalicelib.bootstrap import Container
from chalicelib.bootstrap.aws import connection
from chalicelib.config import Config
from chalicelib.domain.errors import TooManyRequests, Unavailable
from chalicelib.domain.sender.fair_share import WINDOW_S, room_untold, share_of
from chalicelib.services.sender.fair_share import FairShare
from chalicelib.store.sender.count_store import CountStore
from tests.deposit_world import NOW, Clock

SHARE = share_of(50)
SECONDS = 0.3
"""How long a process is taken by a deposit; `tests/infra/test_throttling.py` has the same."""
SECONDS_REFUSED = 0.01
BEGIN = NOW - timedelta(seconds=NOW.timestamp() % WINDOW_S)
"""When a window begins."""


@pytest.fixture
def counts(aws: dict[str, str]) -> CountStore:
    connection(Container(Config.from_env(aws)))
    return CountStore()


@dataclass
class Pool:
    """So many processes, and how long who came had to wait for one."""

    counts: CountStore
    processes: int
    clock: Clock = field(default_factory=lambda: Clock(BEGIN))
    is_fair: bool = True
    passed: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    waits: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    sent_until: float = 0.0
    """When the last of what was to be sent had passed, in seconds."""

    def play(self, senders: dict[str, tuple[int, int, float]]) -> None:
        """Have each sender's workers send so many in all, each pausing between two, and waiting when it is told to."""
        shares = [FairShare(self.counts, SHARE, self.clock) for _ in range(self.processes)]
        free = [0.0] * self.processes
        left = {name: count for name, (_, count, _) in senders.items()}
        order = itertools.count()
        coming = [(0.0, next(order), name) for name, (workers, _, _) in senders.items() for _ in range(workers)]
        heapq.heapify(coming)
        while coming:
            at, _, name = heapq.heappop(coming)
            if not left[name]:
                continue
            process = min(range(self.processes), key=lambda one: (max(free[one], at), one))
            begins = max(free[process], at)
            self.waits[name].append(begins - at)
            self.clock.now = BEGIN + timedelta(seconds=begins)
            ends, again = self._answer(shares[process], name, begins)
            if again is None:
                left[name] -= 1
                self.sent_until = ends
            free[process] = ends
            heapq.heappush(coming, (ends + (senders[name][2] if again is None else again), next(order), name))

    def _answer(self, share: FairShare, name: str, begins: float) -> tuple[float, float | None]:
        """Return when the process is free, and in how long the sender is to come again, where it is refused."""
        try:
            if self.is_fair:
                share.refuse_spent(name)
                share.take(name, {})
        except TooManyRequests as refusal:
            self.refused[name] += 1
            return begins + SECONDS_REFUSED, float(refusal.retry_after or 0)
        self.passed[name] += 1
        return begins + SECONDS, None


def test_whoever_sends_little_costs_no_call_and_is_not_refused() -> None:
    class Nothing(CountStore):
        def add(self, *_: object, **__: object) -> int:
            raise AssertionError

    share = FairShare(Nothing(), SHARE, clock := Clock(BEGIN))
    for _ in range(20):
        for name in ("one", "other"):
            for _ in range(room_untold(SHARE)):
                share.take(name, {})
        clock.advance(seconds=WINDOW_S)


def test_a_request_that_is_looked_at_again_counts_once(counts: CountStore) -> None:
    share = FairShare(counts, share_of(1), Clock(BEGIN))
    headers: dict[str, str] = {}
    for _ in range(100):
        share.take("one", headers)


def test_past_its_share_a_sender_is_told_when_to_come_again(counts: CountStore) -> None:
    share = FairShare(counts, share_of(2), clock := Clock(BEGIN + timedelta(seconds=1.5)))
    for _ in range(2 * WINDOW_S):
        share.take("one", {})
    with pytest.raises(TooManyRequests) as refused:
        share.take("one", {})
    assert (refused.value.code, refused.value.retry_after) == ("request_limit", 4)
    with pytest.raises(TooManyRequests):
        share.refuse_spent("one")
    share.refuse_spent("other")
    share.take("other", {})
    clock.advance(seconds=4)
    share.refuse_spent("one")
    share.take("one", {})


def test_a_count_that_does_not_answer_refuses_nobody() -> None:
    class Silent(CountStore):
        def add(self, *_: object, **__: object) -> int:
            raise Unavailable("store_unavailable", "")

    share = FairShare(Silent(), share_of(1), Clock(BEGIN))
    for _ in range(100):
        share.take("one", {})


def test_one_that_sends_one_after_another_is_never_refused(counts: CountStore) -> None:
    pool = Pool(counts, 20)
    pool.play({"alone": (1, 200, 0.0)})
    assert (pool.passed["alone"], pool.refused["alone"]) == (200, 0)


def test_whoever_keeps_to_the_share_over_many_processes_is_never_refused(counts: CountStore) -> None:
    pool = Pool(counts, 100)
    workers = int(SHARE.limit / WINDOW_S * SECONDS)
    pool.play({"busy": (workers, 1500, 0.0)})
    assert pool.refused["busy"] == 0
    assert pool.sent_until == pytest.approx(1500 / 50, rel=0.1)


@pytest.mark.parametrize("workers", [60, 150])
def test_one_with_many_connections_keeps_nobody_else_waiting(counts: CountStore, workers: int) -> None:
    senders = {"greedy": (workers, 2000, 0.0), "innocent": (1, 20, 1.0), "beside it": (3, 60, 0.5)}
    pool = Pool(counts, 200)
    pool.play(senders)
    assert pool.refused["innocent"] == pool.refused["beside it"] == 0
    assert max(pool.waits["innocent"] + pool.waits["beside it"]) == 0
    assert pool.refused["greedy"] > 0
    assert pool.passed["greedy"] == 2000


def test_without_shares_it_does(counts: CountStore) -> None:
    senders = {"greedy": (300, 3000, 0.0), "innocent": (1, 10, 0.1)}
    fair, unfair = Pool(counts, 200), Pool(counts, 200, is_fair=False)
    for pool in (fair, unfair):
        pool.play(senders)
    # More connections than processes take all of them for a moment, and with a share for no longer.
    assert sum(unfair.waits["innocent"]) > 3 * sum(fair.waits["innocent"])


@pytest.mark.deep
def test_a_ministry_that_sends_all_night_sends_at_its_share(counts: CountStore) -> None:
    """A hundred thousand take 34 minutes; this plays two of them."""
    pool = Pool(counts, 60)
    pool.play({"ministry": (40, 6_000, 0.0), "innocent": (1, 40, 2.5)})
    assert pool.passed["ministry"] == 6_000
    assert pool.refused["innocent"] == 0
    assert max(pool.waits["innocent"]) == 0
    assert 100_000 / (6_000 / pool.sent_until) <= 35 * 60
