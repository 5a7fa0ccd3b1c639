"""What the pages of drafts cost in calls to AWS: the deposit itself is no dearer than a system's."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bench.ledger import ledger
from tests.compose_world import Desk


def test_what_a_deposit_at_its_page_costs(written: Desk) -> None:
    sent = written.hidden(f"{written.at}/depositar")
    with ledger() as book:
        written.browser.send(f"{written.at}/depositar", **sent)

    assert (book.hops, book.calls) == (6, 6), book.operations

    with ledger() as book:
        written.browser.get(f"{written.at}/depositada")
    assert (book.hops, book.calls) == (3, 3), book.operations


@pytest.mark.parametrize(
    ("page", "cost"), [("", (3, 4)), ("/depositar", (3, 5)), ("/expediente", (2, 2)), ("/archivos", (3, 3))]
)
def test_what_a_page_costs(written: Desk, page: str, cost: tuple[int, int]) -> None:
    with ledger() as book:
        written.browser.get(f"{written.at}{page}")

    assert (book.hops, book.calls) == cost, book.operations


def test_what_keeping_a_part_and_asking_for_a_mailbox_cost(written: Desk) -> None:
    sent = written.hidden(f"{written.at}/expediente")
    with ledger() as book:
        written.browser.send(f"{written.at}/expediente", **{**sent, "case_number": "EXP-1", "opened_on": "16/2/2026"})
    assert (book.hops, book.calls) == (3, 3), book.operations

    asked = {"document_type": "DNI", "document_number": "40000002", "reason": "Notificar una carta"}
    written.staff.world.clock.now += timedelta(days=1)
    written.browser = written.staff.browser(written.member)
    for calls in (7, 6):  # the first of a day notes that the institution uses the service, without a hop more
        sent = written.hidden(f"{written.at}/destinatario")
        with ledger() as book:
            written.browser.send(f"{written.at}/destinatario", **{**sent, **asked})
        assert (book.hops, book.calls) == (5, calls), book.operations

    written.staff.world.clock.now += timedelta(days=1)
    written.browser = written.staff.browser(written.member)
    for calls in (6, 5):  # again the next day
        sent = {**written.hidden("/entidad/consultar"), **asked}
        with ledger() as book:
            written.browser.send("/entidad/consultar", **sent)
        assert [one for one in book.operations if one in {"PutItem", "UpdateItem", "BatchGetItem"}] == book.operations
        assert book.calls <= calls, book.operations  # with the answer, which is kept for the page after
