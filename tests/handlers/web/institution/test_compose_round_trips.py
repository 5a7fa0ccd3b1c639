"""What the pages of drafts cost in calls to AWS: the deposit itself is no dearer than a system's."""

from __future__ import annotations

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
