"""Search a mailbox, newest first, looking at a bounded number of notices at a time (BOX-4).

What was not looked at is never said not to be there: the answer tells how far it looked, and how to go on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from chalicelib.domain.mailbox import Mailbox
from chalicelib.domain.reading.reading import DeliveredNotice, ReadingCounts
from chalicelib.domain.reading.search import Condition, Search, SearchField, matcher, sent_range
from chalicelib.domain.session import Session
from chalicelib.services.page_cursor import cursor_of, position_of
from chalicelib.services.reading.list_notices import admitted
from chalicelib.services.together import together
from chalicelib.store.mailbox_store import MailboxStore
from chalicelib.store.reading.notice_search_store import NoticeSearchStore

MOST_READ = 1000
"""Notices looked at for one answer: three or four reads."""


@dataclass(frozen=True, slots=True)
class SearchTools:
    """What searching works with; `most_read` bounds one answer."""

    notices: NoticeSearchStore
    mailboxes: MailboxStore
    zone: ZoneInfo
    most_read: int = MOST_READ


@dataclass(frozen=True, slots=True)
class Matches:
    """Notices found, newest first. `cursor` goes on after the last one looked at, sent at `looked_until`."""

    notices: tuple[DeliveredNotice, ...]
    cursor: str | None
    looked_at: int
    looked_until: datetime | None

    @property
    def is_complete(self) -> bool:
        """Whether there is nothing left to look at."""
        return self.cursor is None


@dataclass(frozen=True, slots=True)
class SearchPage:
    """What a search found in a mailbox, with the mailbox and its counters."""

    mailbox: Mailbox
    counts: ReadingCounts
    matches: Matches


def search_notices(
    session: Session, search: Search, *, cursor: str | None, limit: int, tools: SearchTools
) -> SearchPage:
    """Return up to `limit` matches in the mailbox whose session this is.

    Raises:
        InvalidInput: `cursor_invalid`.
        Forbidden: `user_disabled`.

    """
    after = position_of(cursor)
    matches: list[Matches] = []
    counted: list[tuple[Mailbox, ReadingCounts] | None] = []
    together(
        [
            lambda: matches.append(find_matches(session.mailbox_id, search, after=after, limit=limit, tools=tools)),
            lambda: counted.append(tools.mailboxes.find_counted(session.mailbox_id)),
        ]
    )
    return SearchPage(*admitted(session, counted[0]), matches[0])


def find_matches(mailbox_id: str, search: Search, *, after: str | None, limit: int, tools: SearchTools) -> Matches:
    """Look from a position on until `limit` match, `most_read` were looked at, or there are no more."""
    holds = matcher(search.conditions, tools.zone)
    page_size = limit + 1 if _is_told_by_the_range(search.conditions) else tools.most_read + 1
    notices: list[DeliveredNotice] = []
    last: tuple[str, DeliveredNotice] | None = None
    looked_at = 0
    within = sent_range(search.conditions, tools.zone)
    found = tools.notices.newest_first(mailbox_id, within, reading=search.reading, after=after, page_size=page_size)
    has_more = False
    for position, delivered in found:
        has_more = len(notices) == limit or looked_at == tools.most_read
        if has_more:
            break
        last = position, delivered
        looked_at += 1
        if holds(delivered.notice):
            notices.append(delivered)
    return Matches(
        notices=tuple(notices),
        cursor=cursor_of(last[0]) if has_more and last else None,
        looked_at=looked_at,
        looked_until=last and last[1].notice.deposited_at,
    )


def all_matches(
    mailbox_id: str, search: Search, *, notices: NoticeSearchStore, zone: ZoneInfo
) -> Iterator[DeliveredNotice]:
    """Yield every match, newest first, however many notices have to be looked at."""
    holds = matcher(search.conditions, zone)
    within = sent_range(search.conditions, zone)
    found = notices.newest_first(mailbox_id, within, reading=search.reading, page_size=MOST_READ)
    return (delivered for _, delivered in found if holds(delivered.notice))


def _is_told_by_the_range(conditions: Sequence[Condition]) -> bool:
    """Whether every notice read will match, so that no more than a page has to be read."""
    return all(one.field in {SearchField.SENT_ON, SearchField.YEAR} for one in conditions)
