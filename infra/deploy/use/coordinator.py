"""A coordinator of the institution, as the store keeps one; nobody logs in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from chalicelib.config import Config
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.institution.staff import StaffMember, StaffRole, StaffState
from chalicelib.store import tables
from chalicelib.store.institution.staff_store import StaffChange, StaffStore
from infra.deploy.use.check import check
from infra.deploy.use.deployment import Deployment
from infra.deploy.use.operator import INSTITUTION

_EMAIL = "coordinadora@ejemplo.example"


def enrol_coordinator(deployment: Deployment) -> None:
    """Have the institution have one."""
    member = StaffMember(
        staff_id="e2e",
        institution_id=INSTITUTION,
        document_number="40000003",
        name="Coordinadora de Ejemplo",
        email=_EMAIL,
        role=StaffRole.COORDINATOR,
        state=StaffState.ACTIVE,
    )
    staff = StaffStore(tables.bind(Config.from_env(deployment.environment)), bytes(32))
    now = datetime.now(UTC)
    event = Event("staff#e2e", EventType.STAFF_ENROLLED, now, "e2e", "operator:e2e")
    staff.commit(StaffChange(event=event, member=member), now=now)


def check_warned(deployment: Deployment, told: Mapping[str, Any]) -> None:
    """Hold what the nightly job says, and what went out: the institution's last key ends within two days."""
    check((told["told"], told["failed"]) == (1, 0), f"the coordinator is told that the last key ends: {told}")
    check(any(_EMAIL in mail["To"] for mail in deployment.engine.emails), "the warning goes out")
