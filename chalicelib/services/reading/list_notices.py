"""The mailbox's list: *Pendientes por leer*, *Leídos* or all, newest first, with both counters."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.domain.errors import Forbidden
from chalicelib.domain.identity_document import mailboxes_of_holder
from chalicelib.domain.mailbox import Mailbox, UserState
from chalicelib.domain.reading.reading import DeliveredNotice, Reading, ReadingCounts
from chalicelib.domain.session import Session
from chalicelib.services.page_cursor import cursor_of, position_of
from chalicelib.services.reading.tools import ReadingTools
from chalicelib.services.together import together
from chalicelib.store.reading.reading_store import DeliveredPage

Counted = tuple[Mailbox, ReadingCounts]
PAGE_SIZES = (50, 10, 25)
"""The first is the usual one."""


@dataclass(frozen=True, slots=True)
class OtherMailbox:
    """The mailbox of former times that a holder has beside the listed one; `receives` tells which gets new notices."""

    mailbox_id: str
    receives: bool
    pending: int


@dataclass(frozen=True, slots=True)
class NoticeList:
    """A page of a mailbox's notices; `cursor` starts the next one, None at the end."""

    mailbox: Mailbox
    counts: ReadingCounts
    notices: tuple[DeliveredNotice, ...]
    cursor: str | None
    other: OtherMailbox | None = None
    """The holder's other one, where there are two from before."""


def list_notices(
    session: Session, reading: Reading | None, *, cursor: str | None, limit: int, tools: ReadingTools
) -> NoticeList:
    """Return a page of the mailbox whose session this is, by two calls at once; `reading` None means all.

    Raises:
        InvalidInput: `cursor_invalid`.
        Forbidden: `user_disabled`.

    """
    after = position_of(cursor)
    pages: list[DeliveredPage] = []
    counted: list[dict[str, Counted]] = []
    names = mailboxes_of_holder(session.mailbox_id, tools.prefixes)
    together(
        [
            lambda: pages.append(
                tools.readings.list_for_mailbox(session.mailbox_id, reading, after=after, limit=limit)
            ),
            lambda: counted.append(tools.mailboxes.find_all_counted(names)),
        ]
    )
    [page], [found] = pages, counted
    mailbox, counts = admitted(session, found.get(session.mailbox_id))
    others = (_other(found[name], receives=name == names[0]) for name in names if name in found)
    other = next((one for one in others if one.mailbox_id != session.mailbox_id), None)
    return NoticeList(mailbox, counts, page.notices, cursor_of(page.next_after), other)


def _other(found: Counted, *, receives: bool) -> OtherMailbox:
    mailbox, counts = found
    return OtherMailbox(mailbox.mailbox_id, receives, counts.pending)


def admitted(session: Session, found: Counted | None) -> Counted:
    """Return the mailbox that was found, if whoever's session this is may still look into it.

    Raises:
        Forbidden: `user_disabled`.

    """
    user = None if found is None else found[0].user(session.user_id)
    if found is None or user is None or user.state is not UserState.ACTIVE:
        detail = "Tu acceso a esta casilla está deshabilitado. Comunícate con el usuario principal de la casilla."
        raise Forbidden("user_disabled", detail)
    return found
