"""Every night: have agreements begin and end on their days, and tell coordinators before they end and when they did.

Each step of each end is told to each coordinator once, in one e-mail where both ends are near. That somebody is being
told is written before it is handed over, and that they were with what is written next; what a run that died in between
left is told again an hour later at the soonest. What could not be told counts as failed, and is tried the next night.
Where nights were missed, only the nearest step is told, and the state has the day of the rule.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.agreement.agreement import AgreementState
from chalicelib.domain.agreement.end_warning import EndWarning, ends_soon, warnings_due
from chalicelib.domain.agreement.life import as_of
from chalicelib.domain.institution.staff import StaffMember
from chalicelib.domain.sender.institution import Institution
from chalicelib.gateways.mail import Mail
from chalicelib.gateways.way_out import WayOut
from chalicelib.renderers.agreement.agreement_letters import warning_letter
from chalicelib.renderers.letterhead import Letterhead
from chalicelib.renderers.letters import render_letter
from chalicelib.services.agreement.change_agreement import (
    AgreementTools,
    is_against,
    keep_dates,
    last_use,
    read_agreement,
)
from chalicelib.services.institution.tell_coordinators import (
    ToldLetters,
    active_coordinators,
    nobody_to_tell,
    tell_coordinators,
)
from chalicelib.services.work_through import counted, work_through
from chalicelib.store.institution.staff_store import StaffStore
from chalicelib.store.position_store import PositionStore

_JOB = "watch_agreements"
_BEGUN, _ENDED, _TOLD, _KNOWN, _QUIET = "begun", "ended", "told", "known", "quiet"


@dataclass(frozen=True, slots=True)
class WatchedAgreements:
    """What became of agreements: `begun` or `ended` now; else coordinators were `told`, or `known` to be.

    Of `quiet` nothing is due. `failed` are also those of which somebody could not be told, or that have no active
    coordinator.
    """

    begun: int
    ended: int
    told: int
    known: int
    quiet: int
    failed: int
    is_complete: bool


@dataclass(frozen=True, slots=True)
class AgreementWatchTools:
    """What the night goes through. `warned` returns where it is kept what was told of an institution."""

    changes: AgreementTools
    staff: StaffStore
    warned: Callable[[str], PositionStore[ToldLetters]]
    mail: Mail
    by_mail: WayOut
    letterhead: Letterhead
    portal_url: str
    now: Callable[[], datetime]


def watch_agreements(tools: AgreementWatchTools, *, until: datetime) -> WatchedAgreements:
    """Look at every agreement, beginning none after `until`; one that fails stops no other.

    Raises:
        Unavailable: the agreements cannot be listed.

    """
    ids = tools.changes.agreements.list_ids()
    worked = work_through(ids, lambda one: _handled(one, tools), job=_JOB, now=tools.now, until=until)
    return counted(WatchedAgreements, worked.outcomes, is_complete=worked.is_complete)


def _handled(institution_id: str, tools: AgreementWatchTools) -> str:
    now = tools.now()
    today = tools.changes.local_day(now)
    read = read_agreement(institution_id, tools.changes.agreements)
    if read.agreement is None:
        return _QUIET
    used_on = last_use(read, today, tools.changes.last_deposit)
    agreement, became = read.agreement, ""
    if as_of(agreement, today, used_on) != agreement:
        agreement = keep_dates(institution_id, tools=tools.changes).agreement
        became = _ENDED if agreement.state is AgreementState.CANCELLED else _BEGUN
    elif is_against(read.institution, agreement):
        agreement = keep_dates(institution_id, tools=tools.changes).agreement
    if ends_soon(agreement, today):
        tools.changes.agreements.keep_end(agreement)
    due = warnings_due(agreement, today, used_on)
    told = _warn(read.institution, due, tools, now) if due else _QUIET
    return became or told


def _warn(institution: Institution, due: tuple[EndWarning, ...], tools: AgreementWatchTools, now: datetime) -> str:
    coordinators = active_coordinators(institution.institution_id, tools.staff)
    if not coordinators:
        raise nobody_to_tell()
    is_told, failures = tell_coordinators(
        coordinators,
        [one.key for one in due],
        lambda one: _tell(one, institution, due, tools, now),
        store=tools.warned(institution.institution_id),
        now=now,
    )
    if failures:
        raise failures[0]
    return _TOLD if is_told else _KNOWN


def _tell(
    to: StaffMember,
    institution: Institution,
    due: tuple[EndWarning, ...],
    tools: AgreementWatchTools,
    now: datetime,
) -> None:
    letter = warning_letter(institution.name, due, at=tools.portal_url)
    keys = "/".join(one.key for one in due)
    key = f"agreement-warning/{institution.institution_id}/{to.staff_id}/{keys}/{now.isoformat()}"
    message = render_letter(letter, to.email, tools.letterhead, sent_at=now, key=key)
    tags = {"purpose": "agreement-warning", "institution_id": institution.institution_id}
    tools.by_mail.hand_over(lambda: tools.mail.send(message, to.email, tags))
