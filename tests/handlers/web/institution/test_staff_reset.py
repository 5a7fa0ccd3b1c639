"""Who lost a device or a password sets it anew with what is left; the e-mail alone gives nothing (ACC-8)."""

from __future__ import annotations

from datetime import timedelta

from chalicelib.domain.institution.staff import StaffMember, StaffRole, StaffState
from tests.browser_requests import Browser, text_of
from tests.staff_world import SEED, STAFF_PASSWORD, Staff, csrf_of


def _reset(staff: Staff, member: StaffMember, lost: str, **more: str) -> str:
    coordinator = staff.browser(staff.member(StaffRole.COORDINATOR))
    page = f"/entidad/equipo/{member.staff_id}/restablecer"
    sent = {"csrf": csrf_of(coordinator.get(page)), "lost": lost, "reason": "Perdió el teléfono", **more}
    return str(coordinator.send(page, **sent).headers["Location"])


def _is_in(staff: Staff, member: StaffMember, seed: str = SEED, password: str = STAFF_PASSWORD) -> bool:
    answer = staff.log_in(Browser(staff.people), member.username, seed, password=password)
    return str(answer.headers.get("Location", "")) == "/entidad"


def test_a_lost_device_is_replaced_by_who_knows_the_password(staff: Staff) -> None:
    member = staff.member()
    inside = staff.browser(member)
    staff.world.clock.now += timedelta(seconds=1)
    assert "hecho=restablecido" in _reset(staff, member, "device")
    assert inside.get("/entidad").headers["Location"].startswith("/entidad/ingresar")
    assert not _is_in(staff, member)
    link = staff.link_sent()
    wrong, _ = staff.set_up(Browser(staff.people), link, password="Otra-clave-88")
    assert "La contraseña no es correcta" in text_of(wrong)
    ready, seed = staff.set_up(Browser(staff.people), link)
    assert text_of(ready).count("<li><code>") == 10
    assert seed != SEED
    to, told = staff.people.mails()[-1]
    assert to == member.email
    assert "Se terminó de restablecer su acceso" in told
    assert _is_in(staff, member, seed)
    assert not _is_in(staff, member, SEED)
    assert Browser(staff.people).get(link).status_code == 404


def test_a_lost_password_is_replaced_by_who_has_the_device(staff: Staff) -> None:
    member = staff.member()
    _reset(staff, member, "password")
    assert not _is_in(staff, member)
    link, new = staff.link_sent(), "Lampara-rio-verde-9"
    shown = text_of(Browser(staff.people).get(link))
    assert "<code>" not in shown
    own = Browser(staff.people)
    typed = {"password": new, "password_repeated": new}
    assert "El código no es correcto" in text_of(own.post(link, None, code="000000", **typed))
    ready = own.post(link, None, code=staff.next_code(), **typed)
    assert "Tu acceso está listo" in text_of(ready)
    assert _is_in(staff, member, password=new)
    assert not _is_in(staff, member)


def test_nobody_restores_the_own_access_and_a_reason_is_needed(staff: Staff) -> None:
    member = staff.member()
    assert "corregir=" in _reset(staff, member, "device", reason="")
    assert "corregir=" in _reset(staff, member, "both")
    own = staff.member(StaffRole.PLATFORM_ADMINISTRATOR)
    staff.member(StaffRole.PLATFORM_ADMINISTRATOR)
    browser = staff.browser(own)
    page = f"/plataforma/administradores/{own.staff_id}/restablecer"
    answer = browser.post(page, None, csrf=csrf_of(browser.get(page)), lost="device", reason="Lo perdí")
    assert "lo restablece otra persona" in text_of(answer)
    assert staff.found(own).state is StaffState.ACTIVE


def test_the_last_who_administers_stays(staff: Staff) -> None:
    for role, base in (
        (StaffRole.COORDINATOR, "/entidad/equipo"),
        (StaffRole.PLATFORM_ADMINISTRATOR, "/plataforma/administradores"),
    ):
        last = staff.member(role)
        browser = staff.browser(last)
        page = f"{base}/{last.staff_id}/quitar"
        token = csrf_of(browser.get(page))
        assert "último" in text_of(browser.post(page, None, csrf=token, reason="Cambio de puesto"))
        staff.member(role)
        answer = browser.send(page, csrf=token, reason="Cambio de puesto")
        assert str(answer.headers["Location"]).endswith("/ingresar?salida=si")
        assert staff.tools.staff.find(last.institution_id, last.document_number) is None
        former = staff.tools.staff.find_former(last.institution_id, last.staff_id)
        assert former is not None
        assert former.name == last.name


def test_a_forged_form_gives_no_role_permission_or_office_that_is_not_theirs_to_give(staff: Staff) -> None:
    browser = staff.browser(staff.member(StaffRole.COORDINATOR))
    page = "/entidad/equipo/agregar"
    typed = {"name": "Persona Nueva", "position": "Analista", "email": "nueva@entidad.example"}
    sent = {"csrf": csrf_of(browser.get(page)), **typed}
    for number, forged in (
        ("40000801", {"permissions": "audit_everything"}),
        ("40000802", {"permissions": "deposit", "office_id": "otra-oficina"}),
        ("40000803", {"permissions": ""}),
        ("4000080", {"permissions": "deposit"}),
    ):
        answer = browser.post(page, None, document_number=number, **sent, **forged)
        assert answer.status_code == 422, forged
    browser.send(page, document_number="40000804", permissions="deposit", role="platform_administrator", **sent)
    [made] = [
        one for one in staff.tools.staff.list_for_institution("entidad-demo") if one.document_number == "40000804"
    ]
    assert made.role is StaffRole.OFFICER
    assert len(staff.tools.staff.list_for_institution("entidad-demo")) == 2


def test_behind_one_link_twenty_things_can_be_tried(staff: Staff) -> None:
    member = staff.member()
    _reset(staff, member, "password")
    link, own = staff.link_sent(), Browser(staff.people)
    typed = {"password": "Lampara-rio-verde-9", "password_repeated": "Lampara-rio-verde-9"}
    for _ in range(20):
        own.send(link, code="000000", **typed)
        staff.world.clock.now += timedelta(minutes=20)
    assert own.post(link, None, code=staff.next_code(), **typed).status_code == 429
