"""Look after access: mark what was opened of frozen mailboxes, and tell holders that somebody registered as them."""

from __future__ import annotations

from typing import Any

from chalice.app import CloudWatchEvent

from chalicelib.bootstrap import current
from chalicelib.bootstrap.access import access_tools
from chalicelib.bootstrap.reading import reading_store
from chalicelib.domain.mailbox import Mailbox
from chalicelib.handlers.workers.reports import SWEEP_TIME, reported
from chalicelib.services.access import watch_access as watching
from chalicelib.services.reading.mark_contested import mark_contested, span_of


def watch_access(_: CloudWatchEvent) -> dict[str, Any]:
    """Do all of it."""
    box = current()
    until = box.clock() + SWEEP_TIME

    def mark(mailbox: Mailbox) -> bool:
        span = span_of(mailbox)
        return (
            span is None
            or mark_contested(
                mailbox.mailbox_id, span, readings=reading_store(box), now=box.clock, until=until
            ).is_complete
        )

    report = watching.watch_access(tools=access_tools(box), mark=mark, now=box.clock, until=until)
    return reported("watch_access", report)
