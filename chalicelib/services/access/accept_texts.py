"""Accept the texts in force, by whoever logged in under older ones; until then contents are not shown (REG-10)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from chalicelib.domain.access.account import Account
from chalicelib.domain.access.texts_due import check_all_accepted, texts_due
from chalicelib.domain.event import EventType
from chalicelib.domain.mailbox import AcceptedText
from chalicelib.domain.session import Session, session_ended
from chalicelib.services.access.sessions import OpenedSession
from chalicelib.services.access.tools import AccessTools


def has_texts_due(account: Account, *, tools: AccessTools) -> bool:
    """Tell whether who logs in has texts to accept; no call for whoever accepted them.

    Packages before kept what somebody accepted beside the mailbox that they opened: there it is looked for once more,
    for an account that has always had its name.
    """
    current = tools.current_texts()
    if not texts_due(account.accepted, current):
        return False
    if account.accepted or account.named_at is not None or account.username != account.mailbox_id:
        return True
    mailbox = tools.mailboxes.find(account.mailbox_id)
    return mailbox is None or bool(texts_due(mailbox.accepted, current))


def own_texts_due(session: Session, *, tools: AccessTools) -> tuple[str, ...]:
    """Return the names of the texts that the session's user has still to accept; one call, or none.

    Raises:
        SessionEnded: `session_ended`.

    """
    if not session.must_accept_texts:
        return ()
    return texts_due(_own_account(session, tools).accepted, tools.current_texts())


def accept_texts(
    session: Session, given: Mapping[str, str], *, origin: str, tools: AccessTools, now: datetime
) -> OpenedSession:
    """Keep what was accepted, when and from where, and go on in a session that shows contents; two hops and calls.

    `given` are versions by the texts' names.

    Raises:
        InvalidInput: `text_not_accepted`: not all that is due, or not in the version in force.
        AccountChanged: `account_changed`.
        SessionEnded: `session_ended`, also when it was ended or rotated meanwhile.

    """
    current, account = tools.current_texts(), _own_account(session, tools)
    due = texts_due(account.accepted, current)
    check_all_accepted(due, given, current)
    secret = tools.new_secret()
    renewed = replace(session, session_id=tools.sessions.session_id(secret), must_accept_texts=False)
    if due:
        new = tuple(AcceptedText(name, current[name], now, origin) for name in due)
        event = tools.user_event(EventType.TEXTS_ACCEPTED, session.user_id, origin=origin, now=now)
        event = replace(event, data={f"accepted_{one.text}": one.version for one in new})
        changed = replace(account, accepted=(*account.accepted, *new))
        tools.access.commit_acceptance(changed, event, session, renewed, secret)
    else:  # by another session of theirs
        tools.sessions.rotate(session, renewed, secret)
    return OpenedSession(renewed, tools.sessions.cookie(secret, session.user_id))


def _own_account(session: Session, tools: AccessTools) -> Account:
    account = tools.accounts.find(session.username)
    if account is None or account.user_id != session.user_id:
        raise session_ended()
    return account
