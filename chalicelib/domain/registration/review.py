"""A registration whose level is too low to open a mailbox: somebody looks at a proof, and decides (REG-11).

It stays until it is decided, however long that takes. The applicant is told by when; past that it wakes somebody.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from chalicelib.domain.calendar import BusinessCalendar
from chalicelib.domain.codes import REFERENCE_LENGTH
from chalicelib.domain.errors import Conflict, InvalidInput
from chalicelib.domain.registration.assurance import reviewed
from chalicelib.domain.registration.registration import Registration, RegistrationState, refused

REVIEW_DAYS = 5
"""Business days in which who waits for a review is told to get an answer."""
REFUSED_LIFETIME = timedelta(days=30)
"""How long one that was refused stays, so that the applicant can read so."""


class ReviewRefusal(StrEnum):
    """Why a review refused: a closed list, since the applicant is told in words of their own."""

    NOT_SHOWN = "not_shown"
    """Nobody came with a proof."""
    DIFFERS = "differs"
    """The proof says something else than the registration."""
    NOT_ENTITLED = "not_entitled"
    """Whoever registered is not the holder, nor the company's representative."""


@dataclass(frozen=True, slots=True)
class Review:
    """One that waits; `mailbox_id` is its holder's, who may have none; `others` of those shown are the holder's too."""

    registration: Registration
    mailbox_id: str | None
    others: int

    @property
    def has_mailbox(self) -> bool:
        """Whether the holder has one."""
        return self.mailbox_id is not None


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """Those that wait, the one due first at the top; `is_whole` is False where more wait than are shown."""

    reviews: tuple[Review, ...]
    is_whole: bool


def review_until(now: datetime, calendar: BusinessCalendar) -> datetime:
    """Return until when who waits for a review from now on is told to get an answer: the end of a business day."""
    return calendar.end_of_term(now, REVIEW_DAYS)


def awaiting_review(registration: Registration, now: datetime, until: datetime) -> Registration:
    """Have somebody look at a proof; the applicant was told to get an answer until an instant."""
    return replace(
        registration,
        state=RegistrationState.AWAITING_REVIEW,
        expires_at=None,
        due_at=None,
        put_off_until=None,
        is_proven=True,
        mails=1,
        review_since=now,
        review_until=until,
    )


def passed_review(registration: Registration) -> Registration:
    """Note that somebody looked at a proof of what nobody had compared; a name no registry told is as typed.

    Raises:
        Conflict: `registration_not_in_review`.

    """
    _require_review(registration)
    typed = "" if registration.person is None else registration.person.typed_name
    name = registration.registered_name or typed
    return replace(registration, registered_name=name, assurance=reviewed(registration.assurance))


def refused_at_review(registration: Registration, why: ReviewRefusal, now: datetime) -> Registration:
    """End: somebody looked, and it was not enough.

    Raises:
        Conflict: `registration_not_in_review`.

    """
    _require_review(registration)
    return replace(
        refused(registration),
        refusal=why.value,
        expires_at=now + REFUSED_LIFETIME,
        review_since=None,
        review_until=None,
    )


def read_reference(typed: str) -> str:
    """Return the beginning of a key that a reference, or the key itself, tells.

    Raises:
        InvalidInput: `registration_reference_invalid`.

    """
    found = "".join(letter for letter in typed.lower() if letter.isalnum())
    if len(found) < REFERENCE_LENGTH or any(letter not in "0123456789abcdef" for letter in found):
        detail = "El número de una solicitud tiene 12 letras o cifras, como 3F2A-91BC-77D0."
        raise InvalidInput("registration_reference_invalid", detail)
    return found


def _require_review(registration: Registration) -> None:
    if registration.state is not RegistrationState.AWAITING_REVIEW:
        detail = f"La solicitud {registration.reference} no espera una decisión."
        raise Conflict("registration_not_in_review", detail)
