"""Whether an address receives: what was reported of it, and when its owner proved it.

Only a delivery report or its owner's proof makes an address live again. A bounce for good, a complaint or a number that
the provider refuses for good makes it dead at once, a bounce for now after some of them on several days (ALR-4). An
address of which nothing is known is live: it was proved when it was taken down. Instants are those of what happened, so
that reports may come late, in any order and more than once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

SOFT_BOUNCE_DAYS = 3
"""On how many days an address has to bounce for now, with no delivery in between, to be dead."""
TOLD_ANEW_AFTER = timedelta(days=1)
"""How old what is known of the last delivery may be, before a newer one is worth a write."""
_SOFT_FOR = timedelta(days=30)
"""Within how many days those days have to lie."""
_MOST_DAYS = 10
"""Of how many days bounces are kept: the latest, so that those are kept which a delivery in between leaves."""


class Sign(StrEnum):
    """What can be learned of an address."""

    DELIVERED = "delivered"
    """The provider reports that the other server took a message."""
    PROVED = "proved"
    """Its owner answered with what was sent to it."""
    BOUNCED = "bounced"
    """For good; so counts a complaint, after which nothing more should go there."""
    RETURNED = "returned"
    """For now: a full mailbox, a server that is down."""


@dataclass(frozen=True, slots=True)
class AddressHealth:
    """What is known of one address of one user; of another address nothing of it holds.

    `channel` is `email` or `sms`. `bounced` are the bounces for good since it last lived, and `returned` those for now,
    one a day, oldest first. `reason` is the code of the last bounce for good.
    """

    user_id: str
    channel: str
    address: str
    delivered_at: datetime | None = None
    proved_at: datetime | None = None
    bounced_at: datetime | None = None
    reason: str | None = None
    bounced: tuple[datetime, ...] = ()
    returned: tuple[datetime, ...] = ()
    asked_at: datetime | None = None
    """When it was last asked by a message of its own whether it lives; of one of which nothing else is known, when it
    was first looked at."""

    @property
    def lived_at(self) -> datetime | None:
        """The last instant at which it is known to have received."""
        return max((at for at in (self.delivered_at, self.proved_at) if at is not None), default=None)

    @property
    def dead_since(self) -> datetime | None:
        """Since when it is known not to receive; None while it is live."""
        since = [*self.bounced[:1], *self.returned[SOFT_BOUNCE_DAYS - 1 : SOFT_BOUNCE_DAYS]]
        return min(since, default=None)

    @property
    def is_dead(self) -> bool:
        """Whether nothing arrives there, as far as anybody knows."""
        return self.dead_since is not None

    @property
    def is_doubted(self) -> bool:
        """Whether something bad is known since it last lived: it is dead, or bounces for now."""
        return self.is_dead or bool(self.returned)

    def with_sign(self, sign: Sign, at: datetime, reason: str | None = None) -> AddressHealth:
        """Add what was learned; the result is the same in whatever order, and however often."""
        if sign is Sign.DELIVERED:
            return _pruned(replace(self, delivered_at=_later(self.delivered_at, at)))
        if sign is Sign.PROVED:
            return _pruned(replace(self, proved_at=_later(self.proved_at, at)))
        if sign is Sign.RETURNED:
            return _pruned(replace(self, returned=_days((*self.returned, at))))
        known = replace(self, bounced=_days((*self.bounced, at)))
        if self.bounced_at is None or (at, reason or "") > (self.bounced_at, self.reason or ""):
            known = replace(known, bounced_at=at, reason=reason)
        return _pruned(known)

    def is_worth_writing(self, before: AddressHealth | None) -> bool:
        """Tell whether this says something that what is written does not: of deliveries, one a day is enough."""
        if before is None or (before.bounced, before.returned) != (self.bounced, self.returned):
            return True
        if (before.bounced_at, before.proved_at, before.asked_at) != (self.bounced_at, self.proved_at, self.asked_at):
            return True
        if self.delivered_at is None or self.delivered_at == before.delivered_at:
            return False
        return before.delivered_at is None or self.delivered_at - before.delivered_at >= TOLD_ANEW_AFTER


def health_of(known: tuple[AddressHealth, ...], user_id: str, channel: str, address: str) -> AddressHealth:
    """Return what is known of an address; of one that nothing is known of, just that."""
    fresh = AddressHealth(user_id, channel, address)
    return next((one for one in known if _key(one) == _key(fresh)), fresh)


def with_health(known: tuple[AddressHealth, ...], health: AddressHealth) -> tuple[AddressHealth, ...]:
    """Put what is known of an address in place of what was known of it, or of the user's former one."""
    slot = (health.user_id, health.channel)
    return (*(one for one in known if (one.user_id, one.channel) != slot), health)


def _key(health: AddressHealth) -> tuple[str, str, str]:
    address = health.address.casefold() if health.channel == "email" else health.address
    return health.user_id, health.channel, address


def _pruned(health: AddressHealth) -> AddressHealth:
    """Forget the bounces that no longer tell anything."""
    lived_at = health.lived_at
    since = max((at for at in (lived_at, _long_before(health.returned)) if at is not None), default=None)
    bounced = tuple(at for at in health.bounced if lived_at is None or at >= lived_at)
    returned = tuple(at for at in health.returned if since is None or at > since)
    return replace(health, bounced=bounced[-_MOST_DAYS:], returned=returned[-_MOST_DAYS:])


def _long_before(returned: tuple[datetime, ...]) -> datetime | None:
    return returned[-1] - _SOFT_FOR if returned else None


def _later(known: datetime | None, at: datetime) -> datetime:
    return at if known is None else max(known, at)


def _days(instants: tuple[datetime, ...]) -> tuple[datetime, ...]:
    """Keep the latest of each UTC day, oldest first."""
    by_day = {at.date(): at for at in sorted(instants)}
    return tuple(by_day[day] for day in sorted(by_day))
