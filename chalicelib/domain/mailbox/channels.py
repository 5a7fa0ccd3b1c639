"""Where a mailbox's people are alerted, and which of their channels live."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.mailbox import Channel, Mailbox, MailboxUser
from chalicelib.domain.mailbox.address_health import AddressHealth, health_of

_HOME, _HOME_CODE = "PE", "+51"


@dataclass(frozen=True, slots=True)
class SmsReach:
    """The countries to whose mobiles SMS are sent, by their letters of ISO 3166."""

    countries: frozenset[str]

    def reaches(self, e164: str | None) -> bool:
        """Tell whether SMS are sent to a number."""
        return e164 is not None and country_of(e164) in self.countries


PERU_ALONE = SmsReach(frozenset({_HOME}))


def country_of(e164: str) -> str:
    """Return a number's country by its letters of ISO 3166; empty for one that belongs to none."""
    if e164.startswith(_HOME_CODE):
        return _HOME
    import phonenumbers  # noqa: PLC0415 - heavy

    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(e164)) or ""
    except phonenumbers.NumberParseException:
        return ""


@dataclass(frozen=True, slots=True)
class Reachable:
    """An active user's address that alerts go to, and what is known of it."""

    user: MailboxUser
    channel: Channel
    address: str
    health: AddressHealth

    @property
    def is_live(self) -> bool:
        """Whether alerts arrive there, as far as anybody knows."""
        return not self.health.is_dead


def reachable(mailbox: Mailbox, reach: SmsReach = PERU_ALONE) -> tuple[Reachable, ...]:
    """Return every address that alerts go to, dead or live, in the order of the mailbox's users.

    A mobile of a country that SMS are not sent to is none.
    """
    found: list[Reachable] = []
    for user in mailbox.alerted_users:
        addresses = {Channel.EMAIL: user.email, Channel.SMS: user.mobile if reach.reaches(user.mobile) else None}
        for channel, address in addresses.items():
            if address is not None:
                health = health_of(mailbox.health, user.user_id, channel, address)
                found.append(Reachable(user, channel, address, health))
    return tuple(found)


def address_of(user: MailboxUser, channel: Channel) -> str | None:
    """Return a user's address of a kind."""
    return user.email if channel is Channel.EMAIL else user.mobile


def addresses_of(mailbox: Mailbox, user: MailboxUser) -> tuple[AddressHealth, ...]:
    """Return what is known of each address that a user has, be it alerted or not."""
    own = [(channel, address_of(user, channel)) for channel in Channel]
    return tuple(
        health_of(mailbox.health, user.user_id, channel, address) for channel, address in own if address is not None
    )


def registered_channels(mailbox: Mailbox, reach: SmsReach = PERU_ALONE) -> frozenset[Channel]:
    """Return the channels of which an active user has an address, dead or live."""
    return frozenset(one.channel for one in reachable(mailbox, reach))


def live_channels(mailbox: Mailbox, reach: SmsReach = PERU_ALONE) -> frozenset[Channel]:
    """Return the channels by which somebody can be alerted: an active user has an address of the kind that is live.

    This is the one place that decides whether a channel is live.
    """
    return frozenset(one.channel for one in reachable(mailbox, reach) if one.is_live)


@dataclass(frozen=True, slots=True)
class KnownChannel:
    """What is known of all addresses of a channel together.

    `delivered_at` is the last delivery that was reported, if any; `dead_since` is None while one of them lives.
    """

    channel: Channel
    delivered_at: datetime | None
    dead_since: datetime | None


def known_channels(mailbox: Mailbox, reach: SmsReach = PERU_ALONE) -> tuple[KnownChannel, ...]:
    """Return the channels of which an active user has an address, e-mail first, with what is known of each."""
    places = reachable(mailbox, reach)
    by_channel = {channel: [one.health for one in places if one.channel is channel] for channel in Channel}
    return tuple(_known(channel, addresses) for channel, addresses in by_channel.items() if addresses)


def _known(channel: Channel, addresses: list[AddressHealth]) -> KnownChannel:
    delivered = [health.delivered_at for health in addresses if health.delivered_at is not None]
    died = [health.dead_since for health in addresses if health.dead_since is not None]
    dead_since = max(died) if len(died) == len(addresses) else None
    return KnownChannel(channel, max(delivered, default=None), dead_since)
