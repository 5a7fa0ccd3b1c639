"""Eight at once: with one code, one link, one recovery code; and with those who manage each other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from chalice.test import Client

from app import app
from chalicelib.domain.access.access_secret import keyed_hash
from chalicelib.domain.errors import CasillaError, Conflict, CredentialsWrong
from chalicelib.domain.institution.staff import StaffRole, StaffState
from chalicelib.domain.institution.staff_changes import TypedStaff
from chalicelib.domain.institution.staff_session import SignedIn
from chalicelib.services.institution.enrol_staff import StaffAct, enrol_staff
from chalicelib.services.institution.log_in import OpenedStaffSession, StaffAttempt, log_in_staff
from chalicelib.services.institution.manage_staff import disable_staff, remove_staff
from chalicelib.services.institution.set_up_access import AccessReady, set_up_access
from chalicelib.services.institution.staff_sessions import prove_again
from chalicelib.store.institution.staff_store import StaffChanged
from tests.access_world import at_once, racing_tools
from tests.deposit_world import Clock, World, an_institution, put_institution
from tests.staff_world import STAFF_PASSWORD, Staff

TIMES = 8
TYPED = TypedStaff("40000900", "Persona Nueva", "nueva@entidad.example", "Especialista", permissions=("deposit",))


@pytest.fixture
def staff(ministack: dict[str, str]) -> Iterator[Staff]:
    with racing_tools(ministack) as (container, _), Client(app) as client:
        put_institution(container, an_institution())
        world = World(container, client, Clock())
        container.clock = world.clock
        yield Staff(world)


def _attempt(username: str, code: str) -> StaffAttempt:
    number, _, institution_id = username.partition("@")
    return StaffAttempt(institution_id, number, STAFF_PASSWORD, code, "192.0.2.1")


@pytest.mark.ministack
def test_one_code_opens_one_session(staff: Staff) -> None:
    member, code, now = staff.member(), staff.code(), staff.world.clock.now
    found = at_once(TIMES, lambda _: log_in_staff(_attempt(member.username, code), tools=staff.tools, now=now))
    assert sum(isinstance(one, OpenedStaffSession) for one in found) == 1
    assert sum(isinstance(one, CredentialsWrong) for one in found) == TIMES - 1


@pytest.mark.ministack
def test_one_recovery_code_opens_one_session(staff: Staff) -> None:
    member, tools, now = staff.member(), staff.tools, staff.world.clock.now
    hashes = tuple(
        keyed_hash(tools.pepper, "staff-recovery", member.staff_id, code) for code in ("K7M3QXW4PT", "23456789AC")
    )
    own = replace(member.credentials, recovery=hashes)
    staff.keep(replace(member, credentials=own, version=member.version + 1))
    attempt = _attempt(member.username, "K7M3Q-XW4PT")
    found = at_once(TIMES, lambda _: log_in_staff(attempt, tools=tools, now=now))
    assert sum(isinstance(one, OpenedStaffSession) for one in found) == 1
    assert staff.found(member).credentials.recovery == hashes[1:]


@pytest.mark.ministack
def test_one_code_proves_once_and_leaves_one_session(staff: Staff) -> None:
    member, tools, now = staff.member(), staff.tools, staff.world.clock.now
    inside = tools.sessions.find(staff.enter(member), now)
    assert isinstance(inside, SignedIn)
    code = staff.code()
    found = at_once(TIMES, lambda _: prove_again(inside, code, origin="", tools=tools, now=now))
    assert sum(isinstance(one, OpenedStaffSession) for one in found) == 1
    assert all(isinstance(one, OpenedStaffSession | CasillaError) for one in found)


@pytest.mark.ministack
def test_one_link_sets_up_one_access(staff: Staff) -> None:
    tools, now = replace(staff.tools, new_secret=lambda: "k" * 43), staff.world.clock.now
    by = StaffAct("operator:prueba", "")
    enrolled = enrol_staff(TYPED, StaffRole.OFFICER, "entidad-demo", by=by, tools=tools, now=now)
    seed = tools.seeds.open(str(enrolled.member.credentials.pending_totp), enrolled.member.staff_id)
    code = staff.code(seed)
    found = at_once(TIMES, lambda _: set_up_access("k" * 43, STAFF_PASSWORD, code, origin="", tools=tools, now=now))
    [ready] = [one for one in found if isinstance(one, AccessReady)]
    assert len(ready.recovery_codes) == 10
    assert staff.found(ready.member).state is StaffState.ACTIVE


@pytest.mark.ministack
def test_one_person_is_enrolled_once(staff: Staff) -> None:
    by, tools, now = StaffAct("operator:prueba", ""), staff.tools, staff.world.clock.now
    found = at_once(TIMES, lambda _: enrol_staff(TYPED, StaffRole.OFFICER, "entidad-demo", by=by, tools=tools, now=now))
    assert sum(isinstance(one, Conflict) for one in found) == TIMES - 1
    assert len(tools.staff.list_for_institution("entidad-demo")) == 1


@pytest.mark.ministack
def test_two_coordinators_cannot_both_leave(staff: Staff) -> None:
    both = [staff.member(StaffRole.COORDINATOR) for _ in range(2)]
    tools, now = staff.tools, staff.world.clock.now

    def leave(number: int) -> None:
        own = both[number % 2]
        remove_staff(own, by=StaffAct(own.actor, "", "Cambio de puesto", own), tools=tools, now=now)

    at_once(TIMES, leave)
    assert len(tools.staff.list_for_institution("entidad-demo")) == 1


@pytest.mark.ministack
def test_a_coordinator_who_is_disabled_meanwhile_enrols_nobody(staff: Staff) -> None:
    coordinator, other = staff.member(StaffRole.COORDINATOR), staff.member(StaffRole.COORDINATOR)
    tools, now = staff.tools, staff.world.clock.now
    by = StaffAct(coordinator.actor, "", "", coordinator)

    def act(number: int) -> object:
        if number == 0:
            return disable_staff(coordinator, by=StaffAct(other.actor, "", "Baja", other), tools=tools, now=now)
        typed = replace(TYPED, document_number=f"4000090{number}")
        return enrol_staff(typed, StaffRole.OFFICER, "entidad-demo", by=by, tools=tools, now=now)

    found = at_once(TIMES, act)
    disabled_at = staff.found(coordinator)
    assert disabled_at.state is StaffState.DISABLED
    typed = replace(TYPED, email="nadie.la.tiene@entidad.example")
    with pytest.raises(StaffChanged):
        enrol_staff(typed, StaffRole.OFFICER, "entidad-demo", by=by, tools=tools, now=now)
    assert all(not isinstance(one, Exception) or isinstance(one, CasillaError) for one in found)
