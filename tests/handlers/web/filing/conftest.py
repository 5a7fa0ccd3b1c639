"""The staff, whose coordinators keep the catalogue."""

from __future__ import annotations

import pytest

from tests.deposit_world import World
from tests.staff_world import Staff


@pytest.fixture
def staff(world: World) -> Staff:
    return Staff(world)
