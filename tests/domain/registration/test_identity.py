from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.mailbox import DocumentType, Power
from chalicelib.domain.registration.assurance import Comparison, Source, assess
from chalicelib.domain.registration.identity import (
    CompanyClaim,
    CompanyRecord,
    Outcome,
    PersonClaim,
    PersonRecord,
    Registry,
    RegistryResult,
    Sex,
    asked_fields,
    compare_company,
    compare_person,
)
from chalicelib.domain.registration.identity_refusal import refuse_unless_confirmed

CLAIM = PersonClaim(
    document_type=DocumentType.DNI,
    number="99000001",
    cui="3",
    paternal_surname="Muñeco",
    maternal_surname="Ejemplo",
    given_names="José Ángel",
    birth_date=date(1990, 3, 15),
    sex=Sex.MALE,
    issue_date=date(2020, 1, 10),
)
RECORD = PersonRecord(first_surname="MUÑECO", second_surname="EJEMPLO", given_names="JOSE ANGEL")
COMPANY = CompanyClaim(
    ruc="20990000019",
    legal_name="Empresa de Prueba SAC",
    district="Breña",
    representative=CLAIM,
    power=Power(page="11012345", entry="C00012"),
)
COMPANY_RECORD = CompanyRecord(legal_name="EMPRESA DE  PRUEBA S.A.C.", district="BREÑA", is_active=True, is_habido=True)
NOBODY_LEARNS = RegistryResult(Registry.RENIEC, Outcome.MISMATCHED)


def test_what_agrees_brings_the_official_name_and_what_was_compared() -> None:
    result = compare_person(CLAIM, RECORD)
    assert result == RegistryResult(
        Registry.RENIEC, Outcome.MATCHED, "JOSE ANGEL MUÑECO EJEMPLO", (Comparison(Source.RENIEC, ("names",)),)
    )


def test_a_record_that_tells_everything_leaves_nothing_unchecked() -> None:
    told = replace(RECORD, birth_date=CLAIM.birth_date, sex=CLAIM.sex, issue_date=CLAIM.issue_date)
    result = compare_person(CLAIM, told)
    assert result.compared == (Comparison(Source.RENIEC, ("names", "birth_date", "sex", "issue_date")),)
    assert assess(asked_fields(CLAIM), result.compared).unchecked == ()


@pytest.mark.parametrize(
    "record",
    [
        replace(RECORD, first_surname="MUNECO"),
        replace(RECORD, first_surname="EJEMPLO", second_surname="MUÑECO"),
        replace(RECORD, second_surname="OTRO"),
        replace(RECORD, second_surname=""),
        replace(RECORD, given_names="JOSE"),
        replace(RECORD, birth_date=date(1990, 3, 16)),
        replace(RECORD, sex=Sex.FEMALE),
        replace(RECORD, issue_date=date(2020, 1, 11)),
        replace(RECORD, given_names="OTRO", is_deceased=True),
        replace(RECORD, given_names="OTRO", is_restricted=True),
    ],
)
def test_every_mismatch_looks_the_same(record: PersonRecord) -> None:
    assert compare_person(CLAIM, record) == NOBODY_LEARNS


@pytest.mark.parametrize("boxes", [("Inventada", ""), ("", "Inventada"), ("Inventada", "-")])
@pytest.mark.parametrize("held", [("INVENTADA", ""), ("", "INVENTADA"), ("INVENTADA", "-")])
def test_a_single_surname_may_stand_in_either_box(boxes: tuple[str, str], held: tuple[str, str]) -> None:
    claim = replace(CLAIM, paternal_surname=boxes[0], maternal_surname=boxes[1])
    record = replace(RECORD, first_surname=held[0], second_surname=held[1])
    result = compare_person(claim, record)
    assert (result.outcome, result.registered_name) == (Outcome.MATCHED, "JOSE ANGEL INVENTADA")


def test_a_married_name_agrees_and_the_official_one_is_kept() -> None:
    result = compare_person(replace(CLAIM, maternal_surname="Ejemplo de Supuesto"), RECORD)
    assert (result.outcome, result.registered_name) == (Outcome.MATCHED, "JOSE ANGEL MUÑECO EJEMPLO")


def test_a_record_without_surnames_agrees_with_nobody() -> None:
    bare = replace(CLAIM, paternal_surname="", maternal_surname="")
    assert compare_person(bare, replace(RECORD, first_surname="", second_surname="")) == NOBODY_LEARNS


def test_death_counts_before_a_restriction() -> None:
    dead = replace(RECORD, is_deceased=True, is_restricted=True)
    assert compare_person(CLAIM, dead) == RegistryResult(Registry.RENIEC, Outcome.DECEASED)
    noted = replace(RECORD, is_restricted=True)
    assert compare_person(CLAIM, noted) == RegistryResult(Registry.RENIEC, Outcome.RESTRICTED)


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({}, Outcome.MATCHED),
        ({"district": "BRENA"}, Outcome.MISMATCHED),
        ({"legal_name": "EMPRESA DE PRUEBA S.A."}, Outcome.MISMATCHED),
        ({"is_active": False, "is_habido": False}, Outcome.INACTIVE),
        ({"is_habido": False}, Outcome.NOT_HABIDO),
        ({"is_active": False, "district": "OTRO"}, Outcome.MISMATCHED),
    ],
)
def test_who_knows_name_and_district_learns_the_state_of_a_ruc(changes: dict[str, Any], outcome: Outcome) -> None:
    result = compare_company(COMPANY, replace(COMPANY_RECORD, **changes))
    assert (result.registry, result.outcome) == (Registry.SUNAT, outcome)
    assert result.registered_name == ("EMPRESA DE PRUEBA S.A.C." if outcome is Outcome.MATCHED else "")


@pytest.mark.parametrize("outcome", [Outcome.MATCHED, Outcome.NOT_CHECKED])
def test_what_matched_or_cannot_be_checked_passes(outcome: Outcome) -> None:
    refuse_unless_confirmed(RegistryResult(Registry.RENIEC, outcome))


def test_a_person_is_refused_in_the_same_words_whatever_the_registry_said() -> None:
    refused = set()
    for outcome in (Outcome.MISMATCHED, Outcome.NOT_FOUND, Outcome.DECEASED, Outcome.MINOR, Outcome.RESTRICTED):
        with pytest.raises(InvalidInput) as refusal:
            refuse_unless_confirmed(RegistryResult(Registry.RENIEC, outcome))
        refused.add((refusal.value.code, refusal.value.detail, refusal.value.field))
    assert [(code, field) for code, _, field in refused] == [("identity_mismatch", None)]


@pytest.mark.parametrize(
    ("outcome", "code"),
    [
        (Outcome.MISMATCHED, "company_mismatch"),
        (Outcome.NOT_FOUND, "company_mismatch"),
        (Outcome.INACTIVE, "company_inactive"),
        (Outcome.NOT_HABIDO, "company_not_habido"),
    ],
)
def test_a_company_is_told_its_public_state(outcome: Outcome, code: str) -> None:
    with pytest.raises(InvalidInput, match=code):
        refuse_unless_confirmed(RegistryResult(Registry.SUNAT, outcome))
