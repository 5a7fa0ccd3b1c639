"""The staff, one officer whose looks are asked for, and a coordinator who asks."""

from __future__ import annotations

import pytest

from tests.audit_world import Coordinator
from tests.cloud import Engine
from tests.deposit_world import World
from tests.staff_world import Staff


@pytest.fixture
def staff(world: World, moto_engine: Engine) -> Staff:
    moto_engine.client("ses").verify_email_identity(EmailAddress=world.container.config.mail_from)
    world.seed()
    return Staff(world)


@pytest.fixture
def coordinator(staff: Staff) -> Coordinator:
    looker = staff.member()
    assert looker.actor == "staff:s40000100"
    return Coordinator(staff)
