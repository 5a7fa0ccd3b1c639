"""A way in and a registration by the simulated identity provider, walked in a real browser."""

from __future__ import annotations

import pytest

from tests.browser.person import Person, code_in

pytestmark = [pytest.mark.ministack, pytest.mark.browser]

NUMBERS = {"phone": "99000005", "no-script": "99000006"}


def _identify(person: Person, number: str, level: str = "two_factor") -> None:
    """Be somebody at the provider's page, which is another host's."""
    assert person.heading() == "Proveedor de identidad simulado"
    person.page.locator("[name=doc]").select_option(number)
    person.page.locator("[name=acr]").select_option(level)
    person.press("Identificarme")


def test_a_person_gets_in_sees_what_is_refused_and_who_they_are(person: Person) -> None:
    person.open("/ingresar")
    person.press("Iniciar sesión con ID Perú")
    _identify(person, "40000002", "one_factor")
    assert person.heading() == "Falta una forma más segura"
    person.look("identification-refused")

    person.press("Empezar de nuevo con ID Perú")
    _identify(person, "40000035")
    assert "está deshabilitado" in person.page.inner_text("main")
    person.look("identified-disabled")
    person.press("No soy yo")
    _identify(person, "40000002")
    assert "MARIA ÑUSTA QUISPE DEMO" in person.page.inner_text("main")
    person.look("identified")
    person.press("Ingresar a mi casilla 1-40000002")
    assert person.path() == "/casilla"
    person.put_clock_forward(21)
    person.open("/casilla")
    assert person.path() == "/validar"
    person.look("validation-with-provider")
    person.press("Confirmar con ID Perú")
    _identify(person, "40000002", "certificate_dnie")
    person.press("Ingresar a mi casilla 1-40000002")
    assert person.path() == "/casilla"


def test_a_person_registers_without_typing_a_document(person: Person, request: pytest.FixtureRequest) -> None:
    person.put_clock_forward(61)
    number = NUMBERS[request.node.callspec.params["person"]]
    email = f"identificada.{number[-1]}@ejemplo.pe"
    person.open("/registro")
    for _ in range(2):
        person.page.locator("[name=accepted]").check()
        person.press("Aceptar")
    person.look("type-with-provider")
    person.press("Registrarme con ID Perú")
    _identify(person, number)
    assert person.heading() == "Aún no tienes casilla"
    person.look("identified-none")
    person.press("Registrarme")
    assert person.path() == "/registro/persona-natural"
    person.look("natural-identified")
    person.type(phone="987654321", email=email, email_again=email)
    person.press("Continuar")
    person.look("review-identified")
    person.press("Registrar")
    person.type(code=code_in(person.mail(email, "Validación de Correo Electrónico")))
    person.press("Validar")
    assert "está verificado" in person.page.inner_text("main")
    person.open("/ingresar")
    person.press("Iniciar sesión con ID Perú")
    _identify(person, number)
    person.press(f"Ingresar a mi casilla 1-{number}")
    assert person.path() == "/clave"
