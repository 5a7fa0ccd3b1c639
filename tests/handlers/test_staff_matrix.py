"""Each of the staff at every door of the console, by the map of doors and the table of who may do what."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from chalice.test import HTTPResponse

from chalicelib.bootstrap.aws import pepper
from chalicelib.domain.access.csrf import csrf_token
from chalicelib.domain.institution.permission import RULES, Act, Place, may
from chalicelib.domain.institution.staff import Permission, StaffMember, StaffRole, StaffState
from chalicelib.domain.institution.staff_session import PROOF_FOR_PAGE
from chalicelib.handlers.cookies import SESSION_COOKIE, STAFF_COOKIE
from chalicelib.handlers.door import FORM, MAILBOX, SESSION, SIGNED, STAFF, Door
from chalicelib.handlers.doors import DOORS
from tests.cloud import Engine
from tests.compose_world import Desk
from tests.deposit_world import World, an_institution, put_institution
from tests.filing_world import file_it, seed_filing
from tests.officer_world import an_office, put_office
from tests.person_world import People
from tests.staff_world import Staff

OF_STAFF = [door for door in DOORS if door.access in STAFF]
OTHER = "otra-entidad"
ENDS = {("POST", "/entidad/salir"), ("POST", "/entidad/clave")}
LEADS_HOME = {"/entidad", "/plataforma"}
"""Each is left to whoever works at the other."""
_AT = re.compile(r"{(\w+)}")


@dataclass
class Console:
    """One of each kind, and whom they do things to."""

    staff: Staff
    ids: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Fill it."""
        put_institution(self.staff.world.container, an_institution(institution_id=OTHER))
        subject = self.staff.member()
        self.ids = {"institution_id": subject.institution_id, "staff_id": subject.staff_id, "deed": "deshabilitar"}

    def ask(self, door: Door, cookie: str | None, **ids: str) -> HTTPResponse:
        address = _AT.sub(lambda found: {**self.ids, **ids}.get(found[1], "x"), door.path)
        jar = {"cookie": f"{STAFF_COOKIE}={cookie}"} if cookie else {}
        if door.method == "GET":
            return self.staff.world.client.http.request("GET", address, headers=jar, body=b"")
        found = self.staff.tools.sessions.find(cookie, self.staff.world.clock.now) if cookie else None
        token = csrf_token(pepper(self.staff.world.container), found.session) if found else ""
        sent = {**jar, "content-type": door.bodies[0], "sec-fetch-site": "same-origin"}
        body = urlencode({"csrf": token}).encode() if door.bodies == FORM else b""
        return self.staff.world.client.http.request("POST", address, headers=sent, body=body)


@pytest.fixture
def console(world: World, moto_engine: Engine) -> Console:
    moto_engine.client("ses").verify_email_identity(EmailAddress=world.container.config.mail_from)
    return Console(Staff(world))


def _told(door: Door, who: StaffMember | None, answer: HTTPResponse) -> str:
    kind = "" if who is None else f"{who.role} {[one.value for one in who.permissions]}"
    place = answer.headers.get("Location", "")
    return f"{kind} {door.method} {door.path}: {answer.status_code} {place} {answer.body[:99].decode(errors='replace')}"


def _led_to(answer: HTTPResponse) -> str:
    return str(answer.headers.get("Location", "")).partition("?")[0] if answer.status_code == 303 else ""


def _is_led_to_login(answer: HTTPResponse) -> bool:
    return _led_to(answer) in {"/entidad/ingresar", "/plataforma/ingresar"}


def test_every_act_has_a_rule_and_every_act_but_those_to_come_has_a_door() -> None:
    assert set(RULES) == set(Act)
    assert {door.access for door in OF_STAFF} <= set(Act)
    assert len(OF_STAFF) >= 40


def _kinds(staff: Staff) -> list[StaffMember]:
    single = [staff.member(permissions=(permission,)) for permission in Permission]
    others = [role for role in StaffRole if role not in {StaffRole.OFFICER, StaffRole.COORDINATOR}]
    return [
        staff.member(permissions=()),
        *single,
        staff.member(),
        staff.member(StaffRole.COORDINATOR),
        staff.member(StaffRole.COORDINATOR),
        *(staff.member(role) for role in others),
        staff.member(StaffRole.PLATFORM_ADMINISTRATOR),
    ]


def test_each_gets_in_by_the_table_and_by_nothing_else(console: Console) -> None:
    for who in _kinds(console.staff):
        cookie = console.staff.enter(console.staff.found(who))
        for door in sorted(OF_STAFF, key=lambda one: (one.method, one.path) in ENDS):
            act = Act(door.access)
            answer = console.ask(door, cookie)
            if (door.method, door.path) in ENDS:
                cookie = console.staff.enter(console.staff.found(who))
            told = _told(door, who, answer)
            if not may(who, act):
                assert answer.status_code == 403 or (door.method == "POST" and "corregir=" in told), told
                assert answer.status_code in {303, 403}, told
            else:
                assert answer.status_code not in {401, 403, 500}, told
                assert not _is_led_to_login(answer) or (door.method, door.path) in ENDS, told


def test_nobody_gets_in_without_a_session_or_with_what_opens_none(console: Console) -> None:
    staff = console.staff
    disabled, invited = staff.member(state=StaffState.DISABLED), staff.member(state=StaffState.INVITED)
    gone = staff.member()
    ended = staff.enter(gone)
    staff.world.clock.now += timedelta(seconds=1)
    cookies = [None, "x" * 43 + ".eHgveHg", staff.enter(disabled), staff.enter(invited)]
    forged = staff.enter(staff.member(permissions=()))
    other = staff.enter(staff.member(StaffRole.COORDINATOR))
    cookies.append(f"{forged.partition('.')[0]}.{other.partition('.')[2]}")
    for door in OF_STAFF:
        for cookie in cookies:
            answer = console.ask(door, cookie)
            assert _is_led_to_login(answer), _told(door, None, answer)
    staff.world.clock.now += timedelta(minutes=15)
    for door in OF_STAFF:
        assert _is_led_to_login(console.ask(door, ended)), door


def test_what_is_final_asks_for_a_code_again(console: Console) -> None:
    staff = console.staff
    for who in (staff.member(), staff.member(StaffRole.COORDINATOR), staff.member(StaffRole.PLATFORM_ADMINISTRATOR)):
        cookie = staff.enter(who)
        staff.world.clock.now += PROOF_FOR_PAGE + timedelta(seconds=1)
        for door in OF_STAFF:
            if RULES[Act(door.access)].is_final and may(who, Act(door.access)) and door.method == "GET":
                answer = console.ask(door, cookie)
                assert _led_to(answer) == "/entidad/confirmar", _told(door, who, answer)


def test_what_is_another_institutions_does_not_exist(console: Console) -> None:
    staff = console.staff
    theirs = staff.member(institution_id=OTHER)
    staff.member(StaffRole.COORDINATOR)
    for who in (staff.member(), staff.member(StaffRole.COORDINATOR)):
        for door in OF_STAFF:
            if "{staff_id}" not in door.path or not may(who, Act(door.access)):
                continue
            answer = console.ask(door, staff.enter(staff.found(who)), staff_id=theirs.staff_id)
            assert "staff_unknown" in str(answer.body) or answer.status_code in {303, 404}, _told(door, who, answer)
    assert staff.found(theirs) == theirs


def test_what_another_institution_issued_or_keeps_does_not_exist_for_theirs(console: Console) -> None:
    """Every door that names a notice, draft, key or office is asked with one that is there, and another's."""
    staff = console.staff
    staff.world.seed()
    seed_filing(staff.world.container)
    filed = file_it(staff.world.container)
    own = staff.member()
    desk = Desk(staff, own)
    desk.begin()
    put_office(staff.world.container, an_office())
    deposited = staff.world.deposit()
    ids = {
        "notice_id": str(deposited.json_body["notice_id"]),
        "composition_id": desk.draft().composition_id,
        "key_id": "2026-1",
        "office_id": an_office().office_id,
        "name": "main",
        "part": "documento",
        "contact_id": "1",
        "filing_id": filed.filing_id,
        "deed": "tomar",
    }
    strangers = [
        staff.member(institution_id=OTHER),
        staff.member(StaffRole.COORDINATOR, institution_id=OTHER, permissions=tuple(Permission)),
    ]
    asked = 0
    for door in OF_STAFF:
        if not _AT.search(door.path) or {"{staff_id}", "{institution_id}", "{upload_id}"} & set(door.path.split("/")):
            continue
        for who in strangers:
            if may(who, Act(door.access)):
                answer = console.ask(door, staff.enter(staff.found(who)), **ids)
                assert (
                    answer.status_code == 404
                    or "listo=" in _told(door, who, answer)
                    or "corregir=" in _told(door, who, answer)
                ), _told(door, who, answer)
                assert "EXP-2026-000098" not in answer.body.decode(errors="replace")
                assert filed.subject not in answer.body.decode(errors="replace")
                asked += 1
    assert asked > 20


def test_a_persons_session_is_none_of_the_staffs_and_theirs_is_no_persons(console: Console) -> None:
    staff = console.staff
    people = People(staff.world)
    people.seed()
    person = people.token()
    for door in OF_STAFF:
        assert _is_led_to_login(console.ask(door, person)), door
    cookie = staff.enter(staff.member(StaffRole.COORDINATOR))
    for door in DOORS:
        if door.access not in {SESSION, MAILBOX, SIGNED}:
            continue
        address = _AT.sub("x", door.path)
        form = {"content-type": (door.bodies or ["application/json"])[0], "sec-fetch-site": "same-origin"}
        sent = {"cookie": f"{STAFF_COOKIE}={cookie}; {SESSION_COOKIE}={cookie}", "authorization": f"Bearer {cookie}"}
        headers = {**sent, **(form if door.method == "POST" else {})}
        answer = staff.world.client.http.request(door.method, address, headers=headers, body=b"")
        assert answer.status_code in {401, 422} or _led_to(answer) == "/ingresar", _told(door, None, answer)


def test_the_table_says_for_each_act_where_it_is_done() -> None:
    for act, rule in RULES.items():
        assert rule.place is not None or act is Act.BE_INSIDE
        assert (rule.place is Place.OFFICE) == (rule.permission is not None and act not in {Act.CONSULT, Act.AUDIT}), (
            act
        )
