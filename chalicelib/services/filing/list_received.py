"""What an institution's offices got, at one stage, each with its clocks: in pages, and all of it for a file (FIL-5)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chalicelib.domain.errors import TooLarge
from chalicelib.domain.filing.filing import Filing, FilingState
from chalicelib.domain.filing.received import Received, clocks_of
from chalicelib.services.filing.attend_filing import AttendTools, ByOfficerAct, list_inbox, list_inboxes
from chalicelib.store.filing.procedure_store import ProcedureStore

MOST_OF_FILE = 1_000
"""Of one Excel, which is made within its request."""


@dataclass(frozen=True, slots=True)
class ReceivedPage:
    """Some filings, those first whose term for the answer ended, else the oldest first; where the next page begins.

    `has_more` says that several offices together have more than is listed.
    """

    rows: tuple[Received, ...]
    next_after: str | None = None
    has_more: bool = False


def list_received(  # noqa: PLR0913 - of which offices, which stage, and where
    by: ByOfficerAct,
    office_ids: Sequence[str | None],
    stage: FilingState,
    *,
    after: str | None,
    tools: AttendTools,
    procedures: ProcedureStore,
) -> ReceivedPage:
    """Return a page of what one office has, or the oldest that several have together; None is the institution.

    Raises:
        NotFound: `office_unknown`; the act does not reach one of them.
        Unavailable: `store_unavailable`.

    """
    if len(office_ids) > 1:
        filings, has_more = list_inboxes(by, office_ids, stage, tools=tools)
        return ReceivedPage(_with_clocks(filings, by, tools, procedures), has_more=has_more)
    page = list_inbox(by, office_ids[0], stage, tools=tools, after=after)
    return ReceivedPage(_with_clocks(page.filings, by, tools, procedures), page.next_after)


def all_received(
    by: ByOfficerAct,
    office_ids: Sequence[str | None],
    stage: FilingState,
    *,
    tools: AttendTools,
    procedures: ProcedureStore,
) -> tuple[Received, ...]:
    """Return all that offices have at a stage, each office's oldest first.

    Raises:
        NotFound: as `list_received`.
        TooLarge: `inbox_too_many`.
        Unavailable: `store_unavailable`.

    """
    found: list[Received] = []
    for page in _pages(by, office_ids, stage, tools):
        found += _with_clocks(page, by, tools, procedures)
        if len(found) > MOST_OF_FILE:
            detail = (
                f"Son más de {MOST_OF_FILE} presentaciones, que no entran en un archivo: elige una oficina u otro"
                " estado, y pide un Excel por cada uno."
            )
            raise TooLarge("inbox_too_many", detail, field="oficina")
    return tuple(found)


def _pages(
    by: ByOfficerAct, office_ids: Sequence[str | None], stage: FilingState, tools: AttendTools
) -> Iterator[tuple[Filing, ...]]:
    for office_id in office_ids:
        after: str | None = None
        while True:
            page = list_inbox(by, office_id, stage, tools=tools, after=after)
            yield page.filings
            after = page.next_after
            if after is None:
                break


def _with_clocks(
    filings: Sequence[Filing], by: ByOfficerAct, tools: AttendTools, procedures: ProcedureStore
) -> tuple[Received, ...]:
    """Tell each one's clocks, by one read of their procedures and one of the calendar."""
    if not filings:
        return ()
    now, calendar = tools.clock(), tools.calendar.with_entries(tools.calendars.find())
    named = {(one.procedure.procedure_id, one.procedure.version) for one in filings}
    known = procedures.find_versions(by.member.institution_id, named)
    rows = []
    for one in filings:
        procedure = known.get((one.procedure.procedure_id, one.procedure.version))
        days = None if procedure is None else procedure.answer_term.days
        rows.append(Received(one, one.state_at(now), clocks_of(one, now, days, calendar)))
    return tuple(sorted(rows, key=lambda row: not row.clocks.is_answer_late(now)))
