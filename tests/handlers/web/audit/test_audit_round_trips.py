"""What the pages of looks ask of AWS."""

from __future__ import annotations

from bench.ledger import ledger
from tests.audit_world import AUDITS, Coordinator, a_look
from tests.browser_requests import Browser, text_of


def asked(browser: Browser, page: str, **fields: str) -> tuple[int, int]:
    """Return hops and calls of a page, or of a form that is sent to it."""
    with ledger(latency_s=0.05) as book:
        answer = browser.send(page, **fields) if fields else browser.get(page)
    assert answer.status_code in (200, 303), text_of(answer)
    return book.hops, book.calls


def test_pages_of_lists_of_looks(coordinator: Coordinator) -> None:
    browser = coordinator.browser
    browser.get("/entidad")  # the outages are read once a minute
    form = coordinator.form()
    assert asked(browser, AUDITS) == (2, 2)
    assert asked(browser, f"{AUDITS}/pedir") == (2, 4)
    assert asked(browser, f"{AUDITS}/pedir", **form) == (5, 8)
    coordinator.run()
    assert asked(browser, f"{AUDITS}/2026-000001") == (3, 11)
    assert asked(browser, f"{AUDITS}/2026-000001/csv") == (3, 3)


def test_the_holders_page(browser: Browser) -> None:
    browser.enter()
    browser.get("/perfil")
    assert asked(browser, "/perfil/consultas") == (2, 6)
    Coordinator.keep_in(browser.people.world, a_look(subject="mailbox#1-40000002"))
    assert asked(browser, "/perfil/consultas") == (3, 7)
