"""The catalogue of procedures: a coordinator publishes, changes and retires; a stranger searches, reads, downloads."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.local.demo_data import PASSWORD
from infra.local.demo_procedures import LICENCE
from infra.local.demo_staff import STAFF
from infra.local.ministack import free_port
from tests.browser.person import Person
from tests.deposit_world import PDF
from tests.local_run import Run, a_run

pytestmark = [pytest.mark.ministack, pytest.mark.browser]
OWN = "/entidad/procedimientos"


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    """Have a run of its own, since what is published stays."""
    with a_run(tmp_path, free_port(), free_port()) as running:
        yield running


def _enter(person: Person) -> None:
    who = next(one for one in STAFF if one.number == "40000060")
    person.put_clock_forward(1)  # a code counts once
    person.open("/entidad/ingresar")
    person.type(username=who.username, password=PASSWORD, code=who.code_at(person.run.now()))
    person.press("Iniciar sesión")
    assert person.path() == "/entidad"


def test_a_stranger_finds_a_procedure_and_reads_its_versions(person: Person) -> None:
    person.open("/")
    person.look("catalogue-home")
    person.follow("Trámites de las entidades")
    assert person.path() == "/tramites"
    person.look("catalogue-all")
    person.type(q="licencias para tiendas")
    person.press("Buscar")
    person.page.get_by_role("heading", name="Trámites con «licencias para tiendas»").wait_for()
    assert person.page.locator("main li").count() == 1
    person.look("catalogue-found")
    person.type(q="divorcio")
    person.press("Buscar")
    person.look("catalogue-found-none")
    person.follow("Todas las entidades")
    person.follow("Municipalidad Provincial")
    person.look("catalogue-institution")
    person.type(q="xilófono")
    person.press("Buscar")
    person.look("catalogue-institution-none")
    person.follow("mira todos los de la entidad")
    person.follow(LICENCE.title)
    assert person.heading() == LICENCE.title
    person.look("catalogue-entry")
    form = person.page.get_by_role("link", name="Solicitud de licencia")
    with person.page.expect_download() as downloaded:
        form.click()
    assert downloaded.value.suggested_filename == "solicitud-licencia.pdf"
    person.follow("Ver la versión anterior")
    assert "no es la vigente" in person.page.locator("main").inner_text()
    person.look("catalogue-entry-earlier")
    person.follow("Trámites de Municipalidad")
    person.follow("Autorización de anuncio")
    assert "Ya no se atiende" in person.page.locator("main").inner_text()
    person.look("catalogue-entry-retired")


def test_a_coordinator_publishes_changes_and_retires(person: Person) -> None:
    _enter(person)
    _publish(person)
    _offer_a_form(person)
    person.follow("Regresar")
    person.follow("Cambiar")
    person.type(cost="0")
    person.press("Ver cómo queda")
    assert "Cambia el costo." in person.page.locator("main").inner_text()
    person.look("catalogue-change-check")
    person.press("Publicar")
    person.follow("Versiones")
    person.look("catalogue-versions")
    person.follow("Regresar")
    person.follow("Retirar")
    person.look("catalogue-retiring")
    person.press("Retirar el trámite")
    person.look("catalogue-retiring-wrong")
    person.type(reason="La norma que lo creó se derogó")
    person.press("Retirar el trámite")
    person.look("catalogue-retired")
    person.follow("su página pública")
    assert "La norma que lo creó se derogó" in person.page.locator("main").inner_text()
    person.open(f"{OWN}?q=duplicado")
    person.look("catalogue-own-found")


def _publish(person: Person) -> None:
    person.follow("Catálogo")
    person.look("catalogue-own")
    person.follow("Agregar un trámite")
    person.look("catalogue-new")
    person.press("Ver cómo queda")
    assert person.page.title().startswith("Error: ")
    person.look("catalogue-new-wrong")
    title = f"Duplicado de carné {'con' if person.has_script else 'sin'} guiones"
    person.page.get_by_label("Servicio prestado en exclusividad").check()
    person.page.get_by_label("Tiene un plazo").check()
    person.type(
        title=title,
        tupa_code="SE-09" if person.has_script else "SE-10",
        description="Otro ejemplar del carné que la entidad te dio.",
        requirements="Solicitud.\nDeclaración de que se perdió o se dañó.",
        cost="12,5",
        days="3",
        norm="D.S. 000-2026-DEMO",
        keywords="carnet, pérdida",
    )
    person.press("Ver cómo queda")
    person.look("catalogue-check")
    person.press("Seguir editando")
    assert person.page.locator("[name=cost]").input_value() == "12,5"
    person.press("Ver cómo queda")
    person.press("Publicar")
    assert "Publicamos el trámite" in person.page.locator("main").inner_text()
    assert person.begins_with_outcome()
    person.look("catalogue-published")


def _offer_a_form(person: Person) -> None:
    person.follow("Formularios (0)")
    person.look("catalogue-files-none")
    person.press("Agregar el formulario")
    person.look("catalogue-files-wrong")
    person.type(form_title="Solicitud de duplicado")
    person.page.set_input_files("[name=file]", {"name": "duplicado.pdf", "mimeType": "application/pdf", "buffer": PDF})
    person.press("Agregar el formulario")
    assert "Ya se puede descargar" in person.page.locator("main").inner_text()
    person.look("catalogue-files")
