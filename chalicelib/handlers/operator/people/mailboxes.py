"""The commands about mailboxes: who is in one, and who represents a company."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib.bootstrap import current
from chalicelib.bootstrap.access import access_tools
from chalicelib.domain.access.credentials import read_username
from chalicelib.domain.mailbox import Power
from chalicelib.domain.people.mailbox_users import TypedUser
from chalicelib.handlers.operator.act import act_of
from chalicelib.handlers.operator.command import Told
from chalicelib.renderers.people import mailbox_text
from chalicelib.services.people.change_principal import PrincipalWish
from chalicelib.services.people.change_principal import change_principal as change_principal_of
from chalicelib.services.people.mend_name import NameWish
from chalicelib.services.people.mend_name import mend_name as mend_name_of
from chalicelib.services.people.show_mailbox import show_mailbox

_LAST_EVENTS = 20


def show(given: Mapping[str, Any]) -> Told:
    """Show a mailbox, and log who looked."""
    box = current()
    shown = show_mailbox(given["casilla"], act=act_of(given), tools=access_tools(box), limit=_LAST_EVENTS)
    parts = (shown.mailbox, shown.events, shown.former)
    return Told(mailbox_text.mailbox_text(*parts, box.calendar.zone, box.sms_reach), mailbox_text.mailbox_json(*parts))


def change_principal(given: Mapping[str, Any]) -> Told:
    """Make a user, or somebody new, the principal."""
    box = current()
    person = None
    if given["document"] is not None:
        person = TypedUser(
            document_type=given["document-type"],
            document_number=given["document"],
            name=given["name"],
            email=given["email"],
            mobile=given["mobile"] or "",
        )
    wish = PrincipalWish(
        mailbox_id=given["casilla"],
        username=read_username(given["user"] or ""),
        person=person,
        power=Power(page=given["power-page"], entry=given["power-entry"]),
        former_stays=bool(given["former"]),
    )
    changed = change_principal_of(wish, act=act_of(given), tools=access_tools(box))
    mailbox, former, are_all_told = changed.mailbox, changed.former, changed.are_all_told
    text = mailbox_text.changed_text(mailbox, former, box.sms_reach, are_all_told=are_all_told)
    data = mailbox_text.changed_json(mailbox, former, box.sms_reach, are_all_told=are_all_told)
    return Told(text, data, is_done=are_all_told)


def mend_name(given: Mapping[str, Any]) -> Told:
    """Mend a name that came without its letters."""
    wish = NameWish(mailbox_id=given["casilla"], name=given["name"], username=read_username(given["user"] or ""))
    done = mend_name_of(wish, act=act_of(given), tools=access_tools(current()))
    return Told(mailbox_text.mended_text(given["casilla"], done), mailbox_text.mended_json(given["casilla"], done))
