"""A process reads the board once a minute at most, and remembers a failure for as long."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.domain.errors import Unavailable
from chalicelib.domain.outage.outage import Board
from chalicelib.services.seen_by_pages import SEEN_FOR, SeenByPages, look
from chalicelib.store.page_view import Seen
from tests.domain.outage.test_outage import NOW, an_outage

FULL, EMPTY = Seen(Board((an_outage(),))), Seen()


class Reads:
    """Counts, and answers or fails as told."""

    def __init__(self, *answers: Seen | Exception) -> None:
        self.answers = list(answers)

    def __call__(self) -> Seen:
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def test_within_a_minute_nothing_is_read_again() -> None:
    seen, reads = SeenByPages(), Reads(FULL, EMPTY)

    found = [look(seen=seen, read=reads, now=NOW + timedelta(seconds=at)) for at in (0, 1, 59)]

    assert found == [FULL] * 3
    assert look(seen=seen, read=reads, now=NOW + SEEN_FOR) == EMPTY
    assert not reads.answers


def test_a_failure_is_remembered_too_and_the_last_board_stands() -> None:
    seen, reads = SeenByPages(), Reads(FULL, Unavailable("outages_unread", ""), EMPTY)
    look(seen=seen, read=reads, now=NOW)

    with pytest.raises(Unavailable):
        look(seen=seen, read=reads, now=NOW + SEEN_FOR)
    assert look(seen=seen, read=reads, now=NOW + SEEN_FOR + timedelta(seconds=59)) == FULL
    assert look(seen=seen, read=reads, now=NOW + 2 * SEEN_FOR) == EMPTY


def test_a_clock_that_was_put_back_does_not_keep_a_board_for_long() -> None:
    seen, reads = SeenByPages(), Reads(FULL, EMPTY)
    look(seen=seen, read=reads, now=NOW)

    assert look(seen=seen, read=reads, now=NOW - timedelta(seconds=1)) == EMPTY
