"""Eight who file at once, each killed again and again before or after a call: one filing each, numbers in a row."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random  # noqa: TID251 - a seeded one
from typing import Any
from unittest.mock import patch

import pytest
from botocore.endpoint import Endpoint

from chalicelib.bootstrap import Container, using
from chalicelib.bootstrap.filing import filing_draft_store
from chalicelib.config import Config
from chalicelib.domain.errors import CasillaError
from chalicelib.domain.filing.filing import Filing
from chalicelib.store.tables import EventItem, FilingItem
from tests.access_world import at_once
from tests.cloud import bound
from tests.deposit_world import AUTHORITY, Clock
from tests.filing_world import a_draft, file_it, seed_filing

pytestmark = pytest.mark.ministack

MANY = 8
IDS = [f"{number:032x}" for number in range(MANY)]
_MOST_TRIES = 40
_DEADLY = frozenset({"PutObject", "TransactWriteItems"})


class Killed(BaseException):
    """A process ends: nothing of it goes on, whatever it catches."""


class Deaths:
    """Who dies at which call: of four, one before it leaves and one once it was carried out."""

    def __init__(self, seed: int) -> None:
        self._random, self._lock = Random(seed), threading.Lock()  # noqa: S311 - no secret
        self.before = self.after = 0

    def draw(self) -> int:
        with self._lock:
            drawn = self._random.randrange(4)
            self.before += drawn == 0
            self.after += drawn == 1
            return drawn


@contextmanager
def deadly(deaths: Deaths) -> Iterator[None]:
    """Let calls that write be the last of who makes them."""
    send: Any = getattr(Endpoint, "_do_get_response")  # noqa: B009 - there is no event that all clients share

    def sent(self: Any, request: Any, operation_model: Any, context: Any) -> Any:
        drawn = deaths.draw() if operation_model.name in _DEADLY else -1
        if drawn == 0:
            raise Killed
        answer = send(self, request, operation_model, context)
        if drawn == 1:
            raise Killed
        return answer

    with patch.object(Endpoint, "_do_get_response", sent):
        yield


@pytest.fixture
def racing(ministack: dict[str, str]) -> Iterator[Container]:
    bound(ministack)
    config = Config.from_env({**ministack, "API_AUTHORITY": AUTHORITY, "API_BASE_URL": f"https://{AUTHORITY}"})
    with using(Container(config, clock=Clock())) as box:
        seed_filing(box)
        for draft_id in IDS:
            filing_draft_store(box).add(a_draft(draft_id))
        yield box


def sent_until_told(box: Container, draft_id: str) -> Filing:
    """Press the button as often as it takes."""
    for _ in range(_MOST_TRIES):
        try:
            return file_it(box, draft_id=draft_id)
        except (Killed, CasillaError):
            continue
    raise AssertionError(f"{draft_id} was never told")


@pytest.mark.parametrize("seed", [3, 11])
def test_eight_who_are_killed_all_the_time_file_once_each_under_numbers_in_a_row(racing: Container, seed: int) -> None:
    deaths = Deaths(seed)
    with deadly(deaths):
        told = at_once(MANY, lambda number: sent_until_told(racing, IDS[number]))

    assert deaths.before >= MANY // 2, "many died before a call"
    assert deaths.after >= MANY // 2, "and many after one"
    filings = {item.filing_id: item.data for item in FilingItem.scan() if item.data is not None}
    assert {one.filing_id for one in told if isinstance(one, Filing)} == filings.keys()
    assert sorted(data["draft_id"] for data in filings.values()) == IDS
    assert sorted(data["number"] for data in filings.values()) == [f"2026-{n:06d}" for n in range(1, MANY + 1)]
    assert [item.last for item in FilingItem.scan() if item.last is not None] == [MANY]
    events = sorted(event.subject for event in EventItem.scan() if event.type == "filing.filed")
    assert events == sorted(f"filing#{filing_id}" for filing_id in filings)


def test_eight_who_are_killed_with_one_draft_make_one_filing(racing: Container) -> None:
    deaths = Deaths(5)
    with deadly(deaths):
        told = at_once(MANY, lambda _: sent_until_told(racing, IDS[0]))

    [kept] = [item.filing_id for item in FilingItem.scan() if item.data is not None]
    assert {one.filing_id for one in told if isinstance(one, Filing)} == {kept}
    assert deaths.before + deaths.after > 0
    assert [item.last for item in FilingItem.scan() if item.last is not None] == [1]
