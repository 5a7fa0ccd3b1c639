"""What the page of a filing rule asks of AWS."""

from __future__ import annotations

import re

from bench.ledger import ledger
from chalicelib.domain.institution.staff import StaffRole
from tests.browser_requests import Browser, text_of
from tests.handlers.web.filing.test_filing_rule_page import BASE, NORM
from tests.handlers.web.institution.test_office_pages import add
from tests.staff_world import Staff, csrf_of


def asked(browser: Browser, page: str, **fields: str) -> tuple[int, int]:
    """Return hops and calls of the page, or of its form as it is shown."""
    if fields:
        shown = browser.get(page)
        version = re.findall(r'name="version" value="(\d+)"', text_of(shown))[0]
        fields = {"csrf": csrf_of(shown), "version": version, **fields}
    with ledger(latency_s=0.05) as book:
        answer = browser.send(page, **fields) if fields else browser.get(page)
    assert answer.status_code in (200, 303), text_of(answer)
    return book.hops, book.calls


def test_the_page_of_an_office_and_of_the_institution(staff: Staff) -> None:
    browser = staff.browser(staff.member(StaffRole.COORDINATOR))
    browser.get("/entidad")  # the outages are read once a minute
    page, own = f"{BASE}/{add(staff, browser).office_id}/presentaciones", f"{BASE}/-/presentaciones"
    assert asked(browser, page) == (3, 3)
    assert asked(browser, page, counts_until="closing", norm=NORM) == (3, 3)
    assert asked(browser, own) == (2, 2)
    assert asked(browser, own, counts_until="closing", norm=NORM) == (3, 3)
