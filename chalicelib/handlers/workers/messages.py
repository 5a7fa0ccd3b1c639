"""How a queue's worker handles its messages: what fails for a moment comes again in seconds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from chalice.app import SQSEvent

from chalicelib.domain.errors import CasillaError, NotReady, Unavailable
from chalicelib.gateways.message_queue import MessageQueue
from chalicelib.handlers.fault import describe_fault
from chalicelib.handlers.log import log

FIRST_WAIT = timedelta(seconds=5)

Handle = Callable[[dict[str, Any]], Iterable[str]]
"""Handles one message, and says its outcomes. `Unavailable` and `NotReady` mean: not now."""


@dataclass(frozen=True, slots=True)
class Messages:
    """What became of a batch: how many had which outcome, and what Lambda is to be told.

    `oldest_waiting_s` is for how long the oldest of those not handled has been in the queue. SQS's own measure leaves
    out what was handed out three times.
    """

    outcomes: Counter[str]
    oldest_waiting_s: int
    answer: dict[str, Any]


def work_off(
    event: SQSEvent, handle: Handle, *, queue: MessageQueue, longest_wait: timedelta, now: Callable[[], datetime]
) -> Messages:
    """Handle every message; one that was not handled stays in the queue, alone.

    One that cannot be handled now is `waiting`: it comes again after five seconds, then after twice as long each time,
    up to `longest_wait`. One that raised anything else is `failed` and comes again when the queue's own time is over.
    """
    outcomes: Counter[str] = Counter()
    unhandled = []
    oldest = timedelta(0)
    for message in event.to_dict()["Records"]:
        try:
            outcomes.update(handle(message))
            continue
        except (NotReady, Unavailable) as error:
            outcomes["waiting"] += 1
            _postpone(message, error, queue, longest_wait)
        except Exception as error:  # noqa: BLE001 - whatever it is, only this message comes again
            outcomes["failed"] += 1
            log().error("record failed", record=message["messageId"], fault=describe_fault(error))
        unhandled.append({"itemIdentifier": message["messageId"]})
        oldest = max(oldest, now() - _sent_at(message))
    return Messages(outcomes, int(oldest.total_seconds()), {"batchItemFailures": unhandled})


def wait_after(tries: int, *, at_most: timedelta) -> timedelta:
    """Return the wait after so many tries, one at least."""
    wait: timedelta = FIRST_WAIT * 2 ** min(tries - 1, 20)
    return min(wait, at_most)


def tries_of(message: dict[str, Any]) -> int:
    """Return how often a message was handed out, this time included."""
    return int(message["attributes"]["ApproximateReceiveCount"])


def _sent_at(message: dict[str, Any]) -> datetime:
    return datetime.fromtimestamp(int(message["attributes"]["SentTimestamp"]) / 1000, UTC)


def _postpone(message: dict[str, Any], error: CasillaError, queue: MessageQueue, longest_wait: timedelta) -> None:
    wait = wait_after(tries_of(message), at_most=longest_wait)
    if error.retry_after is not None:
        wait = max(wait, timedelta(seconds=error.retry_after))
    log().info("record waits", record=message["messageId"], code=error.code)
    try:
        queue.postpone(message["receiptHandle"], wait)
    except Unavailable as lost:
        log().warning("record not postponed", record=message["messageId"], fault=describe_fault(lost))
