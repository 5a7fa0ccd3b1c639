"""Choose a new password by the link of an e-mail; it counts once, and only when the password is set (ACC-3)."""

from __future__ import annotations

from datetime import datetime

from chalicelib.domain.access.account import AccountChanged, with_own_password
from chalicelib.domain.access.credentials import check_new_password
from chalicelib.domain.access.token import TokenKind
from chalicelib.domain.event import EventType
from chalicelib.domain.mailbox import ChangeKind
from chalicelib.services.access.links import link_unusable, open_link
from chalicelib.services.access.prove_address import Answer, email_answered
from chalicelib.services.access.tell_change import new_telling, tell_former
from chalicelib.services.access.tools import AccessTools
from chalicelib.services.together import together


def reset_password(link: str, new: str, *, origin: str, tools: AccessTools, now: datetime) -> bool:
    """Set the password, end all sessions, use the link up, and return whether the owner could be told.

    Five hops and six calls, one more with a mobile.

    Raises:
        LinkUnusable: `link_unusable`.
        LinkExpired: `link_expired`.
        InvalidInput: as `check_password` does; the link stays good.
        AccountChanged: `account_changed`; the link stays good.

    """
    owner = open_link(TokenKind.RESET_LINK, link, tools=tools, now=now)
    check_new_password(new, owner.account, owner.mailbox, tools.common_passwords())
    changed = with_own_password(owner.account, tools.hashing.hash(new))
    done_at = tools.clock()  # as late as can be: a login by the old password that began before it ends with the rest
    event = tools.user_event(EventType.PASSWORD_RESET, changed.user_id, origin=origin, now=done_at)
    telling = new_telling(ChangeKind.PASSWORD, owner.mailbox, owner.user, tools=tools, now=done_at)
    try:
        tools.access.commit_password(changed, event, now=done_at, reset_link=link, issued=telling.tokens)
    except AccountChanged:
        if tools.tokens.find(TokenKind.RESET_LINK, link) is None:
            raise link_unusable(TokenKind.RESET_LINK) from None
        raise
    told: list[bool] = []
    answer = Answer(owner.sent_at or done_at, done_at, event.actor, origin)
    together(
        [
            lambda: email_answered(owner.mailbox, changed.user_id, answer, tools=tools),
            lambda: told.append(tell_former(telling, tools=tools, now=done_at)),
            # a login by the old password may have opened a session while the transaction was under way
            lambda: tools.sessions.end_all(changed.user_id, before=tools.clock()),
        ]
    )
    return told[0]
