"""Search a mailbox, newest first, looking at a bounded number of notices at a time (BOX-4).

What was not looked at is never said not to be there: the answer tells how far it looked, and how to go on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from chalicelib.domain.notice import Notice
from chalicelib.domain.search import Condition, SearchField, matcher, sent_range
from chalicelib.services.page_cursor import cursor_of, position_of
from chalicelib.store.notice_search_store import NoticeSearchStore

MOST_READ = 1000
"""Notices looked at for one answer: three or four reads."""


@dataclass(frozen=True, slots=True)
class SearchPage:
    """Matches, newest first. `cursor` goes on after the last notice looked at, whose sending is `looked_until`."""

    matches: tuple[Notice, ...]
    cursor: str | None
    looked_at: int
    looked_until: datetime | None

    @property
    def is_complete(self) -> bool:
        """Whether there is nothing left to look at."""
        return self.cursor is None


def search_notices(  # noqa: PLR0913 - whose, what and which page
    mailbox_id: str,
    conditions: Sequence[Condition],
    *,
    cursor: str | None,
    limit: int,
    notices: NoticeSearchStore,
    zone: ZoneInfo,
    most_read: int = MOST_READ,
) -> SearchPage:
    """Return up to `limit` of the mailbox's notices for which every condition holds.

    Raises:
        InvalidInput: `cursor_invalid`.

    """
    after = position_of(cursor)
    holds = matcher(conditions, zone)
    page_size = limit + 1 if _is_told_by_the_range(conditions) else most_read + 1
    matches: list[Notice] = []
    last: tuple[str, Notice] | None = None
    looked_at = 0
    found = notices.newest_first(mailbox_id, sent_range(conditions, zone), after=after, page_size=page_size)
    for position, notice in found:
        if len(matches) == limit or looked_at == most_read:
            break
        last = position, notice
        looked_at += 1
        if holds(notice):
            matches.append(notice)
    else:
        return _page(matches, None, looked_at, last)
    return _page(matches, last, looked_at, last)


def all_matches(
    mailbox_id: str, conditions: Sequence[Condition], *, notices: NoticeSearchStore, zone: ZoneInfo
) -> Iterator[Notice]:
    """Yield every match, newest first, however many notices have to be looked at."""
    holds = matcher(conditions, zone)
    found = notices.newest_first(mailbox_id, sent_range(conditions, zone), page_size=MOST_READ)
    return (notice for _, notice in found if holds(notice))


def _page(
    matches: list[Notice], goes_on: tuple[str, Notice] | None, looked_at: int, last: tuple[str, Notice] | None
) -> SearchPage:
    return SearchPage(
        matches=tuple(matches),
        cursor=cursor_of(goes_on and goes_on[0]),
        looked_at=looked_at,
        looked_until=last and last[1].deposited_at,
    )


def _is_told_by_the_range(conditions: Sequence[Condition]) -> bool:
    """Whether every notice read will match, so that no more than a page has to be read."""
    return all(one.field in {SearchField.SENT_ON, SearchField.YEAR} for one in conditions)
