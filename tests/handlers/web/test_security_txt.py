"""Whoever finds a weakness finds whom to tell, as long as the institution keeps the contact."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from chalicelib.domain.portal import Portal
from chalicelib.renderers import portal as rendering
from chalicelib.renderers.portal import portal, security_txt
from tests.browser_requests import Browser, text_of

ADDRESS = "/.well-known/security.txt"
CONFIRMED = datetime(2026, 11, 28, tzinfo=UTC)
YEAR = timedelta(days=365)


@pytest.fixture
def set_to(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Have the institution set other values than the package's."""

    def change(**changes: object) -> None:
        changed: Portal = replace(portal(), **changes)  # type: ignore[arg-type]
        monkeypatch.setattr(rendering, "portal", lambda: changed)

    return change


def test_it_has_what_the_standard_asks_for(browser: Browser) -> None:
    answer = browser.get(ADDRESS)

    fields = dict(line.split(": ", 1) for line in text_of(answer).splitlines())
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert list(fields) == ["Contact", "Expires", "Preferred-Languages", "Canonical"]
    assert re.match(r"mailto:[^@ ]+@[^@ ]+$|https://", fields["Contact"])
    assert fields["Contact"] == portal().security_contact
    assert fields["Canonical"] == f"{browser.people.world.container.portal_url}{ADDRESS}"
    assert text_of(answer).endswith("\n")


def test_it_stands_for_a_year_after_somebody_confirmed_the_contact(set_to: Callable[..., None]) -> None:
    set_to(security_confirmed=date(2026, 11, 28))

    told = security_txt("https://casilla.example", CONFIRMED + YEAR - timedelta(seconds=1))
    assert "Expires: 2027-11-28T00:00:00Z\n" in str(told)
    assert security_txt("https://casilla.example", CONFIRMED + YEAR) is None


def test_an_institution_without_contact_has_no_such_file(set_to: Callable[..., None], browser: Browser) -> None:
    set_to(security_contact=None)

    assert browser.get(ADDRESS).status_code == 404
