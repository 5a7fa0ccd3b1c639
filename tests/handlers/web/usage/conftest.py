"""The staff, e-mail that goes out, and the months of their institution."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.cloud import Engine
from tests.deposit_world import World
from tests.staff_world import Staff
from tests.usage_world import Months


@pytest.fixture
def staff(world: World, moto_engine: Engine) -> Staff:
    moto_engine.client("ses").verify_email_identity(EmailAddress=world.container.config.mail_from)
    return Staff(world)


@pytest.fixture
def months(staff: Staff) -> Iterator[Months]:
    months = Months(staff.world)
    yield months
    months.forget()
