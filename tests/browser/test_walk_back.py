"""Back, forward and reload, walked in a real browser: no page asks whether a form is to be sent again."""

from __future__ import annotations

import pytest

from tests.browser.person import Person

pytestmark = [pytest.mark.ministack, pytest.mark.browser]

PASSWORD = "Ventana-larga-azul-47"
USERNAME, EMAIL = "1-40000002.40000021", "rosa.21@ejemplo.pe"


def _is_wrong_login(person: Person) -> None:
    assert person.page.title().startswith("Error: ")
    assert person.page.locator("[name=username]").input_value() == "1-40000099"
    assert person.page.locator(".error-summary li").count() == 2
    assert person.page.locator("[name=password]").input_value() == ""


def test_a_refused_login_is_come_back_to_and_loaded_again(person: Person) -> None:
    methods: list[str] = []
    person.open("/ingresar")
    person.type(username="1-40000099")
    person.press("Iniciar sesión")
    _is_wrong_login(person)
    person.look("login-lacks")
    person.page.on("request", lambda sent: methods.append(sent.method))
    person.page.reload()
    _is_wrong_login(person)
    person.follow("¿Olvidaste tu contraseña?")
    assert person.path() == "/olvide-mi-clave"
    person.page.go_back()
    _is_wrong_login(person)
    person.page.go_back()
    assert not person.page.title().startswith("Error: ")
    person.page.go_forward()
    _is_wrong_login(person)
    person.page.go_forward()
    assert person.path() == "/olvide-mi-clave"
    assert set(methods) == {"GET"}


def _is_wrong_mobile(person: Person) -> None:
    assert person.page.title().startswith("Error: ")
    assert person.page.locator("[name=mobile]").input_value() == "12345"


def test_a_refused_form_of_a_session_is_come_back_to_and_loaded_again(
    person: Person,
) -> None:
    person.log_in_by_code(USERNAME, PASSWORD, EMAIL)
    before = person.mails(EMAIL)
    person.open("/perfil/celular")
    person.type(mobile="12345")
    person.press("Guardar")
    _is_wrong_mobile(person)
    person.look("mobile-wrong")
    person.page.reload()
    _is_wrong_mobile(person)
    person.open("/perfil")
    person.page.go_back()
    _is_wrong_mobile(person)
    person.page.go_back()
    person.page.go_forward()
    _is_wrong_mobile(person)
    assert person.mails(EMAIL) == before
