"""A browser, and one person who can log in."""

from __future__ import annotations

import pytest

from tests.browser_requests import Browser
from tests.cloud import Engine
from tests.deposit_world import World
from tests.person_world import People


@pytest.fixture
def browser(world: World, moto_engine: Engine) -> Browser:
    moto_engine.client("ses").verify_email_identity(EmailAddress=world.container.config.mail_from)
    people = People(world)
    people.seed()
    return Browser(people)
