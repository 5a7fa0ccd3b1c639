"""A carné de extranjería on the pages: what the form asks for, what the summary shows, what follows (REG-2)."""

from __future__ import annotations

from html import unescape

import pytest

from chalicelib.bootstrap.registration import registration_store
from chalicelib.domain.mailbox import DocumentType
from chalicelib.domain.registration.registration import Registration
from chalicelib.store import tables
from tests.browser_requests import text_of
from tests.handlers.api.registration.test_registration import site  # noqa: F401 - a fixture
from tests.handlers.web.registration.test_registration_pages import (  # noqa: F401 - fixtures
    COMPANY,
    Applicant,
    a_person_form,
    applicant,
    simulator,
)
from tests.handlers.web.registration.test_representative import Former, former  # noqa: F401 - fixtures

FORM = "/registro/persona-natural"
ENDS_LIKE_A_DNI = "990000013"
"""Nine digits of which the last is what a DNI of the first eight would have behind its dash."""


def of_a_carne(**overrides: str) -> dict[str, str]:
    """Fill the form in with a carné; what was typed before for a DNI is sent along by browsers that hide it."""
    typed = a_person_form(document_type="CE", number=ENDS_LIKE_A_DNI, cui="x", sex="", issue_date="no tiene")
    return {**typed, **overrides}


def stored(of: Applicant) -> Registration:
    [item] = tables.RegistrationItem.scan()
    found = registration_store(of.people.world.container).find(item.registration_key)
    assert found is not None
    return found


def test_a_carne_is_registered_step_by_step_and_waits(applicant: Applicant) -> None:  # noqa: F811
    asked = text_of(applicant.get(applicant.reach_form()))
    assert 'name="document_type" value="CE"' in asked
    assert 'value="PASAPORTE"' not in asked
    assert asked.count('class="of-dni"') == 2
    assert applicant.fill(FORM, of_a_carne()).headers["Location"] == "/registro/revisar"
    shown = text_of(applicant.get("/registro/revisar"))
    assert all(text in shown for text in ("Carné de extranjería", ENDS_LIKE_A_DNI, "15 de marzo de 1990"))
    assert not any(text in shown for text in ("CUI", "Sexo", "Fecha de emisión", "no tiene"))
    assert "ningún registro lo confirma en línea" in shown

    page = str(applicant.post("/registro/revisar").headers["Location"])
    applicant.post(page, code=applicant.code())

    one = stored(applicant)
    assert one.document == (DocumentType.CE, ENDS_LIKE_A_DNI)
    assert one.person is not None
    assert (one.person.cui, one.person.sex, one.person.issue_date) == ("", None, None)
    waits = text_of(applicant.get(page))
    assert "Falta comprobar tu identidad" in waits
    assert "el número del documento" in waits
    assert one.reference in waits


def test_each_mistake_is_told_beside_its_field_and_a_dnis_are_none(applicant: Applicant) -> None:  # noqa: F811
    applicant.reach_form()

    answer = applicant.fill(FORM, of_a_carne(number="123", birth_date="", given_names="李"))

    html = unescape(text_of(answer))
    assert answer.status_code == 422
    assert "El número de carné de extranjería no es correcto: debe tener de 9 a 12 letras o dígitos." in html
    assert "Completa «Fecha Nacimiento»." in html
    assert "Escríbelo con las letras con que figura en el documento" in html
    assert "Código de verificación" not in html
    assert 'id="cui-error"' not in html
    assert 'value="CE" checked' in html


def test_a_draft_from_before_the_question_is_a_dnis(applicant: Applicant) -> None:  # noqa: F811
    applicant.reach_review()
    shown = text_of(applicant.get("/registro/revisar"))

    assert "<dt>Tipo Documento</dt><dd>DNI</dd>" in shown
    assert "<dt>CUI</dt>" in shown


def test_a_passport_that_no_page_offers_is_told_at_the_end_beside_its_field(applicant: Applicant) -> None:  # noqa: F811
    applicant.reach_form()
    applicant.fill(FORM, of_a_carne(document_type="PASAPORTE", number="XX12345"))

    answer = applicant.post("/registro/revisar")

    assert answer.status_code == 422
    assert "Con pasaporte no se abre una casilla" in text_of(answer)
    assert 'id="document_type-error"' in text_of(answer)


def test_a_type_that_is_none_is_told_beside_its_field(applicant: Applicant) -> None:  # noqa: F811
    applicant.reach_form()

    assert "Elige una opción en «Tipo Documento»." in text_of(applicant.fill(FORM, of_a_carne(document_type="RUC")))


@pytest.mark.parametrize(("kind", "number"), [("CE", ENDS_LIKE_A_DNI), ("PASAPORTE", "xx 12345")])
def test_a_company_s_representative_may_have_another_document(applicant: Applicant, kind: str, number: str) -> None:  # noqa: F811
    form = applicant.reach_form("juridica")
    assert 'value="PASAPORTE"' in text_of(applicant.get(form))
    person = of_a_carne(document_type=kind, number=number)
    assert applicant.fill(form, {**COMPANY, **person}).headers["Location"] == "/registro/revisar"
    shown = text_of(applicant.get("/registro/revisar"))
    assert "Pasaporte" in shown if kind == "PASAPORTE" else "Carné de extranjería" in shown

    page = str(applicant.post("/registro/revisar").headers["Location"])
    applicant.post(page, code=applicant.code())

    one = stored(applicant)
    assert one.company is not None
    assert one.company.representative is not None
    assert (one.state, one.company.representative.number) == ("awaiting_review", number.replace(" ", "").upper())


def test_a_representative_named_later_with_a_carne_is_told_what_to_show(former: Former) -> None:  # noqa: F811
    typed = {"document_type": "CE", "number": ENDS_LIKE_A_DNI, "cui": "", "sex": "", "issue_date": ""}

    answer = former.name(**typed)

    html = unescape(str(answer.body.decode()))
    assert answer.status_code == 409
    assert "Ningún registro nos pudo confirmar todos los datos" in html
    assert "certificado de vigencia de su poder" in html
    assert former.mailbox.principal.document_type is None
