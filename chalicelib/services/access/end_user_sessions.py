"""End every session of one user, for an operator who was told of a stolen device or sees an intruder."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.domain.errors import NotFound
from chalicelib.domain.event import EventType
from chalicelib.services.operator_act import OperatorAct
from chalicelib.store.access.account_store import AccountStore
from chalicelib.store.access.session_store import SessionStore
from chalicelib.store.event_store import EventStore


@dataclass(frozen=True, slots=True)
class EndingTools:
    """Where accounts, sessions and the log are, and for whom they are ended."""

    accounts: AccountStore
    sessions: SessionStore
    events: EventStore
    act: OperatorAct


def end_user_sessions(username: str, tools: EndingTools) -> None:
    """End them at once, then log it; given again it ends those begun since.

    `username` is as `read_username` returns it.

    Raises:
        NotFound: `user_unknown`.

    """
    account = tools.accounts.find(username)
    if account is None:
        raise NotFound("user_unknown", "No hay un usuario así. Revise el tipo y el número de documento.")
    now = tools.act.clock()
    tools.sessions.end_all(account.user_id, before=now)
    tools.events.add(tools.act.event(f"user#{account.user_id}", EventType.SESSIONS_ENDED_FOR_USER, now))
