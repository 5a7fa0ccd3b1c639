"""Change a mailbox's people from what was read, again from the start when somebody else was first."""

from __future__ import annotations

from collections.abc import Callable

from chalicelib.domain.mailbox import (
    MAX_USERS,
    Mailbox,
    MailboxChanged,
    MailboxUser,
    mailbox_changed,
    require_thawed,
)
from chalicelib.domain.people.mailbox_users import require_user
from chalicelib.domain.session import Session
from chalicelib.services.access.tools import AccessTools
from chalicelib.store.people_store import PeopleChange

MAX_TRIES = MAX_USERS
"""Who loses so often has seen as many others win."""

Decide = Callable[[Mailbox, MailboxUser], PeopleChange | None]
"""From the mailbox and its user who asks to the change; None when all is as wanted already."""


def change_people(session: Session, decide: Decide, *, tools: AccessTools) -> tuple[Mailbox, bool]:
    """Return the mailbox as it is then, and whether this call changed it.

    Raises:
        SessionEnded: `session_ended`: who asks has no access any more.
        MailboxFrozen: `mailbox_frozen`: it froze since the session was read.
        MailboxChanged: `mailbox_changed`, after every try.
        CasillaError: as `decide` does.

    """
    for _ in range(MAX_TRIES):
        mailbox, user = require_user(tools.mailboxes.find(session.mailbox_id), session.user_id)
        require_thawed(mailbox)
        change = decide(mailbox, user)
        if change is None:
            return mailbox, False
        try:
            return tools.people.commit(change), True
        except MailboxChanged:
            continue
    raise mailbox_changed()
