"""Whoever's mailbox goes by the RUC, and a process that dies while they register with the DNI: the end is the same."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.bootstrap.access import account_store
from chalicelib.bootstrap.aws import connection
from chalicelib.bootstrap.storage import mailbox_store
from chalicelib.domain.errors import CasillaError
from chalicelib.domain.event import EventType
from chalicelib.domain.mailbox import DocumentType, Holder
from chalicelib.domain.registration.registration import CODE_LIFETIME, RegistrationState
from chalicelib.services.registration.resend_registration_mail import resend_registration_mail
from chalicelib.services.registration.verify_registration import verify_by_code
from chalicelib.store import tables
from tests.deposit_world import a_mailbox
from tests.services.registration.test_mail_link import ID, Applicant, applicant

__all__ = ["applicant"]

BY_DNI, BY_RUC = "1-99000001", "8-10990000013"


class Died(BaseException):
    """The process ended here."""


@contextmanager
def dying(applicant: Applicant, when: str, number: int) -> Iterator[list[int]]:
    """Have the process die before or after one of the transactions; yield a list as long as there were some."""
    seen: list[int] = []

    def strike(**_: Any) -> None:
        seen.append(len(seen) + 1)
        if seen[-1] == number:
            raise Died

    name = f"{when}-call.dynamodb.TransactWriteItems"
    events: Any = connection(applicant.container).client.meta.events
    events.register(name, strike)
    try:
        yield seen
    finally:
        events.unregister(name, strike)


@pytest.mark.parametrize("number", [1, 2], ids=["what would open", "what leads to the other"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_death_at_either_transaction_ends_with_one_mailbox_and_its_username_by_mail(
    applicant: Applicant, when: str, number: int
) -> None:
    holder = Holder(DocumentType.RUC, BY_RUC[2:], "ROSA PRUEBA EJEMPLO")
    mailbox_store(applicant.container).put(a_mailbox(mailbox_id=BY_RUC, holder=holder))

    with dying(applicant, when, number) as seen, pytest.raises(Died):
        verify_by_code(ID, applicant.code, origin="192.0.2.1", tools=applicant.tools)
    assert seen[-1] == number
    applicant.now += CODE_LIFETIME + timedelta(seconds=1)
    resend_registration_mail(ID, tools=applicant.tools)
    with suppress(CasillaError):
        if applicant.stored.state is not RegistrationState.COMPLETED:
            verify_by_code(ID, applicant.code, origin="192.0.2.1", tools=applicant.tools)

    assert (applicant.stored.state, applicant.stored.led_to) == (RegistrationState.COMPLETED, BY_RUC)
    assert [item.mailbox_id for item in tables.MailboxItem.scan()] == [BY_RUC]
    assert account_store(applicant.container).find(BY_DNI) is None
    ends = [item.type for item in tables.EventItem.scan()]
    assert ends.count(EventType.REGISTRATION_REPEATED.value) == 1
    assert EventType.MAILBOX_OPENED.value not in ends
    assert BY_RUC in applicant.mails[-1][1]
