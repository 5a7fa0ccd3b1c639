"""What undoing the contested changes of a frozen mailbox writes: users and accounts as before, and who is in no more.

The contested users have again what was on record before the first contested change, and their passwords open nothing.
Neither does that of whoever took somebody out who contests it. Who was taken out is back as they were. Who was given
access, or the mailbox, since then has none any more.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.domain.access.account import Account, renamed
from chalicelib.domain.access.freezing import actors, first_contested, returned, thawed
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.mailbox import Freeze, Mailbox, MailboxUser, UserState
from chalicelib.services.access.links import Link, new_link, owner_from
from chalicelib.services.access.tools import AccessTools

_LET_IN = (EventType.USER_ADDED, EventType.PRINCIPAL_CHANGED)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a thaw writes, and whom it tells by a link.

    `accounts` are changed, `returned` are new: of who was taken out and is back. `shut_out` get in no more.
    """

    mailbox: Mailbox
    accounts: tuple[Account, ...] = ()
    returned: tuple[Account, ...] = ()
    links: tuple[tuple[MailboxUser, Link], ...] = ()
    shut_out: tuple[MailboxUser, ...] = ()
    is_undone: bool = False


def undo_contested(mailbox: Mailbox, freeze: Freeze, *, at: datetime, tools: AccessTools) -> Plan:
    """Read what it takes, and return what to write.

    Raises:
        EmailTakenMeanwhile: `email_taken_meanwhile`.

    """
    events = tools.events.list_since(f"mailbox#{mailbox.mailbox_id}", freeze.since, _LET_IN)
    late = {user.user_id for user in _let_in_since(mailbox, freeze, events)}
    opened = thawed(mailbox, freeze, is_undone=True, shut_out=late)
    opened = replace(opened, users=tuple(_disabled(user) if user.user_id in late else user for user in opened.users))
    back = {user.user_id for user in returned(mailbox, freeze)}
    voided = {*first_contested(freeze), *actors(freeze), *back} - late
    changed: list[Account] = []
    new: list[Account] = []
    links: list[tuple[MailboxUser, Link]] = []
    for user in opened.users:
        account = tools.accounts.find(opened.username_of(user))
        if user.user_id in back and mailbox.user(user.user_id) is None:
            account = _account(opened, user, at)
            new.append(account)
        elif account is None:
            continue
        elif user.user_id in late:
            changed.append(replace(account, state=UserState.DISABLED))
        elif user.user_id in voided:
            account = _void(account, user.state if user.user_id in back else account.state)
            changed.append(account)
        owner = owner_from(account, opened) if user.user_id in voided else None
        if owner is not None:
            links.append((user, new_link(owner, tools=tools, now=at)))
    shut_out = tuple(user for user in opened.users if user.user_id in late)
    return Plan(opened, tuple(changed), tuple(new), tuple(links), shut_out, is_undone=True)


def _account(mailbox: Mailbox, user: MailboxUser, at: datetime) -> Account:
    """Return the way in of who is back, under the name they had, to choose a password for."""
    account = Account(mailbox.mailbox_id, user.user_id, mailbox.mailbox_id, user.state, name=user.name)
    return renamed(account, mailbox, None, at)


def _void(account: Account, state: UserState) -> Account:
    return replace(account, state=state, password_hash=None, must_change_password=False, temporary_until=None)


def _disabled(user: MailboxUser) -> MailboxUser:
    return replace(user, state=UserState.DISABLED)


def _let_in_since(mailbox: Mailbox, freeze: Freeze, events: Iterable[Event]) -> list[MailboxUser]:
    """Return who was added since, and who was handed the mailbox by a contested user or by one of these.

    Who took somebody out that contests it counts as contested. Whom an operator or an officer made the principal
    showed a document for it, and stays.
    """
    contested = first_contested(freeze)
    added: set[str] = set()
    handed: set[str] = set()
    for event in events:
        user_id = event.data["user_id"]
        if event.type is EventType.USER_ADDED:
            added.add(user_id)
        elif event.is_of_office:
            added.discard(user_id)
            handed.discard(user_id)
        elif event.data["former_id"] in {*contested, *actors(freeze), *added, *handed}:
            handed.add(user_id)
    let_in = added | (handed - contested.keys())
    back = {user.user_id for user in returned(mailbox, freeze)}
    return [
        user
        for user in mailbox.users
        if user.user_id in let_in - back and (user.user_id in handed or not user.is_principal)
    ]
