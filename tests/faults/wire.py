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
from enum import Enum
from typing import Any, Protocol, TypeVar
from unittest.mock import patch
from urllib.parse import parse_qs, urlsplit

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.retries.quota import RetryQuota
from botocore.retries.standard import ExponentialBackoff
from moto.core.botocore_stubber import BotocoreStubber, MockRawResponse

Send = Callable[[], AWSResponse]

_PATIENCE_S = 1.0


class ProcessDied(BaseException):
    """The process ended here; nothing may catch it, and nobody gets an answer."""


class Effect(Enum):
    """Whether, and when, the engine carries a struck attempt out."""

    NEVER = "never"
    DONE = "done"
    AFTER_NEXT = "after the next attempt of the same call"
    AFTER_RUN = "after whoever called it has ended"


class Scope(Enum):
    """Which attempts are struck, from the chosen call on."""

    ATTEMPT = "one attempt"
    CALL = "each attempt of the call, whatever the SDK retries"
    RUN = "each such call of the request or the worker"


class Order(Enum):
    """Where a death falls among the calls that run at the same time."""

    FIRST = "the others never happen"
    LAST = "the others have happened"


Outcome = Callable[[str, AWSPreparedRequest], AWSResponse]
"""What the client sees, given the operation: it returns the answer, or raises."""


@dataclass(frozen=True)
class Fault:
    """Something that goes wrong with a call."""

    name: str
    effect: Effect
    outcome: Outcome
    scope: Scope = Scope.ATTEMPT
    order: Order | None = None
    operations: re.Pattern[str] = re.compile("")
    """Operations that can fail like this."""

    def __str__(self) -> str:
        return self.name

    @property
    def kills(self) -> bool:
        """Whether the process dies of it."""
        return self.order is not None


@dataclass
class Attempt:
    """One request on the wire. `run` is the number of the request, delivery or sweep that sent it."""

    label: str
    invocation: str
    run: int
    kind: str
    """Of the run: request, delivery or sweep."""
    started: float
    ended: float = 0.0
    took_effect: bool = False
    was_struck: bool = False

    @property
    def operation(self) -> str:
        return self.label.partition(" ")[0]

    @property
    def call(self) -> str:
        """The label without its number: what all calls like this have in common."""
        return self.label.rpartition("#")[0]


@dataclass
class Wire:
    """Strikes one fault, at the call of one label; records every attempt."""

    attempts: list[Attempt] = field(default_factory=list)
    fault: Fault | None = None
    target: str = ""
    siblings: frozenset[str] = frozenset()
    """Labels of calls that run at the same time as the target."""
    interrupt: Callable[[], None] | None = None
    """What happens in the middle of everything, before the target, or after it."""
    interrupts_after: bool = False
    hold_s: float = 0.0
    run: int = 0
    kind: str = ""
    is_dead: bool = False
    is_open: bool = False
    """Whether attempts are recorded and struck; otherwise they just pass."""
    _labels: dict[str, str] = field(default_factory=dict)
    _counts: Counter[str] = field(default_factory=Counter)
    _struck: threading.Event = field(default_factory=threading.Event)
    _late: list[tuple[Attempt, Send]] = field(default_factory=list)
    _mutex: threading.RLock = field(default_factory=threading.RLock)
    _engine: threading.RLock = field(default_factory=threading.RLock)

    def clear(self) -> None:
        """Forget everything, with no fault to come."""
        self.__init__()  # type: ignore[misc]

    @property
    def has_struck(self) -> bool:
        return self._struck.is_set()

    @property
    def struck_kind(self) -> str:
        """Of the run in which the fault came."""
        return next((attempt.kind for attempt in self.attempts if attempt.was_struck), "")

    @contextmanager
    def running(self, kind: str) -> Iterator[None]:
        """Record one request, delivery or sweep; a process that died in it is a new one afterwards."""
        self.run += 1
        self.kind = kind
        self.is_open = True
        try:
            yield
        finally:
            self.is_open = False
            self.is_dead = False
            self._carry_out_late()

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
        if self.interrupt is not None and attempt.label == self.target and not self.has_struck:
            return self._interrupted(attempt, send, self.interrupt)
        if self.fault is not None and self._is_hit(attempt, self.fault):
            return self._strike(attempt, request, send, self.fault)
        if self.fault is not None and self.fault.order is Order.FIRST and attempt.label in self.siblings:
            self._struck.wait(_PATIENCE_S)
            if self.is_dead:
                raise ProcessDied
        response = self._effect(attempt, send)
        if self.has_struck and self._late and attempt.call == self._late[0][0].call:
            self._carry_out_late(Effect.AFTER_NEXT)
        return response

    def _is_hit(self, attempt: Attempt, fault: Fault) -> bool:
        if not self.has_struck:
            return attempt.label == self.target
        first = next(seen for seen in self.attempts if seen.was_struck)
        match fault.scope:
            case Scope.ATTEMPT:
                return False
            case Scope.CALL:
                return attempt.invocation == first.invocation
            case Scope.RUN:
                return attempt.run == first.run and attempt.call == first.call

    def _strike(self, attempt: Attempt, request: AWSPreparedRequest, send: Send, fault: Fault) -> AWSResponse:
        if fault.order is Order.LAST:
            self._wait_for_siblings()
        if fault.effect is Effect.DONE:
            self._effect(attempt, send)
        elif fault.effect is not Effect.NEVER:
            self._late.append((attempt, send))
        attempt.was_struck = True
        self.is_dead = fault.kills
        self._struck.set()
        return fault.outcome(attempt.operation, request)

    def _interrupted(self, attempt: Attempt, send: Send, interrupt: Callable[[], None]) -> AWSResponse:
        response = self._effect(attempt, send) if self.interrupts_after else None
        attempt.was_struck = True
        self._struck.set()
        self.is_open = False
        try:
            interrupt()
        finally:
            self.is_open = True
        return response or self._effect(attempt, send)

    def _wait_for_siblings(self) -> None:
        deadline = time.monotonic() + _PATIENCE_S
        while time.monotonic() < deadline:
            with self._mutex:
                done = {attempt.label for attempt in self.attempts if attempt.ended}
            if self.siblings <= done:
                return
            time.sleep(0.001)

    def _effect(self, attempt: Attempt, send: Send) -> AWSResponse:
        response = self._through(send)
        attempt.took_effect = response.status_code < 300
        return response

    def _through(self, send: Send) -> AWSResponse:
        with self._engine:  # moto loses acknowledged writes when threads use it at once
            return send()

    def _carry_out_late(self, until: Effect = Effect.AFTER_RUN) -> None:
        if self.fault is not None and self.fault.effect is Effect.AFTER_RUN and until is Effect.AFTER_NEXT:
            return
        waiting, self._late = self._late, []
        for attempt, send in waiting:
            self._effect(attempt, send)

    def _note(self, operation: str, request: AWSPreparedRequest) -> Attempt:
        invocation = str(request.headers["amz-sdk-invocation-id"])
        if invocation not in self._labels:
            call = f"{operation} {_subject(operation, request)}".rstrip()
            self._counts[call] += 1
            self._labels[invocation] = f"{call}#{self._counts[call]}"
        attempt = Attempt(self._labels[invocation], invocation, self.run, self.kind, time.monotonic())
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
