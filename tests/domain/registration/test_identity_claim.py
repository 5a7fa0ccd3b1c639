from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.identity_document import check_cui
from chalicelib.domain.mailbox import DocumentType, Power
from chalicelib.domain.registration.identity_claim import company_problems, person_problems
from tests.domain.registration.test_identity import CLAIM, COMPANY

TODAY = date(2026, 3, 9)


def problems(**changes: Any) -> list[tuple[str, str | None]]:
    found = person_problems(replace(CLAIM, **changes), today=TODAY)
    return [(problem.code, problem.field) for problem in found]


def test_a_well_formed_claim_has_no_problem() -> None:
    assert problems() == []


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"number": "9900001"}, "document_number_invalid", "number"),
        ({"number": "٩٩٠٠٠٠٠١"}, "document_number_invalid", "number"),
        ({"cui": "4"}, "cui_invalid", "cui"),
        ({"cui": ""}, "cui_invalid", "cui"),
        ({"cui": "33"}, "cui_invalid", "cui"),
        ({"paternal_surname": "", "maternal_surname": ""}, "name_invalid", "paternal_surname"),
        ({"paternal_surname": "X4"}, "name_invalid", "paternal_surname"),
        ({"maternal_surname": "<b>"}, "name_invalid", "maternal_surname"),
        ({"given_names": " - "}, "name_invalid", "given_names"),
        ({"given_names": "A" * 61}, "name_invalid", "given_names"),
        ({"birth_date": TODAY, "issue_date": TODAY}, "birth_date_invalid", "birth_date"),
        ({"birth_date": date(1890, 1, 1)}, "birth_date_invalid", "birth_date"),
        ({"issue_date": None}, "issue_date_invalid", "issue_date"),
        ({"issue_date": TODAY + timedelta(days=1)}, "issue_date_invalid", "issue_date"),
        ({"issue_date": date(1990, 3, 14)}, "issue_date_invalid", "issue_date"),
    ],
)
def test_a_refusal_stands_beside_its_field(changes: dict[str, Any], code: str, field: str) -> None:
    assert problems(**changes) == [(code, field)]


def test_all_refusals_come_at_once() -> None:
    assert [field for _, field in problems(number="1", given_names="", birth_date=TODAY, issue_date=None)] == [
        "number",
        "given_names",
        "birth_date",
        "issue_date",
    ]


@pytest.mark.parametrize("cui", ["3", "H", "h"])
def test_the_check_character_is_a_digit_or_the_letter_of_older_cards(cui: str) -> None:
    check_cui("99000001", cui, field="cui")


def test_a_mistyped_dni_shows_by_its_check_character() -> None:
    with pytest.raises(InvalidInput, match="cui_invalid"):
        check_cui("99000010", "3", field="cui")


@pytest.mark.parametrize(
    ("document_type", "number"), [(DocumentType.CE, "000123456"), (DocumentType.PASSPORT, "XX12345")]
)
def test_foreign_documents_have_neither_check_character_nor_issue_date(
    document_type: DocumentType, number: str
) -> None:
    assert problems(document_type=document_type, number=number, cui="", issue_date=None) == []
    assert problems(document_type=document_type, number="!", cui="") == [("document_number_invalid", "number")]


@pytest.mark.parametrize("surnames", [("Ñañez", ""), ("", "D\u2019Ejemplo"), ("De la Prueba", "Pérez-Güiraldes")])
def test_names_may_have_accents_signs_and_a_single_surname(surnames: tuple[str, str]) -> None:
    assert problems(paternal_surname=surnames[0], maternal_surname=surnames[1]) == []


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"ruc": "20990000018"}, "document_number_invalid", "ruc"),
        ({"ruc": "2099000001"}, "document_number_invalid", "ruc"),
        ({"legal_name": " "}, "text_invalid", "legal_name"),
        ({"legal_name": "A\nB"}, "text_invalid", "legal_name"),
        ({"legal_name": "A" * 201}, "text_invalid", "legal_name"),
        ({"district": ""}, "text_invalid", "district"),
        ({"representative": None}, "representative_missing", "representative"),
        ({"representative": replace(CLAIM, number="1")}, "document_number_invalid", "representative.number"),
        ({"representative": replace(CLAIM, given_names="")}, "name_invalid", "representative.given_names"),
        ({"power": Power(page="", entry="C00012")}, "text_invalid", "power.page"),
        ({"power": Power(page="11012345", entry="C" * 61)}, "text_invalid", "power.entry"),
    ],
)
def test_a_companys_refusal_stands_beside_its_field(changes: dict[str, Any], code: str, field: str) -> None:
    found = company_problems(replace(COMPANY, **changes), today=TODAY)
    assert [(problem.code, problem.field) for problem in found] == [(code, field)]


def test_a_well_formed_company_has_no_problem() -> None:
    assert company_problems(COMPANY, today=TODAY) == ()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"number": "9900001"}, "debe tener 8 dígitos"),
        ({"number": "990000014"}, "su código de verificación, y este no lo es"),
        ({"cui": "33"}, "un solo carácter"),
        ({"cui": "4"}, "no corresponde al DNI"),
        ({"given_names": "A" * 200}, "puede tener hasta 60 letras"),
        ({"given_names": "R0sa"}, "«0» no es una"),
        ({"given_names": " - "}, "Escribe el nombre como figura en el documento."),
        ({"birth_date": TODAY + timedelta(days=1)}, "debe ser anterior a hoy"),
        ({"birth_date": date(1890, 1, 1)}, "Nadie vive desde esa fecha"),
        ({"issue_date": None}, "Escribe la fecha de emisión"),
        ({"issue_date": TODAY + timedelta(days=1)}, "no puede ser posterior a hoy"),
        ({"issue_date": date(1990, 3, 14)}, "no puede ser anterior al nacimiento"),
    ],
)
def test_a_refusal_gives_its_true_reason_and_only_that(changes: dict[str, Any], said: str) -> None:
    [problem] = person_problems(replace(CLAIM, **changes), today=TODAY)
    assert said in problem.detail


def test_a_birth_to_come_does_not_accuse_the_date_of_issue() -> None:
    assert problems(birth_date=TODAY + timedelta(days=400)) == [("birth_date_invalid", "birth_date")]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"ruc": "2099000001"}, "debe tener 11 dígitos"),
        ({"ruc": "20990000018"}, "el último dígito no corresponde"),
        ({"ruc": "30990000019"}, "empieza con 10, 15, 17 o 20"),
        ({"legal_name": "A" * 201}, "puede tener hasta 200"),
        ({"legal_name": " "}, "Escribe la razón social."),
        ({"district": "-"}, "Escribe el distrito"),
    ],
)
def test_a_companys_refusal_gives_its_true_reason(changes: dict[str, Any], said: str) -> None:
    [problem] = company_problems(replace(COMPANY, **changes), today=TODAY)
    assert said in problem.detail
