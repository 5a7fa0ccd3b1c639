"""A person sees their data, takes them along, has them corrected, and closes the mailbox, in a real browser (DAT-1)."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from infra.local.demo_data import PASSWORD
from infra.local.ministack import free_port
from tests.browser.person import Person
from tests.local_run import Run, a_run

pytestmark = [pytest.mark.ministack, pytest.mark.browser]

USERNAME, EMAIL = "1-40000002", "maria.02@ejemplo.pe"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """Start a run of its own: what this person asks is no other walk's concern."""
    with a_run(tmp_path_factory.mktemp("own-data"), free_port(), free_port()) as running:
        yield running


@pytest.mark.parametrize("person", ["phone", "no-script"], indirect=True)
def test_a_person_takes_their_data_along_and_asks_to_close(person: Person) -> None:
    page = person.page
    person.log_in_by_code(USERNAME, PASSWORD, EMAIL)
    person.open("/perfil")
    person.follow("Mis datos")
    assert person.heading() == "Mis datos"
    person.look("own-data")
    if person.has_script:
        with page.expect_download() as download:
            person.press("Descargar mis datos")
        copy = json.loads(download.value.path().read_text("utf-8"))
        assert copy["user"]["email"] == EMAIL
        assert download.value.suggested_filename.startswith("mis-datos-")
    person.open("/mis-datos")
    person.follow("Pedir una corrección")
    person.look("correction")
    person.press("Pedir la corrección")
    person.look("correction-wrong")
    person.type(words="Mi segundo apellido tiene una letra de más.")
    person.press("Pedir la corrección")
    assert person.heading().startswith("Corrección: solicitud ")
    person.look("correction-asked")
    person.press("Retirar la solicitud")
    assert "Retiraste tu solicitud" in page.get_by_role("status").inner_text()
    person.follow("Pedir que se cierre")
    person.look("closing")
    person.press("Pedir que se cierre")
    person.look("closing-wrong")
    page.locator("[name=understood]").check()
    person.type(password=PASSWORD)
    person.press("Pedir que se cierre")
    assert person.heading().startswith("Cierre de la casilla: solicitud ")
    person.look("closing-asked")
    assert "Pidieron cerrar su casilla" in person.mail(EMAIL, "Pidieron cerrar su casilla")
    person.press("Retirar la solicitud")
    person.look("own-data-requests")
