"""What changes of institutions and keys need: where they are kept, and who asks for it."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.domain.errors import NotFound
from chalicelib.domain.event import Event
from chalicelib.domain.sender.institution import Institution
from chalicelib.services.operator_act import OperatorAct
from chalicelib.store.event_store import EventStore
from chalicelib.store.sender.institution_store import InstitutionStore


@dataclass(frozen=True, slots=True)
class InstitutionTools:
    """Where they are kept, and who changes them."""

    institutions: InstitutionStore
    act: OperatorAct


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
