"""End a user's oldest sessions where a login made them too many, and tell the owner (ASVS 5.0, 7.1.2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from chalicelib.domain.access.account import Account
from chalicelib.domain.access.credentials import user_of
from chalicelib.domain.errors import TooManyRequests
from chalicelib.domain.event import EventType
from chalicelib.domain.session import MOST_SESSIONS, Session, too_many
from chalicelib.renderers.access.access_letters import session_displaced_letter
from chalicelib.services.access.send_access_mail import tell
from chalicelib.services.access.tools import AccessTools
from chalicelib.services.together import together

_TOLD_EVERY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Displaced:
    """How many sessions were ended, and whether word of it could go out to the owner where it was due."""

    count: int = 0
    is_told: bool = True


def displace_sessions(
    opened: Session, listed: Sequence[Session], account: Account, *, tools: AccessTools, now: datetime
) -> Displaced:
    """End what is too many beside the session just opened; no call where the list says that there is room.

    `listed` is as the index knows them. Two logins at once may not see each other and leave one too many, which the
    next one ends.
    """
    others = [session for session in listed if session.access_id != opened.access_id]
    if not too_many(others):
        return Displaced()
    surplus = too_many(tools.sessions.still_open(others, now=now))
    ended: list[Session] = []

    def end(session: Session) -> None:
        event = tools.user_event(EventType.SESSION_DISPLACED, session.user_id, origin=opened.origin, now=now)
        if tools.sessions.displace(session, replace(event, data={"access_id": session.access_id})):
            ended.append(session)

    if surplus:
        together([partial(end, session) for session in surplus])
    return Displaced(len(ended), not ended or _tell(account, tools, now))


def _tell(account: Account, tools: AccessTools, now: datetime) -> bool:
    """Tell the owner, once a day at most: who has the password can neither hide by it nor fill the inbox."""
    cooling = f"displaced#{account.user_id}"
    try:
        tools.limits.cool_down(cooling, seconds=int(_TOLD_EVERY.total_seconds()), now=now)
    except TooManyRequests:
        return True
    user = user_of(account, tools.mailboxes.find(account.mailbox_id))
    letter = session_displaced_letter(now, tools.letterhead, most=MOST_SESSIONS)
    is_told = user is not None and tell(letter, user.email, tools=tools, now=now)
    if not is_told:
        tools.limits.end_cooling(cooling)
    return is_told
