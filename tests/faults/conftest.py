"""One laboratory for all tests of faults: the engine, and the wire to it."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from tests.cloud import Engine
from tests.faults.journey import Lab
from tests.faults.wire import Wire, tapped


@pytest.fixture(scope="module")
def lab(moto_engine: Engine) -> Iterator[Lab]:
    logging.disable(logging.CRITICAL)  # thousands of refusals that are meant to happen
    with moto_engine.opened() as environment, tapped(Wire()) as wire:
        yield Lab(moto_engine, environment, wire)
    logging.disable(logging.NOTSET)
