from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.domain.access.access_policy import (
    LOGINS_PER_NEIGHBOURHOOD,
    LOGINS_PER_NETWORK,
    LOGINS_PER_USER,
    LOGINS_PER_USER_AND_NETWORK,
    MAILS_PER_NEIGHBOURHOOD,
    MAILS_PER_NETWORK,
    MAILS_PER_USER,
    LoginDemand,
    MailDemand,
    login_demand,
    mail_demand,
)
from chalicelib.domain.access.account import (
    Account,
    AccountDisabled,
    AccountNotActivated,
    TemporaryPasswordExpired,
    check_may_log_in,
    with_own_password,
    with_temporary_password,
)
from chalicelib.domain.limit import Limit
from chalicelib.domain.mailbox import UserState

NOW = datetime(2026, 3, 9, 20, 15, 30, tzinfo=UTC)
PENDING = Account("1-40000002", "u1", "1-40000002", UserState.PENDING)


def test_an_account_that_was_not_activated_or_is_disabled_is_told_what_to_do() -> None:
    with pytest.raises(AccountNotActivated, match="account_not_activated"):
        check_may_log_in(PENDING, None, NOW)
    with pytest.raises(AccountDisabled, match="account_disabled") as caught:
        check_may_log_in(replace(PENDING, state=UserState.DISABLED), None, NOW)
    assert "usuario principal" in caught.value.detail


def test_a_temporary_password_serves_three_days_and_has_to_be_changed() -> None:
    account = with_temporary_password(PENDING, "hash", NOW)
    assert (account.state, account.must_change_password) == (UserState.ACTIVE, True)
    check_may_log_in(account, None, NOW + timedelta(days=3))
    with pytest.raises(TemporaryPasswordExpired):
        check_may_log_in(account, None, NOW + timedelta(days=3, microseconds=1))


def test_an_own_password_does_not_expire() -> None:
    account = with_own_password(with_temporary_password(PENDING, "hash", NOW), "own")
    assert (account.password_hash, account.must_change_password) == ("own", False)
    check_may_log_in(account, None, NOW + timedelta(days=9999))


@pytest.mark.parametrize(
    ("attempts", "needed"),
    [
        (1, LoginDemand.CAPTCHA_OR_CODE),
        (LOGINS_PER_USER.limit, LoginDemand.CAPTCHA_OR_CODE),
        (LOGINS_PER_USER.limit + 1, LoginDemand.EMAIL_CODE),
        (1_000_000, LoginDemand.EMAIL_CODE),
    ],
)
def test_attempts_on_a_user_ask_for_more_and_never_close_the_way(attempts: int, needed: LoginDemand) -> None:
    assert login_demand({LOGINS_PER_USER: attempts}) is needed


@pytest.mark.parametrize("shared", [LOGINS_PER_USER_AND_NETWORK, LOGINS_PER_NETWORK, LOGINS_PER_NEIGHBOURHOOD])
def test_attempts_from_a_network_that_others_share_ask_for_more_as_well(shared: Limit) -> None:
    assert login_demand({LOGINS_PER_USER: 1, shared: shared.limit}) is LoginDemand.CAPTCHA_OR_CODE
    assert login_demand({LOGINS_PER_USER: 1, shared: shared.limit + 1}) is LoginDemand.EMAIL_CODE


def test_asking_for_many_mails_needs_a_captcha_and_is_never_refused_for_what_others_did() -> None:
    for shared in (MAILS_PER_USER, MAILS_PER_NETWORK, MAILS_PER_NEIGHBOURHOOD):
        assert mail_demand({shared: shared.limit}) is MailDemand.NOTHING
        assert mail_demand({shared: shared.limit + 1}) is MailDemand.CAPTCHA
