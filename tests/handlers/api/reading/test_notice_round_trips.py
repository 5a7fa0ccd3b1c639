"""What reading a mailbox costs in calls to AWS, held to the same figures."""

from __future__ import annotations

import pytest

from tests.costs import measure
from tests.deposit_world import World
from tests.person_world import People


@pytest.fixture
def people(world: World) -> People:
    people = People(world)
    people.seed()
    return people


def test_reading_takes_two_hops_and_a_timeline_a_call_beside_the_second(people: People) -> None:
    token = people.token()
    notice_id = people.world.deposit().json_body["notice_id"]
    path = f"/v1/notices/{notice_id}"

    envelope = measure(lambda: people.send("GET", path, token=token), 200)
    listed = measure(lambda: people.send("GET", "/v1/notices", token=token), 200)
    first = measure(lambda: people.send("POST", f"{path}/opening", token=token), 201)
    repeated = measure(lambda: people.send("POST", f"{path}/opening", token=token), 200)
    people.world.clock.advance(minutes=6)
    again = measure(lambda: people.send("POST", f"{path}/opening", token=token), 200)
    people.world.clock.advance(minutes=6)
    shown = measure(lambda: people.send("GET", path, token=token), 200)
    link = measure(lambda: people.send("GET", f"{path}/files/main", token=token), 200)

    assert envelope.operations == ["BatchGetItem"]
    assert (listed.hops, listed.calls) == (2, 3)
    assert repeated.operations == ["BatchGetItem", "Query"]
    for opened in (first, again, shown):
        assert sorted(opened.operations) == ["BatchGetItem", "Query", "TransactWriteItems"]
    assert link.operations == ["BatchGetItem", "PutItem"]
    assert first.hops == repeated.hops == again.hops == shown.hops == link.hops == 2


def test_a_search_takes_two_hops_and_three_calls_while_one_page_of_the_table_holds_it(people: People) -> None:
    token = people.token()
    assert people.world.deposit().status_code == 201
    path = "/v1/notices/search?campo=asunto&operador=contiene&valor="
    for wanted in ("solicitud", "nada"):
        book = measure(lambda wanted=wanted: people.send("GET", path + wanted, token=token), 200)  # type: ignore[misc]
        assert (book.hops, sorted(book.operations)) == (2, ["BatchGetItem", "GetItem", "Query"])
