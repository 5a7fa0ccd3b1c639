from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from chalicelib.services.together import together


def test_the_first_error_is_raised_once_all_have_ended() -> None:
    ended: list[int] = []

    def fail(number: int) -> None:
        ended.append(number)
        raise ValueError(number)

    with pytest.raises(ValueError, match=r"^1$"):
        together([partial(ended.append, 0), partial(fail, 1), partial(fail, 2)])
    assert sorted(ended) == [0, 1, 2]


def test_calls_within_calls_end_however_many_are_made_at_once() -> None:
    """Thirty threads, each with calls whose calls wait for others: none stands behind what waits for it."""
    done, lock = [0], threading.Lock()

    def count() -> None:
        with lock:
            done[0] += 1

    def inner() -> None:
        together([count] * 3)

    def outer() -> None:
        together([inner, partial(together, [inner, count]), inner])

    pool = ThreadPoolExecutor(30)
    futures = [pool.submit(outer) for _ in range(30)]
    pool.shutdown(wait=False, cancel_futures=False)
    for future in futures:
        future.result(timeout=20)
    assert done[0] == 30 * (3 + 3 + 1 + 3)
