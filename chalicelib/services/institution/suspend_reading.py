"""Suspend the reading of a notice that went where it should not (DEP-7): one person asks, another one confirms.

What is decided here is written by one transaction, which fails where anything of it changed since it was read: an alert
that a worker took up, another request. Then all is read and decided again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.domain.alert.suspended import suspend_alerts
from chalicelib.domain.errors import Forbidden, Unavailable
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.institution.permission import Act, reaches
from chalicelib.domain.institution.staff import StaffMember
from chalicelib.domain.institution.suspending import (
    confirmed,
    officer_of,
    read_request,
    require_askable,
    require_withdrawable,
)
from chalicelib.domain.reading.reading import DeliveredNotice
from chalicelib.domain.reading.suspension import Officer
from chalicelib.services.alert.send_alerts import planned_event
from chalicelib.services.institution.own_notice import find_own_notice
from chalicelib.store.reading.reading_store import FoundNotice, ReadingStore
from chalicelib.store.reading.suspension_store import AskedSuspension, SuspensionStore

_TRIES = 8
_PAUSE_S = 0.1
_LISTED_FOR = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class SuspensionTools:
    """Where notices and their suspensions are kept; `pause` waits some seconds before another try."""

    readings: ReadingStore
    suspensions: SuspensionStore
    clock: Callable[[], datetime]
    new_event_id: Callable[[], str]
    pause: Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Suspender:
    """Who of the institution does it, and from where."""

    member: StaffMember
    origin: str


def ask_suspension(notice_id: str, cause: str, reason: str, *, by: Suspender, tools: SuspensionTools) -> None:
    """Ask that a reading be suspended; nothing of it changes until another person confirms.

    Raises:
        NotFound: as `find_own_notice`.
        InvalidInput: what `read_request` refuses.
        Conflict: what `require_askable` refuses.
        Unavailable: `suspension_unavailable`, `store_unavailable`; nothing was written.

    """
    request = read_request(officer_of(by.member), cause, reason, tools.clock())

    def write(delivered: DeliveredNotice, _: FoundNotice) -> bool:
        require_askable(delivered, request.at)
        event = _event(EventType.SUSPENSION_ASKED, delivered, by, tools, request.at, {"cause": request.cause.value})
        return tools.suspensions.ask(delivered, request, event)

    _until_written(notice_id, by, tools, write, is_done=lambda stands: stands.suspension_asked == request)


def withdraw_suspension(notice_id: str, *, by: Suspender, tools: SuspensionTools) -> None:
    """Take back what one asked for.

    Raises:
        NotFound: as `find_own_notice`.
        Conflict, Forbidden: what `require_withdrawable` refuses.
        Unavailable: as `ask_suspension`.

    """

    def write(delivered: DeliveredNotice, _: FoundNotice) -> bool:
        now = tools.clock()
        require_withdrawable(delivered, officer_of(by.member), now)
        event = _event(EventType.SUSPENSION_WITHDRAWN, delivered, by, tools, now, {})
        return tools.suspensions.ask(delivered, None, event)

    _until_written(notice_id, by, tools, write, is_done=lambda stands: stands.suspension_asked is None)


def confirm_suspension(notice_id: str, *, by: Suspender, tools: SuspensionTools) -> None:
    """Suspend the reading that another person asked for: from this instant on nobody opens or downloads any of it.

    Raises:
        NotFound: as `find_own_notice`.
        Conflict, Forbidden: what `confirmed` refuses; `suspension_too_new`.
        Unavailable: as `ask_suspension`.

    """

    def write(delivered: DeliveredNotice, found: FoundNotice) -> bool:
        now = tools.clock()
        suspension = confirmed(delivered, officer_of(by.member), now)
        _require_known(by.member, suspension.request.at)
        data = {"cause": suspension.request.cause.value, "asked_by": f"staff:{suspension.request.by.staff_id}"}
        events = [_event(EventType.READING_SUSPENDED, delivered, by, tools, now, data)]
        alerts = None
        if found.alerts is not None:
            alerts = found.alerts, suspend_alerts(found.alerts, now)
            if len(alerts[1].alerts) > len(found.alerts.alerts):
                events.append(planned_event(*alerts, now, tools.new_event_id(), by.member.actor))
        return tools.suspensions.suspend(delivered, suspension, tuple(events), alerts)

    officer = officer_of(by.member)
    _until_written(notice_id, by, tools, write, is_done=lambda stands: _is_suspended_by(officer, stands))


def list_asked_suspensions(member: StaffMember, *, tools: SuspensionTools) -> tuple[AskedSuspension, ...]:
    """Return the requests of the last thirty days that wait or lapsed, of notices that somebody may suspend."""
    asked = tools.suspensions.list_asked(member.institution_id, since=tools.clock() - _LISTED_FOR)
    return tuple(one for one in asked if reaches(member, Act.SUSPEND_READING, one.office_id))


def _until_written(
    notice_id: str,
    by: Suspender,
    tools: SuspensionTools,
    write: Callable[[DeliveredNotice, FoundNotice], bool],
    *,
    is_done: Callable[[DeliveredNotice], bool],
) -> None:
    """Read, decide and write until it is written. `is_done` knows an own write again whose answer was lost."""
    is_lost = False
    for attempt in range(_TRIES):
        tools.pause(attempt * _PAUSE_S)
        try:
            delivered, found = find_own_notice(notice_id, by.member, Act.SUSPEND_READING, readings=tools.readings)
            if (is_lost and is_done(delivered)) or write(delivered, found):
                return
        except Unavailable:
            is_lost = True
    detail = "No se pudo guardar. Intenta otra vez en unos segundos."
    raise Unavailable("suspension_unavailable", detail, retry_after=2)


def _require_known(member: StaffMember, asked_at: datetime) -> None:
    """Have nobody confirm who is known for less than a day before: one person could enrol the second.

    Raises:
        Forbidden: `suspension_too_new`.

    """
    if member.is_too_new(asked_at):
        detail = (
            "Te inscribieron, o tu acceso se renovó, hace menos de un día: esta suspensión la confirma otra persona."
            " Así nadie puede pedirla y confirmarla con un usuario recién hecho."
        )
        raise Forbidden("suspension_too_new", detail)


def _is_suspended_by(officer: Officer, stands: DeliveredNotice) -> bool:
    return stands.suspension is not None and stands.suspension.by == officer


def _event(  # noqa: PLR0913, PLR0917 - what happened to which notice, by whom, when
    kind: EventType,
    delivered: DeliveredNotice,
    by: Suspender,
    tools: SuspensionTools,
    at: datetime,
    data: dict[str, str],
) -> Event:
    subject = f"notice#{delivered.notice.notice_id}"
    return Event(subject, kind, at, tools.new_event_id(), by.member.actor, by.origin, data)
