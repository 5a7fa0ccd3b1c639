"""A foreigner registers with a carné de extranjería, waits for somebody to look at it, and gets in."""

from __future__ import annotations

import pytest

from tests.browser.person import Person, code_in
from tests.browser.test_walk_registration import SUBJECT, _begin, _log_in_first
from tests.local_run import operate

pytestmark = [pytest.mark.ministack, pytest.mark.browser]
GIVEN = {"paternal_surname": "Ficción", "given_names": "Anna Maria", "phone": "987654331"}


def test_who_has_a_carne_is_asked_for_nothing_of_a_dni_and_gets_in_after_a_yes(
    person: Person, request: pytest.FixtureRequest
) -> None:
    number = {"phone": "001234561", "no-script": "AB1234562"}[request.node.callspec.params["person"]]
    email = f"carne.{number[-1]}@ejemplo.pe"
    _begin(person, "Persona Natural")
    assert person.page.get_by_label("CUI").is_visible()
    person.page.get_by_label("Carné de extranjería").check()
    assert not person.page.get_by_label("CUI").is_visible()  # the style sheet does it, without JavaScript too
    assert not person.page.get_by_label("Femenino").is_visible()
    person.look("foreigner-form")
    person.press("Continuar")
    assert person.page.title().startswith("Error: ")
    assert not person.page.get_by_label("CUI").is_visible()
    person.look("foreigner-form-wrong")
    person.type(number=number.lower(), **GIVEN, email=email, email_again=email)
    person.type_day("birth_date", "9", "7", "1988")
    person.press("Continuar")
    person.look("foreigner-review")
    person.press("Registrar")
    person.type(code=code_in(person.mail(email, SUBJECT)))
    person.press("Validar")
    assert person.heading() == "Falta comprobar tu identidad"
    person.look("foreigner-waits")
    reference = person.page.locator("strong.symbols").inner_text()

    code, output, _ = operate(
        person.run.state, f"registrations show {reference} --reason 'Trajo su carné' --operator rquispe"
    )
    assert code == 0
    assert f"Anna Maria Ficción, CE {number}, nacimiento 09/07/1988" in output
    why = "--reason 'Carné visto' --operator rquispe"
    assert operate(person.run.state, f"registrations approve {reference} {why}")[0] == 0
    _log_in_first(person, email, f"4-{number}")
