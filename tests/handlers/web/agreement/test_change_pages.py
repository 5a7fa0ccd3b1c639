"""A coordinator asks for another coordinator or representative with documents; the platform decides, never the own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from chalice.test import Client, HTTPResponse

from app import app
from chalicelib.bootstrap.agreement import change_tools
from chalicelib.bootstrap.institution import staff_store
from chalicelib.bootstrap.storage import event_store
from chalicelib.domain.agreement.change_request import ChangeKind, ChangeState
from chalicelib.domain.event import EventType
from chalicelib.domain.institution.staff import Credentials, StaffRole, StaffState
from chalicelib.services.agreement.apply_for_agreement import SentPdf
from chalicelib.services.agreement.change_people import DecidedChange, approve_change, ask_change
from chalicelib.services.institution.enrol_staff import StaffAct
from tests.access_world import at_once, racing_tools
from tests.browser_requests import Browser, check_html, text_of
from tests.deposit_world import INSTITUTION_ID, PDF, Clock, World, an_institution, put_institution
from tests.staff_world import Staff, csrf_of

OWN = "/entidad/convenio"
PERSON = {
    "name": "Persona Nueva de Ejemplo",
    "document_number": "40000801",
    "position": "Jefa de Trámite",
    "email": "nueva@entidad.example",
    "mobile": "900000801",
}
LINK = r"https?://[^/\s]+(/entidad/activar/\S+)"
POWER = {"power": "certificate", "power_issued_on": "7/2/2026"}


@pytest.fixture
def administrator(staff: Staff) -> Browser:
    return staff.browser(staff.member(StaffRole.PLATFORM_ADMINISTRATOR))


def ask(browser: Browser, kind: str, /, *files: str, **fields: str) -> HTTPResponse:
    return send(browser, kind, files, PDF, fields)


def send(browser: Browser, kind: str, files: tuple[str, ...], pdf: bytes, fields: dict[str, str]) -> HTTPResponse:
    page = f"{OWN}/cambios/{kind}"
    texts = {"csrf": csrf_of(browser.get(page)), **fields}
    return browser.send_files(page, {name: (f"{name}.pdf", pdf) for name in files}, texts)


def asked(answer: HTTPResponse) -> str:
    assert answer.status_code == 303, text_of(answer)
    return str(answer.headers["Location"]).rpartition("pedido=")[2]


def decide(
    browser: Browser, change_id: str, step: str = "aprobar", reason: str = "Documentos conformes"
) -> HTTPResponse:
    token = csrf_of(browser.get("/plataforma/administradores/agregar"))
    return browser.post(f"/plataforma/cambios/{change_id}", None, csrf=token, step=step, reason=reason)


def test_the_former_coordinator_is_out_at_once_and_the_new_one_invited(staff: Staff, administrator: Browser) -> None:
    former = staff.member(StaffRole.COORDINATOR)
    browser = staff.browser(former)
    for kind in ("coordinador", "representante"):
        check_html(text_of(browser.get(f"{OWN}/cambios/{kind}")))
    change_id = asked(ask(browser, "coordinador", "file", replaces=former.staff_id, **PERSON))
    check_html(text_of(browser.get(f"{OWN}?hecho=pedido&pedido={change_id}")))
    listed = text_of(administrator.get("/plataforma/convenios"))
    check_html(listed)
    assert change_id in listed
    shown = text_of(administrator.get(f"/plataforma/cambios/{change_id}"))
    check_html(shown)
    assert f"Reemplaza a {former.name}" in shown
    assert "X-Amz-Signature" in str(administrator.get(f"/plataforma/cambios/{change_id}/documento").headers["Location"])

    assert "hecho=cambio-aprobado" in str(decide(administrator, change_id).headers["Location"])
    [new] = staff_store(staff.world.container).list_for_institution(INSTITUTION_ID)
    assert (new.name, new.state, new.mobile) == (PERSON["name"], StaffState.INVITED, "+51900000801")
    assert browser.get(OWN).status_code == 303
    assert {former.email, PERSON["email"]} <= {to for to, _ in staff.people.mails()}
    events = event_store(staff.world.container).list_for_subject(f"staff#{former.staff_id}")
    assert EventType.STAFF_REMOVED in {one.type for one in events}
    check_html(text_of(administrator.get(f"/plataforma/cambios/{change_id}")))
    again = decide(administrator, change_id)
    assert "hecho=cambio-decidido" in str(again.headers["Location"])
    assert decide(administrator, change_id, "rechazar").status_code == 409


def test_a_representative_needs_powers_of_at_most_thirty_days(staff: Staff, administrator: Browser) -> None:
    browser = staff.browser(staff.member(StaffRole.COORDINATOR))
    for day, words in (("6/2/2026", "hasta 30 días"), ("10/3/2026", "que todavía no llega")):
        wrong = {**PERSON, **POWER, "power_issued_on": day}
        refused = text_of(ask(browser, "representante", "file", "power_file", **wrong))
        check_html(refused)
        assert words in refused
    missing = text_of(ask(browser, "representante", "file", **{**PERSON, **POWER, "mobile": ""}))
    assert 'id="power_file-error"' in missing
    assert 'id="mobile-error"' in missing
    change_id = asked(ask(browser, "representante", "file", "power_file", **PERSON, **POWER))
    assert "del 7 de febrero de 2026" in text_of(administrator.get(f"/plataforma/cambios/{change_id}"))
    assert administrator.get(f"/plataforma/cambios/{change_id}/poder").status_code == 303
    decide(administrator, change_id)
    assert f"Representante legal: {PERSON['name']}" in text_of(browser.get(OWN))
    resolution = {**PERSON, "name": "Persona Siguiente", "power": "resolution"}
    decide(administrator, asked(ask(browser, "representante", "file", "power_file", **resolution)))
    assert "Representante legal: Persona Siguiente" in text_of(browser.get(OWN))


def test_nobody_decides_their_own_request(staff: Staff) -> None:
    coordinator = staff.member(StaffRole.COORDINATOR)
    browser = staff.browser(coordinator)
    change_id = asked(ask(browser, "representante", "file", "power_file", **PERSON, **POWER))
    same_person = staff.member(StaffRole.PLATFORM_ADMINISTRATOR, document_number=coordinator.document_number)
    proposed = staff.member(StaffRole.PLATFORM_ADMINISTRATOR, document_number=PERSON["document_number"])
    for one in (same_person, proposed):
        answer = text_of(decide(staff.browser(one), change_id))
        assert "Nadie decide su propio pedido" in answer
    kept = change_tools(staff.world.container).changes.find(change_id)
    assert kept
    assert kept.state is ChangeState.ASKED


def test_a_refused_one_changes_nothing_and_tells_why(staff: Staff, administrator: Browser) -> None:
    former = staff.member(StaffRole.COORDINATOR)
    browser = staff.browser(former)
    change_id = asked(ask(browser, "coordinador", "file", replaces=former.staff_id, **PERSON))
    again = ask(browser, "coordinador", "file", replaces=former.staff_id, **PERSON)
    assert again.status_code == 409
    assert decide(administrator, change_id, "rechazar", "").status_code == 422
    decide(administrator, change_id, "rechazar", "Falta la firma")
    assert "Falta la firma" in text_of(browser.get(OWN))
    assert staff.found(former).is_active
    assert decide(administrator, change_id).status_code == 409


def test_another_institutions_coordinator_or_no_pdf_is_refused(staff: Staff) -> None:
    put_institution(staff.world.container, an_institution(institution_id="otra"))
    stranger = staff.member(StaffRole.COORDINATOR, institution_id="otra")
    browser = staff.browser(staff.member(StaffRole.COORDINATOR))
    shown = text_of(send(browser, "coordinador", ("file",), b"no", {"replaces": stranger.staff_id, **PERSON}))
    check_html(shown)
    for field in ("replaces", "file"):
        assert f'id="{field}-error"' in shown
    assert change_tools(staff.world.container).changes.list_waiting() == ()
    assert browser.get(f"{OWN}/cambios/otro").status_code == 404


def test_an_officer_becomes_coordinator_with_the_same_access(staff: Staff, administrator: Browser) -> None:
    former, officer = staff.member(StaffRole.COORDINATOR), staff.member(office_id="oficina-1")
    own = staff.browser(officer)
    person = {**PERSON, "document_number": officer.document_number}
    change_id = asked(ask(staff.browser(former), "coordinador", "file", replaces=former.staff_id, **person))
    shown = text_of(administrator.get(f"/plataforma/cambios/{change_id}"))
    check_html(shown)
    assert f"Ese documento es de {officer.name}" in shown
    assert "hecho=cambio-aprobado" in str(decide(administrator, change_id).headers["Location"])

    [new] = staff_store(staff.world.container).list_for_institution(INSTITUTION_ID)
    assert new == replace(
        officer,
        role=StaffRole.COORDINATOR,
        email=PERSON["email"],
        mobile="+51900000801",
        position=PERSON["position"],
        version=officer.version + 1,
    )
    assert own.get(OWN).status_code == 200
    told = [to for to, text in staff.people.mails() if "Ahora coordina" in text]
    assert told == [officer.email, PERSON["email"]]
    events = event_store(staff.world.container).list_for_subject(f"staff#{officer.staff_id}")
    [event] = [one for one in events if one.type is EventType.STAFF_CHANGED]
    assert (event.data["role"], event.data["email_changed"]) == ("coordinator", "yes")


@pytest.mark.parametrize("state", [StaffState.DISABLED, StaffState.INVITED])
def test_an_officer_without_a_way_in_gets_one_as_coordinator(
    staff: Staff, administrator: Browser, state: StaffState
) -> None:
    former, none = staff.member(StaffRole.COORDINATOR), Credentials()
    officer = staff.member(state=state) if state is StaffState.DISABLED else staff.member(state=state, credentials=none)
    person = {**PERSON, "document_number": officer.document_number}
    decide(administrator, asked(ask(staff.browser(former), "coordinador", "file", replaces=former.staff_id, **person)))
    new = staff.found(officer)
    assert new.role is StaffRole.COORDINATOR
    if state is StaffState.DISABLED:
        assert new.is_active
        return
    browser = staff.browser()
    staff.set_up(browser, next(link for link in links_sent(staff, PERSON["email"])))
    assert staff.found(officer).is_active


def links_sent(staff: Staff, to: str) -> list[str]:
    return [found for whom, text in staff.people.mails() if whom == to for found in re.findall(LINK, text)]


def test_who_coordinates_already_is_not_asked_for(staff: Staff) -> None:
    former = staff.member(StaffRole.COORDINATOR)
    other = staff.member(StaffRole.COORDINATOR, state=StaffState.DISABLED)
    for one in (former, other):
        person = {**PERSON, "document_number": one.document_number}
        shown = ask(staff.browser(former), "coordinador", "file", replaces=former.staff_id, **person)
        assert shown.status_code == 422
        assert "ya es coordinador" in text_of(shown)


def test_an_officer_who_is_changed_meanwhile_is_not_put_in_a_place(
    staff: Staff, administrator: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    former, officer = staff.member(StaffRole.COORDINATOR), staff.member()
    person = {**PERSON, "document_number": officer.document_number}
    change_id = asked(ask(staff.browser(former), "coordinador", "file", replaces=former.staff_id, **person))
    tools = change_tools(staff.world.container)
    decides = tools.changes.decide

    def late(*given: Any, **named: Any) -> None:
        staff.keep(replace(officer, name="Otro Nombre", version=officer.version + 1))
        decides(*given, **named)

    monkeypatch.setattr(tools.changes, "decide", late)
    assert decide(administrator, change_id).status_code == 409
    monkeypatch.undo()
    assert staff.found(former).is_active
    assert staff.found(officer).role is StaffRole.OFFICER
    assert "hecho=cambio-aprobado" in str(decide(administrator, change_id).headers["Location"])


def test_who_has_another_users_email_is_not_asked_for(staff: Staff) -> None:
    former, officer = staff.member(StaffRole.COORDINATOR), staff.member()
    person = {**PERSON, "email": officer.email.upper()}
    shown = ask(staff.browser(former), "coordinador", "file", replaces=former.staff_id, **person)
    assert shown.status_code == 422
    assert 'id="email-error"' in text_of(shown)
    own = {**PERSON, "email": former.email}
    assert asked(ask(staff.browser(former), "coordinador", "file", replaces=former.staff_id, **own))


def test_what_cannot_be_done_is_not_approved_and_waits(staff: Staff, administrator: Browser) -> None:
    former = staff.member(StaffRole.COORDINATOR)
    change_id = asked(ask(staff.browser(former), "coordinador", "file", replaces=former.staff_id, **PERSON))
    other = staff.member(email=PERSON["email"])
    answer = decide(administrator, change_id)
    assert answer.status_code == 409
    assert "ya es de otro usuario" in text_of(answer)
    assert staff.found(former).is_active
    box = staff.world.container
    kept = change_tools(box).changes.find(change_id)
    assert kept
    assert kept.state is ChangeState.ASKED
    assert staff_store(box).find(INSTITUTION_ID, PERSON["document_number"]) is None
    assert "hecho=cambio-rechazado" in str(decide(administrator, change_id, "rechazar").headers["Location"])
    assert staff.found(other).is_active


def test_of_two_who_are_to_replace_the_same_one_comes_and_the_other_waits(
    staff: Staff, administrator: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    former = staff.member(StaffRole.COORDINATOR)
    browser = staff.browser(former)
    second = {**PERSON, "document_number": "40000802", "email": "otra@entidad.example", "name": "Persona Segunda"}
    ids = [asked(ask(browser, "coordinador", "file", replaces=former.staff_id, **one)) for one in (PERSON, second)]
    tools = change_tools(staff.world.container)
    decides = tools.changes.decide

    def late(*given: Any, **named: Any) -> None:
        monkeypatch.undo()
        assert "hecho=cambio-aprobado" in str(decide(administrator, ids[0]).headers["Location"])
        decides(*given, **named)

    monkeypatch.setattr(tools.changes, "decide", late)
    answer = decide(staff.browser(staff.member(StaffRole.PLATFORM_ADMINISTRATOR)), ids[1])
    assert answer.status_code == 409
    assert "sigue en espera" in text_of(answer)
    kept = tools.changes.find(ids[1])
    assert kept
    assert kept.state is ChangeState.ASKED
    assert [one.document_number for one in staff_store(staff.world.container).list_for_institution(INSTITUTION_ID)] == [
        PERSON["document_number"]
    ]


def test_an_institution_asks_for_ten_changes_at_most_at_once(staff: Staff, administrator: Browser) -> None:
    browser = staff.browser(staff.member(StaffRole.COORDINATOR))
    ids = []
    for number in range(10):
        person = {**PERSON, "document_number": f"4000090{number}", "power": "resolution"}
        ids.append(asked(ask(browser, "representante", "file", "power_file", **person)))
    more = {**PERSON, "power": "resolution"}
    refused = ask(browser, "representante", "file", "power_file", **more)
    assert refused.status_code == 409
    assert "10 pedidos" in text_of(refused)
    listed = change_tools(staff.world.container).changes.list_waiting()
    assert {one.change_id for one in listed} == set(ids)
    decide(administrator, ids[0], "rechazar")
    assert asked(ask(browser, "representante", "file", "power_file", **more))


@pytest.fixture
def raced(ministack: dict[str, str]) -> Iterator[World]:
    with racing_tools(ministack) as (container, _), Client(app) as client:
        put_institution(container, an_institution())
        container.clock = Clock()
        yield World(container, client, container.clock)


@pytest.mark.ministack
def test_eight_who_approve_at_once_change_one_coordinator(raced: World) -> None:
    staff, now = Staff(raced), raced.clock.now
    former, tools = staff.member(StaffRole.COORDINATOR), change_tools(raced.container)
    by = StaffAct(former.actor, "192.0.2.1", member=former)
    typed: dict[str, Any] = {**PERSON, "replaces": former.staff_id}
    day = date(2026, 3, 9)
    kind, pdf = ChangeKind.COORDINATOR, SentPdf("designacion.pdf", PDF)
    about = {"asker": former, "institution_id": INSTITUTION_ID}
    request = ask_change(kind, typed, pdf, None, by=by, **about, today=day, tools=tools, now=now)  # type: ignore[arg-type]
    admins = [staff.member(StaffRole.PLATFORM_ADMINISTRATOR) for _ in range(8)]

    def approve(turn: int) -> DecidedChange:
        act = StaffAct(admins[turn].actor, "192.0.2.1", "Documentos conformes", admins[turn])
        return approve_change(request.change_id, by=act, member=admins[turn], tools=tools, now=now)

    found = at_once(8, approve)
    assert all(isinstance(one, DecidedChange) for one in found), found
    assert sum(one.is_changed for one in found if isinstance(one, DecidedChange)) == 1
    [new] = staff_store(raced.container).list_for_institution(INSTITUTION_ID)
    assert re.fullmatch(PERSON["document_number"], new.document_number)
