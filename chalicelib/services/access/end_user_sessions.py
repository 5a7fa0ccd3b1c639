"""End every session of one user, for an operator who was told of a stolen device or sees an intruder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.errors import NotFound
from chalicelib.domain.event import Event, EventType
from chalicelib.store.access.account_store import AccountStore
from chalicelib.store.access.session_store import SessionStore
from chalicelib.store.event_store import EventStore


@dataclass(frozen=True, slots=True)
class EndingTools:
    """Where accounts, sessions and the log are; `operator` is an actor, `reason` why, without personal data."""

    accounts: AccountStore
    sessions: SessionStore
    events: EventStore
    clock: Callable[[], datetime]
    new_event_id: Callable[[], str]
    operator: str
    reason: str


def end_user_sessions(username: str, tools: EndingTools) -> None:
    """End them at once, then log it; given again it ends those begun since.

    `username` is as `read_username` returns it.

    Raises:
        NotFound: `user_unknown`.

    """
    account = tools.accounts.find(username)
    if account is None:
        raise NotFound("user_unknown", "No hay un usuario así. Revise el tipo y el número de documento.")
    now = tools.clock()
    tools.sessions.end_all(account.user_id, before=now)
    tools.events.add(
        Event(
            subject=f"user#{account.user_id}",
            type=EventType.SESSIONS_ENDED_FOR_USER,
            occurred_at=now,
            event_id=tools.new_event_id(),
            actor=tools.operator,
            data={"reason": tools.reason},
        )
    )
