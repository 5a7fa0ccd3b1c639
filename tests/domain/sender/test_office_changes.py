from __future__ import annotations

from dataclasses import replace
from datetime import time
from typing import Any

import pytest

from chalicelib.domain.errors import Conflict, InvalidInput
from chalicelib.domain.sender.office import Office
from chalicelib.domain.sender.office_changes import (
    MOST_OFFICES,
    TypedOffice,
    office_changes,
    read_office,
    require_own_name,
    require_room,
)
from tests.deposit_world import INSTITUTION_ID

NEW = Office("K7M3", INSTITUTION_ID, "", "")


def typed(**changes: Any) -> TypedOffice:
    return replace(TypedOffice("Oficina Sur", "Jr. Ejemplo 4", "8:00", "16:30", "arequipa"), **changes)


def test_an_office_is_read_as_typed() -> None:
    office = read_office(typed(name="  Oficina   Sur "), NEW, ["arequipa"])
    assert (office.name, office.address, office.region) == ("Oficina Sur", "Jr. Ejemplo 4", "arequipa")
    assert (office.opens_at, office.closes_at) == (time(8), time(16, 30))
    plain = read_office(typed(opens_at=" ", closes_at="", region=""), NEW, [])
    assert (plain.opens_at, plain.closes_at, plain.region) == (None, None, None)


def test_a_region_that_the_calendar_has_no_more_stays_where_it_was() -> None:
    assert read_office(typed(region="cusco"), replace(NEW, region="cusco"), ["arequipa"]).region == "cusco"


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"name": "", "address": " "}, ["name", "address"]),
        ({"name": "x" * 121, "address": "y" * 201}, ["name", "address"]),
        ({"opens_at": "25:00", "closes_at": "x"}, ["opens_at", "closes_at"]),
        ({"opens_at": "08:00:30"}, ["opens_at"]),
        ({"opens_at": "08:00+05"}, ["opens_at"]),
        ({"opens_at": ""}, ["opens_at"]),
        ({"closes_at": ""}, ["closes_at"]),
        ({"opens_at": "16:30", "closes_at": "16:30"}, ["closes_at"]),
        ({"region": "narnia"}, ["region"]),
        ({"name": "", "opens_at": "9", "region": "narnia"}, ["name", "opens_at", "region"]),
    ],
)
def test_all_that_is_wrong_is_told_at_once(changes: dict[str, str], fields: list[str]) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_office(typed(**changes), NEW, ["arequipa"])
    assert [problem.field for problem in refused.value.problems] == fields


def test_no_two_offices_are_called_alike_and_there_are_not_more_than_a_page_lists() -> None:
    own, other = replace(NEW, name="Oficina Sur"), replace(NEW, office_id="P2", name="OFICINA SUR")
    require_own_name(own, [own])
    with pytest.raises(Conflict, match="office_name_taken"):
        require_own_name(own, [own, other])
    require_room([own] * (MOST_OFFICES - 1))
    with pytest.raises(Conflict, match="offices_full"):
        require_room([own] * MOST_OFFICES)


def test_what_changed_is_said_in_one_line() -> None:
    office = read_office(typed(), NEW, ["arequipa"])
    assert office_changes(office, office) == ""
    after = replace(office, opens_at=None, closes_at=None, is_closed=True, version=2)
    assert office_changes(office, after) == "opens_at: 08:00 → none; closes_at: 16:30 → none; is_closed: false → true"
    assert office_changes(None, replace(office, region=None, opens_at=None, closes_at=None)) == (
        "name: none → Oficina Sur; address: none → Jr. Ejemplo 4"
    )
