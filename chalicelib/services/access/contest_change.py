"""*No fui yo*: contest a change by what was sent to the former address or mobile, which freezes the mailbox (REG-11).

Looking changes nothing. Contesting twice, or by link and code both, freezes once. Who holds neither can freeze nothing,
nor can who has nothing left to contest.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import partial

from chalicelib.domain.access.decided_contest import DECIDING, is_over, may_be_over
from chalicelib.domain.access.freezing import frozen
from chalicelib.domain.access.token import TokenKind
from chalicelib.domain.errors import NotFound
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.mailbox import (
    MAX_USERS,
    AccessChange,
    Channel,
    Mailbox,
    MailboxChanged,
    WaitingEmail,
    mailbox_changed,
)
from chalicelib.renderers.access.access_letters import mailbox_frozen_letter
from chalicelib.services.access.send_access_mail import tell
from chalicelib.services.access.tools import AccessTools
from chalicelib.services.together import together
from chalicelib.store.codec import from_data

_MAX_TRIES = MAX_USERS + 3
_PAUSE_S = 0.05


class ContestUnusable(NotFound):
    """The link or code never was, or its time is over."""


class Standing(StrEnum):
    """What a change's contest came to."""

    OPEN = "open"
    FROZEN = "frozen"
    SETTLED = "settled"
    """An operator decided about it."""
    OVER = "over"
    """Whose it was is out of the mailbox, or it was undone with another: nothing of it is left to contest."""


@dataclass(frozen=True, slots=True)
class Contest:
    """A change that was told, the mailbox it is of, and until when it can be contested."""

    change: AccessChange
    mailbox: Mailbox
    until: datetime
    channel: Channel = Channel.EMAIL
    """By which it was told to whoever asks."""
    is_over: bool = False
    """Nothing of it is left to contest."""

    @property
    def can_confirm(self) -> bool:
        """Whether who asks proves the address that the waiting one replaces; a mobile is changed without any proof."""
        return self.waiting is not None and self.channel is Channel.EMAIL

    @property
    def standing(self) -> Standing:
        """Whether it is contested."""
        freeze = self.mailbox.freeze
        if self.change.change_id in self.mailbox.settled:
            return Standing.SETTLED
        is_contested = freeze is not None and self.change.change_id in {one.change_id for one in freeze.contested}
        if is_contested:
            return Standing.FROZEN
        return Standing.OVER if self.is_over else Standing.OPEN

    @property
    def waiting(self) -> WaitingEmail | None:
        """The new address that this change is about, while it waits."""
        user = self.mailbox.user(self.change.user_id)
        waiting = None if user is None else user.waiting
        return waiting if waiting is not None and waiting.change_id == self.change.change_id else None


def show_contest(name: str, *, tools: AccessTools, now: datetime) -> Contest:
    """Return what a link or a code is about; two calls, and one more where its user left or something was decided.

    Raises:
        ContestUnusable: `contest_unusable`.

    """
    token = tools.tokens.find(TokenKind.CONTEST, name)
    mailbox = None
    if token is not None and token.is_valid_at(now):
        mailbox = tools.mailboxes.find(str(token.data["mailbox_id"]))
    if token is None or mailbox is None:
        raise ContestUnusable(
            "contest_unusable",
            "Este enlace o código no existe o ya venció. Revisa si está completo. Si no reconoces un cambio en tu"
            " casilla, pide ayuda: el teléfono y el correo están al final de la página.",
        )
    change = from_data(AccessChange, token.data["change"])
    events: tuple[Event, ...] = ()
    if may_be_over(mailbox, change):
        events = tools.events.list_since(f"mailbox#{mailbox.mailbox_id}", change.changed_at, DECIDING)
    channel = Channel(token.data["channel"])
    return Contest(change, mailbox, token.valid_until, channel, is_over=is_over(mailbox, change, events, now))


def contest_change(name: str, *, origin: str, tools: AccessTools) -> Contest:
    """Freeze the mailbox: sessions of all its users end, and nobody gets in by whatever way; they are told.

    One call more, and an e-mail to each.

    Raises:
        ContestUnusable: `contest_unusable`.
        MailboxChanged: `mailbox_changed`, after every try.

    """
    for attempt in range(_MAX_TRIES):
        tools.pause(attempt * _PAUSE_S)
        now = tools.clock()
        contest = show_contest(name, tools=tools, now=now)
        change = contest.change
        mailbox = None if contest.is_over else frozen(contest.mailbox, change, now)
        if mailbox is None:
            return contest
        data = {
            "change_id": change.change_id,
            "kind": change.kind.value,
            "user_id": change.user_id,
            "changed_at": change.changed_at.isoformat(),
        }
        subject = f"mailbox#{mailbox.mailbox_id}"
        event = Event(subject, EventType.MAILBOX_FROZEN, now, tools.new_event_id(), "unknown", origin, data)
        try:
            written = tools.freezes.freeze(mailbox, event)
        except MailboxChanged:
            continue
        if contest.mailbox.freeze is None:
            _tell_frozen(written, tools, now)
        return replace(contest, mailbox=written)
    raise mailbox_changed()


def _tell_frozen(mailbox: Mailbox, tools: AccessTools, now: datetime) -> None:
    """Tell everybody who does not get in any more: the principal may not be who contested."""
    letter = mailbox_frozen_letter(mailbox.holder.name, now, tools.letterhead)
    users = mailbox.alerted_users
    if users:
        together([partial(tell, letter, user.email, tools=tools, now=now) for user in users])
