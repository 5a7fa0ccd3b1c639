"""The demonstration's people: each an own identifier and an own way in, also over data of an earlier version."""

from __future__ import annotations

import pytest

from chalicelib.bootstrap import Container
from chalicelib.bootstrap.access import account_store
from chalicelib.bootstrap.storage import mailbox_store
from chalicelib.config import Config
from chalicelib.domain.access.credentials import check_new_password
from chalicelib.domain.deadline import Regime
from chalicelib.domain.deposit.recipient import foresee_reception
from chalicelib.domain.mailbox import MailboxState, UserState
from chalicelib.domain.sender.institution import Institution
from chalicelib.services.access.password_hashing import PasswordHashing
from infra.local.demo_data import INSTITUTIONS, MAILBOXES, PASSWORD, PEOPLE, _add_accounts, _add_mailboxes
from tests.common_passwords import COMMON
from tests.deposit_world import a_mailbox


@pytest.fixture
def box(aws: dict[str, str]) -> Container:
    return Container(Config.from_env({**aws, "API_AUTHORITY": "x", "API_BASE_URL": "https://x"}))


def test_no_two_users_share_an_identifier_a_username_or_within_a_mailbox_an_address() -> None:
    users = [(mailbox, user) for mailbox in MAILBOXES for user in mailbox.users]
    for key in (
        {user.user_id for _, user in users},
        {mailbox.username_of(user) for mailbox, user in users},
        {(mailbox.mailbox_id, user.email) for mailbox, user in users},
    ):
        assert len(key) == len(users)


def test_every_active_person_can_be_alerted_by_e_mail_and_sms() -> None:
    active = [user for mailbox in MAILBOXES for user in mailbox.users if user.state is UserState.ACTIVE]
    assert [user.name for user in active if user.mobile is None] == []
    assert len({user.mobile for user in active}) == len(active)


@pytest.mark.parametrize("institution", INSTITUTIONS, ids=lambda one: one.institution_id)
def test_every_open_mailbox_receives_under_every_regime(institution: Institution) -> None:
    for mailbox in MAILBOXES:
        expected = tuple(Regime) if mailbox.state is MailboxState.OPEN else ()
        assert foresee_reception(mailbox, institution).regimes == expected


def test_the_people_named_at_the_start_have_the_password_told_there(box: Container) -> None:
    mailbox_store(box).put(a_mailbox())  # as an earlier version kept it: users `u1` and `u2`
    for _ in range(2):
        _add_mailboxes(box)
        _add_accounts(box)

    for username in PEOPLE:
        account = account_store(box).find(username)
        assert account is not None
        assert PasswordHashing().check(PASSWORD, account.password_hash).is_right
        mailbox = mailbox_store(box).find(account.mailbox_id)
        assert mailbox is not None
        assert mailbox.user(account.user_id) is not None
        check_new_password(PASSWORD, account, mailbox, COMMON)
    states = {username: account.state for username in PEOPLE if (account := account_store(box).find(username))}
    assert set(states.values()) == {UserState.ACTIVE}
