"""Seven readers open a notice while its reading is suspended: each does so before it, whole, or is refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest

from chalicelib.bootstrap.aws import pepper
from chalicelib.bootstrap.institution import staff_session_store, staff_store, suspension_tools
from chalicelib.bootstrap.storage import event_store
from chalicelib.domain.access.csrf import csrf_token
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.institution.staff import Permission, StaffMember, StaffRole, StaffState
from chalicelib.domain.institution.staff_session import StaffSession
from chalicelib.handlers.cookies import STAFF_COOKIE
from chalicelib.services.institution.suspend_reading import Suspender, ask_suspension
from chalicelib.store.institution.staff_session_store import cookie_of
from chalicelib.store.institution.staff_store import StaffChange
from chalicelib.store.tables import MailboxItem, NoticeItem
from tests.deposit_world import INSTITUTION_ID, NOW, SignedCall, World
from tests.faults.crowd import Act, Crowd, crowd
from tests.person_world import People

pytestmark = [pytest.mark.ministack, pytest.mark.deep]

_READERS = 7


@pytest.fixture(scope="module")
def people(environment: dict[str, str]) -> Iterator[Crowd]:
    with crowd(environment, 1 + _READERS) as people:
        yield people


@pytest.fixture
def world(world: World) -> World:
    People(world).seed()
    return world


def an_officer(world: World, number: str) -> StaffMember:
    """Keep an officer who is inside, without a device."""
    name = f"Persona {number} de Ejemplo"
    member = StaffMember(
        f"s{number}",
        INSTITUTION_ID,
        number,
        name,
        f"p{number}@entidad.example",
        StaffRole.OFFICER,
        StaffState.ACTIVE,
        permissions=tuple(Permission),
    )
    event = Event(f"staff#{member.staff_id}", EventType.STAFF_ENROLLED, NOW, f"e{number}", "operator:prueba")
    staff_store(world.container).commit(StaffChange(event=event, member=member), now=NOW)
    return member


def confirming(world: World, member: StaffMember, address: str) -> SignedCall:
    """Return the form that an officer sends who is inside."""
    box = world.container
    secret = box.chance.new_token()
    session_id = staff_session_store(box).session_id(secret)
    names = (session_id, session_id, member.staff_id, member.institution_id, member.document_number)
    session = StaffSession(*names, opened_at=NOW, seen_at=NOW, proven_at=NOW)
    event = Event(f"staff#{member.staff_id}", EventType.STAFF_LOGGED_IN, NOW, f"in{member.staff_id}", member.actor)
    staff_store(box).commit(StaffChange(event=event, opened=(session, secret)), now=NOW)
    headers = {
        "content-type": "application/x-www-form-urlencoded",
        "sec-fetch-site": "same-origin",
        "cookie": f"{STAFF_COOKIE}={cookie_of(secret, member)}",
    }
    body = urlencode({"csrf": csrf_token(pepper(box), session), "deed": "confirmar"}).encode()
    return SignedCall("POST", address, headers, body)


def openings(world: World, notice_id: str) -> list[SignedCall]:
    tokens = [People(world).token() for _ in range(_READERS)]
    path = f"/v1/notices/{notice_id}/opening"
    return [
        SignedCall("POST", path, {"content-type": "application/json", "authorization": f"Bearer {token}"})
        for token in tokens
    ]


@pytest.mark.parametrize("first", ["readers", "suspension"])
@pytest.mark.parametrize("_", range(4))
def test_each_opens_it_whole_before_or_is_refused(world: World, people: Crowd, _: int, first: str) -> None:
    notice_id = str(world.deposit().json_body["notice_id"])
    asker, second = an_officer(world, "40000100"), an_officer(world, "40000101")
    tools = suspension_tools(world.container)
    ask_suspension(notice_id, "wrong_recipient", "Se copió de otro expediente", by=Suspender(asker, ""), tools=tools)
    form = confirming(world, second, f"/entidad/enviadas/{notice_id}/suspender")
    readers = [Act(call) for call in openings(world, notice_id)]
    acts = [*readers, Act(form)] if first == "readers" else [Act(form), *readers]

    answers = people.together(acts)

    at = -1 if first == "readers" else 0
    [suspended] = [answers.pop(at)]
    assert (suspended[0], suspended[1]) == (303, b""), suspended
    told: list[tuple[int, dict[str, Any]]] = [(status, json.loads(body)) for status, body in answers]
    refused = [body["code"] for status, body in told if status not in {200, 201}]
    assert set(refused) <= {"reading_suspended"}
    item = NoticeItem.get(notice_id, consistent_read=True)
    log = [one.type for one in event_store(world.container).list_for_subject(f"notice#{notice_id}")]
    is_opened = len(refused) < _READERS
    assert item.suspension is not None
    assert (item.opening_id is not None) is is_opened
    assert log.count(EventType.NOTICE_OPENED) == is_opened
    assert log.count(EventType.READING_SUSPENDED) == 1
    assert (MailboxItem.get(item.mailbox_id).opened or 0) == is_opened
    again = people.together([Act(call) for call in openings(world, notice_id)])
    assert [(status, json.loads(body)["code"]) for status, body in again] == [(409, "reading_suspended")] * _READERS


def test_of_eight_who_confirm_at_once_one_does(world: World, people: Crowd) -> None:
    notice_id = str(world.deposit().json_body["notice_id"])
    asker = an_officer(world, "40000100")
    tools = suspension_tools(world.container)
    ask_suspension(notice_id, "wrong_recipient", "Se copió de otro expediente", by=Suspender(asker, ""), tools=tools)
    others = [an_officer(world, f"400002{number:02}") for number in range(1 + _READERS)]
    address = f"/entidad/enviadas/{notice_id}/suspender"

    answers = people.together([Act(confirming(world, one, address)) for one in others])

    log = [one.type for one in event_store(world.container).list_for_subject(f"notice#{notice_id}")]
    assert log.count(EventType.READING_SUSPENDED) == 1
    assert {status for status, _ in answers} == {303}
    assert NoticeItem.get(notice_id, consistent_read=True).suspension is not None
