"""What is held about one user of a mailbox, as they can see it and take it with them (DAT-1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.domain.access.account import Account
from chalicelib.domain.event import MAILBOX_LOOKS, REGISTRATION_LOOKS, Event, EventType
from chalicelib.domain.mailbox import Mailbox, MailboxUser
from chalicelib.domain.people.data_request import DataRequest, DataRequestKind, DataTerms

_REQUESTS = (
    EventType.DATA_REQUESTED,
    EventType.DATA_REQUEST_SHOWN,
    EventType.DATA_REQUEST_ANSWERED,
    EventType.DATA_REQUEST_WITHDRAWN,
)


_OF_ONE_USER = (EventType.RECOVERY_ASKED, EventType.RECOVERY_SHOWN)
"""Looks at one user's data, which the principal reads as well."""
_GONE = "un usuario que ya no está"


@dataclass(frozen=True, slots=True)
class OwnData:
    """A user, their mailbox and way in, and what the log has of both, oldest first.

    `is_whole` is False where the log has more than is held here. `institutions` are names by id, of those that looked.
    """

    mailbox: Mailbox
    user: MailboxUser
    account: Account | None
    events: tuple[Event, ...]
    is_whole: bool
    requests: tuple[DataRequest, ...]
    terms: DataTerms
    institutions: Mapping[str, str]

    @property
    def looks(self) -> tuple[Event, ...]:
        """Who looked at data of the mailbox, newest first."""
        return tuple(event for event in reversed(self.events) if event.type in MAILBOX_LOOKS)


def own_events(events: tuple[Event, ...], user: MailboxUser) -> tuple[Event, ...]:
    """Return what of a mailbox's log is about a user: of the principal all, of others what they did or underwent.

    Who looked at the mailbox, or the registration that opened it, looked at all of its users; who restores a password,
    at one. A request is of whoever made it alone, unless it is to close the mailbox.
    """
    return tuple(event for event in events if _is_own(event, user))


def _is_own(event: Event, user: MailboxUser) -> bool:
    is_theirs = event.actor == f"user:{user.user_id}" or user.user_id in (
        event.data.get("user_id"),
        event.data.get("former_id"),
    )
    if event.type in _REQUESTS and event.data.get("about") != DataRequestKind.CLOSURE:
        return is_theirs
    return is_theirs or user.is_principal or (is_look(event) and event.type not in _OF_ONE_USER)


def is_look(event: Event) -> bool:
    """Tell whether somebody else looked at the mailbox, or at the registration that opened it."""
    return event.type in MAILBOX_LOOKS or (event.type in REGISTRATION_LOOKS and event.looker is not None)


def other_user(event: Event, mailbox: Mailbox, user: MailboxUser) -> str:
    """Return whose data a look was at, where these are one other user's; empty where they are the user's own or all."""
    user_id = event.data.get("user_id")
    if event.type not in _OF_ONE_USER or user_id == user.user_id:
        return ""
    other = mailbox.user(user_id) if user_id else None
    return _GONE if other is None else other.name


def institution_of(event: Event) -> str:
    """Return the id of the institution that did something, by its systems or an officer; empty where none did."""
    kind, _, rest = event.actor.partition(":")
    if kind == "staff":
        return event.data.get("institution_id", "")
    return rest.partition(":")[0] if kind == "institution" else ""
