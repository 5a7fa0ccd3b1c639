"""Remind of unread notices, and tell of observations of filings that end: one job, each part in its time."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from chalice.app import CloudWatchEvent

from chalicelib.bootstrap import current
from chalicelib.bootstrap.alert import reminder_tools
from chalicelib.bootstrap.filing import tell_tools
from chalicelib.handlers.workers.alert import FIRST_TRY, write_rest
from chalicelib.handlers.workers.reports import SWEEP_TIME, reported
from chalicelib.services.alert import send_reminders as reminding
from chalicelib.services.filing.tell_ends import FAILED, LEFT, tell_ends

_OF_FILINGS = timedelta(minutes=1)
"""What reminders of notices leave, however many there are."""


@dataclass(frozen=True, slots=True)
class Told(reminding.Reminded):
    """What `Reminded` counts, of filings too.

    `filings_reminded` and `filings_lapsed` were told now; the end of `filings_extended` moved on.
    """

    filings_reminded: int
    filings_lapsed: int
    filings_extended: int


def send_reminders(_: CloudWatchEvent) -> dict[str, Any]:
    """Remind of notices that nobody opened and of observations that end soon, and tell of filings that lapsed."""
    box = current()
    tools, begun = reminder_tools(box), box.clock()
    until = begun + SWEEP_TIME
    write_rest(tools.sending, box, begun + FIRST_TRY)
    try:
        reminded = reminding.send_reminders(tools, until=until - _OF_FILINGS)
    finally:  # whatever fails of notices, filings are told of
        try:
            ends, waiting_since = tell_ends(tell_tools(box), until=until)
        finally:
            write_rest(tools.sending, box, until)
    counts = asdict(reminded)
    told = {name: count + ends[name] for name, count in counts.items() if name not in ("oldest_due_s", "is_complete")}
    now = box.clock()
    waited = 0 if waiting_since is None else max(0, int((now - waiting_since).total_seconds()))
    report = Told(
        **told,
        oldest_due_s=max(reminded.oldest_due_s, waited),
        is_complete=reminded.is_complete and not any(ends[name] for name in (FAILED, LEFT, "unwritten")),
        filings_reminded=ends["filings_reminded"],
        filings_lapsed=ends["filings_lapsed"],
        filings_extended=ends["filings_extended"],
    )
    return reported("send_reminders", report)
