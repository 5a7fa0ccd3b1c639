"""What changes of institutions and keys need: where they are kept, and who asks for it, when and why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.errors import NotFound
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.sender.institution import Institution
from chalicelib.store.event_store import EventStore
from chalicelib.store.sender.institution_store import InstitutionStore


@dataclass(frozen=True, slots=True)
class InstitutionTools:
    """`operator` is an actor, `reason` why, without personal data."""

    institutions: InstitutionStore
    clock: Callable[[], datetime]
    new_event_id: Callable[[], str]
    operator: str
    reason: str

    def event(self, institution_id: str, kind: EventType, at: datetime, **data: str) -> Event:
        """Return the event of a change."""
        return Event(
            subject=subject_of(institution_id),
            type=kind,
            occurred_at=at,
            event_id=self.new_event_id(),
            actor=self.operator,
            data={**data, "reason": self.reason},
        )


def subject_of(institution_id: str) -> str:
    """Return what events about an institution are about."""
    return f"institution#{institution_id}"


def read_institution(institution_id: str, institutions: InstitutionStore) -> Institution:
    """Return an institution.

    Raises:
        NotFound: `institution_unknown`.

    """
    found = institutions.find(institution_id)
    if found is None:
        raise NotFound(
            "institution_unknown", "No hay una entidad con ese identificador. Véalas con «institutions list»."
        )
    return found


@dataclass(frozen=True, slots=True)
class ShownInstitution:
    """An institution, and the last events about it, the oldest first."""

    institution: Institution
    events: tuple[Event, ...]


def show_institution(
    institution_id: str, *, institutions: InstitutionStore, events: EventStore, limit: int
) -> ShownInstitution:
    """Return an institution with what changed last.

    Raises:
        NotFound: `institution_unknown`.

    """
    found = read_institution(institution_id, institutions)
    return ShownInstitution(found, events.newest_for_subject(subject_of(institution_id), limit=limit))
