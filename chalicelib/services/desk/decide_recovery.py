"""A second officer checks the copy of the document, and sends the link or refuses (ACC-4).

What was decided is written first, by whoever is first; then the e-mail goes out, and only then the request leaves the
list. So nothing is decided twice, and what no e-mail was taken for is not forgotten.
"""

from __future__ import annotations

from chalicelib.domain.codes import parse_code
from chalicelib.domain.desk.recovery import Recovery, RecoveryState, approved, decided, refused, require_sendable, sent
from chalicelib.domain.errors import Conflict, InvalidInput, NotFound
from chalicelib.domain.event import EventType
from chalicelib.domain.institution.permission import Act, reaches
from chalicelib.domain.institution.staff import StaffMember
from chalicelib.domain.mailbox import Mailbox, MailboxUser
from chalicelib.services.access.links import LinkOwner, owner_from
from chalicelib.services.desk.find_user import RECOVERY
from chalicelib.services.desk.tell_recovery import send_recovery_link, tell_begun, tell_refused
from chalicelib.services.desk.tools import AtDesk, DeskTools
from chalicelib.store.desk.recovery_store import RecoveryStore

_RESEND_COOLING_S = 60


def find_recovery(recovery_id: str, member: StaffMember, *, recoveries: RecoveryStore) -> Recovery:
    """Return one of somebody's institution, and of their office where they are limited to one.

    Raises:
        NotFound: `recovery_unknown`, also for another institution's.

    """
    try:
        found = recoveries.find(member.institution_id, parse_code(recovery_id))
    except InvalidInput:
        found = None
    if found is None or not reaches(member, Act.DECIDE_RECOVERY, found.office_id):
        raise NotFound("recovery_unknown", "No existe esa restauración, o no es de tu entidad o de tu oficina.")
    return found


def show_recovery(
    recovery: Recovery, by: AtDesk, what: str, *, tools: DeskTools
) -> tuple[Mailbox | None, MailboxUser | None]:
    """Log that somebody looks at a person's data, and `what` at, and then return them; None of who is gone."""
    data = {"user_id": recovery.user_id, "recovery_id": recovery.recovery_id, "shown": what}
    subject = f"mailbox#{recovery.mailbox_id}"
    now = tools.clock()
    tools.access.events.add(by.event(EventType.RECOVERY_SHOWN, subject, RECOVERY, tools=tools, now=now, **data))
    mailbox = tools.access.mailboxes.find(recovery.mailbox_id)
    return mailbox, None if mailbox is None else mailbox.user(recovery.user_id)


def approve_recovery(recovery_id: str, by: AtDesk, *, tools: DeskTools) -> bool:
    """Say that the copy is the user's, send the link, and return whether an e-mail with it was taken.

    Raises:
        NotFound: as `find_recovery`.
        Conflict: `recovery_decided`; `recovery_without_address`: nobody can be sent a link now; nothing was decided.
        Forbidden: `recovery_same_person`, `officer_too_new`, `institution_inactive`.
        Unavailable: nothing was decided.

    """
    recovery = find_recovery(recovery_id, by.member, recoveries=tools.recoveries)
    by.require_active()
    wanted = approved(recovery, by.member, tools.clock())
    owner = _owner(recovery, tools)
    tell_begun(recovery, by, tools)
    wanted = _written(wanted, by, EventType.RECOVERY_APPROVED, tools)
    return _send(wanted, owner, by, tools)


def send_approved(recovery_id: str, by: AtDesk, *, tools: DeskTools) -> bool:
    """Send the link of one that was approved and whose e-mail did not go out; True once one was taken.

    Raises:
        NotFound: as `find_recovery`.
        Conflict: `recovery_undecided`, `recovery_decided`, `recovery_without_address`.
        TooManyRequests: `limit_reached`.

    """
    recovery = find_recovery(recovery_id, by.member, recoveries=tools.recoveries)
    require_sendable(recovery)
    owner = _owner(recovery, tools)
    tools.access.limits.cool_down(f"recovery#{recovery.recovery_id}", seconds=_RESEND_COOLING_S, now=tools.clock())
    return _send(recovery, owner, by, tools)


def refuse_recovery(recovery_id: str, why: str, by: AtDesk, *, tools: DeskTools) -> None:
    """Say that it is not, and tell its user.

    Raises:
        NotFound, Conflict, Forbidden, Unavailable: as `approve_recovery`.
        InvalidInput: `refusal_missing`.

    """
    recovery = find_recovery(recovery_id, by.member, recoveries=tools.recoveries)
    if recovery.state is RecoveryState.OPEN:
        by.require_active()
    wanted = refused(recovery, by.member, why, tools.clock())
    _written(wanted, by, EventType.RECOVERY_REFUSED, tools, because=why)
    mailbox = tools.access.mailboxes.find(recovery.mailbox_id)
    user = None if mailbox is None else mailbox.user(recovery.user_id)
    if user is not None and wanted.refusal is not None:
        tell_refused(user, wanted.refusal, by.place, tools=tools.access, now=tools.clock())


def _send(recovery: Recovery, owner: LinkOwner, by: AtDesk, tools: DeskTools) -> bool:
    """Send to the address on record, never to another, and note that it was taken."""
    if not send_recovery_link(owner, tools=tools.access, now=tools.clock()):
        return False
    ended = sent(recovery, tools.clock())
    _write(ended, by, EventType.RECOVERY_LINK_SENT, tools)  # whoever was first noted it
    return True


def _owner(recovery: Recovery, tools: DeskTools) -> LinkOwner:
    mailbox = tools.access.mailboxes.find(recovery.mailbox_id)
    user = None if mailbox is None else mailbox.user(recovery.user_id)
    account = None if mailbox is None or user is None else tools.access.accounts.find(mailbox.username_of(user))
    owner = owner_from(account, mailbox)
    if owner is None or owner.user.user_id != recovery.user_id:
        detail = (
            "Ahora no se le puede enviar un enlace: su acceso se deshabilitó, salió de la casilla o la casilla está"
            " congelada. Recházala, o espera a que eso se resuelva."
        )
        raise Conflict("recovery_without_address", detail)
    return owner


def _written(wanted: Recovery, by: AtDesk, kind: EventType, tools: DeskTools, **data: str) -> Recovery:
    """Write a decision, or say who was first."""
    written = _write(wanted, by, kind, tools, **data)
    if written is not None:
        return written
    raise decided(find_recovery(wanted.recovery_id, by.member, recoveries=tools.recoveries))


def _write(wanted: Recovery, by: AtDesk, kind: EventType, tools: DeskTools, **data: str) -> Recovery | None:
    told = {"user_id": wanted.user_id, "recovery_id": wanted.recovery_id, **data}
    subject = f"mailbox#{wanted.mailbox_id}"
    event = by.event(kind, subject, RECOVERY, tools=tools, now=tools.clock(), **told)
    return tools.recoveries.update(wanted, event)
