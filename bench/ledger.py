"""The call ledger: every exchange with AWS, with its beginning and end, whatever client it goes through."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

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


@contextmanager
def ledger(latency_s: float = 0.3) -> Iterator[Ledger]:
    """Record every exchange of this process.

    Each is held until none has begun for `latency_s`, so that those sent together overlap however busy the machine is.
    It wraps botocore where a request leaves, beneath boto3 and PynamoDB alike, so that no client escapes.
    """
    book = Ledger()
    endpoint: Any = Endpoint
    send = endpoint._do_get_response  # noqa: SLF001 - there is no event that all clients share

    def recorded(self: Any, request: Any, operation_model: Any, context: Any) -> Any:
        started = book.latest = time.perf_counter()
        while (wait_s := book.latest + latency_s - time.perf_counter()) > 0:
            time.sleep(wait_s)
        try:
            return send(self, request, operation_model, context)
        finally:
            book.entries.append(Call(operation_model.name, started, time.perf_counter()))

    endpoint._do_get_response = recorded  # noqa: SLF001
    try:
        yield book
    finally:
        endpoint._do_get_response = send  # noqa: SLF001
