"""CPU of one deposit over the floor under it, where the difference goes, and how many a second a core does."""

from __future__ import annotations

import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

from bench.figures import Figure, Ratio, Work, alternate
from bench.floor import Floor, floor_of
from bench.world import BenchWorld, handle
from chalicelib.handlers import signed
from chalicelib.handlers.api.deposit import deposits as handler
from chalicelib.services.deposit import deposit_notice
from chalicelib.services.sender import authenticate_sender
from chalicelib.store.deposit.deposit_store import DepositStore
from chalicelib.store.request_store import RequestStore

_ROUNDS, _BATCH, _SAMPLES = 11, 8, 40
_STAGES: Sequence[tuple[str, Any, str]] = (
    ("request", signed, "signed_request"),
    ("claim", handler, "read_claim"),
    ("parse", handler, "read_deposit"),
    ("load", RequestStore, "load"),
    ("verify", authenticate_sender, "prove_request"),
    ("inspect", deposit_notice, "settle_files"),
    ("compose", deposit_notice, "compose_notice"),
    ("receipt", deposit_notice, "render_receipt"),
    ("answer", deposit_notice, "render_deposit_answer"),
    ("store", deposit_notice, "_store"),
    ("commit", DepositStore, "commit"),
)
"""Where each stage is looked up by its caller."""
_AGAINST = {
    "parse": {"parse"},
    "load": {"BatchGetItem"},
    "verify": {"verify"},
    "inspect": {"hash"},
    "receipt": {"receipt"},
    "store": {"PutItem", "PutObject"},
    "commit": {"TransactWriteItems"},
}


def measure(world: BenchWorld) -> Iterator[Figure]:
    """Yield the ratios of both kinds of deposit."""
    uploaded = _ratio(world, world.uploaded_body(), is_inline=False)
    yield Figure("deposit ÷ floor, file uploaded", uploaded.ratio, "x", 2.0)
    yield Figure("deposit CPU, file uploaded", uploaded.ours * 1e3, "ms")
    yield Figure("floor CPU, file uploaded", uploaded.floor * 1e3, "ms")
    yield Figure("deposits a second a core, file uploaded", 1 / uploaded.ours, "1/s")
    inline = _ratio(world, world.inline_body(), is_inline=True)
    yield Figure("deposit ÷ floor, file inline", inline.ratio, "x")
    yield Figure("deposit CPU, file inline", inline.ours * 1e3, "ms")
    yield Figure("floor CPU, file inline", inline.floor * 1e3, "ms")


def _ratio(world: BenchWorld, body: dict[str, Any], *, is_inline: bool) -> Ratio:
    floor = floor_of(world, body, is_inline=is_inline)
    return alternate(deposits_of(world, body), floor.prepare, rounds=_ROUNDS, batch=_BATCH)


def deposits_of(world: BenchWorld, body: dict[str, Any]) -> Callable[[int], Sequence[Work]]:
    """Make signed deposits of one body; one upload may serve several."""
    return lambda count: [partial(handle, world.deposit_event(body)) for _ in range(count)]


def stages(world: BenchWorld) -> Iterator[Figure]:
    """Yield the CPU of each stage of a deposit of an uploaded file, and of the floor's part that stands against it."""
    body = world.uploaded_body()
    floor = floor_of(world, body, is_inline=False)
    taken: dict[str, list[float]] = defaultdict(list)
    with _timed(taken):
        for work in deposits_of(world, body)(_SAMPLES):
            _time("whole", work, taken)
    ours, parts = _medians(taken), _medians(_floor_times(floor, _SAMPLES))
    ours["handler"] = ours.pop("whole") - sum(ours.values())
    for stage, milliseconds in ours.items():
        yield Figure(f"stage {stage}", milliseconds, "ms")
        against = [parts[part] for part in parts if part.partition(" ")[0] in _AGAINST.get(stage, ())]
        if against:
            yield Figure(f"stage {stage}: floor", sum(against), "ms")


def _floor_times(floor: Floor, count: int) -> dict[str, list[float]]:
    taken: dict[str, list[float]] = defaultdict(list)
    for _ in range(count):
        for name, stage in floor.renamed_stages().items():
            _time(name, stage, taken)
    return taken


def _medians(taken: dict[str, list[float]]) -> dict[str, float]:
    return {name: statistics.median(times) * 1e3 for name, times in taken.items()}


def _time(name: str, work: Work, taken: dict[str, list[float]]) -> Any:
    started = time.process_time()
    try:
        return work()
    finally:
        taken[name].append(time.process_time() - started)


@contextmanager
def _timed(taken: dict[str, list[float]]) -> Iterator[None]:
    """Time every stage of `_STAGES`; they follow each other, so the CPU of all threads is the stage's own."""
    originals = [(place, name, getattr(place, name)) for _, place, name in _STAGES]
    for (stage, place, name), (_, _, original) in zip(_STAGES, originals, strict=True):
        setattr(place, name, _wrapped(stage, original, taken))
    try:
        yield
    finally:
        for place, name, original in originals:
            setattr(place, name, original)


def _wrapped(stage: str, original: Callable[..., Any], taken: dict[str, list[float]]) -> Callable[..., Any]:
    return lambda *args, **options: _time(stage, partial(original, *args, **options), taken)
