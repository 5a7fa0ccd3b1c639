"""One container over the engine in this process, put back before each test: making AWS clients takes long."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import cache

from chalicelib.bootstrap import Container
from chalicelib.bootstrap.aws import connection
from chalicelib.config import Config
from chalicelib.store import tables
from tests.deposit_world import AUTHORITY, NOW, Clock


@cache
def _container(config: Config) -> Container:
    return Container(config, clock=Clock(), pause=lambda _: None)


def kept_container(environment: Mapping[str, str]) -> tuple[Container, Clock]:
    """Return it with its clock, at `NOW`, and the tables bound to it: other tests bind the same models elsewhere."""
    config = Config.from_env({**environment, "API_AUTHORITY": AUTHORITY, "API_BASE_URL": f"https://{AUTHORITY}"})
    container = _container(config)
    clock = container.clock
    assert isinstance(clock, Clock)
    clock.now, clock.step = NOW, timedelta(0)
    tables.bind(config, connection(container))
    return container, clock
