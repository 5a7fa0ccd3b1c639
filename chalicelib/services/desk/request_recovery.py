"""Take a request to restore a password at the desk, with the copy of the document (ACC-4)."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.domain.codes import parse_code
from chalicelib.domain.desk.recovery import Recovery, officer_of, read_cause
from chalicelib.domain.errors import Conflict, Unavailable
from chalicelib.domain.event import EventType
from chalicelib.domain.institution.permission import Act, reaches
from chalicelib.domain.registration.same_form import require_same_form
from chalicelib.services.desk.find_user import RECOVERY, WantedUser, count_miss, find_user
from chalicelib.services.desk.form_mark import form_mark
from chalicelib.services.desk.keep_scan import SentScan, inspected_scan, keep_scan
from chalicelib.services.desk.tell_recovery import tell_asked, tell_begun
from chalicelib.services.desk.tools import AtDesk, DeskTools


@dataclass(frozen=True, slots=True)
class RecoveryRequest:
    """What the officer typed and attached. `recovery_id` came with the form, so that sent twice it begins one."""

    recovery_id: str
    wanted: WantedUser
    cause: str
    scan: SentScan


def request_recovery(request: RecoveryRequest, by: AtDesk, *, tools: DeskTools) -> Recovery:
    """Keep it with its scan, and tell all who have to know; the same form again returns what it began, and tells them.

    That they were told is noted, so that a process that ends between both loses nothing.

    Raises:
        InvalidInput: `cause_missing`, `scan_missing` and alike, `user_unknown`, `code_invalid`.
        TooLarge: `scan_too_large`.
        Conflict: `form_used`, `recovery_open_already`, `mailbox_frozen`, `user_disabled`.
        Forbidden: `institution_inactive`.
        TooManyRequests: as `find_user`.
        Unavailable: nothing was kept.

    """
    by.require_active()
    recovery_id, cause = parse_code(request.recovery_id), read_cause(request.cause)
    institution_id = by.member.institution_id
    wanted = request.wanted
    typed = (wanted.document_type.value, wanted.number, wanted.own_number, cause.value)
    form = form_mark(typed, request.scan, pepper=tools.access.pepper)
    begun = _begun(recovery_id, form, by, tools)
    if begun is not None:
        tell_begun(begun, by, tools)
        return begun
    scan = inspected_scan(request.scan, f"desk/{institution_id}/{recovery_id}")
    now = tools.clock()
    mailbox, user = find_user(wanted, by, tools=tools, now=now)
    _require_none_open(mailbox.mailbox_id, user.user_id, by, tools)
    keep_scan(request.scan, scan, files=tools.files)
    recovery = Recovery(
        recovery_id=recovery_id,
        institution_id=institution_id,
        office_id=by.member.office_id,
        mailbox_id=mailbox.mailbox_id,
        user_id=user.user_id,
        cause=cause,
        scan=scan,
        asked_by=officer_of(by.member),
        asked_at=now,
        form=form,
    )
    data = {"user_id": user.user_id, "recovery_id": recovery_id, "cause": cause.value}
    subject = f"mailbox#{mailbox.mailbox_id}"
    event = by.event(EventType.RECOVERY_ASKED, subject, RECOVERY, tools=tools, now=now, **data)
    if not tools.recoveries.add(recovery, event):
        begun = _begun(recovery_id, form, by, tools)
        if begun is not None:
            return begun
        _require_none_open(mailbox.mailbox_id, user.user_id, by, tools)
        raise Unavailable(
            "recovery_unavailable", "No se pudo guardar. Intenta otra vez en unos segundos.", retry_after=2
        )
    tell_asked(mailbox, user, by.place, tools=tools.access, now=now)
    tools.recoveries.note_told(recovery)
    return recovery


def _begun(recovery_id: str, form: str, by: AtDesk, tools: DeskTools) -> Recovery | None:
    """Return what the same form began before, by the same person."""
    found = tools.recoveries.find(by.member.institution_id, recovery_id)
    if found is None or found.asked_by != officer_of(by.member):
        return None
    require_same_form(found.form, form, recovery_id)
    return found


def _require_none_open(mailbox_id: str, user_id: str, by: AtDesk, tools: DeskTools) -> None:
    """Refuse where one waits for the user, which is logged and counted first: it says that there is such a mailbox."""
    institution_id = by.member.institution_id
    number = tools.recoveries.open_of_user(institution_id, user_id)
    if number is None:
        return
    count_miss(mailbox_id, "recovery_open_already", by, tools=tools, now=tools.clock())
    open_one = tools.recoveries.find(institution_id, number)
    is_seen = open_one is not None and reaches(by.member, Act.ASK_RECOVERY, open_one.office_id)
    where = f": la {number}. Búscala en la lista." if is_seen else " en otra oficina de tu entidad."
    raise Conflict("recovery_open_already", f"Ya hay una restauración pendiente para ese usuario{where}")
