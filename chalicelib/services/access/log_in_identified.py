"""Get into a mailbox as whom the identity provider authenticated (ACC-1): the own one, or one where they are a user.

Who is told here that there is no mailbox, or that an access is disabled, is the person themselves.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.domain.access.account import Account, check_may_log_in
from chalicelib.domain.access.authenticated_person import (
    AuthenticatedPerson,
    IdentityRefused,
    is_document_of,
)
from chalicelib.domain.access.credentials import user_of
from chalicelib.domain.access.token import NewToken, TokenKind
from chalicelib.domain.errors import CasillaError
from chalicelib.domain.identity_document import mailbox_id_for
from chalicelib.domain.mailbox import Mailbox
from chalicelib.services.access.identify_person import (
    ENTER_WITHIN,
    Identified,
    IdentityTools,
    not_begun,
)
from chalicelib.services.access.log_in import Entrance, LoggedIn, enter

MOST_ENTRIES = 40
"""Mailboxes that one person is shown at once."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A mailbox of which somebody is a user; `refused_as` is the code of why they do not get in, empty if they do."""

    username: str
    holder: str
    refused_as: str
    is_own: bool


def list_entries(person: AuthenticatedPerson, *, tools: IdentityTools, now: datetime) -> tuple[Entry, ...]:
    """Return the mailboxes of which a person is a user, the own one first; two hops, two calls.

    What refuses is the one check that every way in asks, so that no button leads to a refusal that was known.
    """
    own = mailbox_id_for(person.document_type, person.number, tools.prefixes)
    listed = tools.access.access.list_usernames(person.number, limit=MOST_ENTRIES)
    entries = [
        Entry(account.username, mailbox.holder.name, _refused_as(account, mailbox, now), account.username == own)
        for account, mailbox in tools.access.access.load_all(dict.fromkeys([own, *listed]))
        if (user := user_of(account, mailbox)) is not None and is_document_of(person, mailbox, user)
    ]
    return tuple(sorted(entries, key=lambda entry: (not entry.is_own, entry.username)))


def _refused_as(account: Account, mailbox: Mailbox, now: datetime) -> str:
    try:
        check_may_log_in(account, mailbox, now)
    except CasillaError as refusal:
        return refusal.code
    return ""


def log_in_identified(
    identified: Identified, username: str, entrance: Entrance, *, tools: IdentityTools, now: datetime
) -> LoggedIn:
    """Open a session of the user that this person is; three hops, five calls. `now` is from before anything was read.

    It counts as validated since the person was authenticated. An identity gets somebody in once, and none who may not.

    Raises:
        IdentityRefused: `identity_no_access`, of mailboxes that there are not as well; `identity_not_begun`: used.
        MailboxFrozen, AccountNotActivated, AccountDisabled, TemporaryPasswordExpired: as for a right password.

    """
    account, mailbox = _account(identified.person, username, tools)
    check_may_log_in(account, mailbox, now)
    mark = NewToken(TokenKind.IDENTITY, identified.entry, now, now + ENTER_WITHIN)
    if not tools.access.tokens.issue_once(mark, pepper=identified.entry.encode()):
        raise not_begun()
    return enter(account, replace(entrance, holder=mailbox.holder.name), tools=tools.access, now=now)


def _account(person: AuthenticatedPerson, username: str, tools: IdentityTools) -> tuple[Account, Mailbox]:
    mailbox_id = username.partition(".")[0]
    account, mailbox = tools.access.access.load(username, mailbox_id) if mailbox_id else (None, None)
    user = user_of(account, mailbox)
    if account is None or mailbox is None or user is None or not is_document_of(person, mailbox, user):
        raise IdentityRefused("identity_no_access", "Con tu documento no tienes acceso a esa casilla.")
    return account, mailbox
