"""What reminders cost: each notice that is due the same, however many are not, which cost nothing."""

from __future__ import annotations

import pytest

from bench.figures import Figure
from bench.reminders import measure
from chalicelib.store.shards import SHARDS


@pytest.fixture(scope="module")
def figures() -> dict[str, Figure]:
    return {figure.name: figure for figure in measure(due=4, few=20, many=2000)}


def test_every_goal_is_met(figures: dict[str, Figure]) -> None:
    assert [figure.name for figure in figures.values() if not figure.is_met] == []
    assert sum(figure.goal is not None for figure in figures.values()) == 9


def test_a_reminder_costs_what_the_architecture_says(figures: dict[str, Figure]) -> None:
    messages = 2
    assert figures["reminder of one notice, by two messages: hops"].value == len(SHARDS) + 9
    assert figures["reminder of one notice, by two messages: calls"].value == len(SHARDS) + 8 + messages
    assert figures["due among 2,000 unread: calls for each"].value == 8 + messages


def test_what_is_not_due_is_not_looked_at(figures: dict[str, Figure]) -> None:
    assert figures["due among 2,000 unread: entries looked at for each"].value == 1
    assert figures["nothing due among 2,000 unread: calls"].value == len(SHARDS)


def test_each_of_several_workers_meets_each_notice_once_and_one_of_them_reminds(figures: dict[str, Figure]) -> None:
    assert figures["4 workers at once: notices not reminded of, or more than once"].value == 0
    assert figures["4 workers at once: messages beyond two for each"].value == 0
    assert figures["4 workers at once: conflicts for each notice"].value <= 3
