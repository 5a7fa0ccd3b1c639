"""The staff, and e-mail that goes out."""

from __future__ import annotations

import pytest

from tests.cloud import Engine
from tests.deposit_world import World
from tests.staff_world import Staff


@pytest.fixture
def staff(world: World, moto_engine: Engine) -> Staff:
    moto_engine.client("ses").verify_email_identity(EmailAddress=world.container.config.mail_from)
    return Staff(world)
