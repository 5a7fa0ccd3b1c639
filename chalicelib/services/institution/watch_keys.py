"""Tell coordinators 30, 7 and 1 days before the last key ends that their systems can sign with (INS-5).

Each warning goes to each coordinator once (`tell_coordinators`). What could not be told counts as failed, and is tried
the next night.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.institution.staff import StaffMember
from chalicelib.domain.sender.institution import Institution
from chalicelib.domain.sender.key_coverage import signs_until, warning_due
from chalicelib.gateways.mail import Mail
from chalicelib.gateways.way_out import WayOut
from chalicelib.renderers.institution.key_letters import render_key_warning
from chalicelib.renderers.letterhead import Letterhead
from chalicelib.services.institution.tell_coordinators import (
    ToldLetters,
    active_coordinators,
    nobody_to_tell,
    tell_coordinators,
)
from chalicelib.services.work_through import counted, work_through
from chalicelib.store.institution.staff_store import StaffStore
from chalicelib.store.position_store import PositionStore
from chalicelib.store.sender.institution_store import InstitutionStore

_JOB = "watch_keys"
_TOLD, _KNOWN, _QUIET = "told", "known", "quiet"
_TAGS = {"purpose": "key-warning"}


@dataclass(frozen=True, slots=True)
class WatchedKeys:
    """What became of active institutions: coordinators were `told` now, or `known` to be; of `quiet` nothing is due.

    `failed` are also those of which somebody, or everybody, could not be told, or that have no active coordinator.
    """

    told: int
    known: int
    quiet: int
    failed: int
    is_complete: bool


@dataclass(frozen=True, slots=True)
class KeyWatchTools:
    """What warnings go through. `warned` returns where an institution's last one is kept."""

    institutions: InstitutionStore
    staff: StaffStore
    warned: Callable[[str], PositionStore[ToldLetters]]
    mail: Mail
    by_mail: WayOut
    letterhead: Letterhead
    portal_url: str
    now: Callable[[], datetime]


def watch_keys(tools: KeyWatchTools, *, until: datetime) -> WatchedKeys:
    """Send what is due, beginning none after `until`; one that fails stops no other.

    Raises:
        Unavailable: the institutions cannot be read.

    """
    readable, unreadable = tools.institutions.list_readable()
    active = sorted(name for name, one in readable.items() if one.is_active)

    def handle(institution_id: str) -> str:
        if institution_id in unreadable:
            raise unreadable[institution_id]
        return _handled(readable[institution_id], tools)

    worked = work_through([*active, *unreadable], handle, job=_JOB, now=tools.now, until=until)
    return counted(WatchedKeys, worked.outcomes, is_complete=worked.is_complete)


def _handled(institution: Institution, tools: KeyWatchTools) -> str:
    now = tools.now()
    ends = signs_until(tools.institutions.list_keys(institution.institution_id), now)
    days = None if ends is None else warning_due(ends, now)
    if ends is None or days is None:
        return _QUIET
    coordinators = active_coordinators(institution.institution_id, tools.staff)
    if not coordinators:
        raise nobody_to_tell()
    is_told, failures = tell_coordinators(
        coordinators,
        [f"{ends.isoformat()}/{days}"],
        lambda one: _tell(one, institution, ends, tools, now),
        store=tools.warned(institution.institution_id),
        now=now,
    )
    if failures:
        raise failures[0]
    return _TOLD if is_told else _KNOWN


def _tell(
    coordinator: StaffMember, institution: Institution, ends: datetime, tools: KeyWatchTools, now: datetime
) -> None:
    message = render_key_warning(coordinator, institution, ends, tools.letterhead, at=tools.portal_url, now=now)
    tags = {**_TAGS, "institution_id": institution.institution_id}
    tools.by_mail.hand_over(lambda: tools.mail.send(message, coordinator.email, tags))
