"""Every page of the console that takes no number in its address, with and without scripts; and forms sent empty."""

from __future__ import annotations

import pytest

from infra.local.demo_data import PASSWORD
from infra.local.demo_staff import STAFF, DemoStaff
from tests.browser.person import Person

pytestmark = [pytest.mark.ministack, pytest.mark.browser]

OF_OFFICER = (
    "/entidad",
    "/entidad/enviadas",
    "/entidad/alertas-fallidas",
    "/entidad/redactar",
    "/entidad/consultar",
    "/entidad/suspensiones",
)
OF_COORDINATOR = (
    *("/entidad", "/entidad/equipo", "/entidad/equipo/agregar", "/entidad/claves", "/entidad/claves/registrar"),
    *("/entidad/oficinas", "/entidad/oficinas/agregar", "/entidad/institucion", "/entidad/institucion/contactos/nuevo"),
    "/entidad/oficinas/-/presentaciones",
    *("/entidad/consumo", "/entidad/clave", "/entidad/auditoria", "/entidad/auditoria/pedir"),
    *("/entidad/convenio", "/entidad/convenio/cambios/representante"),
    *("/entidad/procedimientos", "/entidad/procedimientos/nuevo"),
)
ONE = "/plataforma/entidades/entidad-demo"
OF_ADMINISTRATOR = (
    *("/plataforma", "/plataforma/entidades", "/plataforma/entidades/nueva", ONE, "/plataforma/administradores"),
    *(f"{ONE}/{part}" for part in ("datos", "norma", "horario", "estado", "emblema", "colores", "coordinadores")),
    *("/plataforma/administradores/agregar", "/plataforma/suspensiones", "/plataforma/consumo", f"{ONE}/consumo"),
    *("/plataforma/convenios", f"{ONE}/convenio", f"{ONE}/convenio/registrar"),
    *(f"{ONE}/cambios/{kind}" for kind in ("coordinador", "representante")),
)
SENT_EMPTY = {
    "/entidad/consultar",
    "/entidad/equipo/agregar",
    "/entidad/oficinas/agregar",
    "/entidad/procedimientos/nuevo",
    "/entidad/clave",
    "/entidad/auditoria/pedir",
    "/plataforma/entidades/nueva",
    "/plataforma/administradores/agregar",
}


def _who(number: str) -> DemoStaff:
    return next(one for one in STAFF if one.number == number)


def _log_in(person: Person, who: DemoStaff) -> None:
    person.put_clock_forward(1)  # a code counts once
    home = "/plataforma" if who.is_platform else "/entidad"
    person.open(f"{home}/ingresar")
    person.look("console-login")
    person.type(username=who.username, password=PASSWORD, code=who.code_at(person.run.now()))
    person.press("Iniciar sesión")
    assert person.path() == home, person.page.locator("main").inner_text()


@pytest.mark.parametrize(
    ("number", "pages"), [("40000061", OF_OFFICER), ("40000060", OF_COORDINATOR), ("40000050", OF_ADMINISTRATOR)]
)
def test_every_page_of_the_console_is_whole(person: Person, number: str, pages: tuple[str, ...]) -> None:
    _log_in(person, _who(number))
    for page in pages:
        person.open(page)
        assert person.path() == page
        name = page.strip("/").replace("/", "-")
        person.look(f"console-{name}")
        if page in SENT_EMPTY:
            person.page.locator("main form button[type=submit]").first.click()
            assert person.page.title().startswith("Error: "), page
            person.look(f"console-{name}-wrong")
    person.press("Salir")
    assert person.path().endswith("/ingresar")
    person.look("console-left")
