"""Remove who left: the place is free, what they had opens nothing any more, what they did stays on record (BOX-9)."""

from __future__ import annotations

from datetime import datetime, timedelta

from chalicelib.domain.event import EventType
from chalicelib.domain.mailbox import ChangeKind, Mailbox, MailboxUser
from chalicelib.domain.people.former_user import former_user
from chalicelib.domain.people.mailbox_users import removed, require_principal, secondary_user
from chalicelib.domain.session import Session
from chalicelib.services.access.login_codes import code_lists
from chalicelib.services.access.tell_change import Telling, tell_former
from chalicelib.services.access.tools import AccessTools
from chalicelib.services.people.change_people import change_people
from chalicelib.services.people.tell_user import told_by_principal
from chalicelib.store.people_store import EndedSessions, MovedAccounts, PeopleChange

PAST_ANY_LOGIN = timedelta(hours=1)
"""After it no login goes on that read an account before it was gone: sessions begun until then are over too."""


def remove_user(session: Session, user_id: str, *, origin: str, tools: AccessTools, now: datetime) -> Mailbox:
    """Take a secondary user out of the mailbox, in one transaction with all that let them in.

    Who had got in before can contest it. Six hops and six calls, one more with a mobile.

    The same person can be added again, as another user.

    Raises:
        PrincipalNeeded: `principal_needed`.
        NotFound: `user_unknown`, also of one who was removed.
        Conflict: `user_is_principal`.
        LastMobile: `last_mobile`: SMS reach the mailbox by this user alone.
        MailboxChanged: `mailbox_changed`.

    """
    telling: Telling | None = None

    def decide(mailbox: Mailbox, principal: MailboxUser) -> PeopleChange | None:
        nonlocal telling
        require_principal(principal)
        if telling is not None and tools.tellings.is_being_told(telling.owed.telling_id):
            return None  # an earlier try of ours, whose answer was lost; another's wrote nothing of ours
        leaving, at = secondary_user(mailbox, user_id), tools.clock()
        username = mailbox.username_of(leaving)
        account = tools.accounts.find(username)
        telling = told_by_principal(
            ChangeKind.REMOVAL, mailbox, leaving, account, by=principal.user_id, at=at, tools=tools
        )
        return PeopleChange(
            mailbox=removed(mailbox, leaving, tools.reach),
            event=tools.people_event(EventType.USER_REMOVED, session, user_id, origin=origin, now=at),
            moved=MovedAccounts(read=(account,)) if account else None,
            former=former_user(mailbox, leaving, at),
            sessions=(EndedSessions(user_id, at + PAST_ANY_LOGIN),),
            forgotten=code_lists(username),
            also_issued=telling.tokens,
        )

    mailbox, _ = change_people(session, decide, tools=tools)
    tell_former(telling, tools=tools, now=now)
    return mailbox
