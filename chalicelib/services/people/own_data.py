"""Put together what is held about a user (DAT-1)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from chalicelib.domain.access.account import Account
from chalicelib.domain.event import MAILBOX_LOOKS, Event
from chalicelib.domain.people.own_data import OwnData, institution_of, own_events
from chalicelib.domain.session import Session
from chalicelib.services.people.data_requests import DataRequestTools, OwnRequests, list_requests
from chalicelib.services.together import together

MOST_EVENTS = 1000
"""Of the mailbox's log and of the user's own, the newest of each."""
SHOWN_EVENTS = 100
"""As many as the page looks through."""
_MOST_NAMED = 20

NameOf = Callable[[str], str]
"""An institution's name by its id."""


def own_data(session: Session, *, tools: DataRequestTools, name_of: NameOf, most: int = MOST_EVENTS) -> OwnData:
    """Return it; one hop of eight calls, and one for each institution that looked, twenty at most. Without log, six.

    Raises:
        SessionEnded: `session_ended`.

    """
    access = tools.access
    own: list[OwnRequests] = []
    accounts: list[Account | None] = []
    logs: dict[str, tuple[Event, ...]] = {}

    def read_log(subject: str) -> None:
        logs[subject] = access.events.newest_for_subject(subject, limit=most)

    of_mailbox, of_user = f"mailbox#{session.mailbox_id}", f"user#{session.user_id}"
    together(
        [
            lambda: own.append(list_requests(session, tools=tools)),
            lambda: accounts.append(access.accounts.find(session.username)),
            *(partial(read_log, subject) for subject in (of_mailbox, of_user) if most),
        ]
    )
    [shown], [account] = own, accounts
    events = sorted(
        (*own_events(logs.get(of_mailbox, ()), shown.user), *logs.get(of_user, ())),
        key=lambda event: (event.occurred_at, event.event_id),
    )
    return OwnData(
        mailbox=shown.mailbox,
        user=shown.user,
        account=account if account is not None and account.user_id == session.user_id else None,
        events=tuple(events),
        is_whole=bool(logs) and all(len(log) < most for log in logs.values()),
        requests=shown.requests,
        terms=shown.terms,
        institutions=_names(events, name_of),
    )


def _names(events: Sequence[Event], name_of: NameOf) -> dict[str, str]:
    looked = dict.fromkeys(institution_of(event) for event in reversed(events) if event.type in MAILBOX_LOOKS)
    ids = [one for one in looked if one][:_MOST_NAMED]
    names: dict[str, str] = {}

    def read(institution_id: str) -> None:
        names[institution_id] = name_of(institution_id)

    if ids:
        together([partial(read, one) for one in ids])
    return names
