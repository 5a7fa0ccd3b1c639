"""Sessions of the staff: fifteen minutes idle, eight hours at most, and a code asked again before what is final."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.domain.institution.staff import StaffMember
from chalicelib.domain.sender.institution import Institution

IDLE = timedelta(minutes=15)
LIFETIME = timedelta(hours=8)
SEEN_APART = timedelta(minutes=1)
"""How far apart the writes are that keep a session alive."""
PROOF_FOR_PAGE = timedelta(minutes=10)
"""How old the last code of the device may be where a page of something final opens."""
PROOF_FOR_ACT = timedelta(minutes=25)
"""How old where it is sent: who opened the page has as long as a session may idle to fill it in."""


@dataclass(frozen=True, slots=True)
class StaffSession:
    """One login of one person. `access_id` stays from login to the end; the secret is in the person's cookie only.

    `seen_at` is the last use that was written, `proven_at` the last code of the device.
    """

    session_id: str
    access_id: str
    staff_id: str
    institution_id: str
    document_number: str
    opened_at: datetime
    seen_at: datetime
    proven_at: datetime
    origin: str = ""

    @property
    def valid_until(self) -> datetime:
        """When it ends unless it is used."""
        return min(self.seen_at + IDLE, self.opened_at + LIFETIME)

    def is_proven_for(self, now: datetime, *, is_sent: bool) -> bool:
        """Tell whether the last code is young enough for something final: its page, or that it is sent."""
        return now <= self.proven_at + (PROOF_FOR_ACT if is_sent else PROOF_FOR_PAGE)

    def is_to_be_written(self, now: datetime) -> bool:
        """Tell whether this use is to be noted."""
        return now >= self.seen_at + SEEN_APART


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who is inside, as the store knew them at this request. `institution` is None on the platform."""

    session: StaffSession
    member: StaffMember
    institution: Institution | None

    @property
    def own(self) -> Institution:
        """The institution of who works for one."""
        if self.institution is None:
            raise TypeError("the platform is no institution")
        return self.institution
