"""A mailbox and the people in it."""

from __future__ import annotations

from chalicelib.domain.access.account import Account
from chalicelib.domain.access.credentials import check_new_password
from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.mailbox import DocumentType, UserState
from tests.common_passwords import COMMON
from tests.deposit_world import a_mailbox, a_user

SECONDARY = a_user(2, document_type=DocumentType.DNI, document_number="40000028")
MAILBOX = a_mailbox(users=(a_user(1), SECONDARY))


def test_the_principal_has_the_mailboxs_username_and_a_secondary_one_adds_the_own_number() -> None:
    assert [MAILBOX.username_of(user) for user in MAILBOX.users] == ["1-40000002", "1-40000002.40000028"]


def test_a_user_is_found_by_the_address_however_it_is_typed() -> None:
    assert MAILBOX.user_with_email("USUARIA2@ejemplo.pe") == SECONDARY
    assert MAILBOX.user_with_email("otra@ejemplo.pe") is None


def test_neither_the_own_nor_the_holders_number_makes_a_password() -> None:
    account = Account("1-40000002.40000028", "u2", "1-40000002", UserState.PENDING)
    refused = []
    for new in ("Lago-40000028-rio", "Lago-40000002-rio", "Lago-verde-rio-71"):
        try:
            check_new_password(new, account, MAILBOX, COMMON)
        except InvalidInput as error:
            refused.append((new, error.code))
    assert refused == [("Lago-40000028-rio", "password_personal"), ("Lago-40000002-rio", "password_personal")]
