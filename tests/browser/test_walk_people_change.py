"""Who belongs to a company's mailbox changes, walked in a real browser: handed over, accepted, removed, revoked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from infra.local.demo_data import PASSWORD
from infra.local.ministack import free_port
from tests.browser.person import Person
from tests.local_run import Run, a_run

pytestmark = [pytest.mark.ministack, pytest.mark.browser]

COMPANY, BOSS = "8-20100000009", "jorge.27@ejemplo.pe"
SECOND, SECONDS = f"{COMPANY}.40000028", "elena.28@ejemplo.pe"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """Start a run of its own: whom this company belongs to afterwards is no other walk's concern."""
    with a_run(tmp_path_factory.mktemp("people-change"), free_port(), free_port()) as running:
        yield running


def _words(person: Person) -> str:
    return str(person.page.locator("main").inner_text())


@pytest.mark.parametrize("person", ["phone"], indirect=True)
def test_a_company_is_handed_over_and_who_left_is_removed(person: Person) -> None:
    person.log_in_by_code(COMPANY, PASSWORD, BOSS)
    person.follow("Usuarios")
    person.look("users-company")
    person.choose("Elena Huaman Demo", "Traspasar la casilla")
    assert person.heading() == "Traspasar la casilla a Elena Huaman Demo"
    person.look("hand-over-offering")
    person.type(password="no-es-esa-55")
    person.press("Ofrecer la casilla")
    person.look("hand-over-offering-wrong")
    person.type(password=PASSWORD)
    person.press("Ofrecer la casilla")
    person.look("users-offered")
    person.follow("Ver el ofrecimiento")
    person.look("hand-over-withdraw")
    context = person.page.context.browser
    assert context is not None
    new = replace(person, page=context.new_page(), seen=[], sent=None)
    new.page.set_default_timeout(15_000)
    new.log_in_by_code(SECOND, PASSWORD, SECONDS)
    new.open("/usuarios")
    new.look("users-offer-to-me")
    new.follow("Responder")
    assert new.heading() == "¿Quieres ser el usuario principal?"
    new.look("hand-over-answer")
    new.press("Aceptar")
    assert new.heading() == "Eres el usuario principal"
    new.look("hand-over-done")
    assert COMPANY in new.mail(SECONDS, "Usted es el usuario principal")
    person.open("/usuarios")
    assert person.path() == "/ingresar"
    person.put_clock_forward(2)
    new.log_in_by_code(COMPANY, PASSWORD, SECONDS)
    new.open("/perfil/consentimiento")
    new.look("consent")
    new.press("Retirar la autorización")
    new.look("consent-wrong")
    new.page.locator("[name=understood]").check()
    new.press("Retirar la autorización")
    assert "Retiraste tu autorización" in new.page.get_by_role("status").inner_text()
    new.look("consent-revoked")
    new.page.locator("[name=understood]").check()
    new.press("Autorizar")
    new.open("/usuarios")
    new.choose("Acciones", "Quitar")
    assert new.heading().startswith("¿Quitar a ")
    new.look("user-remove")
    new.press("Quitar de la casilla")
    assert "su lugar quedó libre" in _words(new).lower()
    new.look("user-removed")
    new.page.close()
