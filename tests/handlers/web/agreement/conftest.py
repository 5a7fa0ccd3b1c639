"""The staff, and e-mail that goes out; keys that were not used yet."""

from __future__ import annotations

import pytest

from tests.cloud import Engine
from tests.deposit_world import KEY_ID, World, a_signing_key, put_key
from tests.staff_world import Staff


@pytest.fixture
def staff(world: World, moto_engine: Engine) -> Staff:
    moto_engine.client("ses").verify_email_identity(EmailAddress=world.container.config.mail_from)
    for key_id in (KEY_ID, "p256"):
        put_key(world.container, a_signing_key(key_id=key_id), used_on=None)
    return Staff(world)
