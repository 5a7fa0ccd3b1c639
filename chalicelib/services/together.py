"""Independent calls at once: the person waits for the slowest, not for the sum."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial

_MAX_THREADS = 10
_here = threading.local()


def together(calls: Iterable[Callable[[], object]]) -> None:
    """Run every call to its end, then raise the first error, if any, in the order given.

    A call may do the same with calls of its own. Those go to the threads of the next depth: where all of one depth's
    threads wait, nobody they wait for stands in the queue behind them.
    """
    depth: int = getattr(_here, "depth", 0)
    first, *others = calls
    futures = [_pool(depth).submit(partial(_run, call, depth + 1)) for call in others]
    try:
        first()
    finally:
        for future in futures:
            future.exception()  # waits for its end
    for future in futures:
        future.result()


def _run(call: Callable[[], object], depth: int) -> object:
    _here.depth = depth
    return call()


@cache
def _pool(depth: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(_MAX_THREADS, thread_name_prefix=f"together-{depth}")
