"""The guide that people know (S1), step by step, and the eight questions (S0): each page has the labels they give."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from stdnum.pe import cui

from tests.browser.person import Person, code_in, link_in
from tests.deposit_world import PDF

pytestmark = [pytest.mark.ministack, pytest.mark.browser]

OWN, NEW = "Faro-lento-52", "Faro-veloz-53"
MAIL, CREDENTIALS = "Validación de Correo Electrónico", "Credenciales de Acceso"
GIVEN = {"number": "99000001", "paternal_surname": "Prueba", "maternal_surname": "Ejemplo", "given_names": "Rosa"}
COMPANY = {"ruc": "20990000019", "legal_name": "Empresa de Prueba S.A.C.", "district": "Miraflores"}
QUESTIONS = (
    "¿Qué es una casilla electrónica?",
    "¿Cómo solicito una casilla electrónica?",
    "¿Cuántos usuarios por casilla electrónica puedo solicitar?",
    "¿Qué puedo hacer si olvido mi contraseña?",
    "¿Qué significa que mi correo electrónico no ha sido activado?",
    "¿Qué significa que mi usuario de la casilla electrónica está deshabilitado?",
    "¿Por qué se me pide volver a iniciar sesión para acceder a mi casilla electrónica?",
    "¿Cuáles son mis obligaciones como administrado?",
)
PERSON = (
    *("Tipo Documento", "Número de documento", "Apellido Paterno", "Apellido Materno", "Nombres", "Fecha Nacimiento"),
    *("Sexo", "Teléfono/Celular", "Correo Electrónico", "Repetir Correo Electrónico", "Fecha de emisión", "CUI"),
)
FIRM = (
    *("Número de RUC", "Razón Social", "Distrito", "Teléfono/Celular"),
    *("Correo Electrónico", "Repetir Correo Electrónico"),
)
COLUMNS = (
    *("Año", "Asunto", "Dependencia", "Emisor", "Tipo de documento", "Núm. documento de emisión"),
    *("Fecha de emisión", "Fecha de envío"),
)
NOTICE = (
    *("Expediente", "Número de Expediente", "Fecha de Expediente", "Remite", "Dependencia", "Firmado por"),
    *("Elaborado por", "Documento", "Tipo de documento", "Número", "Asunto", "Fecha"),
)
TERMS = "He leído y estoy de acuerdo con los términos y condiciones del Sistema de Notificaciones Electrónicas"
PRIVACY = (
    "He leído y estoy de acuerdo con la Política de Privacidad de datos personales. DECLARO BAJO JURAMENTO que los"
    " datos consignados en la presente solicitud responden a la verdad."
)
DETAILS = {
    "recipient": {"document_type": "DNI", "document_number": GIVEN["number"]},
    "case_file": {"number": "GUIA-0001", "opened_on": "2026-01-05"},
    "document": {
        "type": "Carta",
        "number": "0125-2026",
        "subject": "Se comunica la guía de usuario",
        "issued_at": "2026-01-05T16:30:00-05:00",
        "office": "Dirección de Autorizaciones",
        "signed_by": "Directora",
        "prepared_by": "Mesa de Autorizaciones",
    },
}
_NAMED = """(main) => [...main.querySelectorAll('legend, label, form strong')]
  .filter((part) => part.offsetParent && !part.closest('.option') && !part.closest('fieldset fieldset, .date'))
  .map((part) => part.innerText.trim())"""


def _has(person: Person, *labels: str) -> None:
    """Hold a page, once it is there, to labels: each is shown as it stands in the seed."""
    missing = list(labels)
    for _ in range(50):
        shown = {" ".join(text.split()) for text in person.page.locator("body :visible").all_inner_texts()}
        missing = [label for label in labels if label not in shown]
        if not missing:
            return
        person.page.wait_for_timeout(100)
    pytest.fail(f"{person.path()} lacks {missing}")


def _asks_in_order(person: Person, labels: tuple[str, ...]) -> None:
    asked = person.page.locator("main").evaluate(_NAMED)
    assert [one for one in asked if one in labels] == list(labels), asked


def _begin(person: Person, kind: str) -> None:
    """4.3: *Regístrate*, both texts, *Tipo de Persona*."""
    person.put_clock_forward(61)
    person.open("/ingresar")
    _has(person, "Usuario", "Contraseña", "Iniciar sesión", "¿Aún no tienes una cuenta? Regístrate")
    person.follow("Regístrate")
    for name, sentence in (("terms", TERMS), ("privacy", PRIVACY)):
        person.look(f"seeds-{name}")
        person.page.get_by_label(sentence, exact=True).check()
        person.press("Aceptar")
    _has(person, "Tipo de Persona", "Persona Natural", "Persona Jurídica", "Continuar", "Regresar")
    person.look("seeds-type")
    person.page.get_by_label(kind).check()
    person.press("Continuar")
    _has(person, "Continuar", "Regresar")


def _type_dates(person: Person) -> None:
    person.type_day("birth_date", "15", "3", "1990")
    person.type_day("issue_date", "10", "1", "2020")
    person.page.get_by_label("Femenino").check()


def _log_in_first(person: Person, email: str, username: str, greeting: str) -> None:
    """*Credenciales de Acceso*, *Iniciar sesión*, a password of one's own, *Casilla Electrónica*."""
    mail = person.mail(email, CREDENTIALS)
    assert f"Usuario: {username}" in " ".join(mail.split())
    [temporary] = re.findall(r"Contraseña:?\s+(\S+)", mail)
    person.log_in_by_code(username, temporary, email)
    _has(person, f"Usuario: {username}", "Clave Antigua", "Clave Nueva", "Repetir Clave Nueva", "Enviar")
    person.look("seeds-password")
    person.type(old_password=temporary, new_password=OWN, new_password_repeated=OWN)
    person.press("Enviar")
    person.follow("Ir a mi casilla")
    assert person.heading() == "Casilla Electrónica"
    assert greeting in " ".join(person.page.locator(".who p").inner_text().split())
    assert username not in person.page.locator(".who").inner_text()


@pytest.mark.parametrize("person", ["phone"], indirect=True)
def test_a_person_goes_through_the_guide(person: Person, tmp_path: Path) -> None:
    email = "guia.01@ejemplo.pe"
    _read_the_questions(person)
    _begin(person, "Persona Natural")
    _fill_in(person, email)
    _prove_the_address(person, email)
    _log_in_first(person, email, f"1-{GIVEN['number']}", "Bienvenida/o ROSA PRUEBA EJEMPLO Tu verificación")
    _read_a_notice(person, tmp_path)
    _search_and_export(person)
    _recover(person, email)


def _read_the_questions(person: Person) -> None:
    """4.1 and 4.2: the way in, and the questions of S0 with their answers."""
    person.open("/")
    assert person.page.get_by_role("link", name="Normativas").first.is_visible()
    assert person.page.locator("footer").get_by_text("ayuda@casilla.example").is_visible()
    person.follow("Preguntas frecuentes")
    _has(person, *QUESTIONS)
    for question in QUESTIONS:
        asked = person.page.locator("details", has=person.page.get_by_text(question, exact=True))
        asked.locator("summary").click()
        assert asked.locator("p, li").first.is_visible()
    person.look("seeds-questions")


def _fill_in(person: Person, email: str) -> None:
    """4.3.3: the fields, e-mails that differ, and a mismatch with RENIEC that keeps what was typed."""
    _asks_in_order(person, PERSON)
    person.type(**GIVEN, cui=cui.calc_check_digits(GIVEN["number"])[0], phone="987654321")
    person.type(email=email, email_again="otro@ejemplo.pe")
    _type_dates(person)
    person.press("Continuar")
    assert "Los dos correos no son iguales" in person.page.locator(".error-summary").inner_text()
    person.type(email_again=email, given_names="Otra")
    person.press("Continuar")
    person.press("Registrar")
    assert "Los datos no coinciden con los de RENIEC" in person.page.locator(".error-summary").inner_text()
    assert person.page.locator("[name=paternal_surname]").input_value() == GIVEN["paternal_surname"]
    person.look("seeds-person-denied")
    person.type(given_names=GIVEN["given_names"])
    person.press("Continuar")
    person.look("seeds-review")
    person.press("Registrar")


def _prove_the_address(person: Person, email: str) -> None:
    """*Verificación de correo*, *Clave de validación*, *Validar*."""
    assert person.heading() == "Verificación de correo"
    _has(person, "Clave de validación", "Validar")
    person.look("seeds-mail-code")
    mail = person.mail(email, MAIL)
    for said in ("Clave de validación:", "Validar Correo:", "Si recibió este mensaje por error", "no lo responda"):
        assert said in mail
    person.type(code="AAAAAA")
    person.press("Validar")
    assert person.page.title().startswith("Error: ")
    code = code_in(mail)
    person.type(code=f" {code[:3].lower()} - {code[3:].lower()} ")
    person.press("Validar")
    assert person.heading() == "Revisa tu correo"
    person.look("registered")


def _read_a_notice(person: Person, folder: Path) -> None:
    """4.5.1: *Pendientes por leer*, *Ver*, what a document tells, its files, *Leídos*."""
    document, annexes = folder / "carta.pdf", [folder / "uno.csv", folder / "dos.csv"]
    document.write_bytes(PDF)
    for annex in annexes:
        annex.write_text(f"{annex.stem},1\n", "utf-8")
    person.run.sender().deposit(DETAILS, document, annexes)
    person.open("/casilla")
    person.follow("Actualizar")
    head = str(person.page.locator(".notices thead").text_content())  # a phone shows a part of it
    assert all(column in head for column in COLUMNS), head
    person.look("seeds-pending")
    person.page.get_by_role("link", name=re.compile(r"^Ver\b ?:")).click()
    person.press("Abrir la notificación")
    _has(person, *NOTICE)
    person.look("seeds-notice")
    with person.page.expect_download() as got:
        person.follow("Descargar documento original")
    assert Path(got.value.path()).read_bytes() == PDF
    assert person.page.get_by_role("button", name=re.compile("^Descargar anexos")).is_visible()
    assert person.page.get_by_role("link", name=re.compile("^Descargar constancia")).is_visible()
    person.open("/casilla?vista=leidos")
    assert person.page.get_by_role("link", name="Leídos").get_attribute("aria-current") == "page"


def _search_and_export(person: Person) -> None:
    """Search, *Limpiar*, and the list as Excel and PDF."""
    for kind in ("Excel", "PDF"):
        assert person.page.get_by_role("button", name=f"Exportar a {kind}").is_visible()
    person.follow("Buscar")
    person.page.locator("[name=valor]").first.fill("guia")
    person.page.locator("main").get_by_role("button", name="Buscar", exact=True).last.click()
    assert person.page.get_by_role("link", name=re.compile("Se comunica la guía de usuario")).is_visible()
    person.look("seeds-search")
    person.follow("Limpiar")
    assert person.page.locator("[name=valor]").first.input_value() == ""


def _recover(person: Person, email: str) -> None:
    """4.4: *¿Olvidaste tu contraseña?*, *Ingrese aquí*, a link that expired and brings another, *Guardar*."""
    person.press("Salir")
    person.follow("¿Olvidaste tu contraseña?")
    _has(person, "Tipo de Persona", "Tipo Documento", "Número de documento", "Correo Electrónico", "Continuar")
    person.page.get_by_label("Persona Natural").check()
    person.page.get_by_label("Tipo Documento").select_option("DNI")
    person.type(document_number=GIVEN["number"], email=email)
    person.press("Continuar")
    mail = person.mail(email, "nueva contraseña")
    assert "Ingrese aquí:" in mail
    person.put_clock_forward(2 * 24 * 60 + 1)
    person.open(link_in(mail, "/recuperar/"))
    assert person.heading() == "Este enlace venció"
    person.look("seeds-link-expired")
    person.press("Enviar un enlace nuevo")
    person.open(link_in(person.mail(email, "nueva contraseña", after=1), "/recuperar/"))
    assert person.heading() == "Cambio de contraseña"
    _has(person, "Contraseña nueva", "Repetir contraseña nueva", "Guardar")
    person.look("seeds-new-password")
    person.type(new_password=NEW, new_password_repeated=NEW)
    person.press("Guardar")
    assert person.heading() == "Tu contraseña cambió"


@pytest.mark.parametrize("person", ["phone"], indirect=True)
def test_a_company_goes_through_the_guide_by_the_link(person: Person) -> None:
    """4.3.5."""
    email = f"empresa.{COMPANY['ruc'][-2:]}@ejemplo.pe"
    _begin(person, "Persona Jurídica")
    _has(person, "Tipo Documento", *FIRM)
    person.look("company-form")
    representative = {**GIVEN, "cui": cui.calc_check_digits(GIVEN["number"])[0]}
    person.type(**{**COMPANY, "district": "Otro distrito"}, **representative, page="11012345", entry="C00012")
    person.type(phone="987654322", email=email, email_again=email)
    _type_dates(person)
    person.press("Continuar")
    person.press("Registrar")
    assert person.page.title().startswith("Error: ")
    assert person.page.locator("[name=legal_name]").input_value() == COMPANY["legal_name"]
    person.look("company-denied")
    person.type(district=COMPANY["district"])
    person.press("Continuar")
    person.press("Registrar")
    link = link_in(person.mail(email, MAIL), "/verificar-correo/")
    for _ in range(2):  # opening it uses nothing up
        person.open(link)
        assert person.heading() == "Verificación de correo"
    person.look("mail-link")
    person.press("Validar Correo")
    assert person.heading() == "Revisa tu correo"
    person.open(link)
    person.look("mail-link-used")
    greeting = "Bienvenida/o ROSA PRUEBA EJEMPLO Casilla de EMPRESA DE PRUEBA S.A.C."
    _log_in_first(person, email, f"8-{COMPANY['ruc']}", greeting)
