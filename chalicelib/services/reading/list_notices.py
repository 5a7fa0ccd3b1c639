"""The mailbox's list: *Pendientes por leer*, *Leídos* or all, newest first, with both counters."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.domain.errors import Forbidden
from chalicelib.domain.mailbox import Mailbox, UserState
from chalicelib.domain.reading.reading import DeliveredNotice, Reading, ReadingCounts
from chalicelib.domain.session import Session
from chalicelib.services.page_cursor import cursor_of, position_of
from chalicelib.services.reading.tools import ReadingTools
from chalicelib.services.together import together
from chalicelib.store.reading.reading_store import DeliveredPage

PAGE_SIZES = (50, 10, 25)
"""The first is the usual one."""


@dataclass(frozen=True, slots=True)
class NoticeList:
    """A page of a mailbox's notices; `cursor` starts the next one, None at the end."""

    mailbox: Mailbox
    counts: ReadingCounts
    notices: tuple[DeliveredNotice, ...]
    cursor: str | None


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
    counted: list[tuple[Mailbox, ReadingCounts] | None] = []
    together(
        [
            lambda: pages.append(
                tools.readings.list_for_mailbox(session.mailbox_id, reading, after=after, limit=limit)
            ),
            lambda: counted.append(tools.mailboxes.find_counted(session.mailbox_id)),
        ]
    )
    [page], [found] = pages, counted
    mailbox, counts = admitted(session, found)
    return NoticeList(mailbox, counts, page.notices, cursor_of(page.next_after))


def admitted(session: Session, found: tuple[Mailbox, ReadingCounts] | None) -> tuple[Mailbox, ReadingCounts]:
    """Return the mailbox that was found, if whoever's session this is may still look into it.

    Raises:
        Forbidden: `user_disabled`.

    """
    user = None if found is None else found[0].user(session.user_id)
    if found is None or user is None or user.state is not UserState.ACTIVE:
        detail = "Tu acceso a esta casilla está deshabilitado. Comunícate con el usuario principal de la casilla."
        raise Forbidden("user_disabled", detail)
    return found
