"""What lists of looks are asked for, made and shown with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from chalicelib.domain.audit.audit import Audit
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.mailbox import DocumentType
from chalicelib.gateways.files import Files
from chalicelib.store.audit.audit_store import AuditStore
from chalicelib.store.audit.look_log import LookLog
from chalicelib.store.event_store import EventStore
from chalicelib.store.institution.staff_store import StaffStore
from chalicelib.store.sender.institution_store import InstitutionStore


@dataclass(frozen=True, slots=True)
class AuditTools:
    """`prefixes` begin the names of mailboxes; `new_code` draws what a list is verified by.

    `portal_url` has no final slash. `pause` waits some seconds before another try.
    """

    audits: AuditStore
    looks: LookLog
    staff: StaffStore
    institutions: InstitutionStore
    events: EventStore
    files: Files
    prefixes: Mapping[DocumentType, str]
    portal_url: str
    zone: ZoneInfo
    clock: Callable[[], datetime]
    new_code: Callable[[], str]
    new_event_id: Callable[[], str]
    pause: Callable[[float], None]

    def event(self, kind: EventType, audit: Audit, actor: str, origin: str = "", **data: str) -> Event:
        """Return the event of something that was done with a list; whose looks it has is told by their actor alone."""
        told = {"institution_id": audit.institution_id, "about": audit.looker.actor, **data}
        subject = f"audit#{audit.institution_id}#{audit.reference}"
        return Event(subject, kind, self.clock(), self.new_event_id(), actor, origin, told)
