"""An institution's agreement: since when and until when it holds, what holds it up, and in which state that leaves it.

Dates are local days of the country's zone, first and last included. No state is kept: it follows from the dates and
causes, so that no two things can say different ones. `Institution.state`, which deposits read, is written with them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from chalicelib.domain.sender.institution import Institution, InstitutionState


class Modality(StrEnum):
    """How an institution notifies: in the console, *elaboradas en la plataforma*, or by systems, *interconexión*."""

    PLATFORM = "platform"
    INTERCONNECTION = "interconnection"


class AgreementState(StrEnum):
    """Only under an active one is anything deposited or consulted; `allowance.py` says what each still allows."""

    APPROVED = "approved"
    """Its first day has not come."""
    ACTIVE = "active"
    INACTIVE = "inactive"
    CANCELLED = "cancelled"


class Reason(StrEnum):
    """Why an agreement is inactive or cancelled (S2, question 1)."""

    LATE_PAYMENT = "late_payment"
    CLAUSE_BREACHED = "clause_breached"
    EXPIRED = "expired"
    UNUSED = "unused"


HOLDING_UP = (Reason.LATE_PAYMENT, Reason.CLAUSE_BREACHED)
"""What makes it inactive until it is lifted; several can stand at once."""
ENDING = (Reason.EXPIRED, Reason.UNUSED)
"""What cancels it."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A reason, and the local day since which it counts."""

    reason: Reason
    since: date


@dataclass(frozen=True, slots=True)
class Owing:
    """What an institution owes for its use, as whoever counts that says: `owes` anything, or some of it late."""

    owes: bool = False
    is_late: bool = False


@dataclass(frozen=True, slots=True)
class KeptDocument:
    """A PDF that was sent, as it was inspected: its name, bytes and SHA-256. `document_id` finds it."""

    document_id: str
    filename: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Addendum:
    """That the agreement holds until another day; `added_on` is the local day on which that was registered."""

    ends_on: date
    added_on: date
    number: str = ""
    document: KeptDocument | None = None


@dataclass(frozen=True, slots=True)
class Agreement:
    """`ends_on` is the last day on which it holds, None without an end; disuse counts from `counted_from` on.

    `is_registered` is False of an institution from before agreements were registered: it has neither end nor disuse.
    `is_begun` says that its first day came. `is_stopped_apart` says that an operator's command stopped the institution,
    which only that starts again: today where it was read `beside` it, else when it last changed. `version` counts the
    changes.
    """

    institution_id: str
    begins_on: date
    ends_on: date | None = None
    is_registered: bool = True
    is_begun: bool = False
    modality: Modality | None = None
    number: str = ""
    counted_from: date | None = None
    causes: tuple[Standing, ...] = ()
    ended: Standing | None = None
    addenda: tuple[Addendum, ...] = ()
    document: KeptDocument | None = None
    application_id: str | None = None
    is_stopped_apart: bool = False
    version: int = 0

    @property
    def state(self) -> AgreementState:
        """What dates and causes leave it in."""
        if self.ended is not None:
            return AgreementState.CANCELLED
        if not self.is_begun:
            return AgreementState.APPROVED
        return AgreementState.INACTIVE if self.causes else AgreementState.ACTIVE

    @property
    def reasons(self) -> tuple[Standing, ...]:
        """Why it is not active, what ended it first."""
        return self.causes if self.ended is None else (self.ended, *self.causes)

    def has_cause(self, reason: Reason) -> bool:
        """Tell whether a reason holds it up."""
        return any(one.reason is reason for one in self.causes)


_INSTITUTION_STATES: Mapping[AgreementState, InstitutionState] = {
    AgreementState.APPROVED: InstitutionState.INACTIVE,
    AgreementState.ACTIVE: InstitutionState.ACTIVE,
    AgreementState.INACTIVE: InstitutionState.INACTIVE,
    AgreementState.CANCELLED: InstitutionState.CANCELLED,
}


def institution_state_of(agreement: Agreement) -> InstitutionState:
    """Return the state that deposits and consultations go by."""
    return _INSTITUTION_STATES[agreement.state]


def beside(agreement: Agreement, institution: Institution) -> Agreement:
    """Return it as it stands beside its institution: whether a command stopped that, and disuse since it started it.

    Every rule expects one like this. Whether a command stopped one that is not active it says itself; of one that a
    package before stopped, its agreement does.
    """
    is_stopped = institution.is_stopped
    if institution.is_active:
        is_stopped = False
    elif is_stopped is None:
        is_stopped = agreement.is_stopped_apart or institution_state_of(agreement) is InstitutionState.ACTIVE
    counted = max(filter(None, (agreement.counted_from, institution.started_on)), default=None)
    return replace(agreement, is_stopped_apart=is_stopped, counted_from=counted)


def unregistered(institution_id: str, today: date) -> Agreement:
    """Return what stands for the agreement of an active institution that has none: it holds and has no end."""
    return Agreement(institution_id, begins_on=today, is_registered=False, is_begun=True)
