"""Show an operator a mailbox with its people, and keep that it was looked at (DAT-2)."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.domain.errors import NotFound
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.mailbox import Mailbox
from chalicelib.domain.people.former_user import FormerUser
from chalicelib.services.access.tools import AccessTools
from chalicelib.services.operator_act import OperatorAct


@dataclass(frozen=True, slots=True)
class ShownMailbox:
    """A mailbox, the newest of its events, oldest first, and who left according to them."""

    mailbox: Mailbox
    events: tuple[Event, ...]
    former: tuple[FormerUser, ...]


def show_mailbox(mailbox_id: str, *, act: OperatorAct, tools: AccessTools, limit: int) -> ShownMailbox:
    """Log who looks and why, and then return it.

    Raises:
        NotFound: `mailbox_unknown`.

    """
    mailbox = tools.mailboxes.find(mailbox_id)
    if mailbox is None:
        raise NotFound("mailbox_unknown", "No hay una casilla así. Revise el tipo y el número de documento.")
    subject = f"mailbox#{mailbox_id}"
    tools.events.add(act.event(subject, EventType.MAILBOX_SHOWN, act.clock()))
    events = tools.events.newest_for_subject(subject, limit=limit)
    left = [event.data.get("former_id", event.data.get("user_id", "")) for event in events if event.type in _LEAVING]
    found = [tools.people.find_former(user_id) for user_id in dict.fromkeys(left)]
    return ShownMailbox(mailbox, events, tuple(one for one in found if one is not None))


_LEAVING = (EventType.USER_REMOVED, EventType.PRINCIPAL_CHANGED)
