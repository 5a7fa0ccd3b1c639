"""Engines for tests: `aws` (moto), `ministack` (a process of its own), and `engine`, which is each in turn.

All yield an environment for `Config.from_env`, set for the length of the test; tables, buckets and queues are empty.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Generator, Iterator

import pytest

from chalicelib.handlers.collector import resume_collector
from tests import rights
from tests.cloud import Engine, moto_engine_of_this_process
from tests.worker_shares import slow_first


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long, where several workers share the tests."""
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))  # noqa: TID251 - xdist tells it so
    if workers > 1:
        items[:] = slow_first(items, lambda item: any(map(item.get_closest_marker, ("deep", "browser"))), workers)


rights.watch()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Hold a test to the rights that it is the witness of."""
    with rights.seen_in(item.nodeid):
        return (yield)


def pytest_collection_finish() -> None:
    """Bring the garbage collector back: loading the app has it rest, and tests make much that does not stay.

    It looks more seldom than it would, and never at what was loaded: a sixth of the tests' time went into that.
    """
    resume_collector()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@pytest.fixture(scope="session")
def moto_engine() -> Engine:
    return moto_engine_of_this_process()


@pytest.fixture(scope="session")
def ministack_engine() -> Iterator[Engine]:
    from infra.local import ministack  # noqa: PLC0415 - most runs of single tests need no engine

    with ministack.running() as process:
        yield Engine(process)


@pytest.fixture
def aws(moto_engine: Engine) -> Iterator[dict[str, str]]:
    with moto_engine.opened() as environment:
        yield environment


@pytest.fixture
def ministack(ministack_engine: Engine) -> Iterator[dict[str, str]]:
    with ministack_engine.opened() as environment:
        yield environment


@pytest.fixture(params=["moto", pytest.param("ministack", marks=pytest.mark.ministack)])
def engine(request: pytest.FixtureRequest) -> Iterator[dict[str, str]]:
    chosen: Engine = request.getfixturevalue(f"{request.param}_engine")
    with chosen.opened() as environment:
        yield environment
