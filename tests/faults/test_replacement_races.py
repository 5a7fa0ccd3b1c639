"""Eight replacements of one notice at once: one is committed, the others are told which, and store nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from chalicelib.bootstrap.storage import event_store
from chalicelib.domain.event import EventType
from chalicelib.store.tables import NoticeItem
from tests.deposit_world import World, a_body
from tests.faults.crowd import Act, Crowd, crowd

pytestmark = [pytest.mark.ministack, pytest.mark.deep]

_CLIENTS = 8


@pytest.fixture(scope="module")
def people(environment: dict[str, str]) -> Iterator[Crowd]:
    with crowd(environment, _CLIENTS) as people:
        yield people


@pytest.mark.parametrize("_", range(3))
def test_of_eight_replacements_at_once_one_wins(world: World, people: Crowd, _: int) -> None:
    old = world.deposit(key="vieja").json_body["notice_id"]
    body = json.dumps(a_body(replaces=old)).encode()
    acts = [
        Act(world.signed("POST", "/v1/deposits", body, idempotency_key=f"clave-{number}")) for number in range(_CLIENTS)
    ]

    answers = [(status, json.loads(told)) for status, told in people.together(acts)]

    [(_, won)] = [answer for answer in answers if answer[0] == 201]
    lost = [(status, told["code"], told["replaced_by"]) for status, told in answers if status != 201]
    assert lost == [(409, "replaced_already", won["notice_id"])] * (_CLIENTS - 1)
    assert {item.notice_id for item in NoticeItem.scan(consistent_read=True)} == {old, won["notice_id"]}
    events = event_store(world.container).list_for_subject(f"notice#{old}")
    assert [one.data for one in events if one.type is EventType.NOTICE_REPLACED] == [{"replaced_by": won["notice_id"]}]
