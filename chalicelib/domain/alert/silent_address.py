"""Which e-mails nobody has heard of for long, so that they are asked whether they live (ALR-4)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from chalicelib.domain.mailbox import Channel, Mailbox
from chalicelib.domain.mailbox.address_health import AddressHealth
from chalicelib.domain.mailbox.channels import Reachable, reachable

SILENCE = timedelta(days=90)
"""How long after its last sign an address is asked."""
BETWEEN_PASSES = timedelta(days=7)
"""How soon after a pass through all mailboxes began the next one may."""

MOST_HELD_BACK = 7
"""How many nights in a row a pass waits for a provider that takes nothing."""


def emails_of(mailbox: Mailbox) -> tuple[Reachable, ...]:
    """Return the e-mails that may be asked: of active users, of a mailbox that receives notices.

    Of a frozen one somebody else's address may be on record, and one that is closed, or whose holder wants no notices
    there, gets none that an alert could miss. They are asked by the pass after they receive again.
    """
    if not mailbox.can_receive:
        return ()
    return tuple(one for one in reachable(mailbox) if one.channel is Channel.EMAIL)


def email_of(mailbox: Mailbox | None, user_id: str) -> Reachable | None:
    """Return the e-mail of one user that may be asked."""
    found = () if mailbox is None else emails_of(mailbox)
    return next((one for one in found if one.user.user_id == user_id), None)


def heard_at(known: AddressHealth, mailbox: Mailbox) -> datetime | None:
    """Return the last sign of an address, or else when its mailbox was opened; None where nobody knows either.

    Being asked counts, so that one that never reports is asked once a quarter.
    """
    signs = [at for at in (known.delivered_at, known.proved_at, known.asked_at) if at is not None]
    return max(signs, default=min((text.accepted_at for text in mailbox.accepted), default=None))


def is_silent(known: AddressHealth, mailbox: Mailbox, now: datetime) -> bool:
    """Tell whether an address is to be asked now: a dead one never is."""
    at = heard_at(known, mailbox)
    return not known.is_dead and at is not None and now - at >= SILENCE


@dataclass(frozen=True, slots=True)
class ListPosition:
    """How far a pass through the list of alerts that failed is: shard by shard, the longest there first.

    `version` counts how often it moved, so that of two runs at once none takes the other back.
    """

    shard: int = 0
    since: int = 0
    version: int = 0


@dataclass(frozen=True, slots=True)
class AskingPosition:
    """How far a pass through all mailboxes is, and how many addresses were asked on a UTC day.

    `after` is the mailbox behind which it goes on. `held_back` counts the nights in a row that ended where the provider
    took nothing. `version` as of `ListPosition`.
    """

    begun_at: datetime
    after: str | None = None
    is_over: bool = False
    day: date | None = None
    asked: int = 0
    held_back: int = 0
    version: int = 0

    def resumed(self, now: datetime) -> AskingPosition:
        """Begin a pass where the last one is over and long enough ago."""
        if not self.is_over or now < self.begun_at + BETWEEN_PASSES:
            return self
        return replace(self, begun_at=now, after=None, is_over=False)

    def past(self, mailbox_id: str | None) -> AskingPosition:
        """Go on behind a mailbox; None is the end."""
        if mailbox_id is None:
            return replace(self, after=None, is_over=True)
        return replace(self, after=mailbox_id)

    def back_to(self, before: AskingPosition) -> AskingPosition:
        """Go on another night from where the provider began to take nothing.

        After a week of that it goes on behind: perhaps it takes nothing to those addresses alone.
        """
        if self.held_back >= MOST_HELD_BACK:
            return replace(self, held_back=0)
        return replace(self, after=before.after, is_over=False, held_back=self.held_back + 1)

    def asked_on(self, now: datetime) -> int:
        """Return how many were asked on the day of an instant."""
        return self.asked if self.day == now.astimezone(UTC).date() else 0

    def one_more(self, now: datetime) -> AskingPosition:
        """Count one that is about to be asked."""
        return replace(self, day=now.astimezone(UTC).date(), asked=self.asked_on(now) + 1)
