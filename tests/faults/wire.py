"""The wire between the code and moto, where calls are recorded and faults struck.

What is struck here is what it says: the engine carries an attempt out or it does not, before the client hears anything.
A fault returned from a `before-send` handler of its own would not be: botocore calls all of them, and moto commits.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeVar
from unittest.mock import patch
from urllib.parse import parse_qs, urlsplit

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.retries.quota import RetryQuota
from botocore.retries.standard import ExponentialBackoff
from moto.core.botocore_stubber import BotocoreStubber, MockRawResponse

from tests.faults.strike import Attempt, Effect, Order, Outage, ProcessDied, Strike

Send = Callable[[], AWSResponse]

_PATIENCE_S = 1.0
_MESSAGE_ID = re.compile(r"MessageId\W+([\w-]+)")


@dataclass
class Wire:
    """Strikes faults at the calls that they are meant for; records every attempt."""

    attempts: list[Attempt] = field(default_factory=list)
    strikes: list[Strike | Outage] = field(default_factory=list)
    interrupt: Callable[[], None] | None = None
    """What happens in the middle of everything, before the call of the label `target`, or after it."""
    target: str = ""
    interrupts_after: bool = False
    interrupts_beside: frozenset[str] = frozenset()
    """Calls of the same time that have ended by then, so that what it finds does not depend on which was quicker."""
    counts_by_run: bool = False
    """Whether each run numbers its own calls; else all of a journey are numbered."""
    hold_s: float = 0.0
    clock: Callable[[], datetime] | None = None
    """The service's, where what happens depends on its time."""
    run: int = 0
    kind: str = ""
    process: str = ""
    is_dead: bool = False
    is_open: bool = False
    """Whether attempts are recorded and struck; otherwise they just pass."""
    _runs: int = 0
    _was_interrupted: bool = False
    _labels: dict[str, str] = field(default_factory=dict)
    _counts: Counter[str] = field(default_factory=Counter)
    _struck: threading.Event = field(default_factory=threading.Event)
    _late: list[tuple[Attempt, Send, Effect]] = field(default_factory=list)
    _mutex: threading.RLock = field(default_factory=threading.RLock)
    _engine: threading.RLock = field(default_factory=threading.RLock)

    def clear(self) -> None:
        """Forget everything, with no fault to come."""
        self.__init__()  # type: ignore[misc]

    @property
    def has_struck(self) -> bool:
        return self._was_interrupted or any(attempt.was_struck for attempt in self.attempts)

    @property
    def struck_kind(self) -> str:
        """Of the run in which the fault came."""
        return next((attempt.kind for attempt in self.attempts if attempt.was_struck), "")

    @contextmanager
    def running(self, kind: str, process: str = "") -> Iterator[None]:
        """Record one request, delivery or sweep; a process that died in it is a new one afterwards.

        One may run in the middle of another.
        """
        before = (self.run, self.kind, self.process, self.is_open, self.is_dead, self._counts, self._struck)
        self._runs += 1
        self.run, self.kind, self.process = self._runs, kind, process
        self.is_open, self.is_dead, self._struck = True, False, threading.Event()
        if self.counts_by_run:
            self._counts = Counter()
        try:
            yield
        finally:
            self.is_open = False
            self._carry_out_late()
            self.run, self.kind, self.process, self.is_open, self.is_dead, self._counts, self._struck = before

    def carry(self, operation: str, request: AWSPreparedRequest, send: Send) -> AWSResponse:
        """Take one attempt to the engine, or not."""
        if not self.is_open:
            return self._through(send)
        if self.is_dead:
            raise ProcessDied
        with self._mutex:
            attempt = self._note(operation, request)
        try:
            return self._take(attempt, request, send)
        finally:
            attempt.ended = time.monotonic()

    def _take(self, attempt: Attempt, request: AWSPreparedRequest, send: Send) -> AWSResponse:
        if self.hold_s:
            time.sleep(self.hold_s)
        is_interrupted = self.interrupt is not None and attempt.label == self.target and not self._was_interrupted
        if is_interrupted:
            self._wait_for_siblings(attempt.run, self.interrupts_beside)
        if is_interrupted and not self.interrupts_after:
            self._interrupt()
        with self._mutex:
            strike = next((strike for strike in self.strikes if strike.hits(attempt)), None)
            if strike is not None:
                strike.struck.append(attempt)
        if strike is not None:
            return self._strike(attempt, request, send, strike)
        if any(strike.fault.order is Order.FIRST and strike.waits_for(attempt) for strike in self.strikes):
            self._struck.wait(_PATIENCE_S)
            if self.is_dead:
                raise ProcessDied
        response = self._effect(attempt, send)
        if is_interrupted and self.interrupts_after:
            self._interrupt()
        if any(attempt.call == late.call and until is Effect.AFTER_NEXT for late, _, until in self._late):
            self._carry_out_late(Effect.AFTER_NEXT)
        return response

    def _strike(
        self, attempt: Attempt, request: AWSPreparedRequest, send: Send, strike: Strike | Outage
    ) -> AWSResponse:
        fault = strike.fault
        if fault.order is Order.LAST:
            self._wait_for_siblings(attempt.run, strike.siblings)
        if fault.effect is Effect.DONE:
            self._effect(attempt, send)
        elif fault.effect is not Effect.NEVER:
            self._late.append((attempt, send, fault.effect))
        attempt.fault = fault
        self.is_dead = self.is_dead or fault.kills
        self._struck.set()
        return fault.outcome(attempt.operation, request)

    def _interrupt(self) -> None:
        assert self.interrupt is not None
        self._was_interrupted = True
        self.is_open = False
        try:
            self.interrupt()
        finally:
            self.is_open = True

    def _wait_for_siblings(self, run: int, siblings: frozenset[str]) -> None:
        deadline = time.monotonic() + _PATIENCE_S
        while time.monotonic() < deadline:
            with self._mutex:
                done = {attempt.label for attempt in self.attempts if attempt.run == run and attempt.ended}
            if siblings <= done:
                return
            time.sleep(0.001)

    def _effect(self, attempt: Attempt, send: Send) -> AWSResponse:
        response = self._through(send)
        attempt.took_effect = response.status_code < 300
        named = _MESSAGE_ID.search(response.text) if attempt.took_effect and attempt.is_sending else None
        attempt.message_id = named.group(1) if named else ""
        return response

    def _through(self, send: Send) -> AWSResponse:
        with self._engine:  # moto loses acknowledged writes when threads use it at once
            return send()

    def _carry_out_late(self, until: Effect = Effect.AFTER_RUN) -> None:
        is_now = until is Effect.AFTER_RUN
        waiting = [late for late in self._late if is_now or late[2] is until]
        self._late = [late for late in self._late if late not in waiting]
        for attempt, send, _ in waiting:
            self._effect(attempt, send)

    def _note(self, operation: str, request: AWSPreparedRequest) -> Attempt:
        invocation = str(request.headers["amz-sdk-invocation-id"])
        if invocation not in self._labels:
            call = f"{operation} {_subject(operation, request)}".rstrip()
            self._counts[call] += 1
            self._labels[invocation] = f"{call}#{self._counts[call]}"
        label = self._labels[invocation]
        at = None if self.clock is None else self.clock()
        attempt = Attempt(label, invocation, self.run, self.kind, time.monotonic(), at, process=self.process)
        attempt.body = _text(request.body) if operation.startswith("dynamodb") else ""
        self.attempts.append(attempt)
        return attempt


class Carrier(Protocol):
    """What stands between the code and moto."""

    def carry(self, operation: str, request: AWSPreparedRequest, send: Send) -> AWSResponse:
        """Take one attempt to the engine, or not."""


_Wire = TypeVar("_Wire", bound=Carrier)


@contextmanager
def tapped(wire: _Wire) -> Iterator[_Wire]:
    """Have every request to moto pass the wire, and the SDK retry without waiting."""
    original = BotocoreStubber.__call__

    def carry(stubber: BotocoreStubber, event_name: str, request: AWSPreparedRequest, **kwargs: Any) -> Any:
        if not stubber.enabled:
            return original(stubber, event_name, request, **kwargs)
        kept = _copy(request)
        operation = event_name.removeprefix("before-send.")
        send: Any = lambda: original(stubber, event_name, kept, **kwargs)  # noqa: E731 - it always answers here
        return wire.carry(operation, kept, send)

    with (
        patch.object(BotocoreStubber, "__call__", carry),
        patch.object(ExponentialBackoff, "delay_amount", lambda *_: 0),
        patch.object(RetryQuota, "acquire", lambda *_: True),  # what a fresh process has, which these clients are not
    ):
        yield wire


def _copy(request: AWSPreparedRequest) -> AWSPreparedRequest:
    """Keep the bytes: the engine may get them later, when the SDK has used its stream for another attempt."""
    body: Any = request.body
    if hasattr(body, "read"):
        stream, body = body, body.read()
        stream.seek(0)
    return AWSPreparedRequest(request.method, request.url, request.headers, body, request.stream_output)


def _subject(operation: str, request: AWSPreparedRequest) -> str:
    """Name what a call is about, without what is new in each run."""
    service = operation.partition(".")[0]
    if service == "s3":
        return urlsplit(request.url).path.rpartition("/")[2]
    if service == "sns":
        return parse_qs(_text(request.body))["PhoneNumber"][0]
    fields = json.loads(_text(request.body))
    if service == "sesv2":
        return ",".join(fields["Destination"]["ToAddresses"])
    return ",".join(sorted(set(re.findall(r"casilla-([a-z]+)-table", _text(request.body)))))


def _text(body: Any) -> str:
    return body.decode() if isinstance(body, bytes) else str(body)


def answer(status: int, body: str, headers: dict[str, str] | None = None) -> AWSResponse:
    """Make an answer as the engine would."""
    return AWSResponse("https://engine", status, headers or {}, MockRawResponse(body))  # type: ignore[arg-type]
