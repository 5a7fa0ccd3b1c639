from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.domain.access.access_policy import (
    LOGINS_PER_ADDRESS,
    LOGINS_PER_SESSION,
    LOGINS_PER_USER,
    LOGINS_PER_USER_AND_ADDRESS,
    MAILS_PER_USER,
    MAILS_PER_USER_AND_ADDRESS,
    RESEND_COOLING_S,
    LoginDemand,
    MailDemand,
)
from chalicelib.domain.errors import TooManyRequests
from chalicelib.domain.session import Session
from chalicelib.services.access.admit_login import admit_login, admit_mail, admit_session
from tests.access_world import World, access_world

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
