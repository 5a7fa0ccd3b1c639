"""One holder, one mailbox: a RUC that begins with 10 and the DNI in it lead to the same names."""

from __future__ import annotations

import pytest
from stdnum.pe import ruc as library

from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.identity_document import (
    check_document_number,
    mailboxes_of_holder,
    other_mailbox_of_holder,
    read_document_number,
    split_dni,
)
from chalicelib.domain.mailbox import DocumentType, dni_in_ruc

PREFIXES = {DocumentType.DNI: "1", DocumentType.RUC: "8", DocumentType.CE: "4", DocumentType.PASSPORT: "7"}
DNIS = [f"{number:08}" for number in range(0, 10**8, 99_991)]
"""A thousand, with every digit in every place and every check digit."""


def test_a_person_s_ruc_is_the_one_that_the_library_takes_for_right() -> None:
    for dni in DNIS:
        _, by_ruc = mailboxes_of_holder(f"1-{dni}", PREFIXES)

        assert library.is_valid(by_ruc.removeprefix("8-"))
        assert by_ruc.startswith(f"8-10{dni}")
        assert dni_in_ruc(by_ruc.removeprefix("8-")) == dni


def test_both_names_of_a_holder_lead_to_the_same_two_by_dni_first() -> None:
    for dni in DNIS:
        by_dni, by_ruc = mailboxes_of_holder(f"1-{dni}", PREFIXES)

        assert mailboxes_of_holder(by_ruc, PREFIXES) == (by_dni, by_ruc)
        assert by_dni == f"1-{dni}"
        others = [other_mailbox_of_holder(name, PREFIXES) for name in (by_dni, by_ruc)]
        assert others == [by_ruc, by_dni]


@pytest.mark.parametrize(
    "mailbox_id",
    [
        "8-20990000019",  # a company's
        "8-10400000020",  # a wrong check digit
        "8-104000000210",
        "8-1040000002",
        "8-10\uff1400000021",  # digits, but no ASCII
        "1-4000000",
        "1-400000021",
        "4-40000002",  # a foreigner's card
        "7-10400000021",
        "10400000021",
        "",
    ],
)
def test_every_other_name_is_alone(mailbox_id: str) -> None:
    assert mailboxes_of_holder(mailbox_id, PREFIXES) == (mailbox_id,)
    assert other_mailbox_of_holder(mailbox_id, PREFIXES) is None


def test_the_prefixes_are_those_that_are_configured() -> None:
    prefixes = PREFIXES | {DocumentType.RUC: "6", DocumentType.DNI: "2"}

    assert mailboxes_of_holder("6-10400000021", prefixes) == ("2-40000002", "6-10400000021")
    assert mailboxes_of_holder("8-10400000021", prefixes) == ("8-10400000021",)


@pytest.mark.parametrize(
    ("document_type", "typed", "number"),
    [
        *[
            (DocumentType.DNI, typed, "40000002")
            for typed in (
                *("40 000 002", "40.000.002", "4000-0002", "\uff14\uff10000002", " 40000002\u200b", "40000002-1"),
                *(
                    "DNI 40000002",
                    "dni: 40000002",
                    "D.N.I. 40000002",
                    "DNI N° 40000002",
                    "DNI Nº40000002",
                    "Nro. 40000002",
                ),
            )
        ],
        (DocumentType.RUC, "RUC 20100000009", "20100000009"),
        (DocumentType.RUC, "R.U.C. N° 20-10000000-9", "20100000009"),
        (DocumentType.CE, "CE 001234567", "001234567"),
        (DocumentType.CE, "C.E. N° 001-234-567", "001234567"),
        (DocumentType.CE, "CE001234567", "CE001234567"),
        (DocumentType.CE, "ce0 0123 4567", "CE001234567"),
        (DocumentType.PASSPORT, "ab 123456", "AB123456"),
    ],
)
def test_what_is_copied_along_with_a_number_is_none_of_it(document_type: DocumentType, typed: str, number: str) -> None:
    assert read_document_number(document_type, typed) == number


@pytest.mark.parametrize(
    ("document_type", "typed"),
    [
        (DocumentType.DNI, "4000000"),
        (DocumentType.DNI, "40000002-9"),
        (DocumentType.DNI, "RUC 40000002"),
        (DocumentType.DNI, "1-40000002"),
        (DocumentType.DNI, "40000002 / 40000003"),
        (DocumentType.DNI, "40000002x1"),
        (DocumentType.DNI, "\u0664\u0660\u0660\u0660\u0660\u0660\u0660\u0662"),
        (DocumentType.RUC, "DNI 20100000009"),
        (DocumentType.RUC, "8-20100000009"),
        (DocumentType.CE, "1234 5678"),
    ],
)
def test_no_number_is_guessed(document_type: DocumentType, typed: str) -> None:
    with pytest.raises(InvalidInput):
        check_document_number(document_type, read_document_number(document_type, typed), field="number")


def test_a_username_in_the_place_of_a_number_is_never_another_persons() -> None:
    cut = [number for number in DNIS if split_dni(f"1{number}")[1]]
    assert cut  # nine digits in a row may be a number with its check character
    for number in cut:
        for typed in (f"1-{number}", f"1 \u2013 {number}", f"1 {number}"):
            assert read_document_number(DocumentType.DNI, typed) == f"1{number}"
