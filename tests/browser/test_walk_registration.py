"""A person gets a mailbox without JavaScript, or after somebody looked; by the guide see `test_walk_seeds.py`."""

from __future__ import annotations

import re

import pytest
from stdnum.pe import cui

from tests.browser.person import Person, code_in
from tests.local_run import operate

pytestmark = [pytest.mark.ministack, pytest.mark.browser]

SUBJECT = "Validación de Correo Electrónico"
OWN = "Faro-lento-52"
GIVEN = {
    "number": "99000002",
    "paternal_surname": "Ficticio",
    "maternal_surname": "Supuesto",
    "given_names": "José Ángel",
}


def _begin(person: Person, kind: str) -> None:
    person.put_clock_forward(61)  # several registrations in an hour from one address would be asked for a captcha
    person.open("/")
    person.look("home")
    person.follow("Regístrate")
    person.look("terms")
    person.press("Aceptar")
    assert person.page.title().startswith("Error: ")
    for name in ("terms", "privacy"):
        person.page.locator("[name=accepted]").check()
        person.press("Aceptar")
        person.look(f"after-{name}")
    person.page.get_by_label(kind).check()
    person.press("Continuar")


def _log_in_first(person: Person, email: str, username: str) -> None:
    mail = person.mail(email, "Credenciales de Acceso")
    assert username in mail
    [temporary] = re.findall(r"Contraseña:?\s+(\S+)", mail)
    person.log_in_by_code(username, temporary, email)
    assert person.path() == "/clave"
    person.look("first-login")
    person.type(old_password=temporary, new_password=OWN, new_password_repeated=OWN)
    person.press("Enviar")
    person.follow("Ir a mi casilla")
    assert person.path() == "/casilla"
    person.press("Salir")
    person.put_clock_forward(2)  # one code a minute
    person.log_in_by_code(username, OWN, email)
    assert person.path() == "/casilla"


@pytest.mark.parametrize("person", ["no-script"], indirect=True)
def test_a_person_registers_by_the_code(person: Person) -> None:
    given, email = GIVEN, "persona.02@ejemplo.pe"
    _begin(person, "Persona Natural")
    person.look("person-form")
    person.type(**given, cui="X", email=email, email_again="otro@ejemplo.pe")
    person.type_day("birth_date", "31", "2", "1990")
    person.press("Continuar")
    assert person.page.title().startswith("Error: ")
    assert person.page.locator("[name=given_names]").input_value() == given["given_names"]
    person.look("person-form-wrong")
    right = cui.calc_check_digits(given["number"])[0]
    person.type(cui=right, phone="987654321", email_again=email)
    person.type_day("birth_date", "15", "marzo", "1990")
    person.type_day("issue_date", "10", "01", "2020")
    person.page.get_by_label("Femenino").check()
    person.press("Continuar")
    person.look("review")
    person.page.get_by_role("link", name="Cambiar").nth(1).click()
    person.press("Continuar")
    person.press("Registrar")
    person.look("mail-code")
    person.type(code="AAAAAA")
    person.press("Validar")
    assert person.page.title().startswith("Error: ")
    code = code_in(person.mail(email, SUBJECT))
    person.type(code=f" {code[:3].lower()} - {code[3:].lower()} ")
    person.press("Validar")
    assert person.heading() == "Revisa tu correo"
    person.look("registered")
    _log_in_first(person, email, f"1-{given['number']}")


@pytest.mark.parametrize("person", ["phone"], indirect=True)
def test_who_nobody_could_confirm_is_told_what_to_show_and_gets_in_after_a_yes(person: Person) -> None:
    email, number = "persona.07@ejemplo.pe", "99000007"
    _begin(person, "Persona Natural")
    person.type(
        number=number,
        cui=cui.calc_check_digits(number)[0],
        paternal_surname="Completa",
        maternal_surname="Ampliada",
        given_names="Iris",
    )
    person.type_day("birth_date", "15", "3", "1990")
    person.type_day("issue_date", "10", "1", "2020")
    person.type(phone="987654327", email=email, email_again=email)
    person.page.get_by_label("Femenino").check()
    person.press("Continuar")
    person.press("Registrar")
    person.type(code=code_in(person.mail(email, SUBJECT)))
    person.press("Validar")
    assert person.heading() == "Falta comprobar tu identidad"
    person.look("held")
    [reference] = re.findall(r"[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}", person.page.locator("main").inner_text())
    assert reference in person.mail(email, "Falta comprobar su identidad")
    code, said, _ = operate(
        person.run.state, f"registrations approve {reference} --reason 'DNI visto' --operator rquispe"
    )
    assert code == 0, said
    person.follow("Ver si ya se decidió")
    assert person.heading() == "Revisa tu correo"
    _log_in_first(person, email, f"1-{number}")
