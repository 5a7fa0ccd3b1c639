"""What the use cases about the staff share; one per process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.access.known_passwords import CommonPasswords
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.institution.staff import PLATFORM, StaffMember
from chalicelib.domain.sender.institution import Institution
from chalicelib.gateways.institution.seeds import Seeds
from chalicelib.gateways.mail import Mail
from chalicelib.renderers.letterhead import Letterhead
from chalicelib.services.access.password_hashing import PasswordHashing
from chalicelib.store.access.token_store import TokenStore
from chalicelib.store.event_store import EventStore
from chalicelib.store.institution.staff_session_store import StaffSessionStore
from chalicelib.store.institution.staff_store import StaffStore
from chalicelib.store.limit_store import LimitStore
from chalicelib.store.sender.institution_store import InstitutionStore


@dataclass(frozen=True, slots=True)
class StaffTools:
    """Stores, hashing, seeds, mail and chance. `portal_url` has no final slash.

    `new_secret` returns an opaque token, `new_staff_id` a code that can be read aloud, `new_seed` a device's seed.
    """

    staff: StaffStore
    sessions: StaffSessionStore
    institutions: InstitutionStore
    tokens: TokenStore
    limits: LimitStore
    events: EventStore
    seeds: Seeds
    hashing: PasswordHashing
    common_passwords: Callable[[], CommonPasswords]
    mail: Mail
    letterhead: Letterhead
    pepper: bytes
    portal_url: str
    clock: Callable[[], datetime]
    new_secret: Callable[[], str]
    new_staff_id: Callable[[], str]
    new_event_id: Callable[[], str]
    new_seed: Callable[[], str]
    new_recovery_code: Callable[[], str]

    def event(
        self, kind: EventType, about: StaffMember, actor: str, *, origin: str, now: datetime, **data: str
    ) -> Event:
        """Return the event of something done to a person's access."""
        told = {"institution_id": about.institution_id, **data}
        return Event(f"staff#{about.staff_id}", kind, now, self.new_event_id(), actor, origin, told)


def place_of(institution_id: str, institution: Institution | None) -> str:
    """Return what a letter calls where somebody works."""
    if institution_id == PLATFORM:
        return "Plataforma de casilla electrónica"
    return institution.name if institution is not None else institution_id
