"""What is done to a person of the staff, and what the page says of it: links that end, e-mails that do not go out."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from chalicelib.domain.institution.staff import Permission, StaffMember, StaffRole, StaffState
from tests.browser_requests import Browser, text_of
from tests.cloud import Engine
from tests.staff_world import Staff, csrf_of

BASE = "/entidad/equipo"


@pytest.fixture
def browser(staff: Staff) -> Browser:
    return staff.browser(staff.member(StaffRole.COORDINATOR))


def do(browser: Browser, member: StaffMember, deed: str, **typed: str) -> str:
    """Do something to somebody, two minutes later, and return the page after."""
    browser.people.world.clock.advance(seconds=120)
    page = f"{BASE}/{member.staff_id}/{deed}"
    csrf = csrf_of(browser.get(page))
    answer = browser.post(page, None, csrf=csrf, reason="Se lo pidieron", **typed)
    return text_of(browser.get(answer.headers["Location"]) if answer.status_code == 303 else answer)


def test_a_form_that_was_opened_before_a_permission_was_taken_does_not_give_it_back(
    staff: Staff, browser: Browser
) -> None:
    member = staff.member()
    page = f"{BASE}/{member.staff_id}"
    shown = text_of(browser.get(page))
    hidden = dict(re.findall(r'<input type="hidden" name="(csrf|seen)" value="([^"]*)"', shown))
    typed = {"name": member.name, "email": member.email, "position": "Jefa", "permissions": "deposit"}
    wrong = text_of(browser.post(page, None, **hidden, **{**typed, "email": "nada"}))
    assert f'name="seen" value="{hidden["seen"]}"' in wrong
    taken = replace(member, permissions=(Permission.CONSULT,), version=member.version + 1)
    staff.keep(taken)
    answer = browser.post(page, None, **hidden, **typed)
    assert answer.status_code == 409
    assert "Otra persona cambió estos datos" in text_of(answer)
    assert 'value="Jefa"' in text_of(answer)
    assert staff.found(member) == taken
    again = dict(re.findall(r'<input type="hidden" name="(csrf|seen)" value="([^"]*)"', text_of(answer)))
    assert "hecho=cambiado" in browser.post(page, None, **again, **typed).headers["Location"]
    assert staff.found(member).permissions == (Permission.DEPOSIT,)


def test_nobody_is_enrolled_or_changed_to_the_e_mail_of_another(staff: Staff, browser: Browser) -> None:
    one, other = staff.member(), staff.member()
    typed = {"name": "Eva Demo", "position": "Técnica", "email": other.email.title(), "permissions": "deposit"}
    for page in (f"{BASE}/{one.staff_id}", f"{BASE}/agregar"):
        shown = text_of(browser.get(page))
        hidden = dict(re.findall(r'<input type="hidden" name="(csrf|seen)" value="([^"]*)"', shown))
        answer = browser.post(page, None, **hidden, **typed, document_number="040000999")
        assert answer.status_code == 409
        assert "Ese correo ya es de otra persona" in text_of(answer)


@pytest.mark.parametrize("lost", ["password", "device"])
def test_another_link_and_a_disabling_end_the_one_before(staff: Staff, browser: Browser, lost: str) -> None:
    member = staff.member()
    links = []
    assert "restablezca su acceso" in do(browser, member, "restablecer", lost=lost)
    links.append(staff.link_sent())
    assert "El anterior ya no sirve" in do(browser, member, "reenviar")
    links.append(staff.link_sent())
    assert [Browser(staff.people).get(link).status_code for link in links] == [404, 200]
    do(browser, member, "deshabilitar")
    assert "no activó su acceso" in do(browser, member, "habilitar")
    assert staff.found(member).state is StaffState.INVITED
    assert [Browser(staff.people).get(link).status_code for link in links] == [404, 404]
    do(browser, member, "reenviar")
    assert Browser(staff.people).get(staff.link_sent()).status_code == 200


def test_an_e_mail_that_does_not_go_out_is_not_told_as_sent(
    staff: Staff, browser: Browser, moto_engine: Engine
) -> None:
    member = staff.member()
    moto_engine.client("ses").delete_identity(Identity=staff.world.container.config.mail_from)
    for deed, typed in (("restablecer", {"lost": "device"}), ("reenviar", {})):
        page = do(browser, member, deed, **typed)
        assert "No pudimos enviar el correo" in page
        assert "Enviamos" not in page.partition("<table")[0]


def test_whoever_keeps_the_last_coordinator_is_told_what_to_do(staff: Staff, browser: Browser) -> None:  # noqa: ARG001
    [last] = [
        one for one in staff.tools.staff.list_for_institution("entidad-demo") if one.role is StaffRole.COORDINATOR
    ]
    at = f"/plataforma/entidades/entidad-demo/coordinadores/{last.staff_id}/deshabilitar"
    own = staff.browser(staff.member(StaffRole.PLATFORM_ADMINISTRATOR))
    page = text_of(own.post(at, None, csrf=csrf_of(own.get(at)), reason="Dejó la entidad"))
    assert "inscribe antes a otro, que tiene que activar su acceso" in page
