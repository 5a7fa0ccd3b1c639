"""Every few minutes: mark what was opened of each frozen mailbox, and tell how long the longest one waits (REG-11).

Stopped anywhere, the next run goes on. A mailbox that is thawed leaves the index, marked before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.domain.access.freezing import SETTLES
from chalicelib.domain.mailbox import Mailbox
from chalicelib.services.access.make_email_effective import make_emails_effective
from chalicelib.services.access.tell_owed import tell_owed
from chalicelib.services.access.tell_repeated import tell_repeated
from chalicelib.services.access.tools import AccessTools
from chalicelib.services.work_through import FAILED, counted, work_through

Mark = Callable[[Mailbox], bool]


@dataclass(frozen=True, slots=True)
class WatchedAccess:
    """What became of frozen mailboxes: `marked` have all their openings marked now, `waiting` are marked again later.

    `done` were marked before, `gone` were thawed meanwhile. `on_list` counts those that wait for an operator;
    `oldest_waiting_s` is how long the one that waits longest has. `effective` are new addresses whose time to wait was
    over, `void` those that wait no more, `held` those of which the old address was not told yet. `change_told`,
    `not_taken`, `given_up` and `overtaken` are changes that were still to be told to what was on record before;
    `untold_s` is for how long the oldest one was told to nobody. `told` and `told_before` are holders as whom somebody
    registered again, `untold` those to whom nothing could go out.
    """

    marked: int
    waiting: int
    done: int
    gone: int
    effective: int
    void: int
    held: int
    told: int
    told_before: int
    untold: int
    change_told: int
    not_taken: int
    given_up: int
    overtaken: int
    failed: int
    on_list: int
    oldest_waiting_s: int
    untold_s: int
    is_complete: bool


def watch_access(*, tools: AccessTools, mark: Mark, now: Callable[[], datetime], until: datetime) -> WatchedAccess:
    """Mark what is due, beginning no mailbox after `until`; `mark` tells whether all openings were looked at."""
    since: list[datetime] = []

    def handle(mailbox_id: str) -> str:
        mailbox = tools.mailboxes.find(mailbox_id)
        if mailbox is None or mailbox.freeze is None:
            return "gone"
        since.append(mailbox.freeze.frozen_at)
        if mailbox.freeze.is_marked:
            return "done"
        is_settled = now() >= mailbox.freeze.frozen_at + SETTLES
        if not (mark(mailbox) and is_settled):
            return "waiting"
        tools.mailboxes.update(replace(mailbox, freeze=replace(mailbox.freeze, is_marked=True)))
        return "marked"

    # An item that fails is logged by its number here: a mailbox's own name is somebody's document.
    ids = {str(number): mailbox_id for number, mailbox_id in enumerate(tools.freezes.frozen(), 1)}
    worked = work_through(ids, lambda number: handle(ids[number]), job="watch_access", now=now, until=until)
    effective = make_emails_effective(tools=tools, now=now, until=until)
    owed = tell_owed(tools=tools, now=now, until=until)
    told = effective + owed.worked.outcomes + tell_repeated(tools=tools, now=now, until=until)
    outcomes: Counter[str] = worked.outcomes + told
    oldest = max(0, int((now() - min(since)).total_seconds())) if since else 0
    return counted(
        WatchedAccess,
        outcomes,
        on_list=len(since),
        oldest_waiting_s=oldest,
        untold_s=owed.untold_s,
        is_complete=worked.is_complete and owed.worked.is_complete and not told[FAILED],
    )
