"""What the use cases of the desk share; one per process."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.errors import Forbidden
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.institution.staff import StaffMember
from chalicelib.domain.mailbox import DocumentType
from chalicelib.gateways.files import Files
from chalicelib.services.access.tools import AccessTools
from chalicelib.store.desk.recovery_store import RecoveryStore


@dataclass(frozen=True, slots=True)
class DeskTools:
    """What ways in need, where requests and scans are, how mailboxes are called, what notes that officers asked."""

    access: AccessTools
    recoveries: RecoveryStore
    files: Files
    prefixes: Mapping[DocumentType, str]
    clock: Callable[[], datetime]
    new_event_id: Callable[[], str]
    note_use: Callable[[str], None]


@dataclass(frozen=True, slots=True)
class AtDesk:
    """Who of an institution does something at its desk, what that place is called, and from which network address.

    `is_active` is whether the institution is.
    """

    member: StaffMember
    place: str
    origin: str
    is_active: bool

    def require_active(self) -> None:
        """Take and decide nothing new at the desk of an institution that is not active; what was decided is completed.

        Raises:
            Forbidden: `institution_inactive`.

        """
        if not self.is_active:
            detail = (
                "La entidad no está activa en el servicio: su mesa de partes no registra pedidos ni los decide. Su"
                " coordinador debe regularizar el convenio."
            )
            raise Forbidden("institution_inactive", detail)

    def event(
        self, kind: EventType, subject: str, reason: str, *, tools: DeskTools, now: datetime, **data: str
    ) -> Event:
        """Return the event of it: institution, office and reason are codes, and nothing of a person stands in it."""
        office = {"office_id": self.member.office_id} if self.member.office_id else {}
        told = {"institution_id": self.member.institution_id, **office, "reason": reason, **data}
        return Event(subject, kind, now, tools.new_event_id(), self.member.actor, self.origin, told)
