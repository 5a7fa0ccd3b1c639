"""What an operator decided about contested changes, as the log keeps it, and what is contested no more (REG-11).

Whom an operator took out of a mailbox holds links from before, and so may an intruder whose changes were undone. Who
was removed by a principal has nothing left to contest either after some days, unless a hand-over since the change may
have been an intruder's: see docs/adr/0029-freezing.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.access.freezing import REMOVAL_CONTESTED_FOR, first_contested
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.mailbox import AccessChange, ChangeKind, Freeze, Mailbox, MailboxUser

DECIDING = (EventType.USER_REMOVED, EventType.PRINCIPAL_CHANGED, EventType.MAILBOX_THAWED)
"""Of a mailbox's log, what `is_over` goes by."""
_UNDONE, _KEPT = "undone", "kept"
_SINCE = "since_"


@dataclass(frozen=True, slots=True)
class ToldUser:
    """A contested user, whether the e-mail about the decision went out, and whether it brings a link to get in by."""

    user: MailboxUser
    is_told: bool
    has_link: bool


def decided_data(freeze: Freeze, shut_out: Iterable[MailboxUser], *, is_undone: bool) -> dict[str, str]:
    """Return what the event of a thaw says: of whom what was contested since when, and who was shut out."""
    first = first_contested(freeze)
    return {
        "decided": _UNDONE if is_undone else _KEPT,
        "changes": " ".join(change.change_id for change in freeze.contested),
        "shut_out": " ".join(user.user_id for user in shut_out),
        **{f"{_SINCE}{user_id}": change.changed_at.isoformat() for user_id, change in first.items()},
    }


def is_undoing(thaw: Event) -> bool:
    """Tell whether a thaw undid what was contested."""
    return thaw.data["decided"] == _UNDONE


def may_be_over(mailbox: Mailbox, change: AccessChange) -> bool:
    """Tell whether the log has to be asked: its user left, or an operator decided about something before."""
    return mailbox.user(change.user_id) is None or bool(mailbox.settled)


def is_over(mailbox: Mailbox, change: AccessChange, events: Iterable[Event], now: datetime) -> bool:
    """Tell whether nothing of a change is left to contest, by what happened to the mailbox since, oldest first.

    Who was taken out in the principal's name contests for some days what was before as well: else a removal would be
    the way for an intruder to void it.
    """
    user_id = change.user_id
    has_left = mailbox.user(user_id) is None and change.kind is not ChangeKind.REMOVAL  # which is what is contested
    handed_over, is_decided, left_at = False, False, None
    for event in events:
        if event.type is EventType.USER_REMOVED:
            left_at = event.occurred_at if event.data["user_id"] == user_id else left_at
        elif event.type is EventType.PRINCIPAL_CHANGED:
            if event.is_of_office or event.data["former_id"] == user_id:
                handed_over, is_decided = not event.is_of_office, event.is_of_office
        elif _ends(event, change):
            return True
        elif f"{_SINCE}{user_id}" in event.data:
            handed_over, is_decided = False, True
    has_just_left = left_at is not None and now <= left_at + REMOVAL_CONTESTED_FOR
    return has_left and not handed_over and (is_decided or not has_just_left)


def _ends(thaw: Event, change: AccessChange) -> bool:
    """Tell whether a thaw shut the user out, or undid what was before the change and so the change as well."""
    if change.user_id in thaw.data.get("shut_out", "").split():
        return True
    since = thaw.data.get(f"{_SINCE}{change.user_id}")
    return is_undoing(thaw) and since is not None and datetime.fromisoformat(since) <= change.changed_at
