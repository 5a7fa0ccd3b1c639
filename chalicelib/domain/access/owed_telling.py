"""That a change is still to be told to what was on record before, and what becomes of trying (REG-11).

It is kept with the change itself, and is gone once it was told. What nobody could be told stays, for an operator.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from chalicelib.domain.mailbox import AccessChange, Channel

FIRST_WAIT = timedelta(minutes=5)
"""Whoever makes the change tells it at once; after this it is somebody else's to do."""
LONGEST_WAIT = timedelta(hours=1)
GIVEN_UP_AFTER = timedelta(hours=72)
"""Longer than a weekend."""


class TellingOutcome(StrEnum):
    """What a provider made of a message."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    """It takes nothing now, which says nothing of the address."""
    UNKNOWN = "unknown"
    """No answer came: it may have been taken."""
    FAILED = "failed"
    """The address will never be taken."""


@dataclass(frozen=True, slots=True)
class OwedTelling:
    """What is to be told of whose mailbox, since when, and by which channels still.

    `telling_id` names it and opens nothing. `says` is what the message tells besides the change. One that
    `is_contestable` brings what contests it. `is_reached` once a channel took it.
    """

    telling_id: str
    mailbox_id: str
    change: AccessChange
    since: datetime
    channels: tuple[Channel, ...]
    says: Mapping[str, str] = field(default_factory=dict)
    is_contestable: bool = True
    is_reached: bool = False

    @property
    def is_settled(self) -> bool:
        """Nothing is left to do: somebody was told, and no channel is left to try."""
        return self.is_reached and not self.channels

    def after(self, outcomes: Mapping[Channel, TellingOutcome]) -> OwedTelling:
        """Return what is owed still; what is unknown is tried again, what failed for good is not."""
        over = {TellingOutcome.ACCEPTED, TellingOutcome.FAILED}
        left = tuple(channel for channel in self.channels if outcomes.get(channel) not in over)
        is_reached = self.is_reached or TellingOutcome.ACCEPTED in outcomes.values()
        return replace(self, channels=left, is_reached=is_reached)

    def given_up(self) -> OwedTelling:
        """Return it with no channel left to try."""
        return replace(self, channels=())

    def is_over(self, now: datetime) -> bool:
        """Tell whether it was tried for long enough."""
        return now >= self.since + GIVEN_UP_AFTER


def next_try(now: datetime, claims: int) -> datetime:
    """Return when another worker may try, should this one not say what became of it; `claims` were made before."""
    doubled: int = 1 << min(claims + 1, 10)
    return now + min(FIRST_WAIT * doubled, LONGEST_WAIT)
