"""Find whose password somebody at the desk asks for, by documents alone; what is found and what is not is logged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.errors import Conflict, InvalidInput
from chalicelib.domain.event import EventType
from chalicelib.domain.identity_document import mailbox_id_for, mailboxes_of_holder
from chalicelib.domain.limit import Limit
from chalicelib.domain.mailbox import DocumentType, Mailbox, MailboxState, MailboxUser, UserState
from chalicelib.services.desk.tools import AtDesk, DeskTools

MISSES_PER_OFFICER = Limit("desk-miss", 20, 60 * 60)
"""Refuses: who asks about so many who are not there searches, and serves nobody."""
RECOVERY = "assisted_recovery"
"""Why it is looked at, as the log says."""


@dataclass(frozen=True, slots=True)
class WantedUser:
    """The holder's document, and the number of the user's own, which is the holder's where it is empty."""

    document_type: DocumentType
    number: str
    own_number: str = ""


def find_user(wanted: WantedUser, by: AtDesk, *, tools: DeskTools, now: datetime) -> tuple[Mailbox, MailboxUser]:
    """Return a mailbox and its user who can be sent a link.

    That there is none is logged as a consultation before it is told: it says of somebody whether they have a mailbox.

    Raises:
        InvalidInput: `user_unknown`.
        Conflict: `mailbox_frozen`, `user_disabled`.
        TooManyRequests: `limit_reached`: this officer's, past some that were not there in an hour.

    """
    mailbox_id = mailbox_id_for(wanted.document_type, wanted.number, tools.prefixes)
    names = mailboxes_of_holder(mailbox_id, tools.prefixes)
    mailbox = next(filter(None, map(tools.access.mailboxes.find, names)), None)
    user = None if mailbox is None else _user(mailbox, wanted)
    refusal = _refusal(mailbox, user)
    if refusal is not None:
        about = mailbox_id if mailbox is None else mailbox.mailbox_id
        count_miss(about, refusal.code, by, tools=tools, now=now)
        raise refusal
    if mailbox is None or user is None:
        raise AssertionError("what is missing is refused")
    return mailbox, user


def count_miss(mailbox_id: str, result: str, by: AtDesk, *, tools: DeskTools, now: datetime) -> None:
    """Log that a refusal told an officer something of a mailbox, and count it, before it is told.

    Raises:
        TooManyRequests: `limit_reached`: this officer's.

    """
    subject, told = f"mailbox#{mailbox_id}", {"result": result}
    event = by.event(EventType.MAILBOX_CONSULTED, subject, RECOVERY, tools=tools, now=now, **told)
    tools.access.events.add(event)
    miss = MISSES_PER_OFFICER
    key = miss.key(by.member.institution_id, by.member.staff_id)
    tools.access.limits.spend(key, limit=miss.limit, window_s=miss.window_s, now=now)
    tools.note_use(by.member.institution_id)


def _user(mailbox: Mailbox, wanted: WantedUser) -> MailboxUser | None:
    if not wanted.own_number or wanted.own_number == mailbox.holder.document_number:
        return mailbox.principal
    return next((one for one in mailbox.users if one.document_number == wanted.own_number), None)


def _refusal(mailbox: Mailbox | None, user: MailboxUser | None) -> InvalidInput | Conflict | None:
    if mailbox is None or user is None:
        detail = "No hay un usuario con esos documentos. Revisa los números de la solicitud."
        return InvalidInput("user_unknown", detail, field="document_number")
    if mailbox.state is MailboxState.FROZEN:
        detail = (
            "La casilla está congelada porque alguien avisó de un cambio que no hizo. Hasta que la administración del"
            " servicio lo revise no se envía ningún enlace: que la persona llame al teléfono de ayuda."
        )
        return Conflict("mailbox_frozen", detail)
    if user.state is UserState.DISABLED:
        detail = "Ese usuario está deshabilitado: primero tiene que habilitarlo el usuario principal de la casilla."
        return Conflict("user_disabled", detail)
    return None
