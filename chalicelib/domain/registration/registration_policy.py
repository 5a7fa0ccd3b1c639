"""What registrations are counted by, and what they meet past each number: one more step or a wait, never a closed way.

Who knows a document's number or an e-mail address, or shares a network, can raise what the next one there has to show.
Only what somebody has proved to control is ever used up for good until tomorrow: a document asked about by one proven
inbox. Numbers and the arguments for them: `docs/limits.md`.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import StrEnum

from chalicelib.domain.access.access_policy import PART_OF_MAILS
from chalicelib.domain.limit import Budget, Limit, Standing
from chalicelib.domain.registration.identity import Registry

_HOUR, _DAY = 60 * 60, 24 * 60 * 60

UNCHECKED_PER_NETWORK = Limit("registration-network", 3, _HOUR)
UNCHECKED_PER_NEIGHBOURHOOD = Limit("registration-neighbourhood", 30, _HOUR)
"""Past either, a captcha, which most people so never meet."""
CROWD_PER_NETWORK = Limit(UNCHECKED_PER_NETWORK.name, 20, _HOUR)
CROWD_PER_NEIGHBOURHOOD = Limit(UNCHECKED_PER_NEIGHBOURHOOD.name, 200, _HOUR)
"""The same counters: past either, a captcha draws on four fifths of the common budget, and not on all of it."""

MAILS_PER_INBOX = Limit("registration-inbox", 5, _DAY)
"""Past it, a captcha. How many e-mails an inbox gets at most says `domain/access/sent_mail.py`."""

DENIED_PER_NETWORK_AND_DOCUMENT = Limit("registration-denied-pair", 3, _HOUR)
DENIED_PER_NETWORK = Limit("registration-denied-network", 10, _HOUR)
"""Up to both, what a registry denied is taken back from the counters of networks and inboxes: its corrected form is the
same registration. What a registry was asked stays counted."""

UNPROVEN_PER_NETWORK = Limit("registration-asked-network", 20, _DAY)
UNPROVEN_PER_NEIGHBOURHOOD = Limit("registration-asked-neighbourhood", 200, _DAY)
UNPROVEN_PER_DOCUMENT = Limit("registration-asked-document", 10, _DAY)
"""Past any of them the registry is asked only after the e-mail is proved."""
PROVEN_PER_DOCUMENT_AND_INBOX = Limit("registration-proven-pair", 3, _DAY)
"""Refuses: nobody spends it who does not read that inbox."""
PROVEN_PER_DOCUMENT = Limit("registration-proven-document", 100, _DAY)
"""Past it a registration waits, and is asked about tomorrow."""
PROVEN_PER_NETWORK = Limit("registration-proven-network", 2, _DAY)
PROVEN_PER_NEIGHBOURHOOD = Limit("registration-proven-neighbourhood", 20, _DAY)
"""Past either, the last fifth of the day's consultations is for others."""
NAMINGS_PER_USER = Limit("representative-user", 5, _DAY)
"""How often a user may have a representative's data compared; nobody else can spend it."""

_BY_MAIL_AT_LEAST = 80
_AGAIN = 5
"""One in so many of a registry's consultations is for those that wait."""
_SPREAD = timedelta(hours=1)


class Way(StrEnum):
    """What comes first."""

    REGISTRY_FIRST = "registry_first"
    EMAIL_FIRST = "email_first"


def needs_captcha(*, by_network: int, by_neighbourhood: int, to_inbox: int) -> bool:
    """Tell whether a registration needs one, by the registrations seen in this window, itself among them."""
    is_crowded = by_network > UNCHECKED_PER_NETWORK.limit or by_neighbourhood > UNCHECKED_PER_NEIGHBOURHOOD.limit
    return is_crowded or to_inbox > MAILS_PER_INBOX.limit


def registrations(messages_a_second: int) -> Budget:
    """Return how many may be begun in an hour, each an item and an e-mail, by what the mail provider takes.

    Without a captcha they draw on half of it.
    """
    return Budget("registrations", messages_a_second * _HOUR // PART_OF_MAILS, _HOUR)


def registrations_by_mail(messages_a_second: int) -> Budget:
    """Return how many who cannot read the picture may have the e-mail's code in its place: a tenth more in an hour.

    They prove the e-mail before any registry is asked. It is a budget of its own, so that no flood of other
    registrations closes it; half of it is for networks that sent few.
    """
    return Budget("registrations-by-mail", max(_BY_MAIL_AT_LEAST, registrations(messages_a_second).total // 10), _HOUR)


def standing_by_mail(*, by_network: int, by_neighbourhood: int) -> Standing:
    """Tell how much of that budget is open, by the registrations of this hour from there, itself among them."""
    is_quiet = by_network <= CROWD_PER_NETWORK.limit and by_neighbourhood <= CROWD_PER_NEIGHBOURHOOD.limit
    return Standing.PROVEN if is_quiet else Standing.CROWDED


def standing_with_captcha(*, by_network: int, by_neighbourhood: int) -> Standing:
    """Tell how much of that budget a solved captcha may draw on, by what its network sent."""
    is_crowded = by_network > CROWD_PER_NETWORK.limit or by_neighbourhood > CROWD_PER_NEIGHBOURHOOD.limit
    return Standing.QUIET if is_crowded else Standing.PROVEN


def way_for(*, by_network: int, by_neighbourhood: int, of_document: int) -> Way:
    """Tell what comes first, by the registrations of this day, itself among them."""
    is_crowded = by_network > UNPROVEN_PER_NETWORK.limit or by_neighbourhood > UNPROVEN_PER_NEIGHBOURHOOD.limit
    return Way.EMAIL_FIRST if is_crowded or of_document > UNPROVEN_PER_DOCUMENT.limit else Way.REGISTRY_FIRST


def proven_standing(*, by_network: int, by_neighbourhood: int) -> Standing:
    """Tell how much of a registry's day is open to one who proved the e-mail, by those who did so from there."""
    is_crowded = by_network > PROVEN_PER_NETWORK.limit or by_neighbourhood > PROVEN_PER_NEIGHBOURHOOD.limit
    return Standing.QUIET if is_crowded else Standing.PROVEN


def first_budget(registry: Registry, quota: int) -> Budget:
    """Return what applicants may have asked in a UTC day, out of the registry's quota.

    Without proof of the e-mail they draw on four fifths of it. The last fifth is for those with proof, a few a network.
    """
    return Budget(f"registry-{registry}", quota - quota // _AGAIN, _DAY)


def again_budget(registry: Registry, quota: int) -> Budget:
    """Return what is kept for those that wait, so that no flood of new ones keeps them waiting."""
    return Budget(f"registry-{registry}-again", quota // _AGAIN, _DAY)


def next_turn(started_at: datetime, now: datetime, lifetime: timedelta) -> datetime:
    """Return when one put off is asked about: within the next UTC day's first hour, the eldest first."""
    tomorrow = datetime.combine(now.astimezone(UTC).date() + timedelta(days=1), datetime.min.time(), UTC)
    age = min(max(tomorrow - started_at, timedelta(0)), lifetime)
    return tomorrow + _SPREAD * (1 - age / lifetime)
