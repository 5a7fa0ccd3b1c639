"""An institution applies by a verified e-mail with its signed document; the platform approves or refuses it once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from chalice.test import Client, HTTPResponse

from app import app
from chalicelib.bootstrap.agreement import agreement_store, application_tools
from chalicelib.bootstrap.institution import staff_store
from chalicelib.bootstrap.sender import institution_store
from chalicelib.bootstrap.storage import event_store
from chalicelib.domain.agreement.agreement import AgreementState
from chalicelib.domain.agreement.application import ApplicationState, read_application
from chalicelib.domain.event import EventType
from chalicelib.domain.institution.staff import StaffRole
from chalicelib.domain.sender.institution import InstitutionState
from chalicelib.handlers.web.agreement import applications
from chalicelib.services.agreement.decide_application import Approval, Decided, approve_application
from chalicelib.services.institution.enrol_staff import StaffAct
from chalicelib.store.institution.staff_store import StaffChange
from tests.access_world import at_once, racing_tools
from tests.browser_requests import BOUNDARY, SAME_ORIGIN, Browser, check_html, multipart, text_of
from tests.deposit_world import INSTITUTION_ID, PDF, Clock, World
from tests.staff_world import Staff, csrf_of

PAGE = "/plataforma/convenios"
EMAIL = "alcaldia@muni-ejemplo.example"
APPLIED = {
    "institution_name": "Municipalidad de Villa Ejemplo",
    "ruc": "20000000001",
    "address": "Plaza de Armas s/n, Villa Ejemplo",
    "phone": "(01) 000-0000",
    "authority_kind": "authority",
    "authority_name": "Persona Autoridad de Ejemplo",
    "authority_document": "40000701",
    "authority_position": "Alcaldesa",
    "modality": "interconnection",
    "coordinator_name": "Persona Coordinadora de Ejemplo",
    "coordinator_document_number": "40000702",
    "coordinator_position": "Secretario General",
    "coordinator_email": "coordinacion@muni-ejemplo.example",
    "coordinator_mobile": "",
}
APPROVED = {
    "institution_id": "muni-villa-ejemplo",
    "number": "045-2026",
    "begins_on": "9/3/2026",
    "ends_on": "8/3/2027",
}


@pytest.fixture
def public(staff: Staff) -> Browser:
    return Browser(staff.people)


@pytest.fixture
def administrator(staff: Staff) -> Browser:
    return staff.browser(staff.member(StaffRole.PLATFORM_ADMINISTRATOR))


def link_of(staff: Staff, public: Browser, email: str = EMAIL) -> str:
    """Ask for a link, and return its address as it was e-mailed."""
    told = text_of(public.post("/convenio", None, email=email))
    assert "Revisa tu correo" in told
    to, text = staff.people.mails()[-1]
    assert to == email
    return str(re.findall(r"https?://[^/\s]+(/convenio/\S+)", text)[-1])


def apply(public: Browser, link: str, *file: Any, **changes: str) -> HTTPResponse:
    filename, content = file or ("solicitud.pdf", PDF)
    sent = {"content-type": f"multipart/form-data; boundary={BOUNDARY}", **SAME_ORIGIN}
    body = multipart(filename, content, **{**APPLIED, **changes})
    return public._follow(public._send("POST", link, body, sent))  # noqa: SLF001 - a field is called `address`


def applied(staff: Staff, public: Browser, **changes: str) -> str:
    """Apply, and return the number."""
    link = link_of(staff, public)
    assert apply(public, link, **changes).status_code == 303
    return str(re.findall(r"<strong class=\"symbols\">([^<]+)</strong></p>", text_of(public.get(link)))[0])


def decide(administrator: Browser, application_id: str, /, **fields: str) -> HTTPResponse:
    page = f"{PAGE}/{application_id}"
    return administrator.post(page, None, csrf=csrf_of(administrator.get(page)), **fields)


def told(answer: HTTPResponse) -> str:
    assert answer.status_code == 303, text_of(answer)
    return str(answer.headers["Location"])


def test_an_institution_applies_and_is_approved(staff: Staff, public: Browser, administrator: Browser) -> None:
    for page in ("/convenio", link_of(staff, public)):
        check_html(text_of(public.get(page)))
    number = applied(staff, Browser(staff.people))
    assert "Recibimos la solicitud" in staff.people.mails()[-1][1]

    listed = text_of(administrator.get(PAGE))
    check_html(listed)
    assert "Municipalidad de Villa Ejemplo" in listed
    shown = text_of(administrator.get(f"{PAGE}/{number}"))
    check_html(shown)
    for words in (EMAIL, "Interconexión", "Alcaldesa", "40000702", 'value="municipalidad-de-villa-ejemplo"'):
        assert words in shown, words
    assert "X-Amz-Signature" in told(administrator.get(f"{PAGE}/{number}/documento"))

    assert (
        told(decide(administrator, number, step="aprobar", **APPROVED)) == f"{PAGE}?hecho=aprobada&solicitud={number}"
    )
    box = staff.world.container
    institution = institution_store(box).find("muni-villa-ejemplo")
    agreement = agreement_store(box).find("muni-villa-ejemplo")
    assert institution
    assert agreement
    assert (institution.state, institution.name) == (InstitutionState.ACTIVE, APPLIED["institution_name"])
    assert (agreement.state, agreement.ends_on, agreement.version) == (AgreementState.ACTIVE, date(2027, 3, 8), 1)
    [coordinator] = staff_store(box).list_for_institution("muni-villa-ejemplo")
    assert (coordinator.role, coordinator.email) == (StaffRole.COORDINATOR, APPLIED["coordinator_email"])
    assert [to for to, _ in staff.people.mails()[-2:]] == [coordinator.email, EMAIL]
    assert "Ninguna solicitud espera" in text_of(administrator.get(PAGE))
    [event] = event_store(box).list_for_subject("institution#muni-villa-ejemplo")
    assert (event.type, event.data["application_id"]) == (EventType.AGREEMENT_APPROVED, number)


def test_approving_again_is_one_and_refusing_afterwards_is_told(
    staff: Staff, public: Browser, administrator: Browser
) -> None:
    number = applied(staff, public)
    decide(administrator, number, step="aprobar", **APPROVED)
    mails = len(staff.people.mails())
    again = administrator.post(
        f"{PAGE}/{number}", None, csrf=csrf_of(administrator.get(PAGE)), step="aprobar", **APPROVED
    )
    assert "hecho=decidida" in told(again)
    refused = administrator.post(
        f"{PAGE}/{number}", None, csrf=csrf_of(administrator.get(PAGE)), step="rechazar", reason="Cambié de idea"
    )
    assert refused.status_code == 409
    assert len(staff.people.mails()) == mails
    assert len(staff_store(staff.world.container).list_for_institution("muni-villa-ejemplo")) == 1


def test_a_refused_one_says_why_to_who_applied_and_stays_refused(
    staff: Staff, public: Browser, administrator: Browser
) -> None:
    link = link_of(staff, public)
    apply(public, link)
    number = re.findall(r"<strong class=\"symbols\">([^<]+)</strong></p>", text_of(public.get(link)))[0]
    assert decide(administrator, number, step="rechazar", reason="").status_code == 422
    assert "hecho=rechazada" in told(decide(administrator, number, step="rechazar", reason="Falta la firma"))
    assert "Falta la firma" in staff.people.mails()[-1][1]
    shown = text_of(public.get(link))
    check_html(shown)
    assert "Falta la firma" in shown
    late = administrator.post(
        f"{PAGE}/{number}", None, csrf=csrf_of(administrator.get(PAGE)), step="aprobar", **APPROVED
    )
    assert late.status_code == 409
    assert institution_store(staff.world.container).find("muni-villa-ejemplo") is None


def test_the_form_sent_twice_is_one_application(staff: Staff, public: Browser) -> None:
    link = link_of(staff, public)
    for _ in range(2):
        assert told(apply(public, link)) == link
    assert len(application_tools(staff.world.container).applications.list_waiting()) == 1


def test_what_is_wrong_is_told_all_at_once_and_what_was_typed_stays(staff: Staff, public: Browser) -> None:
    link = link_of(staff, public)
    wrong = {"ruc": "20000000002", "modality": "forged", "authority_kind": "", "coordinator_email": "no", "address": ""}
    refused = apply(public, link, "solicitud.pdf", b"no es un PDF", **wrong)
    shown = text_of(refused)
    check_html(shown)
    assert refused.status_code == 422
    for field in (*wrong, "file"):
        assert f'id="{field}-error"' in shown, field
    assert APPLIED["institution_name"] in shown
    assert application_tools(staff.world.container).applications.list_waiting() == ()


def test_without_a_link_or_with_an_old_one_nothing_is_taken(staff: Staff, public: Browser) -> None:
    for link in ("/convenio/inventado", link_of(staff, public)):
        staff.world.clock.now += timedelta(days=3, seconds=1)
        assert public.get(link).status_code == 410
        assert apply(public, link).status_code == 410
    assert application_tools(staff.world.container).applications.list_waiting() == ()


def test_an_id_that_is_taken_or_impossible_is_told_at_its_field(
    staff: Staff, public: Browser, administrator: Browser
) -> None:
    number = applied(staff, public)
    for institution_id in (INSTITUTION_ID, "plataforma", "Con Espacio!"):
        refused = decide(administrator, number, step="aprobar", **{**APPROVED, "institution_id": institution_id})
        assert 'id="institution_id-error"' in text_of(refused), institution_id
    wrong = decide(administrator, number, step="aprobar", **{**APPROVED, "ends_on": "8/3/2026"})
    assert 'id="ends_on-error"' in text_of(wrong)
    assert administrator.get(f"{PAGE}/no-hay").status_code == 404
    assert len(application_tools(staff.world.container).applications.list_waiting()) == 1


def test_one_that_begins_later_is_approved_and_inactive_until_then(
    staff: Staff, public: Browser, administrator: Browser
) -> None:
    number = applied(staff, public)
    decide(administrator, number, step="aprobar", **{**APPROVED, "begins_on": "1/4/2026"})
    agreement = agreement_store(staff.world.container).find("muni-villa-ejemplo")
    institution = institution_store(staff.world.container).find("muni-villa-ejemplo")
    assert agreement
    assert institution
    assert (agreement.state, institution.state) == (AgreementState.APPROVED, InstitutionState.INACTIVE)


def test_one_whose_first_day_is_long_past_counts_disuse_from_its_approval(
    staff: Staff, public: Browser, administrator: Browser
) -> None:
    number = applied(staff, public)
    decide(administrator, number, step="aprobar", **{**APPROVED, "begins_on": "1/7/2025"})
    agreement = agreement_store(staff.world.container).find("muni-villa-ejemplo")
    institution = institution_store(staff.world.container).find("muni-villa-ejemplo")
    assert agreement
    assert institution
    assert (agreement.state, institution.state) == (AgreementState.ACTIVE, InstitutionState.ACTIVE)
    assert (agreement.begins_on, agreement.counted_from) == (date(2025, 7, 1), date(2026, 3, 9))


@pytest.mark.parametrize("own", [{"document_number": "40000701"}, {"document_number": "40000702"}, {"email": EMAIL}])
def test_nobody_decides_an_application_of_their_own(staff: Staff, public: Browser, own: dict[str, str]) -> None:
    number = applied(staff, public)
    browser = staff.browser(staff.member(StaffRole.PLATFORM_ADMINISTRATOR, **own))
    for fields in ({"step": "aprobar", **APPROVED}, {"step": "rechazar", "reason": "Falta la firma"}):
        refused = decide(browser, number, **fields)
        assert refused.status_code == 403
        assert "Nadie decide su propia solicitud" in text_of(refused)
    assert institution_store(staff.world.container).find("muni-villa-ejemplo") is None


def test_an_old_approval_sent_again_enrols_nobody_who_was_replaced(
    staff: Staff, public: Browser, administrator: Browser
) -> None:
    number = applied(staff, public)
    decide(administrator, number, step="aprobar", **APPROVED)
    store = staff_store(staff.world.container)
    [first] = store.list_for_institution("muni-villa-ejemplo")
    event = application_tools(staff.world.container).staff.event(
        EventType.STAFF_REMOVED, first, "staff:otra", origin="", now=staff.world.clock.now
    )
    store.commit(StaffChange(event=event, removed=first), now=staff.world.clock.now)
    administrator.post(f"{PAGE}/{number}", None, csrf=csrf_of(administrator.get(PAGE)), step="aprobar", **APPROVED)
    assert store.list_for_institution("muni-villa-ejemplo") == ()


def test_of_many_the_oldest_are_listed_and_that_there_are_more(
    staff: Staff, administrator: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(applications, "_MOST_WAITING", 2)
    tools, now = application_tools(staff.world.container), staff.world.clock.now
    for age, number in enumerate(("SOLZ", "SOLM", "SOLA")):
        at = now + timedelta(minutes=age)
        application = read_application(APPLIED, application_id=number, email=EMAIL, now=at)
        event = tools.staff.event(EventType.AGREEMENT_APPLIED, staff.member(), "unknown", origin="", now=at)
        tools.applications.add(application, event)
    shown = text_of(administrator.get(PAGE))
    check_html(shown)
    assert ["SOLZ" in shown, "SOLM" in shown, "SOLA" in shown] == [True, True, False]
    assert "Hay más" in shown
    decide(administrator, "SOLZ", step="rechazar", reason="Falta la firma")
    shown = text_of(administrator.get(PAGE))
    assert "SOLA" in shown
    assert "Hay más" not in shown


@pytest.fixture
def raced(ministack: dict[str, str]) -> Iterator[World]:
    with racing_tools(ministack) as (container, _), Client(app) as client:
        container.clock = Clock()
        yield World(container, client, container.clock)


@pytest.mark.ministack
def test_eight_who_approve_at_once_make_one_institution_and_one_coordinator(raced: World) -> None:
    box, now = raced.container, raced.clock.now
    tools = application_tools(box)
    application = read_application(APPLIED, application_id="SOL1", email=EMAIL, now=now)
    event = tools.staff.event(EventType.AGREEMENT_APPLIED, Staff(raced).member(), "unknown", origin="", now=now)
    tools.applications.add(application, event)

    def approve(turn: int) -> Decided:
        by = StaffAct(f"staff:a{turn}", "192.0.2.1")
        approval = Approval(f"muni-{turn % 2}", "045-2026", date(2026, 3, 9), None)
        return approve_application("SOL1", approval, by=by, today=date(2026, 3, 9), tools=tools, now=now)

    found = at_once(8, approve)
    assert all(isinstance(one, Decided) for one in found), found
    assert sum(one.is_changed for one in found if isinstance(one, Decided)) == 1
    kept = tools.applications.find("SOL1")
    assert kept
    assert kept.state is ApplicationState.APPROVED
    assert [one.institution_id for one in institution_store(box).list_directory()] == [kept.institution_id]
    assert len(staff_store(box).list_for_institution(kept.institution_id)) == 1
    assert tools.applications.list_waiting() == ()
