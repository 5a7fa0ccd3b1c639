"""The holder sees who looked, from where, why and when, and never an officer's name."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from chalicelib.bootstrap.storage import event_store
from chalicelib.domain.event import EventType
from chalicelib.domain.institution.staff import StaffMember
from chalicelib.handlers.cookies import SESSION_COOKIE
from tests.audit_world import LOOKED_AT, a_look
from tests.browser_requests import Browser, check_html, text_of
from tests.company_world import COMPANY, OTHER, THIRD, seed_company, token_of
from tests.compose_world import Desk
from tests.deposit_world import INSTITUTION_ID, World
from tests.officer_world import an_office, put_office
from tests.staff_world import Staff, csrf_of

PAGE = "/perfil/consultas"


def words(browser: Browser, address: str = PAGE) -> str:
    html = text_of(browser.get(address))
    check_html(html)
    return " ".join(re.sub(r"<[^>]+>", " ", html.partition("<main")[2]).split())


def consult(staff: Staff, member: StaffMember, reason: str) -> None:
    browser = staff.browser(member)
    csrf = csrf_of(browser.get("/entidad/consultar"))
    asked = {"document_type": "DNI", "document_number": "40000002", "reason": reason}
    assert browser.send("/entidad/consultar", csrf=csrf, **asked).status_code == 303


def test_a_consultation_by_an_officer_is_told_with_institution_office_and_reason(
    browser: Browser, world: World
) -> None:
    staff = Staff(world)
    world.seed()
    office = an_office()
    put_office(world.container, office)
    browser.enter()
    assert "Hasta ahora nadie" in words(browser)
    member = staff.member(office_id=office.office_id)
    consult(staff, member, "Notificar <b>la carta</b> 79")
    world.get("/v1/mailboxes/1-40000002")

    shown = words(browser)
    assert office.name in shown
    assert "Notificar &lt;b&gt;la carta&lt;/b&gt; 79" in shown
    assert "Una consulta de sus sistemas" in shown
    assert shown.count("Preguntó si la casilla puede recibir una notificación") == 2
    assert "Una persona del servicio" not in shown
    assert member.name not in shown
    assert member.staff_id not in shown
    assert f'href="{PAGE}"' in text_of(browser.get("/perfil"))
    listed = words(browser, "/mis-datos").partition("Quién vio tus datos")[2].partition("Llevarte")[0]
    assert "Una persona del servicio" not in listed


def test_the_log_says_for_whom_an_officer_asked_and_what_the_reason_was(browser: Browser) -> None:
    desk = Desk(Staff(browser.people.world))
    consult(desk.staff, desk.member, "Notificar la carta 79")
    [event] = event_store(desk.box).list_for_subject("mailbox#1-40000002")

    assert event.data == {"reason": "Notificar la carta 79", "institution_id": INSTITUTION_ID}


def test_pages_go_on_to_the_oldest_and_what_is_no_page_is_refused(browser: Browser, world: World) -> None:
    for number in range(45):
        at = LOOKED_AT + timedelta(minutes=number)
        name = "mailbox#1-40000002" if number % 2 else "mailbox#8-10400000021"
        event_store(world.container).add(
            a_look(number, subject=name, occurred_at=at, data={"reason": f"Motivo {number:02d}."})
        )
    browser.enter()
    address, seen = PAGE, []
    while address:
        html = text_of(browser.get(address))
        seen += re.findall(r"Motivo (\d\d)\.", html)
        found = re.search(r'href="(/perfil/consultas\?desde=[^"]+)"', html)
        address = found[1] if found else ""

    assert seen == [f"{number:02d}" for number in reversed(range(45))]
    for forged in ("x", "2026-03-05T15:00:00.000000Z", "%00"):
        assert browser.get(f"{PAGE}?desde={forged}").status_code == 422


def test_what_operators_note_stays_in_the_log_and_a_request_is_its_own_users(browser: Browser, world: World) -> None:
    events, name = event_store(world.container), "mailbox#1-40000002"
    own, others = ({"reason": "Denuncia de Juan", "user_id": user} for user in ("u1", "u9"))
    kinds = (EventType.MAILBOX_SHOWN, EventType.DATA_REQUEST_SHOWN, EventType.DATA_REQUEST_SHOWN)
    for number, (kind, data) in enumerate(zip(kinds, (own, own, others), strict=True)):
        events.add(a_look(number, subject=name, type=kind, actor="operator:rquispe", data=data))
    browser.enter()
    shown = words(browser)

    assert shown.count("Una persona del servicio") == 2
    assert shown.count("Vio una solicitud sobre datos") == 1
    for hidden in ("Juan", "rquispe"):
        assert hidden not in shown


def test_who_restores_a_users_password_looked_at_that_user_alone(browser: Browser, world: World) -> None:
    seed_company(browser.people.tools, world.container)
    officer = {"institution_id": INSTITUTION_ID, "reason": "assisted_recovery"}
    for number, (kind, user_id) in enumerate(
        [(EventType.RECOVERY_ASKED, "u2"), (EventType.RECOVERY_SHOWN, "u2"), (EventType.RECOVERY_SHOWN, "u9")]
    ):
        look = a_look(number, subject=f"mailbox#{COMPANY}", type=kind, data={**officer, "user_id": user_id})
        event_store(world.container).add(look)

    def read_as(username: str) -> str:
        browser.cookies[SESSION_COOKIE] = token_of(browser.people, username)
        return words(browser) + words(browser, "/mis-datos")

    theirs, anothers, principals = read_as(OTHER), read_as(THIRD), read_as(COMPANY)
    assert theirs.count("Registró un pedido de restaurar tu contraseña") == 2
    assert theirs.count("Vio tus datos, para restaurar tu contraseña") == 2
    assert "restaurar su contraseña" not in theirs
    assert "restaurar" not in anothers
    assert principals.count("Registró un pedido de restaurar la contraseña de Usuaria Ejemplo 2") == 2
    assert principals.count("Vio los datos de Usuaria Ejemplo 2, para restaurar su contraseña") == 2
    assert principals.count("Vio los datos de un usuario que ya no está, para restaurar su contraseña") == 2


def test_looks_at_the_registration_that_opened_the_mailbox_are_the_holders_to_read(
    browser: Browser, world: World
) -> None:
    key, name, events = "3f2a91bc77d0" * 5 + "abcd", "mailbox#1-40000002", event_store(world.container)
    officer = {"institution_id": INSTITUTION_ID, "reason": "registration_review"}
    looked = {"subject": f"registration#{key}", "type": EventType.REGISTRATION_SHOWN}
    opened = {"registration": key, "institution_id": INSTITUTION_ID}
    told: list[dict[str, Any]] = [
        {**looked, "data": {**officer, "shown": "data"}},
        {**looked, "data": {**officer, "shown": "scan"}},
        {**looked, "actor": "operator:rquispe", "data": {"reason": "Lo pidió Juan"}},
        {**looked, "type": EventType.REGISTRATION_TAKEN},
        {**looked, "type": EventType.REGISTRY_CONSULTED, "data": {**officer, "reason": "officer_registration"}},
        {**looked, "type": EventType.REGISTRY_CONSULTED, "actor": f"applicant:{key}"},
        {**looked, "type": EventType.REGISTRY_CONSULTED, "actor": "worker:finish_registrations"},
        {**looked, "subject": "registration#another"},
        {"subject": name, "data": {"reason": "Notificar antes"}},
        {"subject": name, "type": EventType.MAILBOX_OPENED, "data": opened},
        {"subject": name, "data": {**officer, "way": "registration", "result": "has_mailbox"}},
    ]
    for number, changes in enumerate(told):
        events.add(a_look(number, occurred_at=LOOKED_AT + timedelta(minutes=number), **changes))
    browser.enter()
    shown = words(browser)

    seen = [
        "Vio que ya hay una casilla, al revisar otro registro con el mismo documento Revisión de un registro",
        "Preguntó si la casilla puede recibir una notificación Notificar antes",
        "Consultó un registro oficial, para abrir la casilla Registro de una casilla en mesa de partes",
        "Vio los datos del registro con que se abrió la casilla Atención del servicio",
        "Vio el formato firmado del registro con que se abrió la casilla Revisión de un registro",
        "Vio los datos del registro con que se abrió la casilla Revisión de un registro",
    ]
    places = [shown.index(one) for one in seen]
    assert places == sorted(places)
    assert shown.count("registro con que se abrió la casilla Revisión") == 2
    assert shown.count("Consultó un registro oficial") == 1
    assert "Juan" not in shown
