"""From an empty deployment to an officer who is inside, and out again at the next click."""

from __future__ import annotations

import re

from chalicelib.domain.institution.staff import StaffRole, StaffState
from tests.browser_requests import Browser, text_of
from tests.staff_world import Staff, csrf_of


def _sent(browser: Browser, page: str, /, **fields: str) -> str:
    """Send the form of a page, and return where that leads."""
    answer = browser.send(page, **{"csrf": csrf_of(browser.get(page)), **fields})
    assert answer.status_code == 303, text_of(answer)
    return str(answer.headers["Location"])


def _first(staff: Staff, **changes: str) -> tuple[int, str]:
    given = {
        "document": "40000077",
        "name": "Ada Demo",
        "email": "ada@plataforma.example",
        "position": "Jefa",
        **changes,
    }
    words = " ".join(f"--{name} '{value}'" for name, value in given.items())
    line = f"staff first-administrator {words} --reason 'Puesta en marcha' --operator rquispe"
    answer = staff.world.client.lambda_.invoke("operator", {"command": line}).payload
    return answer["exit"], answer["output"]


def _enrolled(staff: Staff, browser: Browser, base: str, number: str, **more: str) -> tuple[str, str]:
    """Enrol somebody and let them set up their access; return their seed and the page after."""
    typed = {"name": f"Persona {number}", "position": "Especialista", "email": f"p{number}@entidad.example", **more}
    assert "hecho=agregado" in _sent(browser, f"{base}/agregar", document_number=number, **typed)
    ready, seed = staff.set_up(Browser(staff.people), staff.link_sent())
    return seed, text_of(ready)


def test_everything_grows_from_the_first_administrator(staff: Staff) -> None:
    assert _first(staff)[0] == 0
    own = Browser(staff.people)
    ready, seed = staff.set_up(own, staff.link_sent())
    codes = re.findall(r"<code>([2-9A-Z]{5}-[2-9A-Z]{5})</code>", text_of(ready))
    assert len(set(codes)) == 10
    assert _first(staff)[0] == 1
    assert staff.log_in(own, "40000077", seed, at="/plataforma").headers["Location"] == "/plataforma"

    new = {"institution_id": "muni-villa-ejemplo", "name": "Municipalidad de Villa Ejemplo"}
    at = "/plataforma/entidades/muni-villa-ejemplo"
    led = _sent(own, "/plataforma/entidades/nueva", **new, address="Av. Ejemplo 1", phone="01 000", short_name="")
    assert led == f"{at}?hecho=agregada"
    assert _sent(own, f"{at}/norma", regime="deposit", citation="D.S. 001-2026-DEMO", is_default="si")
    led = _sent(own, f"{at}/estado", state="active", reason="Convenio firmado")
    assert "Guardamos los cambios" in text_of(own.get(led))
    assert "Municipalidad de Villa Ejemplo" in text_of(own.get("/plataforma/entidades"))

    seed, _ = _enrolled(staff, own, f"{at}/coordinadores", "40000078")
    coordinator = Browser(staff.people)
    assert staff.log_in(coordinator, "40000078@muni-villa-ejemplo", seed).headers["Location"] == "/entidad"
    assert "Municipalidad de Villa Ejemplo" in text_of(coordinator.get("/entidad"))
    assert coordinator.get("/plataforma/entidades").status_code == 403

    seed, _ = _enrolled(staff, coordinator, "/entidad/equipo", "40000079", permissions="deposit")
    officer = Browser(staff.people)
    staff.log_in(officer, "40000079@muni-villa-ejemplo", seed)
    assert officer.get("/entidad").status_code == 200
    assert officer.get("/entidad/equipo").status_code == 403

    [member] = [
        one for one in staff.tools.staff.list_for_institution("muni-villa-ejemplo") if one.role is StaffRole.OFFICER
    ]
    deed = f"/entidad/equipo/{member.staff_id}/deshabilitar"
    assert "hecho=deshabilitado" in _sent(coordinator, deed, reason="Dejó la entidad")
    assert staff.found(member).state is StaffState.DISABLED
    assert officer.get("/entidad").headers["Location"].startswith("/entidad/ingresar")


def test_the_first_administrator_is_made_once_and_the_command_takes_nothing_over(staff: Staff) -> None:
    assert _first(staff)[0] == 0
    before = staff.link_sent()
    assert _first(staff, document="40000099")[0] == 1
    assert _first(staff, email="corregido@plataforma.example")[0] == 0
    assert Browser(staff.people).get(before).status_code == 404
    staff.set_up(Browser(staff.people), staff.link_sent())
    for changes in ({}, {"document": "40000099"}, {"email": "otra@plataforma.example"}):
        code, said = _first(staff, **changes)
        assert code == 1
        assert "no sirve más" in said


def test_no_institution_is_called_as_the_platform_is(staff: Staff) -> None:
    """Its people would log in where the platform's do."""
    line = (
        "institutions add --id plataforma --name X --address X --phone X --reason 'Puesta en marcha' --operator rquispe"
    )
    answer = staff.world.client.lambda_.invoke("operator", {"command": line}).payload
    assert answer["exit"] == 2
    assert "no es «plataforma»" in answer["output"]
    browser = staff.browser(staff.member(StaffRole.PLATFORM_ADMINISTRATOR))
    page = "/plataforma/entidades/nueva"
    typed = {"institution_id": "plataforma", "name": "X", "address": "X", "phone": "X"}
    led = browser.send(page, **{"csrf": csrf_of(browser.get(page)), **typed}).headers["Location"]
    assert "no es «plataforma»" in text_of(browser.get(str(led)))
