"""Mark what was opened between a contested change of a way in and the freeze that it led to, for both sides to see.

The log stays as it is and no date moves. What is marked is not marked again, so it can be stopped anywhere.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.mailbox import Mailbox
from chalicelib.domain.reading.reading import ContestedSpan, DeliveredNotice, Reading
from chalicelib.store.reading.reading_store import ReadingStore

_PAGE = 100


@dataclass(frozen=True, slots=True)
class Marked:
    """How many notices were marked, and whether all of the mailbox's opened ones were looked at."""

    notices: int
    is_complete: bool


def span_of(mailbox: Mailbox) -> ContestedSpan | None:
    """Return what is to be marked of a frozen mailbox."""
    return None if mailbox.freeze is None else ContestedSpan(mailbox.freeze.since, mailbox.freeze.until)


def mark_contested(
    mailbox_id: str, span: ContestedSpan, *, readings: ReadingStore, now: Callable[[], datetime], until: datetime
) -> Marked:
    """Mark each notice that anybody saw for the first time within the span; begin no page after `until`.

    The index that lists what was opened is a moment late: what was opened just now may be found the next time only.
    """
    after: str | None = None
    marked = 0
    while now() < until:
        page = readings.list_for_mailbox(mailbox_id, Reading.READ, after=after, limit=_PAGE)
        for delivered in page.notices:
            if _is_due(delivered, span):
                readings.mark_contested(delivered, span)
                marked += 1
        after = page.next_after
        if after is None:
            return Marked(marked, is_complete=True)
    return Marked(marked, is_complete=False)


def _is_due(delivered: DeliveredNotice, span: ContestedSpan) -> bool:
    was_done = any(span.since <= seen.first_at <= span.until for seen in delivered.seen)
    return was_done and span not in delivered.contested
