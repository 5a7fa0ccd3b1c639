"""Engines for tests: `aws` (moto), `ministack` (a process of its own), and `engine`, which is each in turn.

All yield an environment for `Config.from_env`, set for the length of the test; tables, buckets and queues are empty.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.loaders import JSONFileLoader

from tests.cloud import Engine

_load_file = JSONFileLoader.load_file
_files: dict[str, Any] = {}


def _load_file_once(loader: JSONFileLoader, path: str) -> Any:
    """Parse each of botocore's data files once a run: sessions do it anew, and that is half of a test's time."""
    if path not in _files:
        _files[path] = _load_file(loader, path)
    return _files[path]


JSONFileLoader.load_file = _load_file_once  # type: ignore[assignment,method-assign]


@pytest.fixture(scope="session")
def moto_engine() -> Engine:
    return Engine()


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
