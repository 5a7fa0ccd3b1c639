"""A holder's filings are seen by all users of the mailbox, newest first, and by nobody else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from chalicelib.bootstrap import Container, using
from chalicelib.bootstrap.filing import filing_draft_store, filing_store
from chalicelib.config import Config
from chalicelib.domain.errors import NotFound
from chalicelib.services.filing.read_filings import find_filing, list_filings
from tests.deposit_world import Clock
from tests.filing_world import a_draft, a_session, file_it, seed_filing


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def box(aws: dict[str, str], clock: Clock) -> Iterator[Container]:
    with using(Container(Config.from_env(aws), clock=clock, pause=lambda _: None)) as box:
        seed_filing(box)
        yield box


def test_every_user_of_the_mailbox_sees_it(box: Container) -> None:
    filing = file_it(box)
    for session in (a_session(), a_session("u2")):
        assert find_filing(filing.filing_id.lower(), session, store=filing_store(box)) == filing


@pytest.mark.parametrize(
    "filing_id", ["", "2222-2222-2222", "count#entidad-demo#2026", "number#entidad-demo#2026-000001"]
)
def test_what_is_none_is_not_found(box: Container, filing_id: str) -> None:
    file_it(box)
    with pytest.raises(NotFound) as refusal:
        find_filing(filing_id, a_session(), store=filing_store(box))
    assert refusal.value.code == "filing_not_found"


def test_another_mailbox_finds_and_lists_nothing(box: Container) -> None:
    filing = file_it(box)
    stranger = a_session(mailbox_id="1-40000003")

    with pytest.raises(NotFound):
        find_filing(filing.filing_id, stranger, store=filing_store(box))
    assert list_filings(stranger, store=filing_store(box)).filings == ()


def test_the_list_goes_on_from_page_to_page(box: Container, clock: Clock) -> None:
    numbers = []
    for number in range(5):
        draft_id = f"{number:032x}"
        filing_draft_store(box).add(a_draft(draft_id))
        clock.advance(minutes=1)
        numbers.append(file_it(box, draft_id=draft_id).number)

    seen, after = [], None
    while True:
        page = list_filings(a_session(), store=filing_store(box), after=after, limit=2)
        seen += [one.number for one in page.filings]
        after = page.next_after
        if after is None:
            break
    assert seen == numbers[::-1]
