"""One laboratory for all tests of faults: the engine and the wire to it; and one world for those who race."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace

import pytest
from chalice.test import Client

import app
from chalicelib.bootstrap import Container, using
from chalicelib.config import Config
from tests.cloud import Engine
from tests.deposit_world import AUTHORITY, Clock, World
from tests.faults.journey import Lab
from tests.faults.wire import Wire, tapped


@pytest.fixture(scope="module")
def lab(moto_engine: Engine) -> Iterator[Lab]:
    logging.disable(logging.CRITICAL)  # thousands of refusals that are meant to happen
    with moto_engine.opened() as environment, tapped(Wire()) as wire:
        yield Lab(moto_engine, environment, wire)
    logging.disable(logging.NOTSET)


@pytest.fixture(scope="module")
def environment(ministack_engine: Engine) -> Iterator[dict[str, str]]:
    with ministack_engine.opened() as environment:
        yield environment


@pytest.fixture
def world(ministack: dict[str, str]) -> Iterator[World]:
    clock = Clock()
    with using(Container(replace(Config.from_env(ministack), api_authority=AUTHORITY), clock=clock)) as box:
        made = World(box, Client(app.app), clock)
        made.seed()
        yield made
