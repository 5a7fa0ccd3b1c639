"""A new address proves itself, then waits: the one on record has a day to contest it, or confirms it (REG-11)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.domain.mailbox import Mailbox, MailboxState, MailboxUser, WaitingEmail

EMAIL_WAITS = timedelta(hours=24)
"""How long a new address waits that nobody confirmed by the address on record."""


def with_waiting_email(mailbox: Mailbox, user: MailboxUser, waiting: WaitingEmail) -> Mailbox:
    """Have a proven address wait; one that waited before is forgotten."""
    return _with(mailbox, replace(user, waiting=waiting))


def with_effective_email(
    mailbox: Mailbox, user: MailboxUser, now: datetime, *, confirmed_as: str = ""
) -> Mailbox | None:
    """Put a waiting address in the old one's place; None before its time, where none waits, and in a frozen mailbox.

    Who holds what was sent to the address on record confirms by the change's id, and then it is time.
    """
    waiting = user.waiting
    if waiting is None or mailbox.state is MailboxState.FROZEN:
        return None
    if now < waiting.effective_at and confirmed_as != waiting.change_id:
        return None
    return _with(mailbox, replace(user, email=waiting.email, waiting=None))


def _with(mailbox: Mailbox, changed: MailboxUser) -> Mailbox:
    users = tuple(changed if user.user_id == changed.user_id else user for user in mailbox.users)
    return replace(mailbox, users=users)
