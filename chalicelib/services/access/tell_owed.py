"""Tell of changes what was not told when they were made: the process died, or no provider took it (REG-11).

Each is claimed before it is sent and recorded after. So it is told twice only where a process died in between, or where
nobody knows whether a provider took it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.access.owed_telling import OwedTelling, next_try
from chalicelib.domain.errors import NotFound
from chalicelib.domain.event import EventType
from chalicelib.domain.mailbox import Mailbox
from chalicelib.services.access.tell_change import send_telling, with_links
from chalicelib.services.access.thaw_mailbox import contest_look
from chalicelib.services.access.tools import AccessTools
from chalicelib.services.operator_act import OperatorAct
from chalicelib.services.work_through import Worked, work_through
from chalicelib.store.access.telling_store import ListedTelling


@dataclass(frozen=True, slots=True)
class ToldOwed:
    """What became of what was due, and for how long the change that was told to nobody the longest has not been."""

    worked: Worked
    untold_s: int


def tell_owed(*, tools: AccessTools, now: Callable[[], datetime], until: datetime) -> ToldOwed:
    """Tell what is due, the longest due first.

    `change_told`, `not_taken` by any provider now, `given_up` after three days, `overtaken` where it was told,
    contested or decided about meanwhile.
    """
    listed = tools.tellings.list_owed()
    due = {
        str(number): one for number, one in enumerate(listed, 1) if one.owed.channels and one.token.issued_at <= now()
    }
    worked = work_through(
        due, lambda number: _tell(due[number], tools, now()), job="watch_access", now=now, until=until
    )
    waits = [now() - one.owed.since for one in listed if not one.owed.is_reached]
    return ToldOwed(worked, max((int(wait.total_seconds()) for wait in waits), default=0))


def list_untold(*, act: OperatorAct, tools: AccessTools) -> tuple[OwedTelling, ...]:
    """Return the changes that nobody could be told, the oldest first, once it is logged at each mailbox who looked."""
    untold = sorted(
        (one.owed for one in tools.tellings.list_owed() if not one.owed.is_reached), key=lambda owed: owed.since
    )
    for mailbox_id in dict.fromkeys(owed.mailbox_id for owed in untold):
        tools.events.add(contest_look(mailbox_id, "untold", act=act))
    return tuple(untold)


def close_untold(telling_id: str, *, act: OperatorAct, tools: AccessTools) -> OwedTelling:
    """Take a change off that list: the person was told in another way, which is logged first.

    Raises:
        NotFound: `telling_unknown`, also once it was told.

    """
    listed = next((one for one in tools.tellings.list_owed() if one.owed.telling_id == telling_id), None)
    if listed is None:
        raise NotFound("telling_unknown", "No hay un cambio así por avisar: se avisó, o el número es otro.")
    owed = listed.owed
    subject = f"mailbox#{owed.mailbox_id}"
    data = {"change_id": owed.change.change_id, "user_id": owed.change.user_id}
    tools.events.add(act.event(subject, EventType.CHANGE_TOLD, act.clock(), **data))
    tools.tellings.close(listed.key)
    return owed


def _tell(listed: ListedTelling, tools: AccessTools, now: datetime) -> str:
    owed = listed.owed
    if owed.is_contestable and _is_overtaken(tools.mailboxes.find(owed.mailbox_id), owed):
        tools.tellings.close(listed.key)
        return "overtaken"
    if owed.is_over(now) and listed.token.attempts:
        given_up = owed.given_up()
        tools.tellings.record(given_up, key=listed.key)
        return "given_up"
    telling = with_links(owed, tools=tools, now=now)
    if not tools.tellings.claim(listed.token, telling.links, due_at=next_try(now, listed.token.attempts)):
        return "overtaken"
    return "change_told" if send_telling(telling, tools=tools, now=now, key=listed.key) else "not_taken"


def _is_overtaken(mailbox: Mailbox | None, owed: OwedTelling) -> bool:
    """Tell whether nothing is left to contest: somebody did, or an operator decided about it."""
    if mailbox is None:
        return True
    contested = () if mailbox.freeze is None else mailbox.freeze.contested
    return owed.change.change_id in {*mailbox.settled, *(one.change_id for one in contested)}
