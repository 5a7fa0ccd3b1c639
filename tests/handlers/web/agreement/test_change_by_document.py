"""A document asks for another coordinator or representative: recorded by one, told at once, decided by another."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from chalice.test import HTTPResponse

from chalicelib.bootstrap.agreement import change_tools
from chalicelib.bootstrap.institution import staff_store
from chalicelib.bootstrap.sender import institution_store
from chalicelib.bootstrap.storage import event_store
from chalicelib.domain.agreement.change_request import ChangeRequest, ChangeState
from chalicelib.domain.event import EventType
from chalicelib.domain.institution.staff import PLATFORM, StaffRole, StaffState
from chalicelib.services.operator_act import OperatorAct
from tests.browser_requests import Browser, check_html, text_of
from tests.cloud import Engine
from tests.deposit_world import INSTITUTION_ID, PDF, an_institution, put_institution
from tests.staff_world import Staff, csrf_of

BASE = f"/plataforma/entidades/{INSTITUTION_ID}/cambios"
OWN = "/entidad/convenio"
PERSON = {
    "name": "Persona Nueva de Ejemplo",
    "document_number": "40000801",
    "position": "Jefa de Trámite",
    "email": "nueva@entidad.example",
    "mobile": "900000801",
    "letter_number": "12-2026-MUNI",
    "came_on": "9/3/2026",
}
POWER = {"power": "certificate", "power_issued_on": "7/2/2026"}
ADDRESS = "mesa@entidad.example"


@pytest.fixture
def recorder(staff: Staff) -> Browser:
    return staff.browser(staff.member(StaffRole.PLATFORM_ADMINISTRATOR))


@pytest.fixture
def decider(staff: Staff) -> Browser:
    return staff.browser(staff.member(StaffRole.PLATFORM_ADMINISTRATOR))


def record(browser: Browser, kind: str = "coordinador", /, *, at: str = BASE, **fields: str) -> HTTPResponse:
    page = f"{at}/{kind}"
    opened = text_of(browser.get(page))
    token, form_id = (
        re.findall(r'name="csrf" value="(\w+)"', opened)[0],
        re.findall(r'"form_id" value="(\S+)"', opened)[0],
    )
    texts = {"csrf": token, "form_id": form_id, **PERSON, **fields}
    files = ("file",) if kind == "coordinador" else ("file", "power_file")
    return browser.send_files(page, {name: (f"{name}.pdf", PDF) for name in files}, texts)


def recorded(answer: HTTPResponse) -> str:
    assert answer.status_code == 303, text_of(answer)
    return str(re.findall(r"/plataforma/cambios/([^?]+)\?hecho=registrado", str(answer.headers["Location"]))[0])


def post(browser: Browser, change_id: str, step: str) -> HTTPResponse:
    token = csrf_of(browser.get("/plataforma/administradores/agregar"))
    sent = {"csrf": token, "step": step, "reason": "Documentos conformes"}
    return browser.post(f"/plataforma/cambios/{change_id}", None, **sent)


def found(staff: Staff, change_id: str) -> ChangeRequest:
    request = change_tools(staff.world.container).changes.find(change_id)
    assert request
    return request


def waiting(staff: Staff) -> list[str]:
    return [one.change_id for one in change_tools(staff.world.container).changes.list_waiting()]


def mails(staff: Staff, words: str) -> list[str]:
    return [to for to, text in staff.people.mails() if words in " ".join(text.split())]


def with_address(staff: Staff, email: str = ADDRESS) -> None:
    box = staff.world.container
    store = institution_store(box)
    before = store.find(INSTITUTION_ID)
    assert before
    act = OperatorAct("operator:x", "Correo de la entidad", box.clock, box.chance.new_event_id)
    event = act.event(f"institution#{INSTITUTION_ID}", EventType.INSTITUTION_CHANGED, box.clock())
    store.update(replace(before, digest_email=email, version=before.version + 1), event)


def place(staff: Staff) -> list[tuple[str, StaffRole]]:
    everybody = staff_store(staff.world.container).list_for_institution(INSTITUTION_ID)
    return [(one.document_number, one.role) for one in everybody]


def test_the_institution_is_told_and_another_one_decides(staff: Staff, recorder: Browser, decider: Browser) -> None:
    former, other = staff.member(StaffRole.COORDINATOR), staff.member(StaffRole.COORDINATOR)
    out = staff.member(StaffRole.COORDINATOR, state=StaffState.DISABLED)
    with_address(staff)
    opened = text_of(recorder.get(f"{BASE}/coordinador"))
    check_html(opened)
    for one in (former, other, out):
        assert f"{one.name}, {one.position}" in opened
    assert "(deshabilitado)" in opened
    change_id = recorded(record(recorder, replaces=former.staff_id, name="<b>Ñu</b> & Otra", letter_number="=1+1 <i>"))

    told = mails(staff, "Un documento pide cambiar al coordinador")
    assert sorted(told) == sorted([former.email, other.email, ADDRESS])
    text = " ".join(next(text for to, text in staff.people.mails() if to == ADDRESS).split())
    for words in (former.name, "<b>Ñu</b> & Otra", "N.º =1+1 <i>", change_id, "antes de que se decida", OWN):
        assert words in text
    shown = text_of(recorder.get(f"/plataforma/cambios/{change_id}?hecho=registrado"))
    check_html(shown)
    assert "La entidad ya está avisada" in shown
    assert "&lt;b&gt;Ñu&lt;/b&gt; &amp; Otra" in shown
    assert 'value="aprobar"' not in shown
    assert "Nadie decide su propio pedido" in text_of(post(recorder, change_id, "aprobar"))
    own = staff.browser(other)
    seen = text_of(own.get(OWN))
    check_html(seen)
    assert "Pedido por documento N.º =1+1 &lt;i&gt;" in seen
    assert "Todavía no se decide" in seen
    assert "por documento N.º =1+1 &lt;i&gt;" in text_of(decider.get("/plataforma/convenios"))

    assert "hecho=cambio-aprobado" in str(post(decider, change_id, "aprobar").headers["Location"])
    assert staff_store(staff.world.container).find(INSTITUTION_ID, former.document_number) is None
    told = mails(staff, "Se aprobó por documento el cambio de coordinador")
    assert sorted(told) == sorted([former.email, other.email, ADDRESS])
    assert former.email in mails(staff, "Ya no tiene acceso: otra persona coordina ahora")
    assert PERSON["email"] in mails(staff, "Active su acceso")
    assert "Todavía no se decide" not in text_of(own.get(OWN))
    check_html(text_of(decider.get(f"/plataforma/cambios/{change_id}")))
    events = event_store(staff.world.container).list_for_subject(f"institution#{INSTITUTION_ID}")
    tellings = [one.data for one in events if one.type is EventType.AGREEMENT_CHANGE_TOLD]
    assert sorted((one["state"], one["told"], one["failed"]) for one in tellings) == [
        ("approved", "3", "0"),
        ("asked", "3", "0"),
    ]
    assert not [one for one in events if "Ñu" in str(one.data) or ADDRESS in str(one.data)]


def test_nothing_is_approved_while_nobody_could_be_told(
    staff: Staff, recorder: Browser, decider: Browser, moto_engine: Engine
) -> None:
    former = staff.member(StaffRole.COORDINATOR)
    mail_from = staff.world.container.config.mail_from
    moto_engine.client("ses").delete_identity(Identity=mail_from)
    change_id = recorded(record(recorder, replaces=former.staff_id))
    shown = text_of(recorder.get(f"/plataforma/cambios/{change_id}?hecho=registrado"))
    check_html(shown)
    assert "No pudimos avisar a todos" in shown
    assert f"{former.name} ({former.email}): todavía sin aviso" in shown
    answer = post(decider, change_id, "aprobar")
    assert answer.status_code == 409
    assert "no se pudo avisar a nadie" in text_of(answer)
    assert staff.found(former).is_active

    moto_engine.client("ses").verify_email_identity(EmailAddress=mail_from)
    again = post(recorder, change_id, "avisar")
    assert "La entidad ya está avisada" in text_of(recorder.get(str(again.headers["Location"])))
    post(decider, change_id, "avisar")
    assert mails(staff, "Un documento pide") == [former.email]
    moto_engine.client("ses").delete_identity(Identity=mail_from)
    done = post(decider, change_id, "aprobar")
    shown = text_of(decider.get(str(done.headers["Location"])))
    check_html(shown)
    assert "no salió algún correo" in shown
    moto_engine.client("ses").verify_email_identity(EmailAddress=mail_from)
    post(decider, change_id, "avisar")
    assert mails(staff, "Se aprobó por documento") == [former.email]
    assert all(one.told_at for one in found(staff, change_id).tellings)


def test_one_who_cannot_be_told_is_named_and_does_not_hold_it_up(
    staff: Staff, recorder: Browser, decider: Browser
) -> None:
    former = staff.member(StaffRole.COORDINATOR)
    lost = staff.member(StaffRole.COORDINATOR, email="no es un correo")
    change_id = recorded(record(recorder, replaces=former.staff_id))
    shown = text_of(recorder.get(f"/plataforma/cambios/{change_id}?hecho=registrado"))
    assert f"{lost.name} ({lost.email}): todavía sin aviso" in shown
    assert f"{former.name} ({former.email}): avisado del pedido" in shown
    post(decider, change_id, "rechazar")
    assert found(staff, change_id).state is ChangeState.REFUSED
    assert former.email in mails(staff, "No se aprobó el cambio de coordinador pedido por documento")
    assert staff.found(former).is_active


def test_where_nobody_is_left_the_new_one_comes_alone(staff: Staff, recorder: Browser, decider: Browser) -> None:
    opened = text_of(recorder.get(f"{BASE}/coordinador"))
    check_html(opened)
    assert "no hay a quién avisar" in opened
    change_id = recorded(record(recorder, replaces="cualquiera"))
    shown = text_of(decider.get(f"/plataforma/cambios/{change_id}?hecho=registrado"))
    check_html(shown)
    assert "no tiene a quién avisar" in shown
    assert "No reemplaza a nadie" in shown
    post(decider, change_id, "aprobar")
    assert place(staff) == [(PERSON["document_number"], StaffRole.COORDINATOR)]
    again = record(recorder)
    assert again.status_code == 422
    assert "ya es coordinador" in text_of(again)


def test_who_came_meanwhile_is_not_joined_by_one_who_replaces_nobody(
    staff: Staff, recorder: Browser, decider: Browser
) -> None:
    change_id = recorded(record(recorder))
    staff.member(StaffRole.COORDINATOR, email="no es un correo")
    with_address(staff)
    post(recorder, change_id, "avisar")
    answer = post(decider, change_id, "aprobar")
    assert answer.status_code == 409
    assert "ya tiene coordinador" in text_of(answer)


@pytest.mark.parametrize("state", [StaffState.DISABLED, StaffState.INVITED])
def test_who_goes_may_have_no_way_in_and_an_officer_takes_the_place(
    staff: Staff, recorder: Browser, decider: Browser, state: StaffState
) -> None:
    former, officer = staff.member(StaffRole.COORDINATOR, state=state), staff.member()
    fields = {"document_number": officer.document_number, "email": officer.email}
    change_id = recorded(record(recorder, replaces=former.staff_id, **fields))
    post(decider, change_id, "aprobar")
    assert place(staff) == [(officer.document_number, StaffRole.COORDINATOR)]
    assert staff.found(officer).credentials == officer.credentials
    assert former.email in mails(staff, "Se aprobó por documento")


def test_a_representative_is_shown_by_powers_as_old_as_when_they_came(
    staff: Staff, recorder: Browser, decider: Browser
) -> None:
    coordinator = staff.member(StaffRole.COORDINATOR)
    came = {**POWER, "came_on": "1/3/2026"}
    for wrong, words in (
        ("29/1/2026", "hasta 30 días"),
        ("2/3/2026", "después del día en que llegó"),
        ("10/3/2026", ""),
    ):
        refused = record(recorder, "representante", **{**came, "power_issued_on": wrong})
        assert refused.status_code == 422
        assert 'id="power_issued_on-error"' in text_of(refused)
        assert words in text_of(refused)
    for wrong in ("10/3/2026", "6/2/2026", ""):
        shown = text_of(record(recorder, "representante", **{**came, "came_on": wrong}))
        check_html(shown)
        assert 'id="came_on-error"' in shown
    change_id = recorded(record(recorder, "representante", **{**came, "power_issued_on": "30/1/2026"}))
    assert coordinator.email in mails(staff, "Un documento pide cambiar al representante legal")
    kept = found(staff, change_id)
    assert kept.letter is not None
    assert kept.letter.came_on == date(2026, 3, 1)
    post(decider, change_id, "aprobar")
    assert f"Representante legal: {PERSON['name']}" in text_of(staff.browser(coordinator).get(OWN))


def test_nobody_records_or_decides_for_where_they_work_or_for_themselves(staff: Staff, recorder: Browser) -> None:
    former = staff.member(StaffRole.COORDINATOR)
    same = staff.browser(staff.member(StaffRole.PLATFORM_ADMINISTRATOR, document_number=former.document_number))
    officer = staff.member()
    also = staff.browser(staff.member(StaffRole.PLATFORM_ADMINISTRATOR, document_number=officer.document_number))
    proposed = staff.browser(staff.member(StaffRole.PLATFORM_ADMINISTRATOR, document_number=PERSON["document_number"]))
    reads = staff.browser(staff.member(StaffRole.PLATFORM_ADMINISTRATOR, email=PERSON["email"].upper()))
    for one in (same, also, proposed, reads):
        refused = record(one, replaces=former.staff_id)
        assert refused.status_code == 403
        assert "otro administrador" in text_of(refused)
    assert waiting(staff) == []
    change_id = recorded(record(recorder, replaces=former.staff_id))
    for one in (same, also, proposed, reads):
        for step in ("aprobar", "rechazar"):
            assert "otro administrador" in text_of(post(one, change_id, step))
    assert found(staff, change_id).state is ChangeState.ASKED


def test_what_is_forged_is_refused(staff: Staff, recorder: Browser) -> None:
    put_institution(staff.world.container, an_institution(institution_id="otra"))
    staff.member(StaffRole.COORDINATOR)
    stranger = staff.member(StaffRole.COORDINATOR, institution_id="otra")
    officer = staff.member()
    for wrong in (stranger.staff_id, officer.staff_id, "", "x"):
        assert 'id="replaces-error"' in text_of(record(recorder, replaces=wrong))
    for address in (f"{BASE}/otro", "/plataforma/entidades/no-hay/cambios/coordinador"):
        assert recorder.get(address).status_code == 404
    for platform in (PLATFORM, "%2e%2e"):
        assert recorder.get(f"/plataforma/entidades/{platform}/cambios/coordinador").status_code == 404
    assert record(recorder, replaces="x", form_id="no").status_code == 422
    assert waiting(staff) == []


def test_the_same_form_twice_is_one_request_and_tells_once(staff: Staff, recorder: Browser, decider: Browser) -> None:
    former = staff.member(StaffRole.COORDINATOR)
    form_id = re.findall(r'"form_id" value="(\S+)"', text_of(recorder.get(f"{BASE}/coordinador")))[0]
    ids = {recorded(record(recorder, replaces=former.staff_id, form_id=form_id)) for _ in range(2)}
    assert ids == {form_id}
    assert waiting(staff) == [form_id]
    assert mails(staff, "Un documento pide") == [former.email]
    stolen = record(decider, replaces=former.staff_id, form_id=form_id, document_number="40000802")
    assert stolen.status_code == 409
    assert f'value="{form_id}"' not in text_of(stolen)
    typed = {"name": "Persona N. de Ejemplo", "email": "n@entidad.example"}
    twice = record(decider, replaces=former.staff_id, **typed)
    assert twice.status_code == 409
    assert "ya se pidió" in text_of(twice)
    assert waiting(staff) == [form_id]


def test_two_who_record_the_same_at_once_begin_one(
    staff: Staff, recorder: Browser, decider: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    former = staff.member(StaffRole.COORDINATOR)
    tools = change_tools(staff.world.container)
    adds = tools.changes.add

    def late(*given: Any, **named: Any) -> None:
        monkeypatch.undo()
        recorded(record(decider, replaces=former.staff_id))
        adds(*given, **named)

    monkeypatch.setattr(tools.changes, "add", late)
    second = record(recorder, replaces=former.staff_id)
    assert second.status_code == 409
    assert len(waiting(staff)) == 1


def test_who_is_told_while_another_one_is_told_stays_told(
    staff: Staff, recorder: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    former = staff.member(StaffRole.COORDINATOR)
    tools = change_tools(staff.world.container)
    notes = tools.changes.note

    def late(*given: Any) -> None:
        monkeypatch.undo()
        [change_id] = waiting(staff)
        with_address(staff)
        post(recorder, change_id, "avisar")
        notes(*given)

    monkeypatch.setattr(tools.changes, "note", late)
    change_id = recorded(record(recorder, replaces=former.staff_id))
    assert {one.email for one in found(staff, change_id).tellings if one.told_at} == {former.email, ADDRESS}


def test_a_former_one_who_left_meanwhile_is_not_replaced(staff: Staff, recorder: Browser, decider: Browser) -> None:
    former, other = staff.member(StaffRole.COORDINATOR), staff.member(StaffRole.COORDINATOR)
    first = recorded(record(recorder, replaces=former.staff_id))
    fields = {"document_number": "40000802", "email": "segunda@entidad.example"}
    second = recorded(record(recorder, replaces=former.staff_id, **fields))
    post(decider, first, "aprobar")
    answer = post(decider, second, "aprobar")
    assert answer.status_code == 409
    assert "ya no es coordinador" in text_of(answer)
    assert found(staff, second).state is ChangeState.ASKED
    assert staff.found(other).is_active
