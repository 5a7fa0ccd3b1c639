"""The institution that deposits, and the keys its systems sign with."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time
from enum import StrEnum

from chalicelib.domain.calendar import NonWorkingDay
from chalicelib.domain.deadline import Regime


class InstitutionState(StrEnum):
    """Only an active institution deposits; an inactive or cancelled one can still read what it deposited."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Institution:
    """A ministry or agency with an agreement.

    `regional_days` are its own non-working days, each with the norm that declares it. `closes_at`, in the
    country's zone, is the end of its business day: a later deposit counts as of the next business day; None
    counts every deposit on its own day.
    """

    institution_id: str
    name: str
    address: str
    phone: str
    state: InstitutionState
    regime: Regime = Regime.DEPOSIT
    regional_days: tuple[NonWorkingDay, ...] = ()
    closes_at: time | None = None
    attaches_receipt: bool = False
    """Whether the receipt goes with the alert e-mail."""
    short_name: str | None = None
    """What an SMS calls it where its whole name has no room, as `check_short_name` accepts it; None: abbreviated."""

    @property
    def is_active(self) -> bool:
        """Whether it may deposit and consult."""
        return self.state is InstitutionState.ACTIVE


class KeyAlgorithm(StrEnum):
    """Signature algorithms on offer, by their RFC 9421 names."""

    ED25519 = "ed25519"
    ECDSA_P256 = "ecdsa-p256-sha256"


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A public key of an institution; `keyid` on the wire is `institution_id:key_id`."""

    institution_id: str
    key_id: str
    algorithm: KeyAlgorithm
    public_key: bytes = field(repr=False)
    """SubjectPublicKeyInfo, DER."""
    not_before: datetime
    not_after: datetime
    revoked_at: datetime | None = None

    def is_valid_at(self, now: datetime) -> bool:
        """Tell whether `now` is from not-before to before not-after, and before any revocation."""
        if self.revoked_at is not None and self.revoked_at <= now:
            return False
        return self.not_before <= now < self.not_after
