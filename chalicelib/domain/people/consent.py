"""The consent to be notified in the mailbox: voluntary, revoked for the future, given again (REG-10; TUO, 20.4).

What was deposited before stays, and its terms run: revoking undoes nothing. A deposit requires the mailbox in the
version that it read, so none is taken once the revocation is committed. The instant that is told lies a minute later:
a deposit that was under way is dated before it, and no notice is dated at it or after.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from chalicelib.domain.errors import Conflict
from chalicelib.domain.mailbox import Consent, Holder, Mailbox
from chalicelib.domain.people.hand_over import is_company

_UNDER_WAY = timedelta(minutes=2)
"""With what is cut off of it, a minute at least, which is longer than a deposit takes."""


class HolderKind(StrEnum):
    """Who can be obliged to have a mailbox."""

    PERSON = "person"
    COMPANY = "company"


@dataclass(frozen=True, slots=True)
class MandatoryRule:
    """A norm that imposes the mailbox on some holders."""

    holders: tuple[HolderKind, ...]
    norm: str


class ConsentMandatory(Conflict):
    """A norm imposes this mailbox."""


class ConsentOfClosed(Conflict):
    """The mailbox is closed, so that the consent changes nothing."""


def imposing_norm(holder: Holder, rules: Iterable[MandatoryRule]) -> str | None:
    """Return the norm that imposes the mailbox on this holder; None where it is voluntary."""
    kind = HolderKind.COMPANY if is_company(holder) else HolderKind.PERSON
    return next((rule.norm for rule in rules if kind in rule.holders), None)


def revoked_from(now: datetime) -> datetime:
    """Return the instant from which on no notice is dated, a whole minute: it is told, and printed without seconds."""
    return (now + _UNDER_WAY).replace(second=0, microsecond=0)


def with_consent(mailbox: Mailbox, consent: Consent, rules: Iterable[MandatoryRule]) -> Mailbox:
    """Say whether notices are wanted here, from the consent's instant on; the same mailbox where it is so already.

    Raises:
        ConsentMandatory: `mailbox_mandatory`, of a revocation; it cites the norm.
        ConsentOfClosed: `mailbox_closed`; opening it again gives the consent anew.

    """
    if consent.is_given == mailbox.has_consent:
        return mailbox
    if mailbox.closed_at is not None:
        detail = "Tu casilla está cerrada: no recibe notificaciones. Ábrela otra vez en «Mis datos» para autorizarlas."
        raise ConsentOfClosed("mailbox_closed", detail)
    norm = imposing_norm(mailbox.holder, rules)
    if norm is not None and not consent.is_given:
        detail = f"Esta casilla es obligatoria por {norm}: no se puede retirar la autorización."
        raise ConsentMandatory("mailbox_mandatory", detail)
    return replace(mailbox, consent=consent)
