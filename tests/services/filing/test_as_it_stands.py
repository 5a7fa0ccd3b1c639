"""Many windows that send files at once: each file that arrived stays, on an engine that isolates."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from chalicelib.bootstrap import Container, using
from chalicelib.bootstrap.filing import draft_tools, filing_draft_store
from chalicelib.config import Config
from chalicelib.domain.errors import Conflict, NotFound
from chalicelib.domain.filing.filing_draft import FilePart, FilingDraft
from chalicelib.services.filing.as_it_stands import MOST_TRIES, as_it_stands
from chalicelib.services.filing.filing_drafts import attach_to_draft, discard_draft, remove_from_draft
from tests.access_world import at_once
from tests.cloud import bound
from tests.deposit_world import AUTHORITY, Clock
from tests.filing_world import ANNEX_ID, DRAFT_ID, a_draft, a_session

pytestmark = pytest.mark.ministack
WINDOWS = 3
"""One less than the tries: whoever loses each time to another one's file is through with the last."""


@pytest.fixture
def racing(ministack: dict[str, str]) -> Iterator[Container]:
    bound(ministack)
    config = Config.from_env({**ministack, "API_AUTHORITY": AUTHORITY, "API_BASE_URL": f"https://{AUTHORITY}"})
    with using(Container(config, clock=Clock())) as box:
        assert filing_draft_store(box).add(a_draft())
        yield box


def attach(box: Container, filename: str) -> FilingDraft:
    tools = draft_tools(box)
    return as_it_stands(
        DRAFT_ID,
        a_session(),
        lambda version: attach_to_draft(
            DRAFT_ID, a_session(), FilePart.ANNEX, filename, b"a", seen_version=version, tools=tools
        ),
        store=tools.store,
    )


def kept(box: Container) -> FilingDraft:
    found = filing_draft_store(box).find(DRAFT_ID)
    assert found is not None
    return found


def test_each_file_of_windows_that_send_at_once_stays(racing: Container) -> None:
    assert WINDOWS < MOST_TRIES
    outcomes = at_once(WINDOWS, lambda number: attach(racing, f"{number}.txt"))
    assert all(isinstance(one, FilingDraft) for one in outcomes), outcomes
    names = sorted(one.filename for one in kept(racing).annexes)
    assert names == ["0.txt", "1.txt", "2.txt", "anexo.txt"]


def test_one_window_removes_a_file_while_another_sends_one(racing: Container) -> None:
    tools = draft_tools(racing)

    def act(number: int) -> object:
        if number:
            return attach(racing, "otro.txt")
        return as_it_stands(
            DRAFT_ID,
            a_session(),
            lambda version: remove_from_draft(DRAFT_ID, a_session(), ANNEX_ID, seen_version=version, tools=tools),
            store=tools.store,
        )

    at_once(2, act)
    assert [one.filename for one in kept(racing).annexes] == ["otro.txt"]


def test_a_draft_that_closed_meanwhile_takes_no_file(racing: Container) -> None:
    discard_draft(DRAFT_ID, a_session(), seen_version=1, tools=draft_tools(racing))
    with pytest.raises(Conflict, match="draft_closed"):
        attach(racing, "tarde.txt")
    assert [one.filename for one in kept(racing).annexes] == ["anexo.txt"]


def test_somebody_elses_draft_is_none(racing: Container) -> None:
    with pytest.raises(NotFound, match="draft_not_found"):
        as_it_stands(DRAFT_ID, a_session("u9"), lambda _: None, store=draft_tools(racing).store)


def test_what_changes_again_and_again_is_told_in_the_end(racing: Container) -> None:
    tries: list[int] = []

    def lose(version: int) -> None:
        tries.append(version)
        raise Conflict("draft_changed", "Cambió.")

    with pytest.raises(Conflict, match="draft_changed"):
        as_it_stands(DRAFT_ID, a_session(), lose, store=draft_tools(racing).store)
    assert tries == [1] * MOST_TRIES
