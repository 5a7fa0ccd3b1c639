"""The coordinator's pages of offices: added, changed, closed; what is forged, wrong or changed meanwhile is refused."""

from __future__ import annotations

import re
from datetime import date

import pytest
from chalice.test import HTTPResponse

from chalicelib.bootstrap.institution import office_store
from chalicelib.bootstrap.storage import event_store
from chalicelib.domain.calendar import CalendarEntries, RegionalDay
from chalicelib.domain.event import EventType
from chalicelib.domain.institution.staff import StaffRole
from chalicelib.domain.sender.office import Office
from chalicelib.store.codec import to_data
from chalicelib.store.institution_keys import CALENDAR_KEY, CURRENT
from chalicelib.store.tables import InstitutionItem
from tests.browser_requests import Browser, check_html, text_of
from tests.deposit_world import INSTITUTION_ID
from tests.staff_world import Staff, csrf_of

BASE = "/entidad/oficinas"
TYPED = {"name": "Oficina Sur", "address": "Jr. Ejemplo 4", "opens_at": "08:00", "closes_at": "16:30", "region": ""}


@pytest.fixture
def browser(staff: Staff) -> Browser:
    return staff.browser(staff.member(StaffRole.COORDINATOR))


def post(browser: Browser, page: str, /, **fields: str) -> HTTPResponse:
    """Post fields as they are, and follow where that leads."""
    return browser._follow(browser.send(page, **fields))  # noqa: SLF001 - a field is called as its own parameter


def send(browser: Browser, page: str, /, **fields: str) -> HTTPResponse:
    """Send a page's form with its hidden fields, a second later, and follow where that leads."""
    browser.people.world.clock.advance(seconds=1)
    shown = text_of(browser.get(page))
    hidden = dict(re.findall(r'<input type="hidden" name="(version|closes)" value="([^"]*)"', shown))
    return post(browser, page, **{"csrf": csrf_of(browser.get(page)), **hidden, **fields})


def add(staff: Staff, browser: Browser, **changes: str) -> Office:
    assert "hecho=agregada" in send(browser, f"{BASE}/agregar", **{**TYPED, **changes}).headers["Location"]
    name = changes.get("name", TYPED["name"])
    listed = office_store(staff.world.container).list_for_institution(INSTITUTION_ID)
    return next(one for one in listed if one.name == name)


def fields_in_error(page: HTTPResponse) -> list[str]:
    return re.findall(r'<a href="#(\w*)">', text_of(page).partition("error-summary")[2].partition("</ul>")[0])


def test_an_office_is_added_changed_closed_and_opened_again(staff: Staff, browser: Browser) -> None:
    office = add(staff, browser)
    page = f"{BASE}/{office.office_id}"
    assert "Oficina Sur" in text_of(browser.get(BASE))
    led = send(browser, page, **{**TYPED, "address": "Av. Nueva 1", "closes_at": "12:00"})
    assert led.headers["Location"] == f"{BASE}?hecho=cambiada&horas=pocas"
    assert "menos de ocho horas" in text_of(browser.get(led.headers["Location"]))
    assert "Jr. Ejemplo 4" in text_of(browser.get(page)).partition("Cómo estaba antes")[2]
    assert send(browser, f"{page}/estado", reason="Mudanza").headers["Location"] == f"{BASE}?hecho=cerrada"
    stored = office_store(staff.world.container).find(INSTITUTION_ID, office.office_id)
    assert stored is not None
    assert (stored.is_closed, stored.version, stored.address) == (True, 3, "Av. Nueva 1")
    twice = {"csrf": csrf_of(browser.get(page)), "closes": "si", "version": "2", "reason": "Mudanza"}
    assert post(browser, f"{page}/estado", **twice).headers["Location"] == f"{BASE}?hecho=cerrada"
    assert send(browser, f"{page}/estado", reason="Volvimos").headers["Location"] == f"{BASE}?hecho=abierta"
    events = event_store(staff.world.container).list_for_subject(f"institution#{INSTITUTION_ID}")
    assert [event.type for event in events] == [EventType.OFFICE_ADDED, *(EventType.OFFICE_CHANGED,) * 3]
    assert events[2].data["reason"] == "Mudanza"


def test_who_saves_what_another_changed_meanwhile_is_told_and_keeps_what_was_typed(
    staff: Staff, browser: Browser
) -> None:
    page = f"{BASE}/{add(staff, browser).office_id}"
    other = staff.browser(staff.member(StaffRole.COORDINATOR))
    stale = {"csrf": csrf_of(browser.get(page)), "version": "1"}
    send(other, page, **{**TYPED, "address": "Av. Otra 2"})
    answer = post(browser, page, **stale, **{**TYPED, "address": "Av. Mía 3"})
    assert answer.status_code == 409
    assert "Otra persona cambió esta oficina" in text_of(answer)
    assert "Av. Mía 3" in text_of(answer)
    assert "Av. Otra 2" in text_of(browser.get(page))
    for forged in ("", "x", "-1", "²", "9" * 30):
        assert post(browser, page, **{**stale, "version": forged}, **TYPED).status_code == 409


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"name": "", "address": "", "opens_at": "x"}, ["name", "address", "opens_at"]),
        ({"region": "narnia", "closes_at": "07:00"}, ["closes_at", "region"]),
        ({"name": "x" * 121}, ["name"]),
        ({"name": "Oficina \u4e2d"}, ["name"]),
        ({"name": "oficina norte"}, ["name"]),
    ],
)
def test_all_that_is_wrong_is_told_beside_its_field(
    staff: Staff, browser: Browser, changes: dict[str, str], fields: list[str]
) -> None:
    add(staff, browser, name="Oficina Norte")
    answer = send(browser, f"{BASE}/agregar", **{**TYPED, **changes})
    assert fields_in_error(answer) == fields
    assert len(office_store(staff.world.container).list_for_institution(INSTITUTION_ID)) == 1
    check_html(text_of(answer))


def test_regions_are_those_that_the_calendar_has(staff: Staff, browser: Browser) -> None:
    days = (RegionalDay("arequipa", date(2026, 8, 15), "Aniversario", "Ley 24875"),)
    entries = CalendarEntries(version=1, regional=days)
    InstitutionItem(CALENDAR_KEY, CURRENT, data=to_data(entries), version=1).save()
    assert add(staff, browser, region="arequipa").region == "arequipa"


@pytest.mark.parametrize("at", ["", "/estado"])
def test_an_office_of_another_institution_is_not_found(staff: Staff, browser: Browser, at: str) -> None:
    other = Office("P2K7", "otra", "Ajena", "Calle 1")
    InstitutionItem("otra", "office#P2K7", data=to_data(other), version=1).save()
    own = add(staff, browser)
    csrf = csrf_of(browser.get(f"{BASE}/{own.office_id}"))
    for office_id in ("P2K7", "nada", f"{own.office_id}%23000001"):
        assert browser.get(f"{BASE}/{office_id}{at}").status_code == 404
        assert post(browser, f"{BASE}/{office_id}{at}", csrf=csrf, **TYPED).status_code == 404


def test_officers_are_enrolled_in_open_offices_of_their_own_only(staff: Staff, browser: Browser) -> None:
    open_one, closed = add(staff, browser), add(staff, browser, name="Oficina Norte")
    send(browser, f"{BASE}/{closed.office_id}/estado", reason="Mudanza")
    person = {"document_number": "40000555", "name": "Eva Demo", "position": "Técnica", "email": "eva@entidad.example"}
    person["permissions"] = "deposit"
    page = "/entidad/equipo/agregar"
    assert "Oficina Norte" not in text_of(browser.get(page))
    for forged in (closed.office_id, "P2K7"):
        answer = post(browser, page, csrf=csrf_of(browser.get(page)), **person, office_id=forged)
        assert fields_in_error(answer) == ["office_id"]
    done = post(browser, page, csrf=csrf_of(browser.get(page)), **person, office_id=open_one.office_id)
    assert "hecho=agregado" in done.headers["Location"]
    member = next(one for one in staff.tools.staff.list_for_institution(INSTITUTION_ID) if one.office_id)
    send(browser, f"{BASE}/{open_one.office_id}/estado", reason="Mudanza")
    shown = text_of(browser.get(f"/entidad/equipo/{member.staff_id}"))
    assert "Oficina Sur (cerrada)" in shown
    assert "Técnica, Oficina Sur (cerrada)" in text_of(browser.get("/entidad/equipo"))


def test_an_officer_manages_no_offices_and_pages_are_what_pages_have_to_be(staff: Staff, browser: Browser) -> None:
    office = add(staff, browser)
    officer = staff.browser(staff.member(office_id=office.office_id))
    for path in (BASE, f"{BASE}/agregar", f"{BASE}/{office.office_id}", f"{BASE}/{office.office_id}/estado"):
        assert officer.get(path).status_code == 403
        check_html(text_of(browser.get(path)))
    assert "Un operador está en ella" in text_of(browser.get(f"{BASE}/{office.office_id}/estado"))
