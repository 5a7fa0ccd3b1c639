"""Who somebody is by an identity provider's claims, and whose document a mailbox's user has."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.domain.access.authenticated_person import (
    AuthenticatedPerson,
    ClaimNames,
    IdentityRefused,
    has_document,
    is_document_of,
    read_claim_names,
    read_person,
)
from chalicelib.domain.mailbox import DocumentType, Holder
from tests.deposit_world import a_mailbox, a_user

AT = datetime(2026, 3, 9, 20, 15, 30, tzinfo=UTC)
NAMES = ClaimNames("doc", "doc_type", "first_name", "last_name")
CLAIMS = {"doc": "40000002", "doc_type": "DNI", "first_name": " ROSA  MARÍA ", "last_name": "PRUEBA EJEMPLO"}
PERSON = AuthenticatedPerson(DocumentType.DNI, "40000002", "ROSA MARÍA", "PRUEBA EJEMPLO", "two_factor", AT)


def read(claims: dict[str, Any], names: ClaimNames = NAMES) -> AuthenticatedPerson:
    return read_person(claims, names, acr="two_factor", at=AT)


def test_a_person_is_read() -> None:
    assert read(CLAIMS) == PERSON
    assert PERSON.name == "ROSA MARÍA PRUEBA EJEMPLO"


def test_a_name_in_parts_of_which_some_lack_is_what_there_is() -> None:
    assert read({"doc": "40000002"}).name == ""
    assert read({"doc": "40000002", "last_name": "PRUEBA"}).name == "PRUEBA"
    decomposed = "JOSE\u0301"
    assert read({"doc": "40000002", "first_name": decomposed}).name == "JOSÉ"


@pytest.mark.parametrize("name", ["x" * 121, "a\nb", "a\u202eb", "\x00", 5, None, ["ROSA"], {"x": 1}, True])
def test_a_name_that_cannot_be_one_is_none(name: object) -> None:
    assert read({**CLAIMS, "first_name": name}).given_names == ""


@pytest.mark.parametrize("kind", ["DNI", "dni", "1", "01", "", None])
def test_a_dni_has_several_names(kind: str | None) -> None:
    assert read({**CLAIMS, "doc_type": kind}) == PERSON


@pytest.mark.parametrize(
    "change", [{"doc_type": "CE"}, {"doc_type": "RUC"}, {"doc": "20100000009"}, {"doc": "4000000a"}]
)
def test_another_document_is_nobodys(change: dict[str, str]) -> None:
    with pytest.raises(IdentityRefused) as refused:
        read({**CLAIMS, **change})
    assert refused.value.code == "identity_document_unknown"


def test_whether_there_is_a_document_is_told_before_it_is_judged() -> None:
    assert has_document(CLAIMS, NAMES)
    assert has_document({"doc": "x"}, NAMES)
    assert not has_document({"doc": 40000002}, NAMES)
    assert not has_document({"": "40000002"}, ClaimNames(number=""))


def test_claims_are_named_by_configuration() -> None:
    assert read_claim_names("number=doc") == ClaimNames("doc")
    whole = "number=doc, type=doc_type ,given_names=first_name,surnames=https://id.example/last"
    assert read_claim_names(whole) == replace(NAMES, surnames="https://id.example/last")


@pytest.mark.parametrize(
    "text", ["", "given_names=x", "number", "number=", "number=a,number=b", "number=a,color=b", "number=a b=c"]
)
def test_claims_named_otherwise_are_told(text: str) -> None:
    with pytest.raises(ValueError, match="number=doc"):
        read_claim_names(text)


def test_a_users_document_is_the_own_one_by_type_and_number() -> None:
    mailbox = a_mailbox()
    same = a_user(2, document_type=DocumentType.DNI, document_number="40000002")

    assert is_document_of(PERSON, mailbox, same)
    for other in (
        replace(same, document_number="40000003"),
        replace(same, document_type=DocumentType.PASSPORT),
        replace(same, document_type=None, document_number=""),
        replace(same, document_type=None),
    ):
        assert not is_document_of(PERSON, mailbox, other)


def test_the_principal_without_a_document_on_record_is_the_holder_if_that_is_a_person() -> None:
    unknown = a_user(1, document_type=None, document_number="")

    assert is_document_of(PERSON, a_mailbox(), unknown)
    attorney = replace(unknown, document_type=DocumentType.DNI, document_number="40000099")
    assert not is_document_of(PERSON, a_mailbox(), attorney)
    company = replace(a_mailbox(), holder=Holder(DocumentType.RUC, "40000002", "X"))
    assert not is_document_of(PERSON, company, unknown)
