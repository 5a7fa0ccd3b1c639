"""An operator mends a name that a registry sent without its letters, having seen it written (DAT-2).

What is deposited from then on has the mended name. Notices, receipts and events from before stay as they were issued.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from chalicelib.domain.errors import NotFound
from chalicelib.domain.event import EventType
from chalicelib.domain.mailbox import Mailbox, MailboxChanged, MailboxUser, mailbox_changed
from chalicelib.domain.people.mended_name import Mended, mended
from chalicelib.domain.typed import is_garbled
from chalicelib.renderers.printable import is_printable
from chalicelib.services.access.tools import AccessTools
from chalicelib.services.operator_act import OperatorAct
from chalicelib.services.people.change_people import MAX_TRIES
from chalicelib.store.people_store import PeopleChange


@dataclass(frozen=True, slots=True, kw_only=True)
class NameWish:
    """Who is called how: a user by username, or without one the mailbox's holder."""

    mailbox_id: str
    name: str
    username: str = ""


def mend_name(wish: NameWish, *, act: OperatorAct, tools: AccessTools) -> Mended | None:
    """Mend it in one transaction: mailbox, account, event; None where the name is so already.

    Raises:
        NotFound: `mailbox_unknown`, `user_unknown`.
        InvalidInput, Conflict: as `mended` says.
        MailboxChanged: `mailbox_changed`, after every try.

    """
    done: Mended | None = None
    for _ in range(MAX_TRIES):
        mailbox = tools.mailboxes.find(wish.mailbox_id)
        if mailbox is None:
            raise NotFound("mailbox_unknown", "No hay una casilla así. Revise el tipo y el número de documento.")
        found = mended(mailbox, _user(mailbox, wish.username), wish.name, is_lost)
        if found is None:  # by whoever was first, which may be a try of ours whose answer was lost
            return done
        try:
            return replace(found, mailbox=tools.people.commit(_change(found, act, tools)))
        except MailboxChanged:
            done = found
    raise mailbox_changed()


def is_lost(name: str) -> bool:
    """Tell whether a name lacks letters, or has some that no receipt can print."""
    return is_garbled(name) or not is_printable(name)


def _change(found: Mended, act: OperatorAct, tools: AccessTools) -> PeopleChange:
    mailbox, user = found.mailbox, found.user
    of = " ".join((*(["holder"] if found.is_holder else []), *(["user"] if user else [])))
    data = {"of": of, **({"user_id": user.user_id} if user else {})}
    account = None if user is None else tools.accounts.find(mailbox.username_of(user))
    if account is not None and user is not None:
        account = replace(account, name=user.name)
    event = act.event(f"mailbox#{mailbox.mailbox_id}", EventType.NAME_MENDED, act.clock(), **data)
    return PeopleChange(mailbox=mailbox, event=event, account=account)


def _user(mailbox: Mailbox, username: str) -> MailboxUser | None:
    if not username:
        return None
    user = next((one for one in mailbox.users if mailbox.username_of(one) == username), None)
    if user is None:
        raise NotFound("user_unknown", "La casilla no tiene un usuario así. «mailboxes show» dice quiénes son.")
    return user
