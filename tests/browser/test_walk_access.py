"""Ways in, walked in a real browser: log in, change the password, forget it, an expired link, a used one."""

from __future__ import annotations

import pytest

from tests.browser.person import Person, link_in

pytestmark = [pytest.mark.ministack, pytest.mark.browser]

PASSWORD = "Ventana-larga-azul-47"
PEOPLE = {
    "phone": ("8-20100000009", "jorge.27@ejemplo.pe"),
    "no-script": ("8-20100000009.40000028", "elena.28@ejemplo.pe"),
}


@pytest.mark.parametrize("person", ["phone"], indirect=True)
def test_what_is_wrong_at_the_login_is_told_and_the_username_stays(person: Person) -> None:
    person.open("/ingresar")
    person.look("login")
    person.type(username="1-40000002", password="Otra-clave-8", captcha="zzzzz")
    person.press("Iniciar sesión")
    assert person.page.title().startswith("Error: ")
    assert person.page.locator("[name=username]").input_value() == "1-40000002"
    assert person.page.locator("[name=password]").input_value() == ""
    person.look("login-wrong")


def test_captcha_can_be_heard(person: Person) -> None:
    person.open("/ingresar")
    link = person.page.get_by_role("link", name="Escuchar el texto")
    if person.has_script:
        link.click()
        person.page.locator("audio").wait_for()
        assert person.page.locator("audio").evaluate("a => a.src.startsWith('data:audio/wav')")
        return
    with person.page.context.expect_page() as opened:
        link.click()
    assert opened.value.locator("audio").count() == 1
    assert "Escucha el texto" in opened.value.locator("h1").inner_text()


@pytest.mark.parametrize("person", ["phone"], indirect=True)
def test_a_password_can_be_shown_while_typing(person: Person) -> None:
    person.open("/ingresar")
    button = person.page.get_by_role("button", name="Mostrar contraseña")
    assert button.count() == (1 if person.has_script else 0)
    if person.has_script:
        person.type(password="visible-7")
        button.click()
        assert person.page.locator("[name=password]").get_attribute("type") == "text"


@pytest.mark.parametrize("person", ["phone"], indirect=True)
def test_every_page_is_reached_by_keyboard(person: Person) -> None:
    person.open("/ingresar")
    person.page.keyboard.press("Tab")
    assert person.page.evaluate("document.activeElement.textContent") == "Ir al contenido"
    person.page.keyboard.press("Enter")
    reached = []
    for _ in range(8):
        person.page.keyboard.press("Tab")
        reached.append(person.page.evaluate("document.activeElement.name || document.activeElement.textContent"))
    assert [name for name in reached if name in {"username", "password", "captcha"}] == [
        "username",
        "password",
        "captcha",
    ]


def test_password_is_changed_forgotten_and_found_again(person: Person, request: pytest.FixtureRequest) -> None:
    username, email = PEOPLE[request.node.callspec.params["person"]]
    person.log_in_by_code(username, PASSWORD, email)
    person.open("/clave")
    person.look("password")
    person.type(old_password=PASSWORD, new_password="corta", new_password_repeated="corta")
    person.press("Enviar")
    assert person.page.title().startswith("Error: ")
    person.look("password-wrong")
    person.type(old_password=PASSWORD, new_password="Faro-lento-52", new_password_repeated="Faro-lento-52")
    person.press("Enviar")
    assert person.heading() == "Tu contraseña cambió"
    person.look("password-changed")
    assert "contraseña de su casilla se cambió" in " ".join(person.mail(email, "contraseña cambió").split())
    person.press("Salir")
    person.look("logged-out")
    person.page.go_back()
    person.open("/clave")
    assert person.path() == "/ingresar"

    link = _forget(person, username, email)
    person.put_clock_forward(2 * 24 * 60 + 1)
    person.open(link)
    assert person.heading() == "Este enlace venció"
    person.look("reset-expired")
    person.press("Enviar un enlace nuevo")
    assert person.heading() == "Te enviamos un enlace nuevo"
    person.look("reset-renewed")
    renewed = link_in(person.mail(email, "nueva contraseña", after=1), "/recuperar/")
    assert renewed != link
    _choose(person, renewed, "Faro-veloz-53")
    assert person.heading() == "Tu contraseña cambió"
    person.look("reset-done")
    person.open(renewed)
    assert person.heading() == "Este enlace no sirve"
    person.look("reset-used")
    person.log_in_by_code(username, "Faro-veloz-53", email)
    assert person.path() == "/casilla"


def _forget(person: Person, username: str, email: str) -> str:
    person.open("/ingresar")
    person.follow("¿Olvidaste tu contraseña?")
    person.look("reset-request")
    is_company = username.startswith("8-")
    person.page.get_by_label("Persona Jurídica" if is_company else "Persona Natural").check()
    person.page.get_by_label("Tipo Documento").select_option("RUC" if is_company else "DNI")
    person.type(document_number=username.partition("-")[2].partition(".")[0], email=email)
    person.press("Continuar")
    assert person.heading() == "Revisa tu correo"
    person.look("reset-requested")
    return link_in(person.mail(email, "nueva contraseña"), "/recuperar/")


def _choose(person: Person, link: str, password: str) -> None:
    person.open(link)
    assert person.heading() == "Cambio de contraseña"
    person.type(new_password=password, new_password_repeated=password)
    person.press("Guardar")


def test_a_change_is_contested_from_its_mail_and_the_mailbox_freezes(person: Person) -> None:
    username, email = ("1-40000010", "juan.10@ejemplo.pe")
    person.open("/no-fui-yo")
    person.look("contest-code")
    person.type(code="ABCD-EFGH")
    person.press("Continuar")
    assert person.page.title().startswith("Error: ")
    assert person.page.locator("[name=code]").input_value() == "ABCD-EFGH"
    person.look("contest-code-wrong")
    person.open("/no-fui-yo/nada")
    person.look("contest-over")
    if not person.has_script:  # one mailbox freezes once
        return
    link = _forget(person, username, email)
    _choose(person, link, "Faro-lejano-55")
    person.open(link_in(person.mail(email, "contraseña cambió"), "/no-fui-yo/"))
    assert person.heading() == "¿No fuiste tú?"
    person.look("contest")
    person.press("No fui yo: congelar la casilla")
    assert person.heading() == "Tu casilla está congelada"
    person.look("contest-frozen")
