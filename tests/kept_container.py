"""One container over the engine in this process, put back before each test: making AWS clients takes long.

They alone are kept: what else a process made may remember what another test did.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import cache

from chalicelib.bootstrap import Container, aws
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
    container.made = {make: made for make, made in container.made.items() if make.__module__ == aws.__name__}
    tables.bind(config, aws.connection(container))
    return container, clock
