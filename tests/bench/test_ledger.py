"""The ledger counts what was sent together as one hop, without waiting for anything but the threads themselves."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

import boto3
import pytest

from bench.ledger import Ledger, ledger
from chalicelib.services.together import together

_FOR_EVER_S = 60.0
"""Whoever waits so long has not seen that all threads wait."""


def send(*, busy_s: float = 0.0, times: int = 1) -> None:
    time.sleep(busy_s)
    for _ in range(times):
        boto3.client("sqs", region_name="us-east-1").list_queues()


def booked(work: Callable[[], object]) -> Ledger:
    started = time.monotonic()
    with ledger(latency_s=_FOR_EVER_S) as book:
        work()
    assert time.monotonic() - started < _FOR_EVER_S / 2
    return book


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize(
    ("work", "hops", "calls"),
    [
        (partial(send, times=3), 3, 3),
        (partial(together, [send, partial(send, busy_s=0.4)]), 1, 2),
        (partial(together, [partial(send, busy_s=0.4), send, partial(send, times=3)]), 3, 5),
        (partial(together, [send, partial(together, [send, partial(send, busy_s=0.4, times=2)])]), 2, 4),
        (partial(together, [partial(together, [send, send]), partial(send, busy_s=0.4, times=2)]), 2, 4),
    ],
    ids=["in a row", "two, one late", "three, one thrice", "nested behind", "nested in front"],
)
def test_those_sent_together_overlap_however_late_one_is(work: Callable[[], object], hops: int, calls: int) -> None:
    book = booked(work)

    assert (book.hops, book.calls) == (hops, calls)
