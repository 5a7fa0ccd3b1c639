"""The app on the in-process engine, with one institution and one mailbox."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from datetime import timedelta
from functools import cache

import pytest
from chalice.test import Client

from app import app
from chalicelib.bootstrap import Container, using
from chalicelib.bootstrap.aws import connection
from chalicelib.bootstrap.page import seen_by_pages
from chalicelib.config import Config
from chalicelib.handlers.log import log
from chalicelib.services.seen_by_pages import SeenByPages
from chalicelib.store import tables
from chalicelib.store.page_view import Seen
from tests.deposit_world import AUTHORITY, NOW, Clock, World
from tests.gateway_requests import Lines


@cache
def _container(config: Config) -> Container:
    """Keep one container: making an AWS client takes longer than most tests."""
    return Container(config, clock=Clock(), pause=lambda _: None)


@pytest.fixture
def world(aws: dict[str, str]) -> Iterator[World]:
    """Yield a seeded world."""
    config = Config.from_env({**aws, "API_AUTHORITY": AUTHORITY, "API_BASE_URL": f"https://{AUTHORITY}"})
    container = _container(config)
    clock = container.clock
    assert isinstance(clock, Clock)
    clock.now, clock.step = NOW, timedelta(0)
    tables.bind(config, connection(container))  # other tests bind the same models elsewhere
    container.made[seen_by_pages] = SeenByPages(
        Seen(is_known=True), NOW
    )  # as in a warm process; what another test announced is gone
    with using(container):
        world = World(container, Client(app), clock)
        world.seed()
        yield world


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Iterator[Lines]:
    """Yield what is written to the log, as the fields of its lines, from now on."""

    [writes] = log().handlers
    found: Lines = []

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            text = writes.format(record)
            assert "\n" not in text
            found.append(json.loads(text))

    kept = Kept()
    caplog.set_level(logging.INFO, "casilla")
    logging.getLogger("casilla").addHandler(kept)
    yield found
    logging.getLogger("casilla").removeHandler(kept)
