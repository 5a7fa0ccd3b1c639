"""Log in, and confirm who one is again for mailbox contents (ACC-1, ACC-2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.domain.access.account import Account
from chalicelib.domain.access.credentials import Attempt
from chalicelib.domain.access.known_device import find_device
from chalicelib.domain.errors import CredentialsWrong
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.session import Session
from chalicelib.services.access.accept_texts import has_texts_due
from chalicelib.services.access.displace_sessions import Displaced, displace_sessions
from chalicelib.services.access.own_password import Confirmed, log_refused
from chalicelib.services.access.prove_credentials import prove_credentials
from chalicelib.services.access.sessions import OpenedSession, open_session, validate_session
from chalicelib.services.access.tools import AccessTools
from chalicelib.services.together import together


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """The session that a login opened, and which others it ended to make room for it."""

    opened: OpenedSession
    displaced: Displaced


@dataclass(frozen=True, slots=True)
class Entrance:
    """How somebody gets in: from where, on which device, what they proved, and since when that counts if not now.

    `holder` is whose the mailbox is. `former` is the cookie or token that came with it, if any. Its session ends, by
    one more call.
    """

    origin: str
    device: str
    former: str
    proof: Mapping[str, str]
    validated_at: datetime | None = None
    holder: str = ""
    beside: tuple[Callable[[], object], ...] = ()


def log_in(attempt: Attempt, *, tools: AccessTools, now: datetime, former: str = "") -> LoggedIn:
    """Open a session; four hops and twelve calls, by code thirteen, on a known device three hops and six calls.

    `former` is the cookie or token that came with the login, if any. Its session ends, by one more call. More hops
    follow only where the user has too many sessions.

    Raises:
        CasillaError: as `prove_credentials` does.

    """
    proven = prove_credentials(attempt, tools=tools, now=now)
    entrance = Entrance(
        attempt.origin,
        attempt.device,
        former,
        {"proof": attempt.proof_kind},
        holder=proven.holder,
        beside=proven.beside,
    )
    return enter(proven.account, entrance, tools=tools, now=now)


def enter(account: Account, entrance: Entrance, *, tools: AccessTools, now: datetime) -> LoggedIn:
    """Open a session of a user who proved who they are, and may log in; one hop, unless there are too many."""
    must_accept = has_texts_due(account, tools=tools)
    secret = tools.new_secret()
    event = tools.user_event(EventType.LOGGED_IN, account.user_id, origin=entrance.origin, now=now)
    since = account.named_at
    is_known = find_device(tools.pepper, entrance.device, account.username, now, since=since) is not None
    device, access_id = "known" if is_known else "new", tools.sessions.session_id(secret)
    event = replace(event, data={**entrance.proof, "device": device, "access_id": access_id})
    opened: list[OpenedSession] = []
    listed: list[Session] = []

    def open_it() -> None:
        origin, validated_at = entrance.origin, entrance.validated_at
        session = open_session(
            account,
            secret,
            origin=origin,
            sessions=tools.sessions,
            now=now,
            validated_at=validated_at,
            must_accept_texts=must_accept,
            holder=entrance.holder,
        )
        opened.append(session)

    together(
        [
            open_it,
            lambda: tools.events.add(event),
            lambda: listed.extend(tools.sessions.list_lately_begun(account.user_id, now=now)),
            lambda: tools.sessions.end_opened_by(entrance.former),
            *entrance.beside,
        ]
    )
    return LoggedIn(opened[0], displace_sessions(opened[0].session, listed, account, tools=tools, now=now))


def validate_access(session: Session, attempt: Attempt, *, tools: AccessTools, now: datetime) -> OpenedSession:
    """Begin 20 minutes of access to mailbox contents; the bearer token changes.

    Raises:
        CasillaError: as `prove_credentials` does, or `session_ended` when the session was rotated or ended meanwhile.

    """
    try:
        proven = prove_credentials(attempt, tools=tools, now=now, session=session)
    except CredentialsWrong:
        what = {"for": Confirmed.VALIDATION, "proof": attempt.proof_kind}
        log_refused(session, what, origin=attempt.origin, tools=tools, now=now)
        raise
    event = tools.user_event(EventType.ACCESS_VALIDATED, session.user_id, origin=attempt.origin, now=now)
    event = replace(event, data={"proof": attempt.proof_kind})
    secret = tools.new_secret()
    return _logged(
        event, lambda: validate_session(session, secret, sessions=tools.sessions, now=now), tools, *proven.beside
    )


def _logged(
    event: Event, open_it: Callable[[], OpenedSession], tools: AccessTools, *beside: Callable[[], object]
) -> OpenedSession:
    opened: list[OpenedSession] = []
    together([lambda: opened.append(open_it()), lambda: tools.events.add(event), *beside])
    return opened[0]
