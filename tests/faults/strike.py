"""What goes wrong with calls, at which of them, and how often."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from botocore.awsrequest import AWSPreparedRequest, AWSResponse

SENDING = ("sesv2.", "sns.")


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


@dataclass(eq=False)
class Attempt:
    """One request on the wire. `run` is the number of the request, delivery or sweep that sent it."""

    label: str
    invocation: str
    run: int
    kind: str
    """Of the run: request, delivery or sweep."""
    started: float
    at: datetime | None = None
    """By the service's clock."""
    ended: float = 0.0
    took_effect: bool = False
    fault: Fault | None = None
    process: str = ""
    body: str = ""
    """What was sent to DynamoDB."""
    message_id: str = ""
    """Of a message that was taken."""

    @property
    def was_struck(self) -> bool:
        return self.fault is not None

    @property
    def operation(self) -> str:
        return self.label.partition(" ")[0]

    @property
    def call(self) -> str:
        """The label without its number: what all calls like this have in common."""
        return self.label.rpartition("#")[0]

    @property
    def is_sending(self) -> bool:
        """Whether it hands a message over."""
        return self.label.startswith(SENDING)

    @property
    def recipient(self) -> str:
        """Of the message that it hands over."""
        return self.call.partition(" ")[2]


@dataclass(eq=False)
class Strike:
    """A fault at the call of one label, in so many runs that come to it; where `after` is given, once that is over."""

    fault: Fault
    target: str
    siblings: frozenset[str] = frozenset()
    """Labels of calls that run at the same time as the target."""
    runs: int = 1
    after: Strike | None = None
    struck: list[Attempt] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.fault} at {self.target}" + (f", {self.runs} times" if self.runs > 1 else "")

    @property
    def is_over(self) -> bool:
        """Whether it struck in all its runs."""
        return len(self._struck_runs) >= self.runs

    @property
    def _struck_runs(self) -> set[int]:
        return {attempt.run for attempt in self.struck}

    def hits(self, attempt: Attempt) -> bool:
        """Tell whether this attempt fails of it."""
        return self._goes_on(attempt) or (attempt.label == self.target and self._begins(attempt))

    def waits_for(self, attempt: Attempt) -> bool:
        """Tell whether this attempt runs beside the one that will be struck."""
        return attempt.label in self.siblings and self._begins(attempt)

    def _begins(self, attempt: Attempt) -> bool:
        is_its_turn = self.after is None or self.after.is_over
        return is_its_turn and not self.is_over and attempt.run not in self._struck_runs

    def _goes_on(self, attempt: Attempt) -> bool:
        if not self.struck:
            return False
        last = self.struck[-1]
        match self.fault.scope:
            case Scope.ATTEMPT:
                return False
            case Scope.CALL:
                return attempt.invocation == last.invocation
            case Scope.RUN:
                return attempt.run == last.run and attempt.call == last.call


@dataclass(eq=False)
class Outage:
    """A fault at every call of a kind for which something holds, until an instant."""

    fault: Fault
    concerns: Callable[[Attempt], bool]
    until: datetime
    clock: Callable[[], datetime]
    siblings: frozenset[str] = frozenset()
    struck: list[Attempt] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.fault} until {self.until:%d %H:%M}"

    def hits(self, attempt: Attempt) -> bool:
        """Tell whether this attempt fails of it."""
        return self.clock() < self.until and self.concerns(attempt)

    def waits_for(self, _: Attempt) -> bool:
        """Nothing waits for what goes on for long."""
        return False
