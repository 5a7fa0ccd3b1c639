"""How staff get in: what counts, once; what a stranger sees; and that no stranger keeps anybody out (ACC-8, ACC-9)."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError
from chalice.test import HTTPResponse

from bench.ledger import ledger
from chalicelib.bootstrap.aws import connection
from chalicelib.bootstrap.storage import event_store
from chalicelib.domain.access.access_secret import keyed_hash
from chalicelib.domain.access.captcha import captcha_answer
from chalicelib.domain.event import EventType
from chalicelib.domain.institution.staff import StaffMember, StaffRole, StaffState
from chalicelib.domain.institution.staff_policy import LOGINS_PER_PERSON, WRONG_CODES
from chalicelib.handlers.cookies import DEVICE_COOKIE, FORM_COOKIE, STAFF_COOKIE
from tests.browser_requests import Browser, text_of
from tests.cloud import Engine
from tests.costs import counted_hashes
from tests.staff_world import STAFF_PASSWORD, Staff, csrf_of

_KMS = {"Encrypt": "Decrypt"}
"""Of nobody there is nothing to decrypt: the same call of the same length, the other way round."""
UNKNOWN = "40000999@entidad-demo"


def _is_in(answer: HTTPResponse) -> bool:
    return answer.status_code == 303 and str(answer.headers["Location"]) == "/entidad"


def _told(staff: Staff, member: StaffMember) -> list[str]:
    """Return what the e-mails to somebody say first of all about a change of their access."""
    own = [text for to, text in staff.people.mails() if to == member.email]
    return [re.findall(r"^[A-Z][^\n]*\.$", text.replace("\r", ""), re.MULTILINE)[0] for text in own]


def test_a_code_counts_once_and_only_around_its_own_half_minute(staff: Staff) -> None:
    username = staff.member().username
    code = staff.next_code()
    assert _is_in(staff.log_in(staff.browser(), username, code=code))
    assert not _is_in(staff.log_in(staff.browser(), username, code=code))
    early = staff.next_code()
    staff.world.clock.now += timedelta(seconds=30)
    assert _is_in(staff.log_in(staff.browser(), username, code=early))  # a phone that is half a minute late
    late = staff.next_code()
    staff.world.clock.now += timedelta(seconds=60)
    assert not _is_in(staff.log_in(staff.browser(), username, code=late))


def test_a_code_before_the_last_that_was_taken_counts_no_more(staff: Staff) -> None:
    username = staff.member().username
    first = staff.next_code()
    assert _is_in(staff.log_in(staff.browser(), username, code=staff.next_code()))
    assert not _is_in(staff.log_in(staff.browser(), username, code=first))


def test_a_recovery_code_counts_once_however_it_is_typed(staff: Staff) -> None:
    hashed = keyed_hash(staff.tools.pepper, "staff-recovery", "s40000100", "K7M3QXW4PT")
    member = staff.member()
    assert member.staff_id == "s40000100"
    own = replace(member.credentials, recovery=(hashed,))
    staff.keep(replace(member, credentials=own, version=member.version + 1))
    assert _is_in(staff.log_in(staff.browser(), member.username, code="k7m3q xw4pt"))
    assert staff.found(member).credentials.recovery == ()
    assert not _is_in(staff.log_in(staff.browser(), member.username, code="K7M3Q-XW4PT"))


def _seen(browser: Browser, username: str, **typed: str) -> dict[str, object]:
    with counted_hashes() as hashed, ledger(latency_s=0.02) as book:
        sent = {"username": username, "password": STAFF_PASSWORD, "code": "000000", **typed}
        answer = browser.send("/entidad/ingresar", **sent)
    page = text_of(browser.get(str(answer.headers["Location"]))).replace(username, "")
    page = re.sub(r"corregir=[\w-]+", "", page)
    return {
        "status": answer.status_code,
        "page": page,
        "calls": sorted(_KMS.get(one, one) for one in book.operations),
        "hashed": hashed.count,
    }


def test_nothing_tells_who_works_there_or_what_was_wrong(staff: Staff) -> None:
    known, disabled = staff.member(), staff.member(state=StaffState.DISABLED)
    invited = staff.member(state=StaffState.INVITED)
    _seen(Browser(staff.people), "x@y")  # makes every client
    seen = [
        _seen(Browser(staff.people), known.username),
        _seen(Browser(staff.people), known.username, password="Otra-clave-8"),
        _seen(Browser(staff.people), known.username, password="Otra-clave-8", code=staff.next_code()),
        _seen(Browser(staff.people), UNKNOWN),
        _seen(Browser(staff.people), "40000999@nadie"),
        _seen(Browser(staff.people), disabled.username, code=staff.code()),
        _seen(Browser(staff.people), invited.username, code="K7M3Q-XW4PT"),
    ]
    assert all(one == seen[0] for one in seen)
    assert seen[0]["hashed"] == 1
    assert len(seen[0]["calls"]) == 7, seen[0]["calls"]  # type: ignore[arg-type]


def _guess(staff: Staff, username: str, times: int, **typed: str) -> None:
    """Guess as strangers do, each from another network, so that their own limits do not stop them."""
    for _ in range(times):
        browser = Browser(staff.people)
        sent = {"username": username, "password": "Otra-clave-8", "code": "000000", **typed}
        captcha = re.findall(
            r'name="captcha_id" value="([^"]+)"', text_of(browser.post("/entidad/ingresar", None, **sent))
        )
        if captcha:
            answer = captcha_answer(staff.tools.pepper, captcha[0])
            browser.post("/entidad/ingresar", None, **sent, captcha_id=captcha[0], captcha=answer)


def test_a_flood_of_guesses_costs_the_owner_a_captcha_at_most(staff: Staff) -> None:
    member = staff.member()
    home = staff.browser()
    assert _is_in(staff.log_in(home, member.username))
    assert DEVICE_COOKIE in home.cookies
    _guess(staff, member.username, LOGINS_PER_PERSON.limit + 5)
    home.cookies.pop(STAFF_COOKIE)
    assert _is_in(staff.log_in(home, member.username))  # where they got in before nothing changed
    away = staff.browser()
    page = text_of(staff.log_in(away, member.username))
    [captcha] = re.findall(r'name="captcha_id" value="([^"]+)"', page)
    answer = captcha_answer(staff.tools.pepper, captcha)
    assert _is_in(staff.log_in(away, member.username, captcha_id=captcha, captcha=answer))


def test_codes_tried_beside_a_stolen_password_open_nothing_and_keep_its_owner_in(staff: Staff) -> None:
    member = staff.member()
    home = staff.browser()
    staff.log_in(home, member.username)
    sent = len(staff.people.mails())
    _guess(staff, member.username, WRONG_CODES.limit, password=STAFF_PASSWORD)
    assert [to for to, _ in staff.people.mails()[sent:]] == [member.email]
    thief = staff.browser()
    page = text_of(staff.log_in(thief, member.username))
    [captcha] = re.findall(r'name="captcha_id" value="([^"]+)"', page)
    answer = captcha_answer(staff.tools.pepper, captcha)
    lucky = staff.log_in(thief, member.username, captcha_id=captcha, captcha=answer)  # even with a right code
    assert not _is_in(lucky)
    home.cookies.pop(STAFF_COOKIE)
    assert _is_in(staff.log_in(home, member.username))


@pytest.mark.parametrize(
    "typed",
    [
        {"username": "", "password": "", "code": ""},
        {"username": "x" * 5000},
        {"username": "@@@@", "code": "1" * 900},
        {"username": "40000100@#platform"},
        {"username": "40000100@entidad-demo/..", "password": "\x00" * 20},
        {"code": "\uff11\uff12\uff13\uff14\uff15\uff16"},
    ],
)
def test_bad_input_is_told_and_opens_nothing(staff: Staff, typed: dict[str, str]) -> None:
    sent = {"username": UNKNOWN, "password": STAFF_PASSWORD, "code": "000000", **typed}
    browser = Browser(staff.people)
    answer = browser.post("/entidad/ingresar", None, **sent)
    assert answer.status_code in {401, 422}
    assert "Error: " in text_of(answer)
    assert STAFF_COOKIE not in browser.cookies


@pytest.mark.parametrize("typed", ["40000100", "40000100@"])
def test_a_username_without_its_institution_is_told_as_such(staff: Staff, typed: str) -> None:
    answer = staff.log_in(Browser(staff.people), typed)
    assert answer.status_code == 422
    assert "Escribe tu usuario completo" in text_of(answer)


def test_a_session_idles_for_fifteen_minutes_and_lasts_eight_hours(staff: Staff) -> None:
    browser = staff.browser(staff.member())
    staff.world.clock.now += timedelta(minutes=15)
    assert browser.get("/entidad").status_code == 200
    for _ in range(33):
        staff.world.clock.now += timedelta(minutes=14, seconds=30)
        last = browser.get("/entidad")
    assert last.headers["Location"].startswith("/entidad/ingresar"), "eight hours after the login it is over"
    browser = staff.browser(staff.member())
    staff.world.clock.now += timedelta(minutes=15, microseconds=1)
    assert browser.get("/entidad").headers["Location"].startswith("/entidad/ingresar")


def test_a_use_is_noted_once_a_minute_at_most(staff: Staff) -> None:
    browser = staff.browser(staff.member())
    browser.get("/entidad")

    def writes() -> list[str]:
        with ledger() as book:
            browser.get("/entidad")
        return [name for name in book.operations if name == "UpdateItem"]

    staff.world.clock.now += timedelta(seconds=59)
    assert writes() == []
    staff.world.clock.now += timedelta(seconds=1)
    assert writes() == ["UpdateItem"]
    assert writes() == []


def test_who_is_disabled_or_restored_is_out_at_the_next_click(staff: Staff) -> None:
    member = staff.member()
    browser = staff.browser(member)
    staff.world.clock.now += timedelta(seconds=1)
    staff.keep(replace(member, sessions_from=staff.world.clock.now, version=member.version + 1))
    assert browser.get("/entidad").headers["Location"].startswith("/entidad/ingresar")


def test_one_password_can_be_changed_by_its_owner_and_ends_all_other_sessions(staff: Staff) -> None:
    member = staff.member()
    own, other = staff.browser(member), staff.browser(member)
    staff.world.clock.now += timedelta(seconds=1)
    token = csrf_of(own.get("/entidad/clave"))
    new = {"new_password": "Lampara-rio-verde-9", "new_password_repeated": "Lampara-rio-verde-9"}
    wrong = own.post("/entidad/clave", None, csrf=token, old_password="x", code="1", **new)
    assert wrong.status_code == 422
    assert text_of(wrong).count('class="error"') == 2
    answer = own.send("/entidad/clave", csrf=token, old_password=STAFF_PASSWORD, code=staff.next_code(), **new)
    assert answer.headers["Location"] == "/entidad"
    assert _told(staff, member) == ["Se cambió su contraseña y se cerraron sus otras sesiones."]
    assert own.get("/entidad").status_code == 200
    assert other.get("/entidad").headers["Location"].startswith("/entidad/ingresar")


def test_a_form_that_is_sent_too_late_is_kept_and_sent_by_the_person_alone(staff: Staff) -> None:
    coordinator = staff.member(StaffRole.COORDINATOR)
    own = staff.browser(coordinator)
    token = csrf_of(own.get("/entidad/equipo/agregar"))
    typed = {"document_number": "40000555", "name": "Persona Tardía", "position": "Analista", "permissions": "deposit"}
    staff.world.clock.now += timedelta(minutes=16)
    led = own.send("/entidad/equipo/agregar", csrf=token, email="tarde@entidad.example", **typed)
    assert "volver=/entidad/borrador" in str(led.headers["Location"])
    other = staff.member(StaffRole.COORDINATOR)
    stranger = staff.browser(other)
    stranger.cookies |= {name: value for name, value in own.cookies.items() if name == FORM_COOKIE}
    assert stranger.get("/entidad/borrador").headers["Location"] == "/entidad"
    answer = staff.log_in(own, coordinator.username, volver="/entidad/borrador")
    shown = text_of(own.get(str(answer.headers["Location"])))
    assert "Persona Tardía" in shown
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', shown))
    assert "hecho=agregado" in str(own.send("/entidad/equipo/agregar", **hidden).headers["Location"])
    assert FORM_COOKIE not in own.cookies
    assert len(staff.tools.staff.list_for_institution("entidad-demo")) == 3


def test_new_recovery_codes_take_the_place_of_those_of_before(staff: Staff) -> None:
    hashed = keyed_hash(staff.tools.pepper, "staff-recovery", "s40000100", "K7M3QXW4PT")
    member = staff.member()
    own = replace(member.credentials, recovery=(hashed,))
    staff.keep(replace(member, credentials=own, version=member.version + 1))
    browser = staff.browser(member)
    page = browser.get("/entidad/codigos")
    assert "Te quedan 1 sin usar" in text_of(page)
    token = csrf_of(page)
    assert browser.post("/entidad/codigos", None, csrf=token, code="000000").status_code == 422
    shown = text_of(browser.post("/entidad/codigos", None, csrf=token, code=staff.next_code()))
    codes = re.findall(r"<code>([2-9A-Z]{5}-[2-9A-Z]{5})</code>", shown)
    assert len(set(codes)) == 10
    renewed = "Se crearon códigos de recuperación nuevos. Los anteriores ya no sirven."
    assert _told(staff, member) == [renewed]
    [event] = event_store(staff.world.container).list_for_subject(f"staff#{member.staff_id}")[-1:]
    assert event.type is EventType.STAFF_RECOVERY_RENEWED
    assert not _is_in(staff.log_in(staff.browser(), member.username, code="K7M3Q-XW4PT"))
    assert _is_in(staff.log_in(staff.browser(), member.username, code=codes[3]))
    assert len(staff.found(member).credentials.recovery) == 9
    ways = [
        event.data.get("by")
        for event in event_store(staff.world.container).list_for_subject(f"staff#{member.staff_id}")
        if event.type is EventType.STAFF_LOGGED_IN
    ]
    assert ways[-1] == "recovery_code"
    assert _told(staff, member) == [renewed, "Alguien ingresó con un código de recuperación. Le quedan 9 sin usar."]


def test_who_cannot_be_written_to_has_changed_it_all_the_same(staff: Staff, moto_engine: Engine) -> None:
    member = staff.member()
    browser = staff.browser(member)
    token = csrf_of(browser.get("/entidad/codigos"))
    moto_engine.client("ses").delete_identity(Identity=staff.world.container.config.mail_from)
    shown = text_of(browser.post("/entidad/codigos", None, csrf=token, code=staff.next_code()))
    assert shown.count("<li><code>") == 10
    assert len(staff.found(member).credentials.recovery) == 10


def test_a_login_stands_that_is_told_while_the_institution_cannot_be_read(staff: Staff) -> None:
    code = "K7M3QXW4PT"
    hashed = keyed_hash(staff.tools.pepper, "staff-recovery", "s40000100", code)
    member = staff.member()
    own = replace(member.credentials, recovery=(hashed,))
    staff.keep(replace(member, credentials=own, version=member.version + 1))
    table, refused = staff.world.container.config.institutions_table, []

    def refuse(params: dict[str, Any], **_: Any) -> None:
        if table in str(params["body"]):
            refused.append(params)
            raise EndpointConnectionError(endpoint_url="https://dynamodb.example")

    events: Any = connection(staff.world.container).client.meta.events
    events.register("before-call.dynamodb.GetItem", refuse)
    try:
        answer = staff.log_in(staff.browser(), member.username, code=code)
    finally:
        events.unregister("before-call.dynamodb.GetItem", refuse)

    assert _is_in(answer)
    assert refused
    assert _told(staff, member) == ["Alguien ingresó con un código de recuperación. Le quedan 0 sin usar."]
