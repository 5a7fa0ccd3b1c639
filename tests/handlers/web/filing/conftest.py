"""The staff, whose coordinators keep the catalogue."""

from __future__ import annotations

import pytest

from chalicelib.bootstrap.storage import mailbox_store
from tests.browser_requests import Browser
from tests.cloud import Engine
from tests.deposit_world import World, a_mailbox
from tests.filer_world import FilerAtWork, seed_catalogue
from tests.staff_world import Staff


@pytest.fixture
def staff(world: World) -> Staff:
    return Staff(world)


@pytest.fixture
def filer(browser: Browser, moto_engine: Engine) -> FilerAtWork:
    """A person inside their mailbox, and an institution's catalogue with a procedure."""
    box = browser.people.world.container
    seed_catalogue(box)
    mailbox_store(box).put(a_mailbox())
    browser.enter()
    return FilerAtWork(browser, moto_engine)
