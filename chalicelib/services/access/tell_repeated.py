"""Tell a mailbox's owner, once a day, that somebody registered as its holder again (REG-9, REG-11).

The registration leaves that it is to be told, in the transaction that ends it. A job tells it later, so that nothing on
the applicant's way depends on there being an owner. It is claimed before and recorded after, as what `tell_owed` tells.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime

from chalicelib.domain.access.owed_telling import next_try
from chalicelib.domain.access.token import VALID_FOR, NewToken, Token, TokenKind
from chalicelib.domain.errors import MessageRefused, Unavailable
from chalicelib.domain.mailbox import MailboxUser
from chalicelib.renderers.access.access_letters import repeated_letter
from chalicelib.renderers.access.access_sms import repeated_sms
from chalicelib.services.access.send_access_mail import tell
from chalicelib.services.access.tools import AccessTools
from chalicelib.services.work_through import work_through

_OWED = "owed"
_AT_ONCE = 200


def to_be_told(mailbox_id: str, now: datetime) -> NewToken:
    """Return what has a mailbox's owner told; the next of the same mailbox takes its place."""
    until, data = now + VALID_FOR[TokenKind.REPEATED], {"mailbox_id": mailbox_id, "registered_at": now.isoformat()}
    return NewToken(TokenKind.REPEATED, mailbox_id, now, until, subject=_OWED, data=data)


def tell_repeated(*, tools: AccessTools, now: Callable[[], datetime], until: datetime) -> Counter[str]:
    """Tell what is due, the longest due first: `told`, `told_before` within a day, `untold` as nothing goes out.

    `overtaken` is what another worker tells.
    """
    listed = tools.tokens.list_for_subject(TokenKind.REPEATED, _OWED, limit=_AT_ONCE, until=now())
    owed = {str(number): token for number, token in enumerate(listed, 1)}
    return work_through(
        owed, lambda number: _tell(owed[number], tools, now()), job="watch_access", now=now, until=until
    ).outcomes


def _tell(token: Token, tools: AccessTools, now: datetime) -> str:
    mailbox_id = str(token.data["mailbox_id"])
    before = tools.tokens.find(TokenKind.REPEATED_TOLD, mailbox_id)
    outcome = "told_before"
    if before is None or not before.is_valid_at(now):
        if not tools.tellings.claim(token, due_at=next_try(now, token.attempts)):
            return "overtaken"
        registered_at = datetime.fromisoformat(str(token.data.get("registered_at", token.issued_at)))
        mailbox = tools.mailboxes.find(mailbox_id)
        principal = next((user for user in mailbox.users if user.is_principal), None) if mailbox else None
        if principal is not None and not _send(principal, registered_at, tools, now):
            return "untold"
        tools.tokens.issue(NewToken(TokenKind.REPEATED_TOLD, mailbox_id, now, now + VALID_FOR[TokenKind.REPEATED_TOLD]))
        outcome = "told"
    tools.tokens.revoke(TokenKind.REPEATED, mailbox_id)
    return outcome


def _send(user: MailboxUser, registered_at: datetime, tools: AccessTools, now: datetime) -> bool:
    """Send to both of a user's channels; True where anything went out."""
    is_told = tell(repeated_letter(registered_at, tools.letterhead), user.email, tools=tools, now=now)
    if user.mobile is None:
        return is_told
    try:
        tools.sms().send(user.mobile, repeated_sms(tools.letterhead.portal))
    except (MessageRefused, Unavailable):
        return is_told
    return True
