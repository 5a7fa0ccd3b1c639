"""The app on the in-process engine, with one institution and one mailbox."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from chalice.test import Client

from app import app
from chalicelib.bootstrap import Container, using
from chalicelib.config import Config
from tests.deposit_world import AUTHORITY, Clock, World


@pytest.fixture
def world(aws: dict[str, str]) -> Iterator[World]:
    """Yield a seeded world."""
    config = Config.from_env({**aws, "API_AUTHORITY": AUTHORITY, "API_BASE_URL": f"https://{AUTHORITY}"})
    clock = Clock()
    container = Container(config, clock=clock, pause=lambda _: None)
    with using(container):
        world = World(container, Client(app), clock)
        world.seed()
        yield world
