"""The same code sent twice, and code and link at the same moment: what was just done is answered as done."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from chalicelib.bootstrap.aws import connection
from chalicelib.domain.access.token import TokenKind
from chalicelib.domain.errors import NotReady
from chalicelib.domain.registration.registration import CODE_LIFETIME, RegistrationState
from chalicelib.services.access.verify_code import CodeUnusable
from chalicelib.services.registration.mail_link import verify_by_mail_link
from chalicelib.services.registration.verify_registration import verify_by_code
from tests.services.registration.test_mail_link import ID, TICK, Applicant, applicant

__all__ = ["applicant"]


@contextmanager
def meanwhile(applicant: Applicant, call: str, act: Callable[[], object]) -> Iterator[None]:
    """Have something happen once, just before DynamoDB gets a call."""
    left = [act]

    def hook(**_: Any) -> None:
        if left:
            left.pop()()

    name = f"before-call.dynamodb.{call}"
    events: Any = connection(applicant.container).client.meta.events
    events.register(name, hook)
    try:
        yield
    finally:
        events.unregister(name, hook)


def test_a_code_that_another_call_used_while_it_was_judged_is_answered_as_done(applicant: Applicant) -> None:
    tools, code = applicant.tools, applicant.code
    with meanwhile(applicant, "UpdateItem", lambda: verify_by_code(ID, code, origin="192.0.2.1", tools=tools)):
        verified = verify_by_code(ID, code, origin="192.0.2.1", tools=tools)

    assert verified.state is RegistrationState.COMPLETED
    assert ["Contraseña: " in text for _, text in applicant.mails] == [False, True]


def test_while_the_first_call_is_at_work_the_second_says_so_and_not_that_the_code_is_worthless(
    applicant: Applicant,
) -> None:
    tools, code = applicant.tools, applicant.code
    answers: list[Exception] = []

    def again() -> None:
        with pytest.raises(NotReady, match="registration_completing") as raised:
            verify_by_code(ID, code, origin="192.0.2.1", tools=tools)
        answers.append(raised.value)

    with meanwhile(applicant, "TransactWriteItems", again):
        verified = verify_by_code(ID, code, origin="192.0.2.1", tools=tools)

    assert len(answers) == 1
    assert verified.opened_mailbox


@pytest.mark.parametrize("typed", ["right", "wrong"])
def test_a_code_beside_the_link_is_answered_as_done(applicant: Applicant, typed: str) -> None:
    tools, code, secret = applicant.tools, applicant.code, applicant.secret
    call = "TransactWriteItems" if typed == "right" else "UpdateItem"
    with meanwhile(applicant, call, lambda: verify_by_mail_link(secret, origin="192.0.2.1", tools=tools)):
        verified = verify_by_code(ID, code if typed == "right" else "222222", origin="192.0.2.1", tools=tools)

    assert verified.state is RegistrationState.COMPLETED
    assert ["Contraseña: " in text for _, text in applicant.mails] == [False, True]


def test_an_expired_code_is_worthless_still(applicant: Applicant) -> None:
    code = applicant.code
    applicant.now += CODE_LIFETIME + TICK
    with pytest.raises(CodeUnusable, match="code_unusable"):
        verify_by_code(ID, code, origin="192.0.2.1", tools=applicant.tools)
    assert applicant.tools.tokens.find(TokenKind.EMAIL_CODE, applicant.stored.code_name) is not None
