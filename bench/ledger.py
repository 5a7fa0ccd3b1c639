"""The call ledger: every exchange with AWS, with its beginning and end, whatever client it goes through."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from unittest.mock import patch

from botocore.endpoint import Endpoint


@dataclass(frozen=True)
class Call:
    """One exchange: a retry is another."""

    operation: str
    started: float
    ended: float


@dataclass
class Ledger:
    """What was sent while it was open."""

    entries: list[Call] = field(default_factory=list)
    latest: float = 0.0
    """When the last exchange began."""

    @property
    def operations(self) -> list[str]:
        """The operations in the order they began."""
        return [call.operation for call in sorted(self.entries, key=lambda call: call.started)]

    @property
    def calls(self) -> int:
        """How many exchanges there were."""
        return len(self.entries)

    @property
    def hops(self) -> int:
        """The longest chain of exchanges of which each ended before the next began."""
        count, last_end = 0, float("-inf")
        for call in sorted(self.entries, key=lambda call: call.ended):
            if call.started >= last_end:
                count, last_end = count + 1, call.ended
        return count


class _Threads:
    """Those that work for who opened the ledger: they wait neither for one another nor for their exchange."""

    def __init__(self) -> None:
        self._turn = threading.Condition()
        self._working, self._held, self._wave = 1, 0, 0
        self._known = {threading.get_ident()}
        self._awaited: dict[Future[Any], int] = {}

    def hold(self, book: Ledger, latency_s: float) -> None:
        """Wait until all of them do, or until no exchange has begun for so long."""
        with self._turn:
            wave, is_known = self._wave, threading.get_ident() in self._known
            self._held += is_known
            self._work(-is_known)
            while self._wave == wave and (wait_s := book.latest + latency_s - time.perf_counter()) > 0:
                self._turn.wait(wait_s)
            if self._wave == wave and is_known:
                self._held -= 1
                self._working += 1

    def begin(self, pool: ThreadPoolExecutor, work: Callable[[], Any]) -> Future[Any]:
        """Count what a pool is given from then on, as its thread may begin later."""

        def known() -> Any:
            self._known.add(threading.get_ident())
            try:
                return work()
            finally:
                self._known.discard(threading.get_ident())

        with self._turn:
            self._working += 1
            future = _submit(pool, known)
            self._awaited[future] = 0
        future.add_done_callback(self._end)
        return future

    def wait(self, future: Future[Any]) -> None:
        """Let a thread wait for the end of what a pool was given."""
        with self._turn:
            if threading.get_ident() in self._known and future in self._awaited and not future.done():
                self._awaited[future] += 1
                self._work(-1)

    def _end(self, future: Future[Any]) -> None:
        with self._turn:
            self._work(self._awaited.pop(future) - 1)

    def _work(self, more: int) -> None:
        self._working += more
        if self._working <= 0:
            self._working, self._held, self._wave = self._working + self._held, 0, self._wave + 1
            self._turn.notify_all()


_submit, _result, _exception = ThreadPoolExecutor.submit, Future.result, Future.exception


@contextmanager
def ledger(latency_s: float = 0.3) -> Iterator[Ledger]:
    """Record every exchange of this process.

    Each is held until all threads wait, so that those sent together overlap however busy the machine is; and where that
    cannot be known, as of a thread that no pool made, until none has begun for `latency_s`.
    It wraps botocore where a request leaves, beneath boto3 and PynamoDB alike, so that no client escapes.
    """
    book, threads = Ledger(), _Threads()
    send: Any = getattr(Endpoint, "_do_get_response")  # noqa: B009 - there is no event that all clients share

    def recorded(self: Any, request: Any, operation_model: Any, context: Any) -> Any:
        started = book.latest = time.perf_counter()
        threads.hold(book, latency_s)
        try:
            return send(self, request, operation_model, context)
        finally:
            book.entries.append(Call(operation_model.name, started, time.perf_counter()))

    def submit(pool: ThreadPoolExecutor, work: Callable[..., Any], /, *args: Any, **named: Any) -> Future[Any]:
        return threads.begin(pool, partial(work, *args, **named))

    def result(future: Future[Any], timeout: float | None = None) -> Any:
        threads.wait(future)
        return _result(future, timeout)

    def exception(future: Future[Any], timeout: float | None = None) -> BaseException | None:
        threads.wait(future)
        return _exception(future, timeout)

    with (
        patch.object(Endpoint, "_do_get_response", recorded),
        patch.object(ThreadPoolExecutor, "submit", submit),
        patch.multiple(Future, result=result, exception=exception),
    ):
        yield book
