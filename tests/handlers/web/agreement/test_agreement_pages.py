"""An agreement as its coordinator and the platform see it, and what the platform does to it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from chalice.test import HTTPResponse

from chalicelib.bootstrap.agreement import agreement_store, agreement_tools
from chalicelib.bootstrap.sender import institution_store
from chalicelib.domain.agreement.agreement import Agreement, AgreementState, Reason, Standing
from chalicelib.domain.institution.staff import StaffRole
from chalicelib.domain.sender.institution import InstitutionState
from chalicelib.domain.sender.institution_changes import change_state
from chalicelib.services.agreement import change_agreement as changing
from tests.browser_requests import Browser, check_html, text_of
from tests.deposit_world import INSTITUTION_ID, PDF, an_institution, put_institution
from tests.staff_world import Staff, csrf_of
from tests.usage_world import DUE_ON, Months

BASE = f"/plataforma/entidades/{INSTITUTION_ID}/convenio"
OWN = "/entidad/convenio"
AGREED = {
    "number": "045-2026",
    "modality": "platform",
    "begins_on": "9/3/2026",
    "ends_on": "8/3/2027",
    "reason": "Convenio firmado por las partes",
}
TODAY = date(2026, 3, 9)


@pytest.fixture
def administrator(staff: Staff) -> Browser:
    return staff.browser(staff.member(StaffRole.PLATFORM_ADMINISTRATOR))


@pytest.fixture
def coordinator(staff: Staff) -> Browser:
    return staff.browser(staff.member(StaffRole.COORDINATOR))


@pytest.fixture
def months(staff: Staff) -> Iterator[Months]:
    months = Months(staff.world)
    yield months
    months.forget()


def do(browser: Browser, deed: str, *file: Any, **fields: str) -> HTTPResponse:
    filename, content = file or ("", b"")
    return browser.post_file(f"{BASE}/{deed}", filename, content, None, csrf=csrf_of(browser.get(BASE)), **fields)


def kept(staff: Staff, institution_id: str = INSTITUTION_ID) -> Agreement:
    found = agreement_store(staff.world.container).find(institution_id)
    assert found
    return found


def state(staff: Staff) -> InstitutionState:
    found = institution_store(staff.world.container).find(INSTITUTION_ID)
    assert found
    return found.state


def done(answer: HTTPResponse) -> str:
    assert answer.status_code == 303, text_of(answer)
    return str(answer.headers["Location"])


def test_without_an_agreement_both_pages_say_so_and_the_institution_works_on(
    staff: Staff, administrator: Browser, coordinator: Browser
) -> None:
    for browser, page in ((administrator, BASE), (coordinator, OWN)):
        shown = text_of(browser.get(page))
        check_html(shown)
        assert "Sin convenio registrado: activa, sin fecha de fin" in shown
    assert state(staff) is InstitutionState.ACTIVE


def test_a_registered_agreement_is_told_to_its_coordinator_in_words(
    staff: Staff, administrator: Browser, coordinator: Browser
) -> None:
    assert done(do(administrator, "registrar", "convenio.pdf", PDF, **AGREED)) == f"{BASE}?hecho=registrar"
    shown = text_of(coordinator.get(OWN))
    check_html(shown)
    assert re.search(r"<h2>Activo</h2>", shown)
    for words in ("045-2026", "9 de marzo de 2026", "8 de marzo de 2027", "Elaboradas en la plataforma"):
        assert words in shown
    assert "se cancela después del" in shown
    assert staff.people.mails()[-1][0].startswith("persona")
    [document] = re.findall(rf'href="({OWN}/[0-9a-f]{{32}})"', shown)
    assert "X-Amz-Signature" in done(coordinator.get(document))


def test_nobody_decides_on_the_agreement_of_an_institution_that_they_work_for(
    staff: Staff, administrator: Browser
) -> None:
    do(administrator, "registrar", **AGREED)
    do(administrator, "inactivar", reason_code="clause_breached", reason="Incumple la cláusula quinta")
    own = staff.member(StaffRole.COORDINATOR)
    same = staff.browser(staff.member(StaffRole.PLATFORM_ADMINISTRATOR, document_number=own.document_number))
    refused = do(same, "reactivar", reason_code="clause_breached", reason="Ya cumple")
    assert refused.status_code == 403
    assert "otro administrador" in text_of(refused)
    assert state(staff) is InstitutionState.INACTIVE


def test_registering_the_agreement_of_one_that_was_stopped_says_that_it_stays_so(
    staff: Staff, administrator: Browser
) -> None:
    assert "registrarlo no la activa" not in text_of(administrator.get(f"{BASE}/registrar"))
    put_institution(staff.world.container, an_institution(state=InstitutionState.INACTIVE))
    shown = text_of(administrator.get(f"{BASE}/registrar"))
    check_html(shown)
    assert "registrarlo no la activa" in shown
    do(administrator, "registrar", **AGREED)
    assert state(staff) is InstitutionState.INACTIVE
    assert "detuvo el servicio por una orden aparte" in text_of(administrator.get(BASE))


def test_late_payment_is_explained_with_what_to_do_and_reactivated(staff: Staff, months: Months) -> None:
    months.march()
    administrator = staff.browser(staff.member(StaffRole.PLATFORM_ADMINISTRATOR))
    coordinator = staff.browser(staff.member(StaffRole.COORDINATOR))
    do(administrator, "registrar", **AGREED)
    done(do(administrator, "inactivar", reason_code="late_payment", reason="Recibo de febrero impago"))
    assert state(staff) is InstitutionState.INACTIVE
    shown = text_of(coordinator.get(OWN))
    check_html(shown)
    assert "Inactivo: retraso en el pago" in shown
    assert "envía en «Consumo» el comprobante escaneado" in shown
    assert "Recibo de febrero impago" in shown
    assert "Qué no se puede hasta que vuelva a estar activo" in shown
    home = text_of(coordinator.get("/entidad"))
    assert "Mira por qué y qué hacer" in home
    assert 'href="/entidad/preguntas"' in home
    assert "está inactivo" in staff.people.mails()[-1][1]
    done(do(administrator, "reactivar", reason_code="late_payment", reason="Pagó el recibo de febrero"))
    assert state(staff) is InstitutionState.ACTIVE
    assert "está activo" in staff.people.mails()[-1][1]


def test_late_payment_is_no_reason_by_hand_where_nothing_is_owed(staff: Staff, administrator: Browser) -> None:
    do(administrator, "registrar", **AGREED)
    shown = text_of(administrator.get(f"{BASE}/inactivar"))
    check_html(shown)
    assert "late_payment" not in shown
    answer = do(administrator, "inactivar", reason_code="late_payment", reason="Recibo de febrero impago")
    assert "no debe ningún mes cerrado" in text_of(answer)
    assert state(staff) is InstitutionState.ACTIVE


def test_what_the_night_held_up_is_lifted_by_the_payment_and_not_by_hand(staff: Staff, months: Months) -> None:
    months.march()
    months.night(DUE_ON + timedelta(days=1))
    browser = staff.browser(staff.member(StaffRole.PLATFORM_ADMINISTRATOR))
    shown = text_of(browser.get(f"{BASE}/reactivar"))
    check_html(shown)
    assert f'<a href="/plataforma/entidades/{INSTITUTION_ID}/consumo">Registra el pago en Consumo</a>' in shown
    assert "<button" not in shown.partition("<h1")[2].partition("</main>")[0]
    answer = do(browser, "reactivar", reason_code="late_payment", reason="Prometió pagar")
    assert "registra el pago en «Consumo»" in text_of(answer)
    assert state(staff) is InstitutionState.INACTIVE


def test_what_expired_is_reactivated_by_an_addendum_with_its_document_alone(
    staff: Staff, administrator: Browser
) -> None:
    do(administrator, "registrar", **{**AGREED, "ends_on": "10/3/2026"})
    staff.world.clock.now += timedelta(days=3)
    browser = staff.browser(staff.member(StaffRole.PLATFORM_ADMINISTRATOR))
    shown = text_of(browser.get(f"{BASE}/reactivar"))
    check_html(shown)
    assert "Adenda firmada" in shown
    refused = text_of(do(browser, "reactivar", number="1-A", ends_on="9/3/2027", reason="Adenda firmada"))
    assert "Elige el documento en PDF." in refused
    assert (kept(staff).version, kept(staff).state) == (2, AgreementState.CANCELLED)  # the page had it end
    addendum = {"number": "1-A", "ends_on": "9/3/2027", "reason": "Adenda firmada"}
    done(do(browser, "reactivar", "adenda.pdf", PDF, **addendum))
    assert kept(staff).state is AgreementState.ACTIVE
    assert state(staff) is InstitutionState.ACTIVE
    told = text_of(staff.browser(staff.member(StaffRole.COORDINATOR)).get(OWN))
    assert "1-A: vale hasta el 9 de marzo de 2027" in told


def test_an_addendum_sent_twice_is_one_and_one_that_ends_earlier_is_refused(
    staff: Staff, administrator: Browser
) -> None:
    do(administrator, "registrar", **AGREED)
    addendum = {"number": "1-A", "ends_on": "8/3/2028", "reason": "Adenda firmada"}
    for _ in range(2):
        done(do(administrator, "adenda", "adenda.pdf", PDF, **addendum))
    assert len(kept(staff).addenda) == 1
    refused = do(administrator, "adenda", "adenda.pdf", PDF, **{**addendum, "ends_on": "8/3/2027"})
    shown = text_of(refused)
    check_html(shown)
    assert refused.status_code == 422
    assert "posterior al último" in shown
    assert 'value="1-A"' in shown


def test_what_is_wrong_is_told_all_at_once_and_nothing_is_written(staff: Staff, administrator: Browser) -> None:
    shown = text_of(do(administrator, "registrar", number="", modality="forged", begins_on="40/1/2026", reason=""))
    check_html(shown)
    for field in ("number", "modality", "begins_on", "reason"):
        assert f'id="{field}-error"' in shown, field
    refused = do(administrator, "registrar", "virus.pdf", b"%PDF-1.4 no", **AGREED)
    assert refused.status_code == 422
    assert do(administrator, "registrar", "nota.txt", b"hola", **AGREED).status_code == 422
    assert agreement_store(staff.world.container).find(INSTITUTION_ID) is None
    assert administrator.get(f"{BASE}/borrar").status_code == 404


def test_another_institutions_document_is_none(staff: Staff, administrator: Browser, coordinator: Browser) -> None:
    put_institution(staff.world.container, an_institution(institution_id="otra"))
    do(administrator, "registrar", "convenio.pdf", PDF, **AGREED)
    document = kept(staff).document
    assert document
    stranger = staff.browser(staff.member(StaffRole.COORDINATOR, institution_id="otra"))
    assert stranger.get(f"{OWN}/{document.document_id}").status_code == 404
    assert coordinator.get(f"{OWN}/{document.document_id}").status_code == 303
    assert administrator.get(f"{BASE}/documentos/{document.document_id}").status_code == 303
    assert (
        administrator.get(f"/plataforma/entidades/otra/convenio/documentos/{document.document_id}").status_code == 404
    )


def test_the_state_of_who_has_an_agreement_is_its_agreements(staff: Staff, administrator: Browser) -> None:
    page = f"/plataforma/entidades/{INSTITUTION_ID}/estado"
    check_html(text_of(administrator.get(page)))
    do(administrator, "registrar", **AGREED)
    assert done(administrator.get(page)) == BASE
    token = csrf_of(administrator.get(BASE))
    assert done(administrator.send(page, csrf=token, state="cancelled", reason="Por otro camino")) == BASE
    assert state(staff) is InstitutionState.ACTIVE


def test_deeds_that_make_no_sense_now_lead_back(administrator: Browser) -> None:
    assert done(administrator.get(f"{BASE}/adenda")) == BASE
    do(administrator, "registrar", **AGREED)
    assert done(administrator.get(f"{BASE}/registrar")) == BASE
    assert done(administrator.get(f"{BASE}/reactivar")) == BASE
    for deed in ("adenda", "inactivar"):
        check_html(text_of(administrator.get(f"{BASE}/{deed}")))
    refused = do(administrator, "registrar", **AGREED)
    assert refused.status_code == 409
    refused = do(administrator, "reactivar", reason_code="clause_breached", reason="No había tal cosa")
    assert done(refused) == f"{BASE}?hecho=nada"


def test_a_deed_that_the_page_does_not_offer_is_done_by_no_form_either(staff: Staff, administrator: Browser) -> None:
    tools = agreement_tools(staff.world.container, "staff:a", "Impago")
    changing.inactivate_for_late_payment(INSTITUTION_ID, since=TODAY, tools=tools)
    before = kept(staff)
    forged = do(administrator, "adenda", "a.pdf", PDF, number="1", ends_on="1/9/2026", reason="Adenda firmada")
    assert forged.status_code == 409
    check_html(text_of(forged))
    assert kept(staff) == before
    do(administrator, "registrar", **{**AGREED, "ends_on": "10/3/2026"})
    staff.world.clock.now += timedelta(days=3)
    browser = staff.browser(staff.member(StaffRole.PLATFORM_ADMINISTRATOR))
    held = {"reason_code": "clause_breached", "reason": "Incumple la cláusula quinta"}
    assert do(browser, "inactivar", **held).status_code == 409
    assert "clause_breached" not in {one.reason for one in kept(staff).causes}


def test_the_page_opened_on_the_first_day_has_it_begin_though_no_night_ran(
    staff: Staff, administrator: Browser, coordinator: Browser
) -> None:
    box = staff.world.container
    put_institution(box, an_institution(state=InstitutionState.INACTIVE, is_stopped=False))
    do(administrator, "registrar", **{**AGREED, "begins_on": "12/3/2026"})
    assert "todavía no empieza" in text_of(coordinator.get(OWN))
    assert state(staff) is InstitutionState.INACTIVE
    staff.world.clock.now += timedelta(days=3)
    shown = text_of(staff.browser(staff.member(StaffRole.COORDINATOR)).get(OWN))
    check_html(shown)
    assert re.search(r"<h2>Activo</h2>", shown)
    assert "orden aparte" not in shown
    assert (state(staff), kept(staff).is_begun) == (InstitutionState.ACTIVE, True)
    version = kept(staff).version
    staff.browser(staff.member(StaffRole.COORDINATOR)).get(OWN)
    assert kept(staff).version == version


def test_the_page_opened_after_the_last_day_says_what_is_refused_from_then_on(
    staff: Staff, administrator: Browser
) -> None:
    do(administrator, "registrar", **{**AGREED, "ends_on": "10/3/2026"})
    staff.world.clock.now += timedelta(days=3)
    shown = text_of(staff.browser(staff.member(StaffRole.COORDINATOR)).get(OWN))
    refused = shown.partition("Qué no se puede hasta que vuelva a estar activo")[2]
    assert "Cancelado: el convenio venció" in shown
    assert "Depositar notificaciones" in refused
    assert state(staff) is InstitutionState.CANCELLED
    assert kept(staff).ended == Standing(Reason.EXPIRED, date(2026, 3, 11))


def test_an_addendum_to_one_that_a_command_stopped_promises_nothing(
    staff: Staff, administrator: Browser, coordinator: Browser
) -> None:
    do(administrator, "registrar", **AGREED)
    _stop(staff)
    addendum = {"number": "1-A", "ends_on": "8/3/2028", "reason": "Adenda firmada"}
    done(do(administrator, "adenda", "adenda.pdf", PDF, **addendum))
    letter = staff.people.mails()[-1][1]
    assert "puede depositar y consultar" not in letter
    assert "detuvo el servicio por una orden aparte" in letter
    shown = text_of(coordinator.get(OWN))
    check_html(shown)
    assert "Activo, pero el servicio está detenido" in shown
    assert "se cancela después del" not in shown
    do(administrator, "inactivar", reason_code="clause_breached", reason="Incumple la cláusula quinta")
    before = text_of(administrator.get(f"{BASE}/reactivar"))
    check_html(before)
    assert "podrá depositar" not in before
    assert "sigue detenida por una orden aparte" in before


def test_the_administrator_is_told_that_there_is_no_coordinator_to_tell(administrator: Browser) -> None:
    led = done(do(administrator, "registrar", **AGREED))
    assert led == f"{BASE}?hecho=sin-correo"
    assert "Llama a la entidad" in text_of(administrator.get(led))


def test_nobody_decides_on_the_state_of_an_institution_that_they_work_for(staff: Staff, administrator: Browser) -> None:
    own = staff.member(StaffRole.OFFICER)
    same = staff.browser(staff.member(StaffRole.PLATFORM_ADMINISTRATOR, document_number=own.document_number))
    page = f"/plataforma/entidades/{INSTITUTION_ID}/estado"
    stop = {"state": "inactive", "reason": "Entidad propia"}
    refused = same.post(page, None, csrf=csrf_of(same.get(BASE)), **stop)
    assert refused.status_code == 403
    assert "otro administrador" in text_of(refused)
    assert state(staff) is InstitutionState.ACTIVE
    assert administrator.send(page, csrf=csrf_of(administrator.get(BASE)), **stop).status_code == 303
    assert state(staff) is InstitutionState.INACTIVE


def test_both_ends_that_are_near_are_shown(staff: Staff, administrator: Browser) -> None:
    do(administrator, "registrar", **{**AGREED, "ends_on": "12/6/2026"})
    staff.world.clock.now += timedelta(days=75)
    shown = text_of(staff.browser(staff.member(StaffRole.COORDINATOR)).get(OWN))
    check_html(shown)
    assert "Nadie de tu entidad ha usado el servicio en 75 días" in shown
    assert "termina en 20 días" in shown


def _stop(staff: Staff) -> None:
    box = staff.world.container
    found = institution_store(box).find(INSTITUTION_ID)
    assert found
    put_institution(box, change_state(found, InstitutionState.INACTIVE, TODAY).institution)


def test_near_its_end_the_coordinator_reads_what_to_do(administrator: Browser, coordinator: Browser) -> None:
    do(administrator, "registrar", **{**AGREED, "ends_on": "29/3/2026"})
    assert "termina en 20 días: su último día es el 29 de marzo de 2026" in text_of(coordinator.get(OWN))
