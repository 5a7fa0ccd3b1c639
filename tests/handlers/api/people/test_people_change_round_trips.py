"""What a change of people costs in round trips to AWS; docs/architecture.md tells the same figures."""

from __future__ import annotations

import pytest

from tests.cloud import Engine
from tests.company_world import COMPANY, OTHER, seed_company, token_of
from tests.costs import measure
from tests.deposit_world import World
from tests.person_world import PASSWORD, People


@pytest.fixture
def people(world: World, moto_engine: Engine) -> People:
    moto_engine.client("ses").verify_email_identity(EmailAddress=world.container.config.mail_from)
    people = People(world)
    seed_company(people.tools, world.container)
    people.send("POST", "/v1/login-codes", {"username": "1-40000009"})  # makes every client
    return people


def test_removing_a_user_who_has_a_mobile_takes_six_hops_and_seven_calls(people: People) -> None:
    token = token_of(people, COMPANY)
    book = measure(lambda: people.send("POST", "/v1/users/u2/removal", token=token), 200)
    assert (book.hops, book.calls) == (6, 7)


def test_offering_takes_six_hops_and_seven_calls_and_accepting_seven_and_eleven(people: People) -> None:
    boss, other = token_of(people, COMPANY), token_of(people, OTHER)
    offer = measure(lambda: people.send("POST", "/v1/users/u2/hand-over", {"password": PASSWORD}, token=boss), 202)
    assert (offer.hops, offer.calls) == (6, 7)
    accepted = measure(lambda: people.send("POST", "/v1/hand-over", {"answer": "accept"}, token=other), 200)
    assert (accepted.hops, accepted.calls) == (7, 11)


def test_withdrawing_takes_four_hops_and_calls(people: People) -> None:
    boss = token_of(people, COMPANY)
    people.send("POST", "/v1/users/u2/hand-over", {"password": PASSWORD}, token=boss)
    book = measure(lambda: people.send("POST", "/v1/hand-over", {"answer": "withdraw"}, token=boss), 200)
    assert (book.hops, book.calls) == (4, 4)


def test_disabling_a_user_with_a_mobile_takes_six_hops_and_eight_calls(people: People) -> None:
    token = token_of(people, COMPANY)
    book = measure(lambda: people.send("POST", "/v1/users/u2/disabling", {}, token=token), 200)
    assert (book.hops, book.calls) == (6, 8)
