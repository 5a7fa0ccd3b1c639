"""What an institution's offices got, in one state, each with its clocks: in pages, and all of it for a file (FIL-5)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial

from chalicelib.domain.errors import TooLarge
from chalicelib.domain.filing.filing import Filing, FilingState
from chalicelib.domain.filing.received import Received, clocks_of, is_in, stages_of
from chalicelib.services.filing.attend_filing import PAGE, AttendTools, ByOfficerAct, list_inbox
from chalicelib.services.filing.search_filings import position_of
from chalicelib.services.together import together
from chalicelib.store.filing.filing_month_store import FilingPage

MOST_OF_FILE = 1_000
"""Of one Excel, which is made within its request."""


@dataclass(frozen=True, slots=True)
class ReceivedPage:
    """The oldest from a place on, those first whose term for the answer ended; where the next page begins."""

    rows: tuple[Received, ...]
    next_after: str | None = None


def list_received(
    by: ByOfficerAct,
    office_ids: Sequence[str | None],
    state: FilingState,
    *,
    after: str | None,
    tools: AttendTools,
) -> ReceivedPage:
    """Return a page of what offices have together in a state; None is the institution.

    Raises:
        NotFound: `office_unknown`; the act does not reach one of them.
        Unavailable: `store_unavailable`.

    """
    page = _page(by, office_ids, state, after, tools)
    return ReceivedPage(_with_clocks(page.filings, tools), page.next_after)


def all_received(
    by: ByOfficerAct,
    office_ids: Sequence[str | None],
    state: FilingState,
    *,
    tools: AttendTools,
) -> tuple[Received, ...]:
    """Return all that offices have in a state: those whose term for the answer ended, then the rest, the oldest first.

    Raises:
        NotFound: as `list_received`.
        TooLarge: `inbox_too_many`.
        Unavailable: `store_unavailable`.

    """
    found: list[Received] = []
    for page in _pages(by, office_ids, state, tools):
        found += _with_clocks(page, tools)
        if len(found) > MOST_OF_FILE:
            detail = (
                f"Son más de {MOST_OF_FILE} presentaciones, que no entran en un archivo: elige una oficina u otro"
                " estado, y pide un Excel por cada uno."
            )
            raise TooLarge("inbox_too_many", detail, field="oficina")
    now = tools.clock()
    return tuple(sorted(found, key=lambda row: (not row.clocks.is_answer_late(now), position_of(row.filing))))


def _pages(
    by: ByOfficerAct, office_ids: Sequence[str | None], state: FilingState, tools: AttendTools
) -> Iterator[tuple[Filing, ...]]:
    for office_id in office_ids:
        after: str | None = None
        while True:
            page = _page(by, [office_id], state, after, tools)
            yield page.filings
            after = page.next_after
            if after is None:
                break


def _page(
    by: ByOfficerAct, office_ids: Sequence[str | None], state: FilingState, after: str | None, tools: AttendTools
) -> FilingPage:
    """Merge what stands at each of the stages; nothing is shown beyond where one of them was read to."""
    places = [(office_id, stage) for office_id in office_ids for stage in stages_of(state)]
    read: list[FilingPage] = []
    together([partial(_read, read, by, place, tools, after) for place in places])
    read_to = min((page.next_after for page in read if page.next_after is not None), default=None)
    now = tools.clock()
    found = {position_of(one): one for page in read for one in page.filings if is_in(one, state, now)}
    keyed = [(key, one) for key, one in sorted(found.items()) if read_to is None or key <= read_to]
    shown = tuple(one for _, one in keyed[:PAGE])
    return FilingPage(shown, keyed[PAGE - 1][0] if len(keyed) > PAGE else read_to)


def _read(
    read: list[FilingPage],
    by: ByOfficerAct,
    place: tuple[str | None, FilingState],
    tools: AttendTools,
    after: str | None,
) -> None:
    read.append(list_inbox(by, *place, tools=tools, after=after))


def _with_clocks(filings: Sequence[Filing], tools: AttendTools) -> tuple[Received, ...]:
    """Tell each one's clocks, by one read of the calendar."""
    if not filings:
        return ()
    now, calendar = tools.clock(), tools.calendar.with_entries(tools.calendars.find())
    counted_by = cache(partial(calendar.with_regional, ()))
    rows = [Received(one, one.state_at(now), clocks_of(one, now, counted_by(one.region))) for one in filings]
    return tuple(sorted(rows, key=lambda row: not row.clocks.is_answer_late(now)))
