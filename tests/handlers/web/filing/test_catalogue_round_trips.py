"""What the console's pages of the catalogue ask of AWS."""

from __future__ import annotations

import pytest

from bench.ledger import ledger
from chalicelib.domain.institution.staff import StaffRole
from tests.browser_requests import Browser, text_of
from tests.deposit_world import PDF
from tests.handlers.web.filing import test_procedure_pages as pages
from tests.staff_world import Staff


@pytest.fixture
def coordinator(staff: Staff) -> Browser:
    browser = staff.browser(staff.member(StaffRole.COORDINATOR))
    browser.get("/entidad")  # the outages are read once a minute
    return browser


def asked(browser: Browser, page: str) -> tuple[int, int]:
    """Return hops and calls of a page."""
    with ledger(latency_s=0.05) as book:
        answer = browser.get(page)
    assert answer.status_code == 200, text_of(answer)
    return book.hops, book.calls


def test_pages_of_a_catalogue(coordinator: Browser) -> None:
    page = pages.added(coordinator)
    assert asked(coordinator, pages.BASE) == (2, 2)
    assert asked(coordinator, f"{pages.BASE}/nuevo") == (2, 2)
    assert asked(coordinator, page) == (2, 2)
    for deed in ("formularios", "retirar"):
        assert asked(coordinator, f"{page}/{deed}") == (2, 2)
    assert asked(coordinator, f"{page}/cambiar") == (3, 3)
    assert asked(coordinator, f"{page}/versiones") == (4, 4)


def test_a_procedure_published_changed_and_retired(coordinator: Browser) -> None:
    form, look = pages.hidden_of(coordinator.get(f"{pages.BASE}/nuevo")), {**pages.FIELDS, "step": "revisar"}
    with ledger(latency_s=0.05) as book:
        seen = coordinator.send(f"{pages.BASE}/nuevo", **form, **look)
    assert (book.hops, book.calls) == (5, 5), "with who could attend to it"
    shown = coordinator.get(seen.headers["Location"])
    with ledger(latency_s=0.05) as book:
        led = coordinator.send(f"{pages.BASE}/nuevo", **pages.hidden_of(shown), step="publicar")
    assert (book.hops, book.calls) == (4, 4)
    page = led.headers["Location"].partition("?")[0]
    known = pages.hidden_of(coordinator.get(f"{page}/formularios"))
    with ledger(latency_s=0.05) as book:
        coordinator.send_file(f"{page}/formularios", "f.pdf", PDF, None, **known, form_title="Solicitud")
    assert (book.hops, book.calls) == (4, 4)
    known = pages.hidden_of(coordinator.get(f"{page}/retirar"))
    with ledger(latency_s=0.05) as book:
        coordinator.send_file(f"{page}/retirar", "", b"", None, **known, reason="La ordenanza lo eliminó")
    assert (book.hops, book.calls) == (3, 3)
