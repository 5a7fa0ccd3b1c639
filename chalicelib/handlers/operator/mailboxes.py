"""The commands about frozen mailboxes: which there are, what was contested, and opening one again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from chalicelib.bootstrap import current
from chalicelib.bootstrap.access import access_tools
from chalicelib.bootstrap.reading import reading_tools
from chalicelib.bootstrap.storage import event_store
from chalicelib.domain.access.credentials import mailbox_of, read_username
from chalicelib.domain.mailbox import Mailbox
from chalicelib.handlers.operator.act import act_of
from chalicelib.handlers.operator.arguments import MAILBOX_NAME
from chalicelib.handlers.operator.command import Told
from chalicelib.renderers.access import frozen_text
from chalicelib.services.access import tell_owed as telling
from chalicelib.services.access import thaw_mailbox as thawing
from chalicelib.services.reading.mark_contested import mark_contested, span_of

MARKING_TIME = timedelta(seconds=40)
"""No more is marked after this; the function may run twenty seconds longer."""


def log_refused(given: Mapping[str, Any], code: str) -> None:
    """Log what the refusal of any command tells of the mailbox that it names, before it is told.

    Raises:
        Unavailable: it could not be logged, so it must not be told.

    """
    about = given.get("casilla") or mailbox_of(read_username(given.get("user") or ""))
    if MAILBOX_NAME.fullmatch(about):
        event_store(current()).add(act_of(given).refused_look(about, code))


def list_frozen(given: Mapping[str, Any]) -> Told:
    """Show every frozen mailbox, the longest frozen first, and log who looked."""
    box = current()
    found = thawing.list_frozen(act=act_of(given), tools=access_tools(box))
    text = frozen_text.frozen_list_text(found, box.clock(), box.calendar.local)
    return Told(text, frozen_text.frozen_list_json(found))


def show(given: Mapping[str, Any]) -> Told:
    """Show how a mailbox stands and what happened to it, and log who looked."""
    box = current()
    mailbox, events = thawing.show_contested(given["casilla"], act=act_of(given), tools=access_tools(box))
    text = frozen_text.mailbox_text(mailbox, events, box.clock(), box.calendar.local)
    return Told(text, frozen_text.mailbox_json(mailbox))


def list_untold(given: Mapping[str, Any]) -> Told:
    """Show the changes that nobody could be told, the oldest first, and log who looked."""
    box = current()
    found = telling.list_untold(act=act_of(given), tools=access_tools(box))
    return Told(frozen_text.untold_text(found, box.calendar.local), frozen_text.untold_json(found))


def close_untold(given: Mapping[str, Any]) -> Told:
    """Take one off that list, for an operator who told the person."""
    owed = telling.close_untold(given["cambio"], act=act_of(given), tools=access_tools(current()))
    return Told(f"El cambio {owed.telling_id} ya no está por avisar.", {"closed": owed.telling_id})


def unfreeze(given: Mapping[str, Any]) -> Told:
    """Open a frozen mailbox again."""
    box = current()
    tools, is_undone, until = access_tools(box), bool(given["undo"]), box.clock() + MARKING_TIME

    def mark(mailbox: Mailbox) -> bool:
        span = span_of(mailbox)
        readings = reading_tools(box).readings
        return (
            span is None
            or mark_contested(mailbox.mailbox_id, span, readings=readings, now=box.clock, until=until).is_complete
        )

    done = thawing.thaw_mailbox(given["casilla"], is_undone=is_undone, mark=mark, act=act_of(given), tools=tools)
    is_new, is_told = done.freeze is not None, all(one.is_told for one in done.told)
    if not is_new:
        log_refused(given, "mailbox_not_frozen")
    text = frozen_text.thawed_text(done.mailbox, done.told, done.shut_out, is_new=is_new, is_undone=is_undone)
    return Told(text, frozen_text.thawed_json(done.mailbox, done.told, done.shut_out, is_new=is_new), is_done=is_told)
