"""Bounds on CPU time that hold on a busy machine too: a fixed piece of work says how slow it is just now."""

from __future__ import annotations

import gc
import hashlib
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_AT_REST = 0.03
"""CPU seconds of the piece of work on an idle core of 2024."""
_TEXT = "expediente 000145-2026, plazo de 10 dias; " * 400


@contextmanager
def cpu_within(seconds: float) -> Iterator[None]:
    """Fail if what is done takes more CPU time, in seconds of a core at rest, than that.

    The core is measured before and after, and the slower counts: what shares the machine slows both.
    """
    slowness = _slowness()
    with _uncollected():
        before = time.process_time()
        yield
        spent = time.process_time() - before
    slowness = max(1.0, slowness, _slowness())
    assert spent < seconds * slowness, f"{spent:.2f} CPU seconds on a core {slowness:.1f} times slower than at rest"


def cpu_of(work: Callable[[], object]) -> float:
    """Return the seconds of the processor that it takes, without garbage of other tests that is collected meanwhile."""
    with _uncollected():
        before = time.process_time()
        work()
        return time.process_time() - before


@contextmanager
def _uncollected() -> Iterator[None]:
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _slowness() -> float:
    before = time.process_time()
    for _ in range(75):
        found = re.findall(r"\d+(?=[ ,;-])", _TEXT)
        hashlib.sha256("".join(sorted(found)).encode() * 40).digest()
    return (time.process_time() - before) / _AT_REST
