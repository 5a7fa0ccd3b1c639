"""Looks at people's data, as the log would have them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from chalicelib.bootstrap.audit import audit_tools
from chalicelib.bootstrap.storage import event_store
from chalicelib.domain.audit.audit import Audit, MadeAudit
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.institution.staff import StaffMember, StaffRole
from tests.browser_requests import text_of
from tests.deposit_world import INSTITUTION_ID, World
from tests.staff_world import Staff

AUDITS = "/entidad/auditoria"
SCHEDULED = dict.fromkeys(
    ("version", "account", "region", "detail", "detail-type", "source", "time", "id", "resources"), ""
)

LOOKED_AT = datetime(2026, 3, 5, 15, 0, tzinfo=UTC)


def a_look(number: int = 1, **changes: Any) -> Event:
    """Return a consultation by an officer; `number` names it and whom it is about."""
    fields: dict[str, Any] = {
        "subject": f"mailbox#1-4{number:07d}",
        "type": EventType.MAILBOX_CONSULTED,
        "occurred_at": LOOKED_AT,
        "event_id": f"look{number:06d}",
        "actor": "staff:s40000100",
        "origin": "192.0.2.7",
        "data": {"reason": "Notificar una carta", "institution_id": INSTITUTION_ID},
    }
    return Event(**{**fields, **changes})


class Coordinator:
    """Somebody who asks for lists of looks at the console, and the job that makes them."""

    def __init__(self, staff: Staff, member: StaffMember | None = None) -> None:
        self.staff = staff
        self.member = member or staff.member(StaffRole.COORDINATOR)
        self.browser = staff.browser(self.member)
        self.tools = audit_tools(staff.world.container)

    @staticmethod
    def keep_in(world: World, *looks: Event) -> None:
        for look in looks:
            event_store(world.container).add(look)

    def keep(self, *looks: Event) -> tuple[Event, ...]:
        self.keep_in(self.staff.world, *looks)
        return looks

    def form(self, **changes: str) -> dict[str, str]:
        shown = text_of(self.browser.get(f"{AUDITS}/pedir"))
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', shown))
        days = {"first_day_day": "1", "first_day_month": "3", "first_day_year": "2026"}
        days |= {"last_day_day": "8", "last_day_month": "3", "last_day_year": "2026"}
        return {**hidden, "looker": "staff:s40000100", "reason": "Queja de un administrado", **days, **changes}

    def ask(self, **changes: str) -> str:
        """Send the form, and return where it leads."""
        return str(self.browser.send(f"{AUDITS}/pedir", **self.form(**changes)).headers["Location"])

    def run(self) -> dict[str, Any]:
        """Have the job make what is open."""
        report: dict[str, Any] = self.staff.world.client.lambda_.invoke("prepare_audits", SCHEDULED).payload
        return report

    def audit(self, reference: str) -> Audit:
        found = self.tools.audits.find(INSTITUTION_ID, reference)
        assert found
        return found

    def made(self, reference: str) -> MadeAudit:
        made = self.audit(reference).made
        assert made
        return made

    def events(self, reference: str) -> list[Event]:
        return list(event_store(self.staff.world.container).list_for_subject(f"audit#{INSTITUTION_ID}#{reference}"))
