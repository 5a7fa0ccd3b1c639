"""Outages: how they stand, what the board holds, and what an announcement may say."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.domain.errors import Conflict, InvalidInput
from chalicelib.domain.outage.outage import (
    ANNOUNCED_AHEAD,
    ON_BOARD,
    Affected,
    Board,
    Outage,
    OutageState,
    check_times,
    check_words,
    correct_outage,
    end_outage,
    number_outage,
)

NOW = datetime(2026, 3, 9, 20, 15, tzinfo=UTC)
HOUR = timedelta(hours=1)


def an_outage(number: int = 1, **overrides: Any) -> Outage:
    outage = Outage(
        outage_id=f"2026-03-09-{number:02}",
        starts_at=NOW,
        expected_until=None,
        affects=(Affected.ACCESS,),
        words="No se puede ingresar.",
        announced_at=NOW,
    )
    return replace(outage, **overrides)


@pytest.mark.parametrize(
    ("outage", "state"),
    [
        (an_outage(), OutageState.UNDER_WAY),
        (an_outage(starts_at=NOW + HOUR), OutageState.PLANNED),
        (an_outage(starts_at=NOW - HOUR, expected_until=NOW), OutageState.OVER),
        (an_outage(starts_at=NOW - HOUR, expected_until=NOW, announced_at=NOW - HOUR), OutageState.UNCONFIRMED),
        (an_outage(starts_at=NOW - HOUR, expected_until=NOW, announced_at=NOW - 2 * HOUR), OutageState.UNCONFIRMED),
        (an_outage(starts_at=NOW - HOUR, expected_until=NOW + HOUR), OutageState.UNDER_WAY),
        (an_outage(starts_at=NOW - HOUR, expected_until=NOW + HOUR, ended_at=NOW), OutageState.OVER),
        (an_outage(starts_at=NOW + HOUR, ended_at=NOW), OutageState.CALLED_OFF),
        (an_outage(ended_at=NOW, announced_at=NOW + timedelta(seconds=20)), OutageState.OVER),
        (an_outage(corrected_by="2026-03-09-02"), OutageState.CORRECTED),
    ],
)
def test_an_outage_stands_as_its_times_say(outage: Outage, state: OutageState) -> None:
    assert outage.state_at(NOW) is state
    assert outage.is_open_at(NOW) is (state in {OutageState.PLANNED, OutageState.UNDER_WAY})


def test_every_page_announces_what_is_under_way_then_what_begins_soon() -> None:
    soon, later = an_outage(2, starts_at=NOW + ANNOUNCED_AHEAD), an_outage(3, starts_at=NOW + ANNOUNCED_AHEAD + HOUR)
    over = an_outage(4, starts_at=NOW - HOUR, ended_at=NOW)

    assert Board((over, later, soon, an_outage())).shown_at(NOW) == (an_outage(), soon)


def test_the_board_keeps_the_newest_and_all_that_are_not_over() -> None:
    board = Board()
    for number in range(1, ON_BOARD + 6):
        ended = None if number == 2 else NOW
        board = board.with_outages(an_outage(number, starts_at=NOW - HOUR, ended_at=ended), now=NOW)

    kept = [int(one.outage_id[-2:]) for one in board.outages]
    assert kept == [*range(ON_BOARD + 5, 5, -1), 2]
    assert (board.has_older, board.revision) == (True, ON_BOARD + 5)


def test_an_outage_of_the_board_is_changed_in_its_place() -> None:
    board = Board((an_outage(2), an_outage(1))).with_outages(an_outage(1, ended_at=NOW), now=NOW)

    assert [(one.outage_id[-2:], one.ended_at) for one in board.outages] == [("02", None), ("01", NOW)]
    assert not board.has_older


def test_outages_of_a_day_are_numbered_and_bounded() -> None:
    assert number_outage(Board((an_outage(3), an_outage(1))), "2026-03-09") == "2026-03-09-04"
    assert number_outage(Board((an_outage(3),)), "2026-03-10") == "2026-03-10-01"
    with pytest.raises(Conflict) as refused:
        number_outage(Board((an_outage(99),)), "2026-03-09")
    assert refused.value.code == "outages_too_many"


@pytest.mark.parametrize(
    ("starts_at", "until"),
    [
        (NOW + timedelta(days=367), None),
        (NOW - timedelta(days=367), None),
        (NOW, NOW),
        (NOW, NOW - HOUR),
        (NOW, NOW + timedelta(days=367)),
    ],
)
def test_times_that_cannot_be_meant_are_refused(starts_at: datetime, until: datetime | None) -> None:
    with pytest.raises(InvalidInput, match="outage_times_invalid"):
        check_times(starts_at, until, NOW)
    check_times(NOW - HOUR, NOW + HOUR, NOW)


@pytest.mark.parametrize("text", ["corto", "x" * 301, "dos líneas\ndel aviso", "al revés \u202e del aviso"])
def test_words_are_one_readable_line(text: str) -> None:
    with pytest.raises(InvalidInput, match="outage_words_invalid"):
        check_words(text)


def test_words_end_as_a_sentence() -> None:
    assert check_words("  No se puede ingresar ") == "No se puede ingresar."
    assert check_words("¡No se puede ingresar!") == "¡No se puede ingresar!"


def test_an_outage_ends_once_and_not_before_it_began_or_after_now() -> None:
    running = an_outage(starts_at=NOW - HOUR)
    ended = end_outage(running, NOW, NOW)

    assert ended.ended_at == NOW
    assert end_outage(ended, None, NOW + HOUR) is ended
    for at in (NOW - 2 * HOUR, NOW + HOUR):
        with pytest.raises(InvalidInput, match="outage_times_invalid"):
            end_outage(running, at, NOW)


def test_an_outage_that_ended_takes_no_other_hour() -> None:
    running = an_outage(starts_at=NOW - 2 * HOUR)
    ended = end_outage(running, None, NOW + timedelta(seconds=40))

    assert end_outage(ended, None, NOW + HOUR) is ended
    assert end_outage(ended, NOW, NOW + HOUR) is ended
    recorded = an_outage(starts_at=NOW - 2 * HOUR, expected_until=NOW - HOUR)
    assert end_outage(recorded, NOW - HOUR, NOW) is recorded
    for outage in (ended, recorded):
        with pytest.raises(Conflict, match="outage_ended") as refused:
            end_outage(outage, NOW - HOUR / 2, NOW + HOUR)
        assert "outage announce --corrects 2026-03-09-01" in refused.value.detail


def test_what_was_announced_ahead_and_did_not_take_place_can_be_called_off_afterwards() -> None:
    planned = an_outage(starts_at=NOW - HOUR, expected_until=NOW, announced_at=NOW - 3 * HOUR)

    called_off = end_outage(planned, NOW - 2 * HOUR, NOW)

    assert called_off.state_at(NOW) is OutageState.CALLED_OFF
    with pytest.raises(InvalidInput, match="outage_times_invalid"):
        end_outage(planned, NOW - 4 * HOUR, NOW)


def test_what_was_corrected_is_neither_ended_nor_corrected_again() -> None:
    corrected = correct_outage(an_outage(), "2026-03-09-02")

    with pytest.raises(Conflict, match="outage_corrected"):
        end_outage(corrected, NOW, NOW)
    with pytest.raises(Conflict, match="outage_corrected"):
        correct_outage(corrected, "2026-03-09-03")


def test_an_outage_of_everything_is_announced_before_older_ones_of_a_part() -> None:
    parts = [an_outage(number, starts_at=NOW - timedelta(hours=number)) for number in (1, 2)]
    everything = an_outage(3, affects=(Affected.ALL,))
    planned = an_outage(4, starts_at=NOW + timedelta(days=1), affects=(Affected.ALL,))
    board = Board((planned, everything, *parts))
    assert board.shown_at(NOW) == (everything, parts[1], parts[0], planned)
