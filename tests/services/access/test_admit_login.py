from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from chalicelib.domain.access.access_policy import (
    LOGINS_PER_DEVICE,
    LOGINS_PER_NEIGHBOURHOOD,
    LOGINS_PER_NETWORK,
    LOGINS_PER_SESSION,
    LOGINS_PER_USER,
    LOGINS_PER_USER_AND_NETWORK,
    MAILS_PER_DEVICE,
    MAILS_PER_NEIGHBOURHOOD,
    MAILS_PER_NETWORK,
    MAILS_PER_NEW_ADDRESS,
    MAILS_PER_SESSION,
    MAILS_PER_USER,
    MAILS_TO_NEW_ADDRESSES_PER_USER,
    LoginDemand,
    MailDemand,
)
from chalicelib.domain.errors import TooManyRequests
from chalicelib.domain.limit import Limit, Standing
from chalicelib.domain.session import Session
from chalicelib.renderers.access.access_letters import mailbox_thawed_letter
from chalicelib.services.access.admit_login import (
    Admission,
    Caller,
    MailAdmission,
    admit_login,
    admit_mail,
    admit_mail_within,
    admit_session,
)
from chalicelib.services.access.send_access_mail import send_to_new_address
from tests.access_world import World, access_world, racing_tools

NOW = datetime(2026, 3, 9, 20, 0, tzinfo=UTC)
HERE, ELSEWHERE = "192.0.2.7", "198.51.100.9"
USERNAME, OTHER = "1-40000002", "1-40000003"


@pytest.fixture
def world(aws: dict[str, str]) -> World:
    return access_world(aws)


def login(world: World, username: str = USERNAME, address: str = HERE, device: str | None = None) -> Admission:
    return admit_login(username, Caller(address, device), lambda: None, limits=world.limits, now=NOW)


def mail(world: World, username: str = USERNAME, address: str = HERE, device: str | None = None) -> MailAdmission:
    return admit_mail(username, Caller(address, device), lambda: None, limits=world.limits, now=NOW)


def within(access_id: str = "a1", username: str = USERNAME) -> Session:
    return Session("s1", access_id, "u1", username, USERNAME, NOW)


def spent(world: World, limit: Limit, *who: str) -> None:
    """Leave no room in one counter."""
    for _ in range(limit.limit):
        world.limits.tally(limit.key(*who), window_s=limit.window_s, now=NOW)


@pytest.mark.parametrize(
    ("limit", "who", "also", "not_for"),
    [
        (LOGINS_PER_USER, (USERNAME,), (USERNAME, ELSEWHERE), (OTHER, HERE)),
        (LOGINS_PER_USER_AND_NETWORK, (USERNAME, "192.0.2.7/32"), (USERNAME, HERE), (USERNAME, "192.0.2.8")),
        (LOGINS_PER_USER_AND_NETWORK, (USERNAME, "192.0.2.7/32"), (USERNAME, HERE), (OTHER, HERE)),
        (LOGINS_PER_NETWORK, ("192.0.2.7/32",), (OTHER, HERE), (OTHER, "192.0.2.8")),
        (LOGINS_PER_NETWORK, ("2001:db8:1:2::/64",), (OTHER, "2001:db8:1:2::99"), (OTHER, "2001:db8:1:3::1")),
        (LOGINS_PER_NEIGHBOURHOOD, ("192.0.2.0/24",), (OTHER, "192.0.2.99"), (OTHER, ELSEWHERE)),
        (LOGINS_PER_NEIGHBOURHOOD, ("2001:db8:1::/48",), (OTHER, "2001:db8:1:ff::1"), (OTHER, "2001:db8:2::1")),
    ],
)
def test_what_was_tried_asks_for_a_code_of_whom_it_concerns_and_refuses_nobody(
    world: World, limit: Limit, who: tuple[str, ...], also: tuple[str, str], not_for: tuple[str, str]
) -> None:
    spent(world, limit, *who)
    concerned, other = login(world, *also), login(world, *not_for)
    assert (concerned.demand, concerned.standing) == (LoginDemand.EMAIL_CODE, Standing.CROWDED)
    assert (other.demand, other.standing) == (LoginDemand.CAPTCHA_OR_CODE, Standing.QUIET)


def test_what_succeeds_counts_against_no_network(world: World) -> None:
    for number in range(LOGINS_PER_NETWORK.limit + 50):
        for back in login(world, username=f"1-4000{number:04d}").give_back:
            back()
    assert login(world, OTHER).demand is LoginDemand.CAPTCHA_OR_CODE


def test_strangers_raise_nothing_on_a_device_where_the_user_got_in_before(world: World) -> None:
    spent(world, LOGINS_PER_USER, USERNAME)
    spent(world, LOGINS_PER_NETWORK, "192.0.2.7/32")
    admitted = [login(world, device="d1") for _ in range(LOGINS_PER_DEVICE.limit)]
    assert {one.demand for one in admitted} == {LoginDemand.CAPTCHA_OR_CODE}
    assert {one.standing for one in admitted} == {Standing.PROVEN}
    assert login(world, device="d1").demand is LoginDemand.EMAIL_CODE
    assert login(world, device="d2").demand is LoginDemand.CAPTCHA_OR_CODE


def test_strangers_spend_nothing_of_a_session_and_it_is_refused_only_for_its_own_tries(world: World) -> None:
    spent(world, LOGINS_PER_USER, USERNAME)
    spent(world, LOGINS_PER_NETWORK, "192.0.2.7/32")
    for _ in range(LOGINS_PER_SESSION.limit):
        admitted = admit_session(within(), limits=world.limits, now=NOW)
        assert admitted.demand is LoginDemand.CAPTCHA_OR_CODE
    with pytest.raises(TooManyRequests):
        admit_session(within(), limits=world.limits, now=NOW)
    for other in (within("a2"), within(username=OTHER)):
        assert admit_session(other, limits=world.limits, now=NOW).demand is LoginDemand.CAPTCHA_OR_CODE


def test_many_passwords_in_one_session_ask_for_a_code_there_and_nowhere_else(world: World) -> None:
    spent(world, LOGINS_PER_USER, USERNAME, "a1")
    assert admit_session(within(), limits=world.limits, now=NOW).demand is LoginDemand.EMAIL_CODE
    assert admit_session(within("a2"), limits=world.limits, now=NOW).demand is LoginDemand.CAPTCHA_OR_CODE
    assert login(world).demand is LoginDemand.CAPTCHA_OR_CODE


@pytest.mark.parametrize(
    ("limit", "who", "also", "not_for"),
    [
        (MAILS_PER_USER, (USERNAME,), (USERNAME, ELSEWHERE), (OTHER, HERE)),
        (MAILS_PER_NETWORK, ("192.0.2.7/32",), (OTHER, HERE), (OTHER, "192.0.2.8")),
        (MAILS_PER_NEIGHBOURHOOD, ("192.0.2.0/24",), (OTHER, "192.0.2.8"), (OTHER, ELSEWHERE)),
    ],
)
def test_mails_asked_for_by_strangers_need_a_captcha_at_worst(
    world: World, limit: Limit, who: tuple[str, ...], also: tuple[str, str], not_for: tuple[str, str]
) -> None:
    spent(world, limit, *who)
    standing = Standing.QUIET if limit is MAILS_PER_USER else Standing.CROWDED
    assert mail(world, *also) == MailAdmission(MailDemand.CAPTCHA, standing)
    assert mail(world, *not_for) == MailAdmission(MailDemand.NOTHING, Standing.QUIET)


def test_a_known_device_asks_for_its_own_mails(world: World) -> None:
    for limit, who in ((MAILS_PER_USER, USERNAME), (MAILS_PER_NETWORK, "192.0.2.7/32")):
        spent(world, limit, who)
    for _ in range(MAILS_PER_DEVICE.limit):
        assert mail(world, device="d1") == MailAdmission(MailDemand.NOTHING, Standing.PROVEN)
    assert mail(world, device="d1").demand is MailDemand.CAPTCHA


def test_a_session_asks_for_its_own_mails_and_is_refused_only_for_them(world: World) -> None:
    for limit, who in ((MAILS_PER_USER, USERNAME), (MAILS_PER_NETWORK, "192.0.2.7/32")):
        spent(world, limit, who)
    asked = within()
    for _ in range(MAILS_PER_SESSION.limit):
        admitted = admit_mail_within(asked, lambda: None, limits=world.limits, now=NOW)
        assert admitted == MailAdmission(MailDemand.NOTHING, Standing.PROVEN)
    with pytest.raises(TooManyRequests):
        admit_mail_within(asked, lambda: None, limits=world.limits, now=NOW)
    admit_mail_within(replace(asked, access_id="a2"), lambda: None, limits=world.limits, now=NOW)


@pytest.mark.parametrize("limit", [MAILS_TO_NEW_ADDRESSES_PER_USER, MAILS_PER_NEW_ADDRESS], ids=["user", "address"])
def test_mails_to_addresses_that_nobody_verified_are_counted_by_who_asks_and_never_held_against_another(
    world: World, aws: dict[str, str], limit: Limit
) -> None:
    asker, to = ("u1", "Nueva@Ejemplo.pe")
    spent(world, limit, *((asker,) if limit is MAILS_TO_NEW_ADDRESSES_PER_USER else (asker, to.casefold())))
    with racing_tools(aws) as (_, prepared):
        tools = replace(prepared, limits=world.limits)

        def send(asked_by: str, to: str) -> None:
            letter = mailbox_thawed_letter(NOW, tools.letterhead)
            send_to_new_address(letter, to, asked_by=asked_by, tools=tools, now=NOW)

        with pytest.raises(TooManyRequests):
            send(asker, to)
        send("u2", to)
        if limit is MAILS_PER_NEW_ADDRESS:
            send(asker, "otra@ejemplo.pe")
            with pytest.raises(TooManyRequests):
                send(asker, "nueva+1@ejemplo.pe")
