"""Slow tests are begun first, in equal parts by all workers."""

from __future__ import annotations

import pytest

from tests.worker_shares import slow_first


@pytest.mark.parametrize("workers", [1, 2, 3, 7])
@pytest.mark.parametrize("every", [1, 4, 9])
def test_every_worker_begins_with_its_part_of_the_slow_tests(workers: int, every: int) -> None:
    tests = list(range(100))
    slow = {test for test in tests if test % every == 0}

    ordered = slow_first(tests, slow.__contains__, workers)

    assert sorted(ordered) == tests
    parts = []
    for worker in range(workers):
        share = len(ordered) // (workers - worker)
        begun, ordered = ordered[:share], ordered[share:]
        parts.append(sum(test in slow for test in begun))
        assert [test in slow for test in begun] == sorted((test in slow for test in begun), reverse=True)
    assert max(parts) - min(parts) <= 1


def test_what_is_quick_keeps_its_order() -> None:
    assert slow_first([1, 2, 3, 4, 5, 6], lambda test: test > 4, 2) == [5, 1, 2, 6, 3, 4]
