"""Who ends sessions other than the one at hand has shown the password within the last twenty minutes."""

from __future__ import annotations

import pytest

from tests.deposit_world import World
from tests.person_world import People


@pytest.fixture
def people(world: World) -> People:
    people = People(world)
    people.seed()
    return people


@pytest.mark.parametrize("path", ["/v1/sessions", "/v1/sessions/{other}"])
def test_others_are_ended_with_a_fresh_validation_only(people: People, path: str) -> None:
    other = people.log_in().json_body
    here = people.token()
    people.world.clock.advance(minutes=20, seconds=1)

    answer = people.send("DELETE", path.format(other=other["session_id"]), token=here)

    assert (answer.status_code, answer.json_body["code"]) == (401, "validation_needed")
    assert people.send("GET", "/v1/sessions/current", token=other["token"]).status_code == 200


def test_one_can_log_out_and_see_ones_sessions_without(people: People) -> None:
    here = people.token()
    people.world.clock.advance(minutes=20, seconds=1)

    assert people.send("GET", "/v1/sessions", token=here).status_code == 200
    assert people.send("DELETE", "/v1/sessions/current", token=here).status_code == 204
