"""What a sender deposited in a local month, newest first, each with how it stands; narrowed by conditions.

Of a narrow search a bounded number of notices is looked at for one answer. What was not looked at is never said not to
be there: the answer tells how far it looked, and how to go on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from chalicelib.domain.deposit.local_month import MonthPart, parts_of
from chalicelib.domain.deposit.sent_entry import SentEntry
from chalicelib.domain.deposit.sent_search import SentSearch
from chalicelib.domain.deposit.sent_state import SentState, Standing
from chalicelib.domain.errors import TooLarge
from chalicelib.services.deposit.newest_first import newest_first
from chalicelib.services.page_cursor import cursor_of, position_of
from chalicelib.store.deposit.sender_month_store import SenderMonthStore, entry_of, position_in_month
from chalicelib.store.deposit.standing_store import MOST_AT_ONCE, StandingStore
from chalicelib.store.shards import SHARDS

MOST_READ = 1000
"""Notices looked at for one answer to a narrow search: 125 of each shard, by a call or two each."""
MOST_OF_FILE, MOST_READ_FOR_FILE = 3_000, 10_000
"""Of one Excel: notices in it, and looked at for it. It is made within its request: 3,000 take three seconds of CPU."""
PAGE = MOST_AT_ONCE
_OF_A_FILE = 200
"""Read of a shard by one call: less than a megabyte, which is what one call tells."""
_OF_A_SHARD = 16
"""Of a page of 50 a shard holds 6 on average, and more than 16 once in some thousand pages: then it is read on."""


@dataclass(frozen=True, slots=True)
class SentTools:
    """Where deposits and their standing are read; `most_read` bounds one answer, the rest one file."""

    months: SenderMonthStore
    standings: StandingStore
    zone: ZoneInfo
    clock: Callable[[], datetime]
    most_read: int = MOST_READ
    most_of_file: int = MOST_OF_FILE
    most_read_for_file: int = MOST_READ_FOR_FILE


@dataclass(frozen=True, slots=True)
class SentNotice:
    """One deposit with how far it came."""

    notice: SentEntry
    state: SentState


@dataclass(frozen=True, slots=True)
class SentPage:
    """Some deposits, newest first. `cursor` goes on after the last one looked at, deposited at `looked_until`."""

    rows: tuple[SentNotice, ...]
    cursor: str | None
    looked_until: datetime | None


def find_sent(institution_id: str, search: SentSearch, *, cursor: str | None, tools: SentTools) -> SentPage:
    """Return up to `PAGE` deposits of an institution: two hops where nothing narrows the month.

    Raises:
        InvalidInput: `cursor_invalid`.
        Unavailable: `store_unavailable`.

    """
    looking = _Looking(_entries(institution_id, search, position_of(cursor), tools), tools.most_read)
    candidates = filter(search.matcher(), looking)
    rows: list[SentNotice] = []
    while len(rows) < PAGE and (chunk := list(islice(candidates, PAGE))):
        for row in _standing_as_asked(chunk, search, tools):
            rows.append(row)
            if len(rows) == PAGE:
                break
    return _page(rows, looking)


def each_sent(institution_id: str, search: SentSearch, *, tools: SentTools) -> Iterator[SentNotice]:
    """Yield every match, newest first; states are read 50 at a time.

    Raises:
        TooLarge: `sent_too_many`, once `MOST_OF_FILE` were yielded, or `MOST_READ_FOR_FILE` looked at, and there are
            more.
        Unavailable: `store_unavailable`, also in the middle.

    """
    looking = _Looking(_entries(institution_id, search, None, tools, is_for_file=True), tools.most_read_for_file)
    candidates = filter(search.matcher(), looking)
    count = 0
    while chunk := list(islice(candidates, PAGE)):
        for row in _standing_as_asked(chunk, search, tools):
            if count == tools.most_of_file:
                raise _too_many(f"{count:,}".replace(",", "\N{NO-BREAK SPACE}"))
            count += 1
            yield row
    if not looking.is_over:
        raise _too_many(f"{tools.most_read_for_file:,}".replace(",", "\N{NO-BREAK SPACE}"))


def _too_many(most: str) -> TooLarge:
    detail = (
        f"Son más de {most} notificaciones, que no entran en un archivo: elige un día, y pide un Excel por cada uno."
    )
    return TooLarge("sent_too_many", detail, field="dia")


@dataclass(slots=True)
class _Looking:
    """Deposits as far as one answer looks at them; `last` is the last one it looked at."""

    entries: Iterator[SentEntry]
    most: int
    last: SentEntry | None = None

    def __iter__(self) -> Iterator[SentEntry]:
        for notice in islice(self.entries, self.most):
            self.last = notice
            yield notice

    @property
    def is_over(self) -> bool:
        return next(self.entries, None) is None


def _page(rows: list[SentNotice], looking: _Looking) -> SentPage:
    """Return a page; one that is full goes on after its own last row, whatever was looked at beyond it."""
    last = looking.last
    if last is None:
        return SentPage((), None, None)
    is_cut = len(rows) == PAGE and rows[-1].notice is not last
    last = rows[-1].notice if is_cut else last
    has_more = is_cut or not looking.is_over
    return SentPage(tuple(rows), cursor_of(position_in_month(last)) if has_more else None, last.deposited_at)


def _entries(
    institution_id: str, search: SentSearch, before: str | None, tools: SentTools, *, is_for_file: bool = False
) -> Iterator[SentEntry]:
    parts = [part for part in _parts(search, tools.zone) if part.first <= tools.clock()]
    further = tools.most_read // len(SHARDS) if search.is_narrow else _OF_A_SHARD
    sizes = (_OF_A_FILE, _OF_A_FILE) if is_for_file else (min(_OF_A_SHARD, further), further)
    found = newest_first(institution_id, parts, before=before, sizes=sizes, months=tools.months)
    return (entry_of(data) for _, data in found)


def _parts(search: SentSearch, zone: ZoneInfo) -> Sequence[MonthPart]:
    """Return what of the month's parts the day leaves, if one was named."""
    parts = parts_of(search.month, zone)
    if search.day is None:
        return parts
    begins = datetime.strptime(f"{search.month}-{search.day}", "%Y-%m-%d").replace(tzinfo=zone)
    first, before = begins.astimezone(UTC), (begins + timedelta(days=1)).astimezone(UTC)
    left = (replace(part, first=max(part.first, first), before=min(part.before, before)) for part in parts)
    return [part for part in left if part.first < part.before]


def _standing_as_asked(chunk: Sequence[SentEntry], search: SentSearch, tools: SentTools) -> Iterator[SentNotice]:
    """Yield those of up to `PAGE` deposits that are in the state looked for; one call reads how all of them stand."""
    standings = tools.standings.find([notice.notice_id for notice in chunk])
    for notice in chunk:
        state = standings.get(notice.notice_id, Standing()).state
        if search.state in {None, state}:
            yield SentNotice(notice, state)
