from __future__ import annotations

from dataclasses import replace

from chalicelib.domain.contact import Phone
from chalicelib.domain.mailbox import DocumentType
from chalicelib.domain.registration.first_mailbox import first_account, first_mailbox
from chalicelib.domain.registration.registration import Registration, RegistrationState
from tests.registry_world import ASKED_AT, a_company, a_person

PREFIXES = {DocumentType.DNI: "1", DocumentType.RUC: "8"}
COMPANY = Registration(
    key="a" * 64,
    state=RegistrationState.AWAITING_REVIEW,
    email="rosa@ejemplo.pe",
    phone=Phone("+51987654321", is_mobile=True),
    accepted=(),
    started_at=ASKED_AT,
    expires_at=None,
    company=a_company(),
    registered_name="EMPRESA DE PRUEBA S.A.C.",
    representative_name="ROSA PRUEBA EJEMPLO",
)


def names(registration: Registration) -> tuple[str, str, str]:
    mailbox = first_mailbox(registration, PREFIXES, "u1")
    return mailbox.holder.name, mailbox.principal.name, first_account(mailbox).name


def test_company_and_representative_are_named_as_the_registries_have_them() -> None:
    assert names(COMPANY) == ("EMPRESA DE PRUEBA S.A.C.", "ROSA PRUEBA EJEMPLO", "ROSA PRUEBA EJEMPLO")


def test_a_representative_whom_no_registry_named_is_named_as_typed() -> None:
    person = replace(a_person(), document_type=DocumentType.CE, number="001234567", maternal_surname="")
    held = replace(COMPANY, representative_name="", company=a_company(representative=person))

    assert names(held) == ("EMPRESA DE PRUEBA S.A.C.", "Rosa Prueba", "Rosa Prueba")


def test_a_company_from_before_a_person_was_asked_for_has_a_user_who_is_nobody_in_particular() -> None:
    before = replace(COMPANY, representative_name="", company=a_company(representative=None))

    assert set(names(before)) == {"EMPRESA DE PRUEBA S.A.C."}
    assert first_mailbox(before, PREFIXES, "u1").principal.document_number == ""


def test_a_person_is_holder_and_principal_by_one_name() -> None:
    own = replace(COMPANY, company=None, person=a_person(), registered_name="ROSA PRUEBA", representative_name="")

    assert names(own) == ("ROSA PRUEBA", "ROSA PRUEBA", "ROSA PRUEBA")
