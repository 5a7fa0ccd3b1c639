"""The link of a registration's e-mail, from the page's side."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from moto.ses.models import ses_backends

from chalicelib.bootstrap import Container
from chalicelib.bootstrap.access import account_store
from chalicelib.bootstrap.aws import connection
from chalicelib.bootstrap.registration import registration_tools
from chalicelib.config import Config
from chalicelib.domain.contact import Phone
from chalicelib.domain.errors import CasillaError, Conflict, NotFound, Unavailable
from chalicelib.domain.registration.registration import (
    CODE_LIFETIME,
    LIFETIME,
    Registration,
    RegistrationState,
    confirmed,
    refused,
)
from chalicelib.services.registration.mail_link import LinkState, resend_by_mail_link, show_link, verify_by_mail_link
from chalicelib.services.registration.registration_codes import give_code
from chalicelib.services.registration.resend_registration_mail import (
    change_registration_email,
    resend_registration_mail,
)
from chalicelib.services.registration.tools import RegistrationTools
from chalicelib.services.registration.verify_registration import verify_by_code
from chalicelib.store import tables
from infra.local.cloud import REGION
from tests.registry_world import a_match, a_person

NOW = datetime(2026, 3, 9, 20, 15, 30, tzinfo=UTC)
TICK = timedelta(microseconds=1)
ID = "registration-1"


@dataclass
class Applicant:
    """Somebody whom the registry confirmed and who has the e-mail."""

    container: Container
    now: datetime = NOW

    @property
    def tools(self) -> RegistrationTools:
        return registration_tools(self.container)

    @property
    def stored(self) -> Registration:
        found = self.tools.registrations.find(self.tools.registrations.key(ID))
        assert found is not None
        return found

    @property
    def mails(self) -> list[tuple[str, str]]:
        found = []
        for sent in ses_backends["123456789012"][REGION].sent_messages:
            message = email.message_from_string(sent.raw_data, policy=email.policy.default)
            body = message.get_body(("plain",))
            assert body is not None
            found.append((str(message["To"]), body.get_content()))
        return found

    @property
    def secret(self) -> str:
        """What the last link ends in."""
        return str(re.findall(r"https://\S+/verificar-correo/([A-Za-z0-9_-]{43})\s", self.mails[-1][1])[0])

    @property
    def code(self) -> str:
        return str(re.findall(r"Clave de validación: (\w{6})", self.mails[-1][1])[0])

    def state(self, secret: str) -> LinkState:
        return show_link(secret, tools=self.tools).state


@pytest.fixture
def applicant(aws: dict[str, str]) -> Applicant:
    """Return one who was just sent the first e-mail."""
    config = replace(Config.from_env(aws), reniec_url="http://127.0.0.1:1", sunat_url="http://127.0.0.1:1")
    container = Container(config, clock=lambda: found.now, pause=lambda _: None)
    tables.bind(config, connection(container))
    found = Applicant(container)
    tools = found.tools
    begun = Registration(
        key=tools.registrations.key(ID),
        state=RegistrationState.DRAFT,
        email="rosa@ejemplo.pe",
        phone=Phone("+51987654321", is_mobile=True),
        accepted=(),
        started_at=NOW,
        expires_at=NOW + LIFETIME,
        person=a_person(),
    )
    tools.registrations.add(begun)
    give_code(tools.registrations.update(confirmed(begun, a_match(), NOW)), tools)
    return found


def test_showing_a_link_changes_nothing_however_often(applicant: Applicant) -> None:
    before = applicant.stored
    shown = [show_link(applicant.secret, tools=applicant.tools) for _ in range(3)]

    assert {one.state for one in shown} == {LinkState.USABLE}
    assert shown[0].email == "r***@ejemplo.pe"
    assert applicant.stored == before


def test_a_link_verifies_without_the_id_and_opens_the_mailbox(applicant: Applicant) -> None:
    verified = verify_by_mail_link(applicant.secret, origin="192.0.2.1", tools=applicant.tools)

    assert verified.state is RegistrationState.COMPLETED
    assert account_store(applicant.container).find("1-99000001") is not None
    assert "Contraseña: " in applicant.mails[-1][1]


def test_a_used_link_says_so_and_opens_nothing_again(applicant: Applicant) -> None:
    secret = applicant.secret
    first = verify_by_mail_link(secret, origin="192.0.2.1", tools=applicant.tools)
    count = len(applicant.mails)

    assert applicant.state(secret) is LinkState.USED
    assert verify_by_mail_link(secret, origin="192.0.2.1", tools=applicant.tools) == first
    assert len(applicant.mails) == count


def test_a_link_is_used_when_the_code_was(applicant: Applicant) -> None:
    secret = applicant.secret
    verify_by_code(ID, applicant.code, origin="192.0.2.1", tools=applicant.tools)

    assert applicant.state(secret) is LinkState.USED


@pytest.mark.parametrize(("after", "state"), [(CODE_LIFETIME, LinkState.USABLE), (CODE_LIFETIME + TICK, "expired")])
def test_a_link_counts_to_the_last_instant(applicant: Applicant, after: timedelta, state: str) -> None:
    applicant.now += after

    assert applicant.state(applicant.secret) == state


def test_an_expired_link_verifies_nothing_and_brings_another_one(applicant: Applicant) -> None:
    old = applicant.secret
    applicant.now += CODE_LIFETIME + TICK
    with pytest.raises(Conflict, match="link_expired"):
        verify_by_mail_link(old, origin="192.0.2.1", tools=applicant.tools)
    resend_by_mail_link(old, tools=applicant.tools)

    assert applicant.state(old) is LinkState.REPLACED
    assert applicant.state(applicant.secret) is LinkState.USABLE


def test_a_later_mail_replaces_the_link(applicant: Applicant) -> None:
    old = applicant.secret
    applicant.now += timedelta(minutes=2)
    resend_registration_mail(ID, tools=applicant.tools)

    assert applicant.state(old) is LinkState.REPLACED
    with pytest.raises(Conflict, match="link_replaced"):
        verify_by_mail_link(old, origin="192.0.2.1", tools=applicant.tools)
    verified = verify_by_mail_link(applicant.secret, origin="192.0.2.1", tools=applicant.tools)
    assert verified.state is RegistrationState.COMPLETED


def test_who_got_the_mail_at_a_wrong_address_learns_nothing_of_the_right_one(applicant: Applicant) -> None:
    old = applicant.secret
    change_registration_email(ID, "otra@correo.example", tools=applicant.tools)
    replaced = show_link(old, tools=applicant.tools)
    verify_by_mail_link(applicant.secret, origin="192.0.2.1", tools=applicant.tools)
    used = show_link(old, tools=applicant.tools)
    count = len(applicant.mails)

    assert (replaced.state, replaced.email) == (LinkState.REPLACED, "r***@ejemplo.pe")
    assert (used.state, used.email) == (LinkState.USED, "r***@ejemplo.pe")
    with pytest.raises(Conflict, match="link_replaced"):
        resend_by_mail_link(old, tools=applicant.tools)
    assert len(applicant.mails) == count


def test_a_used_link_brings_the_way_in_again(applicant: Applicant) -> None:
    secret = applicant.secret
    verify_by_mail_link(secret, origin="192.0.2.1", tools=applicant.tools)
    applicant.now += timedelta(minutes=2)
    resend_by_mail_link(secret, tools=applicant.tools)

    assert ["Contraseña: " in text for _, text in applicant.mails] == [False, True, True]


@pytest.mark.parametrize("over", ["unknown", "refused", "expired", "deleted"])
def test_links_that_lead_nowhere_all_say_the_same(applicant: Applicant, over: str) -> None:
    secret = applicant.secret if over != "unknown" else "x" * 43
    if over == "refused":
        applicant.tools.registrations.update(refused(applicant.stored))
    elif over == "expired":
        applicant.now += LIFETIME + TICK
    elif over == "deleted":
        tables.RegistrationItem(applicant.stored.key).delete()

    uses: tuple[Callable[..., object], ...] = (
        show_link,
        partial(verify_by_mail_link, origin="192.0.2.1"),
        resend_by_mail_link,
    )
    for use in uses:
        with pytest.raises(NotFound, match="link_unusable"):
            use(secret, tools=applicant.tools)


@contextmanager
def conflicting(container: Container, times: int) -> Iterator[list[float]]:
    """Let this many transactions meet another one; what was waited between them is in the list."""
    left, waited = [times], list[float]()

    def conflict(**_: Any) -> tuple[AWSResponse, dict[str, Any]] | None:
        if not left[0]:
            return None
        left[0] -= 1
        answer = {
            "Error": {"Code": "TransactionCanceledException", "Message": "cancelled"},
            "CancellationReasons": [{"Code": "None"}, {"Code": "None"}, {"Code": "TransactionConflict"}],
            "ResponseMetadata": {"HTTPStatusCode": 400},
        }
        return AWSResponse("https://engine", 400, HTTPHeaders(), None), answer

    name = "before-call.dynamodb.TransactWriteItems"
    events: Any = connection(container).client.meta.events
    events.register(name, conflict)
    tools = registration_tools(container)
    container.made[registration_tools] = replace(tools, pause=waited.append)
    try:
        yield waited
    finally:
        events.unregister(name, conflict)
        container.made[registration_tools] = tools


def test_completing_tries_again_while_another_transaction_holds_something(applicant: Applicant) -> None:
    with conflicting(applicant.container, 3) as waited:
        verified = verify_by_code(ID, applicant.code, origin="192.0.2.1", tools=applicant.tools)

    assert verified.state is RegistrationState.COMPLETED
    assert verified.opened_mailbox
    assert len(waited) == 3
    assert sum(waited) < 1
    assert len(list(tables.EventItem.query("mailbox#1-99000001"))) == 1


def test_when_it_stays_held_nothing_is_written_and_the_link_stays_good(applicant: Applicant) -> None:
    before = applicant.stored
    with conflicting(applicant.container, 100), pytest.raises(Unavailable, match="store_unavailable"):
        verify_by_mail_link(applicant.secret, origin="192.0.2.1", tools=applicant.tools)

    assert applicant.stored == before
    assert applicant.state(applicant.secret) is LinkState.USABLE


def test_an_address_that_is_changed_while_a_link_is_used_is_not_verified(applicant: Applicant) -> None:
    tools, secret = applicant.tools, applicant.secret
    done: list[str] = []

    def change(**_: Any) -> None:
        if not done:
            done.append("changed")
            change_registration_email(ID, "otra@correo.example", tools=tools)

    name = "before-call.dynamodb.TransactWriteItems"
    events: Any = connection(applicant.container).client.meta.events
    events.register(name, change)
    try:
        with pytest.raises(CasillaError, match="registration_changed"):
            verify_by_mail_link(secret, origin="192.0.2.1", tools=tools)
    finally:
        events.unregister(name, change)
    assert applicant.stored.state is RegistrationState.AWAITING_CODE
