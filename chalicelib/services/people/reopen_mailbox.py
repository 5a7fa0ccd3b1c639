"""Open a closed mailbox again: its principal user, with the own password, for notices from then on (DAT-1)."""

from __future__ import annotations

from functools import partial

from chalicelib.domain.event import EventType
from chalicelib.domain.mailbox import ChangeKind, Consent, Mailbox, MailboxUser
from chalicelib.domain.people.closing import reopened
from chalicelib.domain.people.mailbox_users import require_principal, require_user
from chalicelib.domain.session import Session, require_texts_accepted
from chalicelib.services.access.own_password import Confirmed
from chalicelib.services.access.tell_change import Telling, tell_former
from chalicelib.services.access.tools import AccessTools
from chalicelib.services.people.change_people import change_people
from chalicelib.services.people.data_requests import require_password, tell_all
from chalicelib.services.together import together
from chalicelib.store.people_store import PeopleChange


def reopen_mailbox(session: Session, password: str, *, origin: str, tools: AccessTools) -> Mailbox:
    """Open it and give the consent anew, and tell every active user.

    Raises:
        SessionEnded: `session_ended`.
        TextsNotAccepted: `texts_not_accepted`.
        PrincipalNeeded: `principal_needed`.
        ClosingRefused: `mailbox_not_closed`.
        InvalidInput: `password_wrong`.
        TooManyRequests: `limit_reached`.
        MailboxFrozen, MailboxChanged: as `change_people`.

    """
    require_texts_accepted(session)
    now, version = tools.clock(), tools.current_texts()["terms"]
    _, asking = require_user(tools.mailboxes.find(session.mailbox_id), session.user_id)
    require_principal(asking)
    require_password(session, password, Confirmed.REOPENING, origin=origin, tools=tools, now=now)
    tellings: tuple[Telling, ...] = ()

    def decide(mailbox: Mailbox, user: MailboxUser) -> PeopleChange | None:
        nonlocal tellings
        require_principal(user)
        if tellings and tools.tellings.is_being_told(tellings[0].owed.telling_id):
            return None  # an earlier try of ours, whose answer was lost; another's wrote nothing of ours
        consent = Consent(is_given=True, at=now, version=version, origin=origin, user_id=user.user_id)
        opened = reopened(mailbox, consent)
        says = {"holder": mailbox.holder.name}
        tellings = tell_all(ChangeKind.REOPENING, mailbox, user, says, tools=tools, now=now)
        return PeopleChange(
            mailbox=opened,
            event=tools.people_event(EventType.MAILBOX_REOPENED, session, user.user_id, origin=origin, now=now),
            also_issued=tuple(token for one in tellings for token in one.tokens),
        )

    mailbox, is_changed = change_people(session, decide, tools=tools)
    if is_changed:  # else another did it, or our answer was lost: then the worker tells what was committed
        together([partial(tell_former, one, tools=tools, now=now) for one in tellings])
    return mailbox
