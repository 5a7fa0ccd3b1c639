"""A company's mailbox with a principal and other users who can all log in, to change who they are (BOX-9)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from chalicelib.bootstrap.storage import mailbox_store
from chalicelib.domain.access.account import Account
from chalicelib.domain.mailbox import DocumentType, Holder, Mailbox, MailboxUser, UserState
from chalicelib.domain.session import Session
from chalicelib.services.access.sessions import open_session
from chalicelib.services.access.tools import AccessTools
from tests.deposit_world import a_mailbox, a_user
from tests.person_world import People, hash_once, texts_in_force

COMPANY = "8-20100000009"
BOSS_NUMBER, OTHER_NUMBER, THIRD_NUMBER = "40000011", "40000028", "40000033"
OTHER, THIRD, FORMER_BOSS = (f"{COMPANY}.{number}" for number in (OTHER_NUMBER, THIRD_NUMBER, BOSS_NUMBER))


def dni(number: str) -> dict[str, Any]:
    return {"document_type": DocumentType.DNI, "document_number": number}


def a_company(**overrides: Any) -> Mailbox:
    """Make a mailbox whose principal is `u1`; `u2` and `u3` are active too."""
    users = (a_user(1, **dni(BOSS_NUMBER)), a_user(2, **dni(OTHER_NUMBER)), a_user(3, **dni(THIRD_NUMBER)))
    holder = Holder(DocumentType.RUC, "20100000009", "COMERCIAL DEMO S.A.C.")
    return a_mailbox(mailbox_id=COMPANY, holder=holder, users=users, **overrides)


def seed_company(tools: AccessTools, container: Any, mailbox: Mailbox | None = None) -> None:
    """Put mailbox and accounts, all with one password."""
    mailbox = mailbox or a_company()
    mailbox_store(container).put(mailbox)
    for user in mailbox.users:
        account = Account(
            mailbox.username_of(user), user.user_id, COMPANY, user.state, name=user.name, accepted=texts_in_force()
        )
        has_password = user.state is UserState.ACTIVE
        tools.accounts.add(replace(account, password_hash=hash_once(tools.hashing)) if has_password else account)


def set_password(tools: AccessTools, username: str, password: str) -> None:
    account = tools.accounts.find(username)
    assert account
    tools.accounts.update(replace(account, password_hash=tools.hashing.hash(password)))


def session_of(user: MailboxUser, mailbox: Mailbox, at: datetime) -> Session:
    """Be in, for services that are called without a door."""
    return Session("s", "s", user.user_id, mailbox.username_of(user), mailbox.mailbox_id, at, name=user.name)


def token_of(people: People, username: str) -> str:
    """Be logged in, without asking the app."""
    tools, now = people.tools, people.world.clock()
    account = tools.accounts.find(username)
    assert account is not None
    return open_session(account, tools.new_secret(), origin="127.0.0.1", sessions=tools.sessions, now=now).cookie


def users_now(tools: AccessTools) -> dict[str, MailboxUser]:
    mailbox = tools.mailboxes.find(COMPANY)
    assert mailbox
    return {user.user_id: user for user in mailbox.users}
