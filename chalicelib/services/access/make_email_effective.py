"""Put a new address in the old one's place: a day after it proved itself, or when the old channel confirms it (REG-11).

A job does it, so that one act says when it was done. It is never early; a run that comes late does what is due.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime

from chalicelib.domain.access.token import VALID_FOR, NewToken, Token, TokenKind
from chalicelib.domain.access.waiting_email import EMAIL_WAITS, with_effective_email
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.mailbox import (
    MAX_USERS,
    AccessChange,
    ChangeKind,
    Channel,
    Mailbox,
    MailboxChanged,
    MailboxUser,
    WaitingEmail,
    mailbox_changed,
)
from chalicelib.services.access.contest_change import Contest, show_contest
from chalicelib.services.access.login_codes import end_codes
from chalicelib.services.access.prove_address import Answer, address_event, email_answered
from chalicelib.services.access.tell_change import Telling, tell_former, telling_of
from chalicelib.services.access.tools import AccessTools
from chalicelib.services.work_through import work_through
from chalicelib.store.people_store import PeopleChange, UsedToken

_WAITING = "waiting"
_AT_ONCE = 500
_WORKER = "worker:watch_access"


def to_become_effective(mailbox: Mailbox, user: MailboxUser, waiting: WaitingEmail) -> NewToken:
    """Return what has a waiting address looked at in time; the next of the same user takes its place."""
    begins, until = waiting.effective_at, waiting.effective_at + VALID_FOR[TokenKind.WAITING_EMAIL]
    data = {"mailbox_id": mailbox.mailbox_id, "user_id": user.user_id, "change_id": waiting.change_id}
    return NewToken(TokenKind.WAITING_EMAIL, user.user_id, begins, until, subject=_WAITING, data=data)


def make_emails_effective(*, tools: AccessTools, now: Callable[[], datetime], until: datetime) -> Counter[str]:
    """Do what is due, the longest due first: `effective`, or `void` where nothing waits any more.

    `held` are those of which nobody could be told yet: an outage of the provider hides no change from its owner.
    """
    listed = tools.tokens.list_for_subject(TokenKind.WAITING_EMAIL, _WAITING, limit=_AT_ONCE, until=now())
    due = {str(number): token for number, token in enumerate(listed, 1)}

    def handle(number: str) -> str:
        return _when_due(due[number], tools, now())

    return work_through(due, handle, job="watch_access", now=now, until=until).outcomes


def confirm_email(name: str, *, origin: str, tools: AccessTools) -> Contest:
    """Make a waiting address effective for who holds the link that went to the old one; nothing where none waits.

    Raises:
        ContestUnusable: `contest_unusable`.
        MailboxChanged: `mailbox_changed`, after every try.

    """
    now = tools.clock()
    contest = show_contest(name, tools=tools, now=now)
    change = contest.change
    if not contest.can_confirm:
        return contest
    by = Event("", EventType.EMAIL_CHANGED, now, "", "unknown", origin, {"confirmed": change.change_id})
    _make_effective(contest.mailbox.mailbox_id, change.user_id, by, tools)
    return contest


def _when_due(token: Token, tools: AccessTools, now: datetime) -> str:
    mailbox_id, user_id = str(token.data["mailbox_id"]), str(token.data["user_id"])
    by = Event("", EventType.EMAIL_CHANGED, now, "", _WORKER)
    if tools.tellings.is_being_told(str(token.data.get("change_id", ""))):
        return "held"
    if _make_effective(mailbox_id, user_id, by, tools):
        return "effective"
    # It was confirmed, contested or asked for anew meanwhile. An address that waits anew has a token of its own by now.
    mailbox = tools.mailboxes.find(mailbox_id)
    user = None if mailbox is None else mailbox.user(user_id)
    if user is None or user.waiting is None:
        tools.tokens.revoke(TokenKind.WAITING_EMAIL, user_id)
    return "void"


def _make_effective(mailbox_id: str, user_id: str, by: Event, tools: AccessTools) -> bool:
    """Write it, log it and tell the old address; False where it is not time, or nothing waits."""
    for _ in range(MAX_USERS):
        mailbox = tools.mailboxes.find(mailbox_id)
        user = None if mailbox is None else mailbox.user(user_id)
        if mailbox is None or user is None or user.waiting is None:
            return False
        confirmed_as = by.data.get("confirmed", "")
        changed = with_effective_email(mailbox, user, by.occurred_at, confirmed_as=confirmed_as)
        if changed is None:
            return False
        event = Event(
            f"user#{user_id}", by.type, by.occurred_at, tools.new_event_id(), by.actor, by.origin, dict(by.data)
        )
        used = UsedToken(TokenKind.WAITING_EMAIL, user_id)
        telling = _telling(mailbox, user, user.waiting, by.occurred_at, tools)
        answer = Answer(user.waiting.effective_at - EMAIL_WAITS, by.occurred_at, by.actor, by.origin)
        moved = address_event(EventType.ADDRESS_CHANGED, mailbox, user, Channel.EMAIL, answer, tools=tools)
        change = PeopleChange(mailbox=changed, event=event, used=used, also_issued=telling.tokens, also_logged=(moved,))
        try:
            written = tools.people.commit(change)
        except MailboxChanged:
            continue
        email_answered(written, user_id, answer, tools=tools)  # which it may have been before, and dead
        end_codes(mailbox.username_of(user), tools=tools)  # of those that went to the old address none counts
        tell_former(telling, tools=tools, now=by.occurred_at)
        return True
    raise mailbox_changed()


def _telling(mailbox: Mailbox, user: MailboxUser, waiting: WaitingEmail, now: datetime, tools: AccessTools) -> Telling:
    """Return what tells the old address; what contests the change was sent to it when it was asked for."""
    asked_at = waiting.effective_at - EMAIL_WAITS
    change = AccessChange(waiting.change_id, ChangeKind.EMAIL, user.user_id, asked_at, user.email, user.mobile)
    says = {"new": waiting.email, "effective_at": now.isoformat()}
    return telling_of(mailbox, change, tools=tools, now=now, says=says, is_contestable=False)
