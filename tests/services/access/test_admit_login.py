from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.domain.access.access_policy import (
    LOGINS_PER_ADDRESS,
    LOGINS_PER_SESSION,
    LOGINS_PER_USER,
    LOGINS_PER_USER_AND_ADDRESS,
    MAILS_PER_ADDRESS,
    MAILS_PER_NEW_ADDRESS,
    MAILS_PER_USER,
    MAILS_PER_USER_AND_ADDRESS,
    MAILS_TO_NEW_ADDRESSES_PER_USER,
    RESEND_COOLING_S,
    LoginDemand,
    MailDemand,
)
from chalicelib.domain.errors import TooManyRequests
from chalicelib.domain.limit import Limit
from chalicelib.domain.session import Session
from chalicelib.renderers.access.access_letters import password_changed_letter
from chalicelib.services.access.admit_login import admit_login, admit_mail, admit_session
from chalicelib.services.access.send_access_mail import send_to_new_address
from tests.access_world import World, access_world, racing_tools

NOW = datetime(2026, 3, 9, 20, 0, tzinfo=UTC)


@pytest.fixture
def world(aws: dict[str, str]) -> World:
    return access_world(aws)


def login(world: World, username: str = "1-40000002", address: str = "192.0.2.7") -> LoginDemand:
    return admit_login(username, address, limits=world.limits, now=NOW)


def test_many_tries_on_a_user_from_one_address_ask_for_a_code_there_and_refuse_nobody(world: World) -> None:
    for _ in range(LOGINS_PER_USER_AND_ADDRESS.limit):
        assert login(world) is LoginDemand.CAPTCHA_OR_CODE
    assert login(world) is LoginDemand.EMAIL_CODE
    assert login(world, username="1-40000003") is LoginDemand.CAPTCHA_OR_CODE
    assert login(world, address="192.0.2.8") is LoginDemand.CAPTCHA_OR_CODE


def test_one_address_is_refused_after_trying_many_users(world: World) -> None:
    for number in range(LOGINS_PER_ADDRESS.limit):
        login(world, username=f"1-4000{number:04d}")
    with pytest.raises(TooManyRequests):
        login(world, username="1-49999999")


def test_a_user_attacked_from_everywhere_still_gets_in_with_a_code_by_mail(world: World) -> None:
    demands = [login(world, address=f"198.51.100.{number}") for number in range(LOGINS_PER_USER.limit + 5)]
    assert demands[: LOGINS_PER_USER.limit] == [LoginDemand.CAPTCHA_OR_CODE] * LOGINS_PER_USER.limit
    assert set(demands[LOGINS_PER_USER.limit :]) == {LoginDemand.EMAIL_CODE}
    assert login(world, address="192.0.2.7") is LoginDemand.EMAIL_CODE


def test_strangers_spend_nothing_of_a_session_and_it_is_refused_only_for_its_own_tries(world: World) -> None:
    for _ in range(LOGINS_PER_USER.limit + 1):
        login(world)

    def within(access_id: str) -> LoginDemand:
        session = Session("s1", access_id, "u1", "1-40000002", "1-40000002", NOW)
        return admit_session(session, "192.0.2.7", limits=world.limits, now=NOW)

    assert {within("a1") for _ in range(LOGINS_PER_SESSION.limit)} == {LoginDemand.CAPTCHA_OR_CODE}
    with pytest.raises(TooManyRequests):
        within("a1")
    assert within("a2") is LoginDemand.CAPTCHA_OR_CODE


def mail(world: World, address: str = "192.0.2.7", after: int = 0) -> MailDemand:
    return admit_mail("1-40000002", address, limits=world.limits, now=NOW + timedelta(seconds=after))


def test_mails_wait_for_each_other_and_are_few_an_hour_from_one_address(world: World) -> None:
    mail(world)
    with pytest.raises(TooManyRequests):
        mail(world, after=RESEND_COOLING_S - 1)
    for number in range(1, MAILS_PER_USER_AND_ADDRESS.limit):
        mail(world, after=number * RESEND_COOLING_S)
    with pytest.raises(TooManyRequests) as caught:
        mail(world, after=MAILS_PER_USER_AND_ADDRESS.limit * RESEND_COOLING_S)
    assert caught.value.retry_after == 55 * 60


def test_strangers_who_ask_for_mails_make_the_owner_solve_a_captcha_at_worst(world: World) -> None:
    for number in range(MAILS_PER_USER.limit):
        assert mail(world, address=f"198.51.100.{number}") is MailDemand.NOTHING
    assert mail(world) is MailDemand.CAPTCHA


def spent(world: World, limit: Limit, *who: str) -> None:
    """Leave no room in one counter."""
    for _ in range(limit.limit):
        world.limits.tally(limit.key(*who), window_s=limit.window_s, now=NOW)


def within(world: World, username: str, access_id: str, address: str) -> LoginDemand:
    session = Session("s1", access_id, "u1", username, "1-40000002", NOW)
    return admit_session(session, address, limits=world.limits, now=NOW)


def test_what_one_user_used_up_is_no_other_users(world: World) -> None:
    spent(world, LOGINS_PER_USER, "1-40000002")
    assert login(world) is LoginDemand.EMAIL_CODE
    assert login(world, username="1-40000003") is LoginDemand.CAPTCHA_OR_CODE


def test_what_one_address_used_up_is_no_other_addresses(world: World) -> None:
    spent(world, LOGINS_PER_ADDRESS, "192.0.2.7")
    with pytest.raises(TooManyRequests):
        login(world)
    assert login(world, address="192.0.2.8") is LoginDemand.CAPTCHA_OR_CODE
    with pytest.raises(TooManyRequests):
        within(world, "1-40000002", "a1", "192.0.2.7")
    assert within(world, "1-40000002", "a1", "192.0.2.8") is LoginDemand.CAPTCHA_OR_CODE


def test_what_one_session_used_up_is_no_other_sessions(world: World) -> None:
    spent(world, LOGINS_PER_SESSION, "1-40000002", "a1")
    with pytest.raises(TooManyRequests):
        within(world, "1-40000002", "a1", "192.0.2.7")
    assert within(world, "1-40000002", "a2", "192.0.2.7") is LoginDemand.CAPTCHA_OR_CODE
    assert within(world, "1-40000003", "a1", "192.0.2.7") is LoginDemand.CAPTCHA_OR_CODE


def test_many_passwords_in_one_session_ask_for_a_code_there_and_nowhere_else(world: World) -> None:
    spent(world, LOGINS_PER_USER, "1-40000002", "a1")
    assert within(world, "1-40000002", "a1", "192.0.2.7") is LoginDemand.EMAIL_CODE
    assert within(world, "1-40000002", "a2", "192.0.2.7") is LoginDemand.CAPTCHA_OR_CODE
    assert login(world) is LoginDemand.CAPTCHA_OR_CODE


@pytest.mark.parametrize(
    ("limit", "who"),
    [(MAILS_PER_ADDRESS, ("192.0.2.7",)), (MAILS_PER_USER_AND_ADDRESS, ("1-40000002", "192.0.2.7"))],
)
def test_mails_refused_to_one_address_are_sent_for_another(world: World, limit: Limit, who: tuple[str, ...]) -> None:
    spent(world, limit, *who)
    with pytest.raises(TooManyRequests):
        mail(world)
    assert mail(world, address="192.0.2.8") is MailDemand.NOTHING


def test_mails_to_one_person_make_nobody_else_solve_a_captcha_or_wait(world: World) -> None:
    spent(world, MAILS_PER_USER, "1-40000002")
    assert mail(world) is MailDemand.CAPTCHA
    assert admit_mail("1-40000003", "192.0.2.7", limits=world.limits, now=NOW) is MailDemand.NOTHING
    assert mail(world, address="192.0.2.8") is MailDemand.CAPTCHA


@pytest.mark.parametrize("limit", [MAILS_TO_NEW_ADDRESSES_PER_USER, MAILS_PER_NEW_ADDRESS], ids=["user", "address"])
def test_mails_to_addresses_that_nobody_verified_are_counted_by_who_asks_and_never_held_against_another(
    world: World, aws: dict[str, str], limit: Limit
) -> None:
    asker, to = ("u1", "Nueva@Ejemplo.pe")
    spent(world, limit, *((asker,) if limit is MAILS_TO_NEW_ADDRESSES_PER_USER else (asker, to.casefold())))
    with racing_tools(aws) as (_, prepared):
        tools = replace(prepared, limits=world.limits)

        def send(asked_by: str, to: str) -> None:
            letter = password_changed_letter(NOW, tools.letterhead)
            send_to_new_address(letter, to, asked_by=asked_by, tools=tools, now=NOW)

        with pytest.raises(TooManyRequests):
            send(asker, to)
        send("u2", to)
        if limit is MAILS_PER_NEW_ADDRESS:
            send(asker, "otra@ejemplo.pe")
            with pytest.raises(TooManyRequests):
                send(asker, "nueva+1@ejemplo.pe")
