"""Independent calls at once: the person waits for the slowest, not for the sum."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, wait
from functools import cache

_MAX_THREADS = 10


def together(calls: Iterable[Callable[[], object]]) -> None:
    """Run every call to its end, then raise the first error, if any, in the order given."""
    first, *others = calls
    futures = [_pool().submit(call) for call in others]
    try:
        first()
    finally:
        wait(futures)
    for future in futures:
        future.result()


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(_MAX_THREADS, thread_name_prefix="together")
