"""At the desk: a password restored when little is left of its day, and a passport holder who gets in."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import FilePayload

from tests.browser.person import Person
from tests.browser.test_walk_console_pages import _log_in, _who
from tests.browser.test_walk_registration import OWN, _log_in_first
from tests.deposit_world import a_pdf

pytestmark = [pytest.mark.ministack, pytest.mark.browser]
COPY: FilePayload = {"name": "copia.pdf", "mimeType": "application/pdf", "buffer": a_pdf("Copia de ejemplo")}
FIRST, SECOND = "40000061", "40000063"
BEREAVED = "20100000017"
HOLDER, NUMBER, EMAIL = "20100000009", "40000033", "pedro.33@ejemplo.pe"


def _change_officer(person: Person, number: str) -> None:
    person.open("/entidad")
    if person.page.get_by_role("button", name="Salir", exact=True).count():  # days may have passed, or the run be busy
        person.press("Salir")
    _log_in(person, _who(number))


def _address_in(text: str, page: str) -> str:
    return str(urlsplit(re.findall(rf"https?://\S+{page}\S+", text)[-1]).path)


def test_a_password_is_restored_by_two_officers_before_its_day_is_over(person: Person) -> None:
    _log_in(person, _who(FIRST))
    person.follow("Restauraciones")
    person.follow("Registrar un pedido")
    person.look("desk-recovery-new")
    person.press("Registrar el pedido")
    assert person.page.title().startswith("Error: ")
    person.look("desk-recovery-new-wrong")
    person.page.locator("[name=document_type]").select_option("RUC")
    person.type(document_number=HOLDER, own_number=NUMBER)
    person.page.get_by_label("Olvidó su contraseña").check()
    person.page.locator("[name=file]").set_input_files(COPY)
    person.press("Registrar el pedido")
    assert person.path() == "/entidad/restauraciones", person.page.locator("main").inner_text()
    person.look("desk-recoveries")
    person.mail(EMAIL, "mesa de partes")

    person.put_clock_forward(21 * 60)
    _change_officer(person, SECOND)
    person.follow("Restauraciones")
    assert "quedan 2 h" in person.page.locator("main").inner_text()
    person.look("desk-recoveries-pressing")
    person.page.locator("tbody th a").first.click()
    person.look("desk-recovery")
    before = person.mails(EMAIL)
    person.press("Aprobar y enviar el enlace")
    assert person.path() == "/entidad/restauraciones"
    person.look("desk-recoveries-sent")
    text = person.mail(EMAIL, "Cree una nueva contraseña")
    assert person.mails(EMAIL) > before
    person.open(_address_in(text, "/recuperar/"))
    assert person.page.locator("[name=new_password]").is_visible()


def test_a_passport_holder_is_registered_proves_the_e_mail_and_gets_in(
    person: Person, request: pytest.FixtureRequest
) -> None:
    number = {"phone": "XD123451", "no-script": "XD123452"}[request.node.callspec.params["person"]]
    email = f"pasaporte.{number[-1]}@ejemplo.pe"
    _change_officer(person, FIRST)
    person.follow("Registros")
    person.look("desk-registrations")
    person.follow("Registrar en persona")
    person.page.get_by_label("Pasaporte", exact=True).first.check()
    person.look("desk-registration-new")
    person.press("Revisar")
    assert person.page.title().startswith("Error: ")
    person.look("desk-registration-new-wrong")
    person.type(number=number, paternal_surname="Ficción", given_names="Anna", phone="987654331")
    person.type(email=email, email_again=email)
    person.type_day("birth_date", "9", "7", "1988")
    person.press("Revisar")
    assert person.heading() == "Revisa el registro"
    person.look("desk-registration-check")
    person.page.locator("[name=file]").set_input_files(COPY)
    person.page.get_by_label("Comparé a la persona").check()
    person.press("Registrar")
    person.page.wait_for_load_state()
    assert person.path() == "/entidad/registros", person.page.locator("main").inner_text()
    person.look("desk-registrations-taken")
    link = _address_in(person.mail(email, "Confirme su correo"), "/verificar-correo/")
    person.open(link)
    person.look("desk-mail-link")
    person.press("Validar Correo")
    assert person.page.title().startswith("Error: ")
    person.look("desk-mail-link-wrong")
    person.type(number=number)
    person.press("Validar Correo")
    person.look("desk-mail-link-held")

    _change_officer(person, SECOND)
    person.follow("Registros")
    person.look("desk-registrations-waiting")
    person.page.locator("table").first.locator("tbody th a").last.click()
    assert number in person.page.locator("main").inner_text()
    person.look("desk-registration")
    person.press("Aprobar y abrir la casilla")
    assert person.path() == "/entidad/registros"
    person.press("Salir")
    _log_in_first(person, email, f"7-{number}")


def _type_form(person: Person, number: str, email: str) -> None:
    person.page.get_by_label("Pasaporte", exact=True).first.check()
    person.type(number=number, paternal_surname="Ficción", given_names="Iris", phone="987654332")
    person.type(email=email, email_again=email)
    person.type_day("birth_date", "8", "5", "1979")
    person.press("Revisar")
    assert person.heading() == "Revisa el registro"


def _register(person: Person) -> None:
    person.page.locator("[name=file]").set_input_files(COPY)
    person.page.get_by_label("Comparé a la persona").check()
    person.press("Registrar")
    person.page.wait_for_load_state()
    assert person.path() == "/entidad/registros", person.page.locator("main").inner_text()


@pytest.mark.parametrize("person", ["phone"], indirect=True)
def test_a_misread_address_is_mended_by_another_officer_and_its_link_opens_nothing(person: Person) -> None:
    _change_officer(person, FIRST)
    person.open("/entidad/registros/nuevo")
    _type_form(person, "XD123461", "irisx@ejemplo.pe")
    _register(person)
    link = _address_in(person.mail("irisx@ejemplo.pe", "Confirme su correo"), "/verificar-correo/")
    person.put_clock_forward(5 * 24 * 60 + 1)

    _change_officer(person, SECOND)
    person.follow("Registros")
    person.look("desk-registrations-awaited")
    person.page.locator("tbody th a").last.click()
    person.look("desk-registration-awaited")
    person.press("Anular")
    assert person.page.title().startswith("Error: ")
    person.look("desk-registration-awaited-wrong")
    person.follow("Corregir el correo")
    _type_form(person, "XD123461", "iris@ejemplo.pe")
    assert "la anterior se anula" in person.page.locator("main").inner_text()
    person.look("desk-registration-check-earlier")
    _register(person)
    assert "quedó anulada" in person.page.locator("main").inner_text()

    person.open(link)
    assert person.heading() == "No encontramos tu registro"
    person.put_clock_forward(7 * 24 * 60 + 1)
    _change_officer(person, SECOND)
    person.follow("Registros")
    assert "hay que registrarla otra vez" in person.page.locator("main").inner_text()
    person.look("desk-registrations-lapsed")


@pytest.mark.parametrize("person", ["phone"], indirect=True)
def test_a_company_whose_principal_died_gets_a_new_one_after_a_day(person: Person) -> None:
    _change_officer(person, FIRST)
    person.follow("Casillas")
    person.look("desk-petitions")
    person.follow("Nuevo representante de una empresa")
    person.look("desk-petition-new")
    person.press("Registrar el pedido")
    assert person.page.title().startswith("Error: ")
    person.look("desk-petition-new-wrong")
    _ask_principal(person, BEREAVED, "40000077", "Nora Nueva Demo", "nora.77@ejemplo.pe")
    person.look("desk-petitions-asked")
    person.mail("tomas.37@ejemplo.pe", "mesa de partes")

    _change_officer(person, SECOND)
    person.follow("Casillas")
    person.page.locator("tbody th a").first.click()
    assert "Nora Nueva Demo" in person.page.locator("main").inner_text()
    person.look("desk-petition")
    assert "Se puede aprobar desde el" in person.page.locator("main").inner_text()
    petition = person.path()
    person.put_clock_forward(24 * 60)
    _change_officer(person, SECOND)
    person.open(petition)
    person.look("desk-petition-decidable")
    person.press("Aprobar y hacer el cambio")
    assert person.path() == "/entidad/casillas", person.page.locator("main").inner_text()
    person.look("desk-petitions-done")
    person.press("Salir")
    letter = person.mail("nora.77@ejemplo.pe", "Active su acceso")
    assert "Usted es ahora el usuario principal" in letter
    [username] = re.findall(rf"8-{BEREAVED}\S*", letter)
    person.open(_address_in(letter, "/activar/"))
    person.look("desk-new-principal-activates")
    person.type(new_password=OWN, new_password_repeated=OWN)
    person.press("Activar mi acceso")
    person.log_in_by_code(username, OWN, "nora.77@ejemplo.pe")
    assert person.path() == "/textos"
    boxes = person.page.locator("main input[type=checkbox]")
    boxes.first.wait_for()  # the address is there before the page is
    for checkbox in boxes.all():
        checkbox.check()
    person.press("Aceptar y continuar")
    assert person.path() == "/casilla", person.page.locator("main").inner_text()
    assert "CONFECCIONES DEMO" in person.page.locator("body").inner_text()
    person.press("Salir")


@pytest.mark.parametrize("person", ["phone"], indirect=True)
def test_a_new_principal_whose_document_says_something_else_is_refused(person: Person) -> None:
    _change_officer(person, FIRST)
    person.follow("Casillas")
    person.follow("Nuevo representante de una empresa")
    _ask_principal(person, HOLDER, "40000078", "Nina Nueva Demo", "nina.78@ejemplo.pe")
    _change_officer(person, SECOND)
    person.follow("Casillas")
    person.page.locator("tbody th a").first.click()
    person.press("Rechazar")
    assert person.page.title().startswith("Error: ")
    person.page.get_by_label("El documento no dice lo mismo").check()
    person.press("Rechazar")
    assert person.path() == "/entidad/casillas"
    person.look("desk-petitions-refused")


def _ask_principal(person: Person, company: str, number: str, name: str, email: str) -> None:
    person.type(document_number=company, person_number=number, person_name=name)
    person.type(person_email=email, person_mobile=f"9876543{number[-2:]}", page="11012345", entry="C00099")
    person.page.get_by_label("Falleció").check()
    person.page.locator("[name=file]").set_input_files(COPY)
    person.press("Registrar el pedido")
    assert person.path() == "/entidad/casillas", person.page.locator("main").inner_text()
