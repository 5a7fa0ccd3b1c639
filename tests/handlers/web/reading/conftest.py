"""Somebody inside the mailbox, and the files that are made for them."""

from __future__ import annotations

import pytest

from tests.browser_requests import Browser
from tests.cloud import Engine
from tests.export_world import Exports


@pytest.fixture
def visitor(browser: Browser) -> Browser:
    """Yield a browser whose person has validated."""
    browser.enter()
    return browser


@pytest.fixture
def exports(visitor: Browser, moto_engine: Engine) -> Exports:
    """Yield what prepares the files that the visitor asks for."""
    return Exports(visitor.people, moto_engine, "")
