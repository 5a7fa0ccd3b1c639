"""How figures are taken: process CPU time, alternating batches, the median of the rounds' ratios."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Work = Callable[[], object]
Prepare = Callable[[int], Sequence[Work]]
"""Makes that many pieces of work ready; what it does is not measured."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table; `goal` is the most it may be, None where there is none; `note` says whose value it is."""

    name: str
    value: float
    unit: str
    goal: float | None = None
    note: str = ""

    @property
    def is_met(self) -> bool:
        """Whether the goal, if there is one, is reached."""
        return self.goal is None or self.value <= self.goal


@dataclass(frozen=True, slots=True)
class Ratio:
    """CPU seconds of one piece of work on each side, and the median of the rounds' ratios."""

    ours: float
    floor: float
    ratio: float


def cpu_of(work: Sequence[Work]) -> float:
    """Return the CPU seconds, of all threads, that one piece took on average."""
    gc.collect()
    started = time.process_time()
    for piece in work:
        piece()
    return (time.process_time() - started) / len(work)


def alternate(ours: Prepare, floor: Prepare, *, rounds: int, batch: int) -> Ratio:
    """Measure both sides in turn, each round beginning with the other one; a first round warms up and is dropped."""
    pairs = []
    for number in range(rounds + 1):
        if number % 2:
            mine, theirs = cpu_of(ours(batch)), cpu_of(floor(batch))
        else:
            theirs, mine = cpu_of(floor(batch)), cpu_of(ours(batch))
        pairs.append((mine, theirs))
    pairs = pairs[1:]
    return Ratio(
        statistics.median(mine for mine, _ in pairs),
        statistics.median(theirs for _, theirs in pairs),
        statistics.median(mine / theirs for mine, theirs in pairs),
    )
