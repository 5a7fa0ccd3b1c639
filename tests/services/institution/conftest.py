"""Officers' institution with one draft of theirs that lacks nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.bootstrap import Container
from tests.composition_world import a_composition, store_of


@pytest.fixture
def desk(box: Container) -> Container:
    store_of(box).add(replace(a_composition(), version=1))
    return box
