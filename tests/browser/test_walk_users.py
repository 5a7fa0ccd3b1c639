"""The users of a mailbox and one's own data, walked in a real browser from the outbox's link to the locked door."""

from __future__ import annotations

from dataclasses import replace

import pytest

from infra.local.demo_data import PASSWORD
from tests.browser.person import Person, code_in, link_in
from tests.local_run import wait_until

pytestmark = [pytest.mark.ministack, pytest.mark.browser]

OWN = "Faro-lento-verde-52"
MAILBOX = "1-40000002"
PRINCIPAL = "maria.02@ejemplo.pe"
ANA, ANAS = f"{MAILBOX}.40000091", "ana.91@ejemplo.pe"


def _words(person: Person) -> str:
    return str(person.page.locator("main").inner_text())


def _open_menu(person: Person, name: str) -> None:
    """Open what can be done about a user by keyboard; it closes by Escape, which leads back to its button."""
    menu = person.page.locator("summary", has_text=name)
    menu.press("Enter")
    assert person.page.locator("details[open]").count() == 1
    if person.has_script:
        person.page.keyboard.press("Tab")
        person.page.keyboard.press("Escape")
        assert person.page.locator("details[open]").count() == 0
        assert menu.evaluate("one => one === document.activeElement")
        menu.press("Enter")


def _type_user(person: Person, number: str, email: str) -> None:
    person.page.get_by_label("Tipo Documento").select_option("DNI")
    person.type(document_number=number, name="Ana Torres Demo", email=email, mobile="987 654 321")


def _at_another_computer(person: Person) -> Person:
    context = person.page.context.browser
    assert context is not None
    other = replace(person, page=context.new_page(), seen=[], sent=None)
    other.page.set_default_timeout(15_000)
    return other


@pytest.mark.parametrize("person", ["phone"], indirect=True)
def test_a_user_is_added_activated_disabled_and_enabled_again(person: Person) -> None:
    person.put_clock_forward(61)  # what other walks asked for within the hour counts no more
    person.log_in_by_code(MAILBOX, _recover(person), PRINCIPAL)
    person.follow("Usuarios")
    assert person.heading() == "Usuarios: 2 de 5"
    person.look("users")
    _add_after_the_validation_expired(person)
    new = _at_another_computer(person)
    _activate(new)
    _give_up_the_mobile(new)

    person.open("/usuarios")
    _open_menu(person, "Ana Torres Demo")
    person.look("users-menu")
    person.follow("Deshabilitar a Ana Torres Demo")
    assert person.heading() == "¿Deshabilitar a Ana Torres Demo?"
    person.look("user-disable")
    person.press("Deshabilitar")
    person.look("user-disabled")
    new.follow("Mi perfil")
    assert new.path() == "/ingresar"
    person.put_clock_forward(2)
    new.log_in_by_code(ANA, OWN, ANAS)
    assert "Comunícate con el usuario principal" in _words(new)

    _open_menu(person, "Ana Torres Demo")
    person.press("Habilitar (Ana Torres Demo)")
    assert "puede ingresar otra vez" in person.page.get_by_role("status").inner_text()
    person.put_clock_forward(2)
    new.log_in_by_code(ANA, OWN, ANAS)
    assert new.path() == "/casilla"
    new.page.close()
    _fill_the_mailbox(person)


def _give_up_the_mobile(person: Person) -> None:
    """Only by ticking it, where another user has a mobile."""
    person.open("/perfil/celular")
    person.look("mobile")
    person.type(mobile="")
    person.press("Guardar")
    assert person.page.title().startswith("Error: ")
    person.look("mobile-empty")
    person.page.get_by_label("Quitar mi celular").check()
    person.press("Guardar")
    assert person.path() == "/perfil"
    assert person.begins_with_outcome()
    person.look("mobile-removed")


def _recover(person: Person) -> str:
    """Make the principal's password a known one, whatever other walks made of it."""
    before = sum("/recuperar/" in mail["text"] for mail in person.run.outbox() if mail["to"] == PRINCIPAL)
    person.open("/olvide-mi-clave")
    person.page.get_by_label("Persona Natural").check()
    person.page.get_by_label("Tipo Documento").select_option("DNI")
    person.type(document_number=MAILBOX.partition("-")[2], email=PRINCIPAL)
    person.press("Continuar")
    person.open(link_in(person.mail(PRINCIPAL, "nueva contraseña", after=before), "/recuperar/"))
    person.type(new_password=OWN, new_password_repeated=OWN)
    person.press("Guardar")
    return OWN


def _add_after_the_validation_expired(person: Person) -> None:
    person.follow("Agregar un usuario")
    person.look("user-new")
    person.press("Continuar")
    assert person.page.title().startswith("Error: ")
    person.look("user-new-wrong")
    _type_user(person, ANA.partition(".")[2], ANAS)
    person.put_clock_forward(21)
    before = person.mails(PRINCIPAL)
    person.press("Continuar")
    assert person.heading() == "Confirma que eres tú"
    person.press("Prefiero recibir un código en mi correo")
    wait_until(lambda: person.mails(PRINCIPAL) > before, 15)
    person.type(password=OWN, code=code_in(person.mail(PRINCIPAL, "código")))
    person.press("Confirmar")
    assert person.heading() == "Revisa lo que escribiste"
    assert ANAS in _words(person)
    person.look("user-kept")
    person.press("Enviar ahora")
    person.look("user-check")
    person.press("Agregar usuario")
    assert person.heading() == "Usuarios: 3 de 5"
    assert "Agregamos a Ana Torres Demo" in person.page.get_by_role("status").inner_text()
    person.look("user-added")


def _activate(new: Person) -> None:
    new.open(link_in(new.mail(ANAS, "Active su acceso"), "/activar/"))
    new.look("activation")
    new.type(new_password=OWN, new_password_repeated=OWN)
    new.press("Activar mi acceso")
    assert new.heading() == "Tu acceso está activo"
    new.look("activation-done")
    new.log_in_by_code(ANA, OWN, ANAS)
    assert new.heading() == "Lee y acepta los textos vigentes"
    new.look("texts-due")
    new.press("Aceptar y continuar")
    assert new.heading() == "Lee y acepta los textos vigentes"
    new.look("texts-due-wrong")
    for name in ("accept_terms", "accept_privacy"):
        new.page.locator(f"[name={name}]").check()
    new.press("Aceptar y continuar")
    assert new.path() == "/casilla"
    new.open("/usuarios")
    assert "Solo el usuario principal" in _words(new)
    new.look("users-secondary")


def _fill_the_mailbox(person: Person) -> None:
    for last in ("92", "93"):
        person.open("/usuarios/agregar")
        _type_user(person, f"400000{last}", f"ana.{last}@ejemplo.pe")
        person.press("Continuar")
        person.press("Agregar usuario")
    assert person.heading() == "Usuarios: 5 de 5"
    assert "es el máximo" in _words(person)
    assert person.page.get_by_role("link", name="Agregar un usuario").count() == 0
    person.look("users-full")


@pytest.mark.parametrize("person", ["no-script"], indirect=True)
def test_the_own_email_changes_by_a_code_and_other_sessions_end(person: Person) -> None:
    username, old, new = "8-20100000009.40000033", "pedro.33@ejemplo.pe", "pedro.nuevo@ejemplo.pe"
    person.log_in_by_code(username, PASSWORD, old)
    elsewhere = _at_another_computer(person)
    person.put_clock_forward(2)
    elsewhere.log_in_by_code(username, PASSWORD, old)
    person.follow("Mi perfil")
    person.look("profile")
    person.page.locator("a[href='/perfil/correo']").click()
    person.type(email=new, email_again="otro@ejemplo.pe", password=PASSWORD)
    person.press("Enviar el código")
    assert "no son iguales" in _words(person)
    person.look("profile-email-wrong")
    person.type(email=new, email_again=new, password="Otra-clave-8")
    person.press("Enviar el código")
    assert "La contraseña no es correcta" in _words(person)
    person.look("profile-email-password-wrong")
    person.type(password=PASSWORD)
    person.press("Enviar el código")
    assert person.heading() == "Verifica tu nuevo correo"
    person.look("profile-email-code")
    person.type(code=code_in(person.mail(new, "Verifique su nuevo correo")))
    person.press("Verificar")
    assert "Verificaste tu nuevo correo" in person.page.get_by_role("status").inner_text()
    assert new in _words(person)
    person.look("profile-email-waits")
    assert "p***@ejemplo.pe" in person.mail(old, "Pidieron cambiar su correo")
    person.press("Cerrar las demás sesiones")
    assert "No tienes otras sesiones abiertas" in _words(person)
    person.look("profile-alone")
    elsewhere.open("/perfil")
    assert elsewhere.path() == "/ingresar"
    elsewhere.page.close()
