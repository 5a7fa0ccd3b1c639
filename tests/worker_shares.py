"""In which order tests are run, so that no slow one is begun last while the other workers have nothing left."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

Test = TypeVar("Test")


def slow_first(tests: Sequence[Test], is_slow: Callable[[Test], bool], workers: int) -> list[Test]:
    """Put an equal part of the slow tests at the head of each worker's share; the rest keep their order.

    `--dist worksteal` gives each worker a run of as many tests as the others; who is done takes from another's end.
    """
    slow = [test for test in tests if is_slow(test)]
    quick = [test for test in tests if not is_slow(test)]
    ordered: list[Test] = []
    for worker in range(workers):
        share = (len(tests) - len(ordered)) // (workers - worker)
        mine = slow[worker::workers]
        taken = max(0, share - len(mine))
        ordered += mine + quick[:taken]
        del quick[:taken]
    return ordered + quick
