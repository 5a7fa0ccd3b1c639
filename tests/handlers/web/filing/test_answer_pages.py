"""*Responder*: a draft for the filing's holder, whose deposit answers it; every page leads to the other (FIL-5)."""

from __future__ import annotations

import html
from datetime import timedelta

import pytest

from chalicelib.bootstrap.composition import composition_store
from chalicelib.bootstrap.files import files, upload_store
from chalicelib.bootstrap.filing import filing_store
from chalicelib.domain.filing.filing import Filing, FilingState
from chalicelib.domain.institution.composition import Composition, Part, changed
from chalicelib.domain.institution.staff import Permission
from tests.browser_requests import Browser, check_html, text_of
from tests.compose_world import Desk
from tests.composition_world import a_composition
from tests.deposit_world import PDF, World
from tests.filing_world import file_it, seed_filing
from tests.officer_world import OFFICE_ID, an_upload
from tests.staff_world import Staff, csrf_of

HOME = "/entidad/presentados"
BOTH = (Permission.ATTEND, Permission.DEPOSIT, Permission.SEE_SENT)


@pytest.fixture
def filing(world: World) -> Filing:
    box = world.container
    seed_filing(box)
    upload_store(box).add(an_upload())
    files(box).put_document(an_upload().object_key, PDF, "application/pdf")
    filed = file_it(box)
    world.clock.advance(minutes=5)
    return filed


@pytest.fixture
def desk(staff: Staff) -> Desk:
    return Desk(staff, staff.member(permissions=BOTH))


def page(browser: Browser, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200, (answer.headers.get("Location"), text_of(answer)[:600])
    check_html(text_of(answer))
    return html.unescape(text_of(answer))


def answer(desk: Desk, filing: Filing) -> str:
    """Press *Redactar la respuesta*; return where it leads."""
    at = f"{HOME}/{filing.filing_id}/responder"
    led = str(desk.browser.send(at, csrf=csrf_of(desk.browser.get(at))).headers["Location"])
    desk.at = led.rpartition("/")[0]
    return led


def write(desk: Desk) -> Composition:
    """Ask for the recipient by the page as it is filled in, and write the rest."""
    shown = page(desk.browser, f"{desk.at}/destinatario")
    assert 'value="40000002"' in shown
    desk.fill("destinatario", document_type="DNI", document_number="40000002", reason="Responder lo que presentó")
    whole = a_composition()
    parts = {name: getattr(whole, name) for name in ("heading", "signers", "chosen_term", "files")}
    draft = changed(desk.draft(), desk.box.clock(), **parts)
    assert composition_store(desk.box).update(draft)
    return draft


def deposit(desk: Desk) -> str:
    hidden = desk.hidden(f"{desk.at}/depositar")
    return str(desk.browser.send(f"{desk.at}/depositar", **hidden).headers["Location"])


def kept(world: World, filing: Filing) -> Filing:
    found = filing_store(world.container).find(filing.filing_id)
    assert found is not None
    return found


def test_answering_begins_a_draft_with_recipient_case_file_and_office(desk: Desk, filing: Filing) -> None:
    assert "Redactar la respuesta" in page(desk.browser, f"{HOME}/{filing.filing_id}/responder")
    led = answer(desk, filing)

    draft = desk.draft()
    assert led == f"{desk.at}/destinatario"
    assert draft.missing == (Part.RECIPIENT, Part.HEADING, Part.SIGNERS, Part.TERM, Part.MAIN)
    assert draft.office_id == OFFICE_ID
    shown = page(desk.browser, desk.at)
    assert f"La presentación {filing.number}, que queda atendida al depositar" in shown
    assert filing.number in page(desk.browser, f"{desk.at}/expediente")
    assert answer(desk, filing) == led


def test_its_deposit_answers_the_filing_and_every_page_leads_to_the_other(
    desk: Desk, filing: Filing, world: World, browser: Browser
) -> None:
    answer(desk, filing)
    write(desk)
    led = deposit(desk)

    answered = kept(world, filing)
    assert answered.answer is not None
    notice_id = answered.answer.notice_id
    officers, persons = f"{HOME}/{filing.filing_id}", f"/mis-tramites/{filing.filing_id}"
    assert f"La presentación {filing.number} quedó atendida" in page(desk.browser, led)
    assert f'href="{officers}"' in page(desk.browser, led)
    assert f'href="/entidad/enviadas/{notice_id}"' in page(desk.browser, officers)
    assert f'href="{officers}"' in page(desk.browser, f"/entidad/enviadas/{notice_id}")
    assert filing.number in page(desk.browser, f"{HOME}?estado=answered")

    browser.enter()
    envelope = page(browser, f"/casilla/{notice_id}")
    assert "Abrir la notificación" in envelope
    assert f'href="{persons}"' in envelope
    browser.send(f"/casilla/{notice_id}", csrf=browser.csrf())
    opened = page(browser, f"/casilla/{notice_id}")
    assert "Responde a lo que presentaste" in opened
    assert f'href="{persons}"' in opened
    assert f'href="/casilla/{notice_id}"' in page(browser, persons)


def test_who_does_not_attend_is_not_led_from_a_notice_to_a_filing(desk: Desk, filing: Filing, world: World) -> None:
    answer(desk, filing)
    write(desk)
    deposit(desk)
    answered = kept(world, filing).answer
    assert answered is not None
    reader = desk.staff.browser(desk.staff.member(permissions=(Permission.SEE_SENT,)))
    assert HOME not in page(reader, f"/entidad/enviadas/{answered.notice_id}")


def test_a_notice_that_answers_nothing_leads_to_no_filing(desk: Desk, world: World, browser: Browser) -> None:
    number = str(world.deposit().json_body["notice_id"])
    assert f'href="{HOME}/' not in page(desk.browser, f"/entidad/enviadas/{number}")
    browser.enter()
    assert "Responde a lo que presentaste" not in page(browser, f"/casilla/{number}")


def test_a_deposit_that_cannot_answer_is_told_and_nothing_is_deposited(
    desk: Desk, filing: Filing, world: World
) -> None:
    answer(desk, filing)
    write(desk)
    hidden = desk.hidden(f"{desk.at}/depositar")
    other = Desk(desk.staff, desk.staff.member(permissions=BOTH))
    at = f"{HOME}/{filing.filing_id}/tomar"
    other.browser.send(at, csrf=csrf_of(other.browser.get(at)))

    led = str(desk.browser.send(f"{desk.at}/depositar", **hidden).headers["Location"])

    told = desk.browser.get(led)
    assert told.status_code == 409
    assert f"La atiende {other.member.name}" in html.unescape(text_of(told))
    assert f"La atiende {other.member.name}" in page(desk.browser, desk.at), "the draft's page says it beforehand"
    assert kept(world, filing).answer is None


def test_who_may_write_no_notices_is_told_whom_to_ask(staff: Staff, filing: Filing) -> None:
    browser = staff.browser(staff.member(permissions=(Permission.ATTEND,)))
    at = f"{HOME}/{filing.filing_id}/responder"
    shown = page(browser, at)
    assert "No tienes permiso para redactar notificaciones" in shown
    assert "Redactar la respuesta" not in shown
    led = browser.send(at, csrf=csrf_of(browser.get(f"{HOME}/{filing.filing_id}/tomar"))).headers["Location"]
    assert led.startswith(at)
    assert browser.get(led).status_code == 409


def test_what_lapsed_is_answered_too_and_stays_not_filed(desk: Desk, filing: Filing, world: World) -> None:
    at = f"{HOME}/{filing.filing_id}/observar"
    desk.browser.send(at, csrf=csrf_of(desk.browser.get(at)), observation="Falta el plano")
    observation = kept(world, filing).observation
    assert observation is not None
    shown = page(desk.browser, f"{HOME}/{filing.filing_id}")
    assert f"{filing.filing_id}/responder" not in shown

    world.clock.now = observation.until + timedelta(minutes=2, seconds=1)
    late = Desk(desk.staff, desk.member)
    assert f"{filing.filing_id}/responder" in page(late.browser, f"{HOME}/{filing.filing_id}")
    assert answer(late, filing).endswith("/destinatario")
    assert kept(world, filing).state_at(world.clock.now) is FilingState.NOT_FILED
