"""Tell a user what was done to their access in the principal user's name, and give them what contests it (REG-11)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from chalicelib.domain.access.account import Account
from chalicelib.domain.mailbox import AccessChange, ChangeKind, Mailbox, MailboxUser, UserState
from chalicelib.services.access.tell_change import Telling, telling_of
from chalicelib.services.access.tools import AccessTools


def told_by_principal(  # noqa: PLR0913 - what was done to whom by whom, and when
    kind: ChangeKind,
    mailbox: Mailbox,
    before: MailboxUser,
    account: Account | None,
    *,
    by: str,
    at: datetime,
    tools: AccessTools,
) -> Telling:
    """Return what tells them; nobody contests it by an address that was never proved."""
    user = replace(before, waiting=None)
    change = AccessChange(tools.new_event_id(), kind, user.user_id, at, user.email, user.mobile, removed=user, by=by)
    had_got_in = user.state is UserState.ACTIVE or (account is not None and account.password_hash is not None)
    says = {"holder": mailbox.holder.name}
    return telling_of(mailbox, change, tools=tools, now=at, says=says, is_contestable=had_got_in)
