"""An answer warns of what may be contested, and the deposit is made all the same."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from chalicelib.bootstrap.storage import notice_store
from chalicelib.domain.calendar import NonWorkingDay
from tests.deposit_world import World, a_body, an_institution, put_institution

OLD, RECENT, ON_THE_SIXTH_DAY = "2026-02-02T09:00:00-05:00", "2026-03-06T11:05:00-05:00", "2026-02-27T09:00:00-05:00"


def a_body_of(issued_at: str) -> dict[str, Any]:
    body = a_body()
    return {**body, "document": {**body["document"], "issued_at": issued_at}}


def test_an_old_act_is_deposited_with_a_warning(world: World) -> None:
    answer = world.deposit(a_body_of(OLD))
    assert answer.status_code == 201
    [warning] = answer.json_body["warnings"]
    assert (warning["code"], warning["field"]) == ("act_older_than_five_days", "document.issued_at")
    assert "02/02/2026" in warning["detail"]
    assert notice_store(world.container).get(answer.json_body["notice_id"])


def test_without_a_reason_the_list_is_empty(world: World) -> None:
    assert world.deposit(a_body_of(RECENT)).json_body["warnings"] == []


def test_the_same_deposit_gets_the_same_warnings_for_ever(world: World) -> None:
    late, early = world.deposit(a_body_of(OLD), key="a"), world.deposit(a_body_of(RECENT), key="b")
    world.clock.advance(days=40)
    assert world.deposit(a_body_of(OLD), key="a").body == late.body
    again = world.deposit(a_body_of(RECENT), key="b")
    assert again.body == early.body
    assert json.loads(again.body)["warnings"] == []


@pytest.mark.parametrize("is_regional", [False, True])
def test_days_are_counted_by_the_institutions_own_calendar(world: World, is_regional: bool) -> None:
    """Deposited on 9 March; from Friday 27 February on, the fifth business day is the 6th, or the 9th."""
    regional = (NonWorkingDay(date(2026, 3, 4), "Aniversario de la región", "Ley regional"),) if is_regional else ()
    put_institution(world.container, an_institution(regional_days=regional))
    warned = world.deposit(a_body_of(ON_THE_SIXTH_DAY)).json_body["warnings"]
    assert bool(warned) is not is_regional
