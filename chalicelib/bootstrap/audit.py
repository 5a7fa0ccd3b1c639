"""What tells who looked at whose data."""

from __future__ import annotations

from chalicelib.bootstrap import Container, made_once
from chalicelib.bootstrap.aws import connection
from chalicelib.bootstrap.files import files
from chalicelib.bootstrap.institution import office_store
from chalicelib.bootstrap.sender import institution_store
from chalicelib.bootstrap.storage import event_store, mailbox_store
from chalicelib.services.audit.own_looks import OwnLookTools
from chalicelib.services.audit.tools import AuditTools
from chalicelib.store.audit.audit_store import AuditStore
from chalicelib.store.audit.look_log import LookLog
from chalicelib.store.institution.staff_store import StaffStore


@made_once
def look_log(box: Container) -> LookLog:
    """Looks at people's data."""
    return LookLog(connection(box))


@made_once
def own_look_tools(box: Container) -> OwnLookTools:
    """What shows a mailbox's user who looked."""
    return OwnLookTools(
        look_log(box), mailbox_store(box), institution_store(box), office_store(box), box.mailbox_prefixes
    )


@made_once
def audit_store(box: Container) -> AuditStore:
    """Numbered lists of looks."""
    return AuditStore(connection(box))


@made_once
def audit_tools(box: Container) -> AuditTools:
    """What they are asked for, made and shown with."""
    return AuditTools(
        audits=audit_store(box),
        looks=look_log(box),
        staff=StaffStore(connection(box), b""),  # people are listed alone: no token is made, no pepper asked for
        institutions=institution_store(box),
        events=event_store(box),
        files=files(box),
        prefixes=box.mailbox_prefixes,
        portal_url=box.portal_url,
        zone=box.calendar.zone,
        clock=box.clock,
        new_code=box.chance.new_code,
        new_event_id=box.chance.new_event_id,
        pause=box.pause,
    )
