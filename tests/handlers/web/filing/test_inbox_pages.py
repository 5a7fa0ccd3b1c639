"""Officers see what their office got, with its clocks, and act on it once; nothing refuses a filing (FIL-5)."""

from __future__ import annotations

import html
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.bootstrap.filing import filing_store
from chalicelib.bootstrap.storage import notice_store
from chalicelib.domain.filing.filing import Filing, FilingState
from chalicelib.domain.institution.staff import Permission
from chalicelib.store.codec import to_data
from chalicelib.store.sender.console_use_store import CONSOLE_USE
from chalicelib.store.tables import InstitutionItem, NoticeItem
from tests.browser_requests import Browser, check_html, text_of
from tests.deposit_world import INSTITUTION_ID, NOW, World, a_signing_key, an_institution, put_institution, put_key
from tests.filing_world import SUBJECT, file_it, seed_filing
from tests.officer_world import OFFICE_ID, an_office, put_office
from tests.staff_world import Staff, csrf_of

HOME = "/entidad/presentados"
IN_OFFICE = f"{HOME}?oficina={OFFICE_ID}"


@pytest.fixture
def filing(world: World) -> Filing:
    seed_filing(world.container)
    put_office(world.container, an_office(office_id="sur", name="Oficina Sur"))
    filed = file_it(world.container)
    world.clock.advance(minutes=5)
    return filed


def inside(staff: Staff, **changes: Any) -> Browser:
    return staff.browser(staff.member(permissions=(Permission.ATTEND,), **changes))


def shown(browser: Browser, address: str, status: int = 200) -> str:
    answer = browser.get(address)
    assert answer.status_code == status, text_of(answer)
    check_html(text_of(answer))
    return html.unescape(text_of(answer))


def do(browser: Browser, filing: Filing, deed: str, **typed: str) -> str:
    """Send a deed's form; return where it leads."""
    at = f"{HOME}/{filing.filing_id}/{deed}"
    token = csrf_of(browser.get(f"{HOME}/{filing.filing_id}/pasar"))
    answer = browser.send(at, csrf=token, **typed)
    assert answer.status_code == 303, text_of(answer)
    return str(answer.headers["Location"])


def kept(world: World, filing: Filing) -> Filing:
    found = filing_store(world.container).find(filing.filing_id)
    assert found is not None
    return found


def test_who_attends_to_filings_uses_the_agreement(staff: Staff, world: World, filing: Filing) -> None:
    browser = inside(staff)
    shown(browser, HOME)
    noted = list(InstitutionItem.query(INSTITUTION_ID, InstitutionItem.item == CONSOLE_USE))
    assert noted == [], "reading alone is no use"
    do(browser, filing, "tomar")

    [use] = InstitutionItem.query(INSTITUTION_ID, InstitutionItem.item == CONSOLE_USE)
    today = world.container.calendar.local(world.clock()).date()
    assert use.used_on == today.isoformat(), "or a night cancels the agreement for disuse"


def test_the_inbox_tells_who_filed_what_and_until_when_it_can_be_observed(staff: Staff, filing: Filing) -> None:
    browser = inside(staff)
    page = shown(browser, IN_OFFICE)

    assert filing.number in page
    assert SUBJECT in page
    assert "Puedes observarla hasta las 23:59 del miércoles 11 de marzo de 2026" in page
    assert filing.number not in shown(browser, f"{IN_OFFICE}&estado=answered")
    for other in ("sur", "-"):
        assert "No hay presentaciones" in shown(browser, f"{HOME}?oficina={other}")
    assert filing.number in shown(browser, HOME)
    assert filing.number in shown(inside(staff, office_id=OFFICE_ID), HOME)


def test_an_office_that_is_not_there_and_forged_filters_harm_nothing(staff: Staff, filing: Filing) -> None:
    browser = inside(staff)
    shown(browser, f"{HOME}?oficina=nada", 404)
    assert filing.number in shown(browser, f"{IN_OFFICE}&estado=nada")
    assert filing.number not in shown(browser, f"{IN_OFFICE}&desde=9999")
    shown(browser, f"{HOME}/{filing.filing_id}/rechazar", 404)
    for name in ("documento-9", "documento-0", "documento-", "cargo-correccion"):
        shown(browser, f"{HOME}/{filing.filing_id}/{name}", 404)
    shown(browser, f"{HOME}/nada", 404)


def test_a_filing_is_shown_with_its_documents_and_its_story(staff: Staff, filing: Filing) -> None:
    browser = inside(staff)
    at = f"{HOME}/{filing.filing_id}"
    do(browser, filing, "tomar")
    page = shown(browser, at)

    assert "tomó la presentación" in page
    assert "solicitud.pdf" in page
    assert "anexo.txt" in page
    for name in ("documento-1", "documento-2", "cargo"):
        answer = browser.get(f"{at}/{name}")
        assert answer.status_code == 303
        assert "X-Amz-Signature" in answer.headers["Location"]
    assert "documento-1" in page


@pytest.mark.parametrize("changes", [{"institution_id": "otra-entidad"}, {"office_id": "sur"}])
def test_anothers_filing_does_not_exist(staff: Staff, filing: Filing, world: World, changes: dict[str, str]) -> None:
    put_institution(world.container, an_institution(institution_id="otra-entidad"))
    stranger = inside(staff, **changes)
    for more in ("", "/tomar", "/observar", "/documento-1", "/cargo"):
        page = shown(stranger, f"{HOME}/{filing.filing_id}{more}", 404)
        assert SUBJECT not in page
    token = csrf_of(stranger.get(HOME))
    for deed in ("tomar", "pasar", "derivar", "observar", "responder", "enlazar"):
        answer = stranger.send(f"{HOME}/{filing.filing_id}/{deed}", csrf=token, observation="Falta", office="sur")
        assert "hecho" not in answer.headers.get("Location", "")
    assert kept(world, filing) == filing


def test_it_is_observed_once_and_shown_as_it_was_written(staff: Staff, filing: Filing, world: World) -> None:
    browser = inside(staff)
    text = "Falta el plano <firmado> & el poder"
    assert do(browser, filing, "observar", observation=text).endswith("?hecho=observar")
    page = shown(browser, f"{HOME}/{filing.filing_id}")
    assert text in page
    assert "Si no lo hace, cuenta como no presentada" in page

    do(browser, filing, "observar", observation="Y otra cosa")
    observation = kept(world, filing).observation
    assert observation is not None
    assert observation.text == text
    world.clock.now = observation.until + timedelta(seconds=1)
    again = inside(staff)
    assert "No presentada" in shown(again, f"{HOME}/{filing.filing_id}")
    for address in (IN_OFFICE, HOME):
        and_state = f"{address}{'&' if '?' in address else '?'}estado="
        assert filing.number not in shown(again, f"{and_state}observed")
        assert "No presentada" in shown(again, f"{and_state}not_filed").partition(filing.number)[2]


def test_an_observation_keeps_its_lines_and_the_holder_reads_the_same(
    staff: Staff, filing: Filing, world: World, browser: Browser
) -> None:
    officer = inside(staff)
    assert do(officer, filing, "observar", observation="Falta la firma.\r\n\r\nDi en qué local.").endswith("=observar")
    observation = kept(world, filing).observation
    assert observation is not None
    assert observation.text == "Falta la firma.\nDi en qué local."
    browser.enter()
    for page in (
        shown(officer, f"{HOME}/{filing.filing_id}"),
        shown(browser, f"/mis-tramites/{filing.filing_id}"),
    ):
        assert all(line in page for line in observation.text.splitlines())


def test_a_late_or_empty_observation_is_not_made_and_what_was_typed_stays(
    staff: Staff, filing: Filing, world: World
) -> None:
    browser = inside(staff)
    assert "hecho" not in do(browser, filing, "observar", observation="  ")
    led = do(browser, filing, "observar", observation="x" * 2001)
    assert "x" * 2001 in shown(browser, led, 422)
    world.clock.now = filing.observable_until + timedelta(seconds=1)
    late = inside(staff)
    assert "venció" in shown(late, f"{HOME}/{filing.filing_id}")
    do(late, filing, "observar", observation="Tarde")
    assert kept(world, filing).observation is None


def test_observing_asks_for_a_code_again_and_taking_does_not(staff: Staff, filing: Filing, world: World) -> None:
    browser = inside(staff)
    world.clock.advance(minutes=11)
    assert "/entidad/confirmar" in browser.get(f"{HOME}/{filing.filing_id}/observar").headers["Location"]
    assert "/entidad/confirmar" in browser.get(f"{HOME}/{filing.filing_id}/enlazar").headers["Location"]
    for deed in ("tomar", "responder"):
        shown(browser, f"{HOME}/{filing.filing_id}/{deed}")


def test_it_is_handed_over_and_derived_by_who_attends_to_it(staff: Staff, filing: Filing, world: World) -> None:
    browser, other = inside(staff), staff.member(permissions=(Permission.ATTEND,))
    do(browser, filing, "tomar")
    assert other.name in shown(browser, f"{HOME}/{filing.filing_id}/pasar")
    do(browser, filing, "pasar", to=other.document_number)
    taken = kept(world, filing).taken
    assert taken is not None
    assert taken.by.actor == other.actor
    assert "hecho" not in do(browser, filing, "derivar", office="sur", reason="Es de allá")

    theirs = staff.browser(other)
    assert "hecho" not in do(theirs, filing, "derivar", office="sur", reason="")
    assert do(theirs, filing, "derivar", office="sur", reason="Es de allá") == f"{HOME}?hecho=derivada"
    assert kept(world, filing).office_id == "sur"
    assert filing.number in shown(theirs, f"{HOME}?oficina=sur")


def test_who_derives_is_told_where_nobody_could_attend_to_it(staff: Staff, filing: Filing, world: World) -> None:
    put_office(world.container, an_office(office_id="este", name="Oficina Este"))
    there = staff.member(permissions=(Permission.ATTEND,), office_id="este")
    staff.member(permissions=(Permission.DEPOSIT,), office_id="sur")
    limited = inside(staff, office_id=OFFICE_ID)
    page = shown(limited, f"{HOME}/{filing.filing_id}/derivar")
    assert there.is_active
    assert ">Oficina Este<" in page
    assert ">Oficina Sur (ningún funcionario la atiende)<" in page
    assert ">Oficina Sur<" in shown(inside(staff), f"{HOME}/{filing.filing_id}/derivar")


def test_what_is_pasted_with_signs_that_nobody_sees_is_cleaned_and_not_refused(
    staff: Staff, filing: Filing, world: World
) -> None:
    browser = inside(staff)
    pasted = "Falta\u200b el plano\tfirmado.\r\nY el\ufeff poder."
    assert do(browser, filing, "observar", observation=pasted).endswith("?hecho=observar")
    said = kept(world, filing).observation
    assert said is not None
    assert said.text == "Falta el plano firmado.\nY el poder."


def test_it_is_answered_by_an_own_notice_to_the_same_mailbox_alone(staff: Staff, filing: Filing, world: World) -> None:
    browser = inside(staff)
    notice_id = str(world.deposit().json_body["notice_id"])
    notice = notice_store(world.container).get(notice_id)
    assert notice.mailbox_id == filing.mailbox_id
    for number in ("", "nada", "2345-6789-2345"):
        assert "hecho" not in do(browser, filing, "enlazar", notice_id=number)
    for _ in range(2):
        assert do(browser, filing, "enlazar", notice_id=notice_id).endswith("?hecho=enlazar")

    answered = kept(world, filing)
    assert answered.answer is not None
    assert answered.answer.notice_id == notice_id
    assert answered.state_at(world.clock.now) is FilingState.ANSWERED
    assert "respondió" in shown(browser, f"{HOME}/{filing.filing_id}")


@pytest.mark.parametrize(
    "changes", [{"mailbox_id": "1-40000077"}, {"deposited_at": NOW - timedelta(days=1)}], ids=["mailbox", "before"]
)
def test_a_notice_to_another_mailbox_or_from_before_answers_nothing(
    staff: Staff, filing: Filing, world: World, changes: dict[str, Any]
) -> None:
    browser = inside(staff)
    number = str(world.deposit().json_body["notice_id"])
    item = NoticeItem.get(number)
    item.data = to_data(replace(notice_store(world.container).get(number), **changes))
    item.save()

    assert "hecho" not in do(browser, filing, "enlazar", notice_id=number)
    assert kept(world, filing).answer is None


def test_what_the_institutions_system_does_is_shown_as_its_systems(staff: Staff, world: World, filing: Filing) -> None:
    put_key(world.container, a_signing_key())
    own, at = f"{HOME}/{filing.filing_id}", f"/v1/filings/{filing.filing_id}"
    world.send(world.signed("POST", f"{at}/evaluation", b"{}"))
    world.send(world.signed("POST", f"{at}/observation", b'{"observation": "Falta el plano"}'))
    browser = inside(staff)

    page = shown(browser, own)
    assert "el sistema de la entidad" in page
    assert "Falta el plano" in page
    assert "el sistema de la entidad" in shown(browser, f"{IN_OFFICE}&estado=observed")
    assert "institution:" not in page

    member = staff.member(permissions=(Permission.ATTEND,))
    do(staff.browser(member), filing, "pasar", to=member.document_number, reason="Lo veo yo")
    taken = kept(world, filing).taken
    assert taken is not None
    assert taken.by.actor == member.actor
    refused = world.send(world.signed("POST", f"{at}/evaluation", b"{}"))
    assert (refused.status_code, refused.json_body["code"]) == (409, "filing_taken")
