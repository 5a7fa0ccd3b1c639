"""One holder, one mailbox: a RUC that begins with 10 and the DNI in it lead to the same names."""

from __future__ import annotations

import pytest
from stdnum.pe import ruc as library

from chalicelib.domain.identity_document import mailboxes_of_holder, other_mailbox_of_holder
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
