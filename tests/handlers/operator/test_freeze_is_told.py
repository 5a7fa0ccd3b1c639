"""Whoever contests a change, all who cannot get in any more are told, and the principal of what was decided."""

from __future__ import annotations

import pytest

from chalicelib.services.access.contest_change import contest_change
from tests.company_world import COMPANY, token_of
from tests.handlers.operator.test_undone_removals import decide, people
from tests.person_world import People

__all__ = ["people"]
FROZEN = "nadie puede ingresar"


def to_whom(people: People, words: str) -> list[str]:
    return sorted(to for to, text in people.mails() if words in text)


def test_a_freeze_by_who_was_taken_out_is_told_to_all_who_are_in_and_once(people: People) -> None:
    assert people.send("POST", "/v1/users/u2/removal", token=token_of(people, COMPANY)).status_code == 200
    for _ in range(2):
        contest_change(people.contest_sent(), origin="", tools=people.tools)
    assert to_whom(people, FROZEN) == ["usuaria1@ejemplo.pe", "usuaria3@ejemplo.pe"]


@pytest.mark.parametrize("how", ["--undo", "--keep"])
def test_the_principal_hears_what_was_decided(people: People, how: str) -> None:
    people.send("POST", "/v1/users/u2/removal", token=token_of(people, COMPANY))
    contest_change(people.contest_sent(), origin="", tools=people.tools)
    people.world.clock.advance(minutes=3)
    before = len(people.mails())
    decide(people, how)
    assert "usuaria1@ejemplo.pe" in [to for to, _ in people.mails()[before:]]
