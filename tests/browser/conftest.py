"""A real browser on the whole service, as `make run` starts it; only pages and outbox are looked at.

Without Chromium these tests are skipped, and say so; in continuous integration that is a failure.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from infra.local.ministack import free_port
from tests.browser.person import PHONE, Person
from tests.local_run import Run, a_run

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
SHOTS = Path(__file__).parents[2] / "build" / "screenshots"


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if CHROMIUM is None and os.environ.get("CI"):  # noqa: TID251 - how the tests are run, not what the service does
        pytest.fail("Chromium is not installed")
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    with a_run(tmp_path_factory.mktemp("browser"), free_port(), free_port()) as running:
        yield running


@pytest.fixture(params=["phone", "no-script"])
def person(request: pytest.FixtureRequest, chromium: Browser, run: Run) -> Iterator[Person]:
    """Yield somebody with a phone, whose pages are looked at on a desk as well, or without JavaScript."""
    has_script = request.param == "phone"
    context = chromium.new_context(
        viewport={"width": PHONE, "height": 740},
        java_script_enabled=has_script,
        locale="es-PE",
        timezone_id="America/Lima",
    )
    context.set_default_timeout(20_000)
    yield Person(context.new_page(), run, SHOTS, has_script=has_script)
    context.close()
