"""What the pages of keys, offices and settings ask of AWS."""

from __future__ import annotations

import pytest

from bench.ledger import ledger
from chalicelib.domain.institution.staff import StaffRole
from tests.browser_requests import Browser, text_of
from tests.deposit_world import INSTITUTION_ID, KEY_ID
from tests.handlers.web.institution import test_key_pages as keys
from tests.handlers.web.institution import test_office_pages as offices
from tests.handlers.web.institution import test_settings_pages as settings
from tests.staff_world import Staff, csrf_of


@pytest.fixture
def coordinator(staff: Staff) -> Browser:
    browser = staff.browser(staff.member(StaffRole.COORDINATOR))
    browser.get("/entidad")  # the outages are read once a minute
    return browser


def asked(browser: Browser, page: str, **fields: str) -> tuple[int, int]:
    """Return hops and calls of a page, or of a form that is sent to it."""
    with ledger(latency_s=0.05) as book:
        answer = browser.send(page, **fields) if fields else browser.get(page)
    assert answer.status_code in (200, 303), text_of(answer)
    return book.hops, book.calls


def test_pages_of_keys(coordinator: Browser) -> None:
    for page in ("/entidad/claves", f"/entidad/claves/{KEY_ID}", f"/entidad/claves/{KEY_ID}/revocar"):
        assert asked(coordinator, page) == (2, 2)
    assert asked(coordinator, "/entidad/claves/registrar") == (1, 1)
    check = keys.send(coordinator, keys.typed())
    with ledger(latency_s=0.05) as book:
        keys.send(coordinator, {**keys.hidden(check), "step": "registrar"})
    assert (book.hops, book.calls) == (5, 5)
    csrf = csrf_of(coordinator.get("/entidad/claves"))
    assert asked(coordinator, f"/entidad/claves/{KEY_ID}/revocar", csrf=csrf, reason="Rotación") == (3, 3)


def test_pages_of_offices(staff: Staff, coordinator: Browser) -> None:
    page = f"{offices.BASE}/{offices.add(staff, coordinator).office_id}"
    csrf = csrf_of(coordinator.get(page))
    assert asked(coordinator, offices.BASE) == (2, 2)
    assert asked(coordinator, page) == (4, 4)
    assert asked(coordinator, f"{page}/estado") == (3, 3)
    new = {"csrf": csrf, **offices.TYPED, "name": "Otra"}
    assert asked(coordinator, f"{offices.BASE}/agregar", **new) == (4, 4)
    assert asked(coordinator, page, csrf=csrf, version="1", **{**offices.TYPED, "address": "Av. 2"}) == (4, 4)
    closing = {"csrf": csrf, "version": "2", "closes": "si", "reason": "Mudanza"}
    assert asked(coordinator, f"{page}/estado", **closing) == (3, 3)


def test_pages_of_settings(staff: Staff, coordinator: Browser) -> None:
    assert asked(coordinator, settings.OWN) == asked(coordinator, settings.NEW) == (1, 1)
    with ledger(latency_s=0.05) as book:
        settings.post(coordinator, settings.NEW, **settings.CONTACT)
    assert book.calls == 2 + 3
    assert asked(Browser(staff.people), f"/entidades/{INSTITUTION_ID}") == (1, 1)
