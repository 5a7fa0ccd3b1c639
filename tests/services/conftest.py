"""A container over moto, with an institution that has an office and an officer's checked upload."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import cache

import pytest

from chalicelib.bootstrap import Container, using
from chalicelib.bootstrap.aws import connection
from chalicelib.config import Config
from chalicelib.store import tables
from tests.deposit_world import AUTHORITY, NOW, Clock
from tests.officer_world import seed_officers


@cache
def _container(config: Config) -> Container:
    return Container(config, clock=Clock(), pause=lambda _: None)


@pytest.fixture
def box(aws: dict[str, str]) -> Iterator[Container]:
    config = Config.from_env({**aws, "API_AUTHORITY": AUTHORITY, "API_BASE_URL": f"https://{AUTHORITY}"})
    container = _container(config)
    clock = container.clock
    assert isinstance(clock, Clock)
    clock.now, clock.step = NOW, timedelta(0)
    tables.bind(config, connection(container))
    with using(container):
        seed_officers(container)
        yield container
