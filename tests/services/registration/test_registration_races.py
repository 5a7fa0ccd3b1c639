"""Many hands on one registration at once, on the engine that runs calls side by side."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count

import pytest

from chalicelib.bootstrap import Container
from chalicelib.bootstrap.registration import registration_tools
from chalicelib.config import Config
from chalicelib.domain.contact import Phone
from chalicelib.domain.errors import CasillaError
from chalicelib.domain.event import EventType
from chalicelib.domain.mailbox import AcceptedText
from chalicelib.domain.registration.registration import Registration, RegistrationState
from chalicelib.services.registration.mail_link import verify_by_mail_link
from chalicelib.services.registration.resend_registration_mail import change_registration_email
from chalicelib.services.registration.start_registration import Application, StartedRegistration, start_registration
from chalicelib.services.registration.tools import RegistrationTools
from chalicelib.services.registration.verify_registration import verify_by_code
from chalicelib.store import tables
from infra.local.registries.server import running
from tests.access_world import at_once
from tests.registry_world import ACCESS, a_company, a_person

pytestmark = pytest.mark.ministack

_CODE = "K7M3QX"
NOW = datetime(2026, 3, 9, 20, 15, 30, tzinfo=UTC)


@pytest.fixture
def tools(ministack: dict[str, str]) -> Iterator[RegistrationTools]:
    """Yield the tools with a known code and the simulator behind them."""
    with running() as simulator:
        config = replace(
            Config.from_env(ministack),
            reniec_url=simulator.reniec_url,
            sunat_url=simulator.sunat_url,
            sunat_representatives_url=simulator.representatives_url,
            registry_user=ACCESS.user_dni,
            registry_ruc=ACCESS.institution_ruc,
        )
        box = Container(config, clock=lambda: NOW)
        numbers = count()
        yield replace(
            registration_tools(box),
            new_email_code=lambda: _CODE if next(numbers) == 0 else "222222",
        )


def _started(tools: RegistrationTools) -> StartedRegistration:
    application = Application(
        claim=a_person(),
        email="rosa@ejemplo.pe",
        phone=Phone("+51987654321", is_mobile=True),
        accepted=tuple(AcceptedText(name, version, NOW, "192.0.2.1") for name, version in tools.texts.items()),
    )
    return start_registration(application, origin="192.0.2.1", tools=tools)


def _same(instant: datetime) -> datetime:
    return instant


def _stored(started: StartedRegistration, tools: RegistrationTools) -> Registration:
    found = tools.registrations.find(started.registration.key)
    assert found is not None
    return found


def test_of_four_who_send_the_right_code_at_once_one_opens_the_mailbox(tools: RegistrationTools) -> None:
    started = _started(tools)

    answers = at_once(4, lambda _: verify_by_code(started.registration_id, _CODE, origin="192.0.2.1", tools=tools))

    opened = list(tables.EventItem.query("mailbox#1-99000001"))
    assert [event.type for event in opened] == [EventType.MAILBOX_OPENED.value]
    assert any(isinstance(answer, Registration) for answer in answers)
    refused = {answer.code for answer in answers if isinstance(answer, CasillaError)}
    assert refused <= {"registration_completing"}  # where opening takes longer than the others look
    assert _stored(started, tools).state is RegistrationState.COMPLETED


def test_of_four_clicks_on_the_link_at_once_one_opens_the_mailbox_and_all_are_told_so(tools: RegistrationTools) -> None:
    secrets: list[str] = []

    def new_token() -> str:
        secrets.append(tools.new_token())
        return secrets[-1]

    _started(replace(tools, new_token=new_token))

    answers = at_once(4, lambda _: verify_by_mail_link(secrets[-1], origin="192.0.2.1", tools=tools))

    assert [answer.state for answer in answers if isinstance(answer, Registration)] == [RegistrationState.COMPLETED] * 4
    assert len(list(tables.EventItem.query("mailbox#1-99000001"))) == 1


def test_two_registrations_of_one_holder_at_once_open_one_mailbox(tools: RegistrationTools) -> None:
    codes = [_CODE, _CODE[:-1] + "9"]
    both = []
    for number, code in enumerate(codes):  # an e-mail each: the second is asked for a minute later
        at = NOW + number * timedelta(seconds=61)
        both.append(_started(replace(tools, new_email_code=partial(str, code), clock=partial(_same, at))))

    def verify(number: int) -> Registration:
        return verify_by_code(both[number].registration_id, codes[number], origin="192.0.2.1", tools=tools)

    answers = at_once(2, verify)

    assert all(isinstance(answer, Registration) for answer in answers), answers
    assert sorted(_stored(started, tools).opened_mailbox for started in both) == [False, True]
    assert len(list(tables.AccountItem.scan())) == 1


def test_a_code_never_verifies_the_address_it_was_not_sent_to(tools: RegistrationTools) -> None:
    started = _started(tools)

    def race(number: int) -> Registration:
        if number == 0:
            return verify_by_code(started.registration_id, _CODE, origin="192.0.2.1", tools=tools)
        return change_registration_email(started.registration_id, "otra@ejemplo.pe", tools=tools)

    answers = at_once(2, race)

    assert [isinstance(answer, CasillaError) for answer in answers].count(True) >= 1
    for mailbox in tables.MailboxItem.scan():
        assert mailbox.data["users"][0]["email"] == "rosa@ejemplo.pe"


def test_a_registration_by_ruc_of_before_and_one_by_dni_at_once_open_one_mailbox(tools: RegistrationTools) -> None:
    codes = [_CODE, _CODE[:-1] + "9"]
    both = []
    for number, code in enumerate(codes):
        at = NOW + number * timedelta(seconds=61)
        both.append(_started(replace(tools, new_email_code=partial(str, code), clock=partial(_same, at))))
    by_ruc = _stored(both[1], tools)
    tools.registrations.update(replace(by_ruc, person=None, company=a_company("10990000013")))

    def verify(number: int) -> Registration:
        return verify_by_code(both[number].registration_id, codes[number], origin="192.0.2.1", tools=tools)

    answers = at_once(2, verify)

    assert all(isinstance(answer, Registration) for answer in answers), answers
    assert sorted(_stored(started, tools).opened_mailbox for started in both) == [False, True]
    [mailbox] = tables.MailboxItem.scan()
    led_to = {_stored(started, tools).led_to for started in both}
    assert led_to == {"", mailbox.mailbox_id}
