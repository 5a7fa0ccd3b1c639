"""What a mailbox's users are told of addresses that alerts do not reach (ALR-4)."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.domain.mailbox import Channel, Mailbox, is_principal
from chalicelib.domain.mailbox.channels import PERU_ALONE, Reachable, SmsReach, live_channels, reachable


@dataclass(frozen=True, slots=True)
class Failing:
    """The dead addresses that a user is told of: the own ones, and to the principal user also those of others.

    `dead_channels` are those by which nobody of the mailbox is reached though there are addresses, told to the
    principal user: institutions that have to alert by one of them cannot deposit.
    """

    own: tuple[Reachable, ...]
    others: tuple[Reachable, ...] = ()
    dead_channels: tuple[Channel, ...] = ()

    def __bool__(self) -> bool:
        """Tell whether there is anything to tell."""
        return bool(self.own or self.others or self.dead_channels)


def failing_for(mailbox: Mailbox, user_id: str, reach: SmsReach = PERU_ALONE) -> Failing:
    """Return what one of its users is told."""
    dead = [one for one in reachable(mailbox, reach) if not one.is_live]
    own = tuple(one for one in dead if one.user.user_id == user_id)
    if not is_principal(mailbox, user_id):
        return Failing(own)
    others = tuple(one for one in dead if one.user.user_id != user_id)
    live, of_dead = live_channels(mailbox, reach), {one.channel for one in dead}
    return Failing(own, others, tuple(channel for channel in Channel if channel in of_dead - live))
