"""Time that passes only where somebody waits, so that days take minutes and the same seed gives the same days.

What runs at the same time are threads, of which one runs at a moment: it hands on when it waits. So nothing depends on
the machine's speed, and moto, which bears no threads, sees one call at a time.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heappop, heappush
from typing import Any
from unittest.mock import patch

from chalicelib.bootstrap import Container
from tests.faults.strike import ProcessDied

_STUCK_S = 60.0


class Stuck(Exception):
    """A thread waits for something that only another one could give it."""


@dataclass(eq=False)
class Process:
    """One process of a function: a container of its own, and what it keeps in it."""

    function: str
    number: int
    box: Container
    is_dead: bool = False
    run: int = 0
    """Of the whole simulation: which call of a function it is at, or was at last."""


class Task:
    """What one thread of a process does."""

    def __init__(self, simulation: Simulation, process: Process, work: Callable[[], Any]) -> None:
        self.process = process
        self.error: BaseException | None = None
        self.result: Any = None
        self.is_over = False
        self._simulation = simulation
        self._work = work
        self._turn = threading.Semaphore(0)
        self._waiting: list[Task] = []
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        self._thread.start()
        self.resume()

    def resume(self) -> None:
        """Let it run until it waits or ends; called by what passes the time."""
        self._simulation.running = self
        self._turn.release()
        self._simulation.await_turn()
        self._simulation.running = None

    def pause(self) -> None:
        """Let the time pass until this is resumed."""
        self._simulation.hand_back()
        self._turn.acquire()

    def join(self) -> None:
        """Wait for its end, as a thread of the same process."""
        waiter = self._simulation.running
        assert waiter is not None
        if not self.is_over:
            self._waiting.append(waiter)
            waiter.pause()
        if waiter.process.is_dead:
            raise ProcessDied

    def _run(self) -> None:
        self._turn.acquire()
        try:
            if self.process.is_dead:
                raise ProcessDied  # noqa: TRY301 - it dies before it began
            self.result = self._work()
        except BaseException as error:  # noqa: BLE001 - whoever waits for it is told
            self.error = error
        self.is_over = True
        for waiter in self._waiting:
            self._simulation.at(self._simulation.elapsed, waiter.resume)
        self._simulation.hand_back()


@dataclass
class Simulation:
    """A clock in seconds since `start`, and what is still to happen."""

    start: datetime
    elapsed: float = 0.0
    running: Task | None = None
    _queue: list[tuple[float, int, Callable[[], None]]] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=itertools.count)
    _back: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    def clock(self) -> datetime:
        return self.start + timedelta(seconds=self.elapsed)

    def at(self, moment: float, do: Callable[[], None]) -> None:
        """Have something done at a moment; what is due together is done in the order in which it was asked for."""
        heappush(self._queue, (max(moment, self.elapsed), next(self._numbers), do))

    def after(self, seconds: float, do: Callable[[], None]) -> None:
        self.at(self.elapsed + seconds, do)

    def begin(self, process: Process, work: Callable[[], Any]) -> Task:
        """Start a thread now."""
        task = Task(self, process, work)
        self.at(self.elapsed, task.start)
        return task

    def run(self) -> None:
        """Let the time pass until nothing is left to happen."""
        while self._queue:
            self.elapsed, _, do = heappop(self._queue)
            do()

    def sleep(self, seconds: float) -> None:
        """Wait; the process may have died when the time is over."""
        task = self.running
        assert task is not None
        until = self.elapsed + seconds
        if self._queue and self._queue[0][0] <= until:
            self.at(until, task.resume)
            task.pause()
        else:
            self.elapsed = until
        if task.process.is_dead:
            raise ProcessDied

    def hand_back(self) -> None:
        self._back.release()

    def await_turn(self) -> None:
        if not self._back.acquire(timeout=_STUCK_S):
            raise Stuck


class _Awaited(Future[Any]):
    """What a pool returns: asking for its result takes simulated time."""

    task: Task

    def result(self, timeout: float | None = None) -> Any:
        del timeout
        self.task.join()
        return super().result(0)

    def exception(self, timeout: float | None = None) -> BaseException | None:
        del timeout
        self.task.join()
        return super().exception(0)


@contextmanager
def pools_in(simulation: Simulation) -> Iterator[None]:
    """Have thread pools take the simulation's threads, one for each piece of work."""
    shutdown = ThreadPoolExecutor.shutdown
    begun: dict[ThreadPoolExecutor, list[Task]] = {}

    def submit(pool: ThreadPoolExecutor, work: Callable[..., Any], /, *args: Any, **named: Any) -> Future[Any]:
        assert simulation.running is not None
        future = _Awaited()

        def handle() -> None:
            try:
                future.set_result(work(*args, **named))
            except BaseException as error:  # noqa: BLE001 - as a pool does
                future.set_exception(error)

        future.task = simulation.begin(simulation.running.process, handle)
        begun.setdefault(pool, []).append(future.task)
        return future

    def finish(pool: ThreadPoolExecutor, wait: bool = True, **named: Any) -> None:
        for task in begun.pop(pool, ()):
            task.join()
        shutdown(pool, wait, **named)

    with patch.object(ThreadPoolExecutor, "submit", submit), patch.object(ThreadPoolExecutor, "shutdown", finish):
        yield
