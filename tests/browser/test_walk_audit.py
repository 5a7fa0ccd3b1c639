"""A coordinator asks who of theirs looked at whose data, anybody verifies it, and the holder sees the look (INS-8)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from infra.local.demo_data import PASSWORD
from infra.local.demo_staff import STAFF
from infra.local.ministack import free_port
from tests.browser.person import Person
from tests.local_run import Run, a_run

pytestmark = [pytest.mark.ministack, pytest.mark.browser]

HOLDER, EMAIL = "1-40000002", "maria.02@ejemplo.pe"
REASON = "Notificar la carta 79"
LIMA = ZoneInfo("America/Lima")
_A_DAY = 24 * 60


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """Start a run of its own, whose days pass."""
    with a_run(tmp_path_factory.mktemp("audit"), free_port(), free_port()) as running:
        yield running


def log_in(person: Person, number: str) -> None:
    who = next(one for one in STAFF if one.number == number)
    person.put_clock_forward(1)  # a code counts once
    person.open("/entidad/ingresar")
    person.type(username=who.username, password=PASSWORD, code=who.code_at(person.run.now()))
    person.press("Iniciar sesión")
    assert person.path() == "/entidad"


def fill(person: Person, last: date) -> None:
    """Fill in the form, but for a reason that is long enough."""
    first = last - timedelta(days=3)
    person.page.locator("[name=looker]").select_option(label="Oscar Paredes Demo")
    person.type_day("first_day", str(first.day), str(first.month), str(first.year))
    person.type_day("last_day", str(last.day), str(last.month), str(last.year))
    person.type(reason="x")


def wait_until_made(person: Person) -> None:
    """Come back to the page until the job has made the list."""
    for _ in range(20):
        if person.page.get_by_text("Se está preparando").count() == 0:
            return
        person.look("audit-preparing")
        person.put_clock_forward(2)
        person.page.wait_for_timeout(500)
        person.follow("Actualizar")


def test_a_look_is_listed_verified_and_seen_by_its_holder(person: Person) -> None:
    page = person.page
    log_in(person, "40000061")
    person.open("/entidad/consultar")
    person.type(document_number="40000002", reason=REASON)
    person.press("Consultar")
    day = person.run.now().astimezone(LIMA).date()
    person.press("Salir")

    person.put_clock_forward(_A_DAY)
    log_in(person, "40000060")
    person.follow("Auditoría")
    person.follow("Pedir una relación")
    person.look("audit-new")
    fill(person, day)
    person.press("Pedir la relación")
    assert page.title().startswith("Error: ")
    person.look("audit-new-wrong")
    person.type(reason="Queja de un administrado")
    person.press("Pedir la relación")
    assert person.heading().startswith("Relación N.º ")
    wait_until_made(person)
    assert REASON in page.locator("main").inner_text()
    person.look("audit")
    with page.expect_download() as download:
        person.follow("Descargar el CSV")
    assert REASON in download.value.path().read_text("utf-8-sig")
    assert download.value.suggested_filename.endswith(".csv")
    code = page.locator("main strong.symbols").inner_text()
    person.open("/entidad/auditoria")
    person.look("audits")
    person.press("Salir")

    person.open("/verificar")
    person.type(code=code)
    page.get_by_role("button", name="Verificar", exact=True).click()
    assert person.heading() == "Relación de consultas de datos"
    assert "40000002" not in page.locator("main").inner_text()
    person.look("audit-verified")

    person.log_in_by_code(HOLDER, PASSWORD, EMAIL)
    person.open("/perfil")
    person.follow("Ver quién, cuándo y por qué")
    assert REASON in page.locator("main").inner_text()
    assert "Oscar" not in page.locator("main").inner_text()
    person.look("own-looks")
