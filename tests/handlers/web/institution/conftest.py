"""The staff, and e-mail that goes out."""

from __future__ import annotations

import pytest

from tests.cloud import Engine
from tests.compose_world import Desk, write_whole
from tests.deposit_world import World
from tests.officer_world import an_office, put_office
from tests.staff_world import Staff
from tests.suspension_world import Scene


@pytest.fixture
def staff(world: World, moto_engine: Engine) -> Staff:
    moto_engine.client("ses").verify_email_identity(EmailAddress=world.container.config.mail_from)
    return Staff(world)


@pytest.fixture
def scene(staff: Staff, moto_engine: Engine) -> Scene:
    return Scene(staff, moto_engine)


@pytest.fixture
def desk(staff: Staff) -> Desk:
    """An officer whose institution has an office."""
    put_office(staff.world.container, an_office())
    return Desk(staff)


@pytest.fixture
def written(desk: Desk) -> Desk:
    """The same, with a draft that lacks nothing."""
    write_whole(desk)
    return desk
