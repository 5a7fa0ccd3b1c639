"""The app on the in-process engine, with one institution and one mailbox."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest
from chalice.test import Client

from app import app
from chalicelib.bootstrap import using
from chalicelib.bootstrap.page import seen_by_pages
from chalicelib.handlers.log import log
from chalicelib.services.seen_by_pages import SeenByPages
from chalicelib.store.page_view import Seen
from tests.deposit_world import NOW, World
from tests.gateway_requests import Lines
from tests.kept_container import kept_container


@pytest.fixture
def world(aws: dict[str, str]) -> Iterator[World]:
    """Yield a seeded world."""
    container, clock = kept_container(aws)
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
