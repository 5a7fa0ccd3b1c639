"""Eight systems about one filing at once: one observation, one answer, one taking; all others are told which."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from chalicelib.bootstrap.filing import filing_store
from chalicelib.domain.filing.filing import Filing
from chalicelib.store.tables import EventItem, NoticeItem
from tests.deposit_world import World, a_body
from tests.faults.crowd import Act, Crowd, crowd
from tests.filing_world import file_it, seed_filing

pytestmark = [pytest.mark.ministack, pytest.mark.deep]

_CLIENTS = 8


@pytest.fixture(scope="module")
def people(environment: dict[str, str]) -> Iterator[Crowd]:
    with crowd(environment, _CLIENTS) as people:
        yield people


@pytest.fixture
def filed(world: World) -> Filing:
    seed_filing(world.container)
    return file_it(world.container)


def at_once(people: Crowd, acts: list[Act]) -> list[tuple[int, dict[str, str]]]:
    return [(status, json.loads(told)) for status, told in people.together(acts)]


def kept(world: World, filing: Filing) -> Filing:
    found = filing_store(world.container).find(filing.filing_id)
    assert found is not None
    return found


def logged(kind: str) -> int:
    return len([event for event in EventItem.scan(consistent_read=True) if event.type == kind])


@pytest.mark.parametrize("_", range(3))
def test_of_eight_observations_one_is_kept(world: World, people: Crowd, filed: Filing, _: int) -> None:
    path = f"/v1/filings/{filed.filing_id}/observation"
    acts = [
        Act(world.signed("POST", path, json.dumps({"observation": f"Falta {number}"}).encode()))
        for number in range(_CLIENTS)
    ]

    answers = at_once(people, acts)

    [won] = [told for status, told in answers if status == 200]
    lost = [(status, told["code"]) for status, told in answers if status != 200]
    assert lost == [(409, "filing_observed_already")] * (_CLIENTS - 1)
    assert all("el sistema de la entidad" in told["detail"] for status, told in answers if status == 409)
    observation = kept(world, filed).observation
    assert observation is not None
    assert observation.text == won["observation"]["text"]  # type: ignore[index]
    assert logged("filing.observed") == 1


@pytest.mark.parametrize("deed", ["evaluation", "observation"])
def test_eight_times_the_same_is_once(world: World, people: Crowd, filed: Filing, deed: str) -> None:
    body = json.dumps({"observation": "Falta el plano"} if deed == "observation" else {}).encode()
    acts = [Act(world.signed("POST", f"/v1/filings/{filed.filing_id}/{deed}", body)) for _ in range(_CLIENTS)]

    answers = at_once(people, acts)

    assert [status for status, _ in answers] == [200] * _CLIENTS, answers
    assert len({json.dumps(told) for _, told in answers}) == 1
    assert kept(world, filed).version == filed.version + 1
    assert logged("filing.taken" if deed == "evaluation" else "filing.observed") == 1


@pytest.mark.parametrize("_", range(3))
def test_of_eight_answers_one_is_deposited(world: World, people: Crowd, filed: Filing, _: int) -> None:
    body = json.dumps(a_body(answers_filing=filed.filing_id)).encode()
    acts = [
        Act(world.signed("POST", "/v1/deposits", body, idempotency_key=f"clave-{number}")) for number in range(_CLIENTS)
    ]

    answers = at_once(people, acts)

    [won] = [told["notice_id"] for status, told in answers if status == 201]
    lost = [(status, told["code"], won in told["detail"]) for status, told in answers if status != 201]
    assert lost == [(409, "filing_answered_already", True)] * (_CLIENTS - 1)
    answer = kept(world, filed).answer
    assert answer is not None
    assert {item.notice_id for item in NoticeItem.scan(consistent_read=True)} == {won} == {answer.notice_id}
    assert logged("filing.answered") == 1
