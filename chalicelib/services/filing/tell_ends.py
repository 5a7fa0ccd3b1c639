"""Tell of observations that are about to end, and of filings that lapsed. It decides nothing: the clock does.

What is due is found by index. That it was told, the alerts and the event are one transaction, so each is told once;
the e-mails go out of the batch that it leaves, like all alerts, also where this process dies in between.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import TypeVar

from chalicelib.domain.alert.alert_batch import AlertBatch
from chalicelib.domain.alert.filing_news import Occasion
from chalicelib.domain.calendar import BusinessCalendar
from chalicelib.domain.errors import Unavailable
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.filing.attending import recounted
from chalicelib.domain.filing.filing import Filing
from chalicelib.domain.filing.receiving import receiving_of
from chalicelib.domain.filing.telling import is_unreminded, plan_of, plan_there, to_tell, with_told
from chalicelib.domain.mailbox.channels import SmsReach
from chalicelib.services.work_through import FAILED, in_turns, log_failed, work_through
from chalicelib.store.calendar_store import CalendarStore
from chalicelib.store.filing.filing_store import FilingStore
from chalicelib.store.institution.office_store import OfficeStore
from chalicelib.store.mailbox_store import MailboxStore
from chalicelib.store.sender.institution_store import InstitutionStore
from chalicelib.store.shards import SHARDS

_T = TypeVar("_T")
MOST_OF_SHARD = 500
"""What is over is due at the next run."""
REMINDED, LAPSED, EXTENDED = "filings_reminded", "filings_lapsed", "filings_extended"
MISSED, RACED, LEFT = "missed", "raced", "left"
LOOKED_AT_BEFORE = timedelta(minutes=30)
"""An end is counted anew before it comes, in several runs, so that nobody sees as lapsed what was moved on."""
_JOB = "send_reminders"
_ACTOR = f"worker:{_JOB}"
_KINDS = {Occasion.LAPSING: EventType.FILING_REMINDED, Occasion.LAPSED: EventType.FILING_LAPSE_TOLD}


@dataclass(frozen=True, slots=True)
class TellTools:
    """What telling goes through; `send` is `send_alerts` with its tools, `calendar` the package's."""

    filings: FilingStore
    mailboxes: MailboxStore
    institutions: InstitutionStore
    offices: OfficeStore
    calendars: CalendarStore
    calendar: BusinessCalendar
    reach: SmsReach
    clock: Callable[[], datetime]
    new_event_id: Callable[[], str]
    send: Callable[[str], Counter[str]]


def tell_ends(tools: TellTools, *, until: datetime) -> tuple[Counter[str], datetime | None]:
    """Tell what is due, beginning none after `until`; return what became of it, and since when the longest waits.

    Whose end comes soon is counted anew first, by the days that are declared by now.
    One that fails stops no other, and is due again. `missed` counts those that lapsed before they were reminded of.
    What cannot be read, and what there was no time for, waits as well: since when, the index says.

    Raises:
        Unavailable: a shard of what is due cannot be read; what the others hold was told before.

    """
    shards, unread = _due(tools)
    now = tools.clock()
    waiting = {filing_id: since for shard in shards for filing_id, since in shard.items() if since <= now}
    unreached = set(waiting)
    outcomes: Counter[str] = Counter()
    entered = cache(lambda: tools.calendar.with_entries(tools.calendars.find()))

    def handle(filing_id: str) -> str:
        unreached.discard(filing_id)
        filing = tools.filings.find(filing_id)
        if filing is None:
            return RACED
        outcome, batches = _told(filing, entered, tools)
        outcomes[MISSED] += outcome == LAPSED and is_unreminded(filing)
        if outcome != RACED:
            waiting.pop(filing_id, None)
        for batch in batches:
            outcomes.update(_sent(batch, tools))
        return outcome

    worked = work_through(in_turns(map(iter, shards)), handle, job=_JOB, now=tools.clock, until=until)
    if unread:
        raise unread[0]
    return outcomes + worked.outcomes + Counter({LEFT: len(unreached)}), min(waiting.values(), default=None)


def _due(tools: TellTools) -> tuple[list[dict[str, datetime]], list[Unavailable]]:
    """Return what is due of each shard, or soon, with since when, and the errors of those that cannot be read."""
    until, shards, unread = tools.clock() + LOOKED_AT_BEFORE, [], []
    for shard in SHARDS:
        try:
            shards.append(tools.filings.list_due(shard, until, limit=MOST_OF_SHARD))
        except Unavailable as error:
            unread.append(error)
    return shards, unread


def _sent(batch: AlertBatch, tools: TellTools) -> Counter[str]:
    """Send what was noted; what cannot be sent now is sent by the sweep, like all alerts."""
    try:
        return tools.send(batch.notice_id)
    except Exception as error:  # noqa: BLE001 - whatever it is, the other batch and the other filings go on
        log_failed(_JOB, batch.notice_id, error)
        return Counter({FAILED: 1})


def _told(
    filing: Filing, entered: Callable[[], BusinessCalendar], tools: TellTools
) -> tuple[str, tuple[AlertBatch, ...]]:
    now = tools.clock()
    institution = _found(tools.institutions.find(filing.institution_id))
    own = filing.office_id
    office = None if own is None else tools.offices.find(filing.institution_id, own)
    moved = recounted(filing, receiving_of(institution, office, entered()).calendar)
    if moved is not filing:
        moved = replace(moved, version=filing.version + 1)
        return (EXTENDED if tools.filings.change(moved, _event(moved, EventType.FILING_EXTENDED, tools)) else RACED), ()
    occasion = to_tell(filing, now)
    if occasion is None:
        return "early", ()
    mailbox = _found(tools.mailboxes.find(filing.mailbox_id))
    told = with_told(filing, occasion, now)
    plan = plan_of(occasion, told, mailbox, institution, now, calendar=tools.calendar, reach=tools.reach)
    there = plan_there(told, institution, now, calendar=tools.calendar) if occasion is Occasion.LAPSED else None
    batches = (plan,) if there is None else (plan, there)
    missed = {"reminder": MISSED} if occasion is Occasion.LAPSED and is_unreminded(filing) else {}
    event = _event(filing, _KINDS[occasion], tools, **missed)
    if not tools.filings.change(told, event, batches):
        return RACED, ()
    return (REMINDED if occasion is Occasion.LAPSING else LAPSED), batches


def _event(filing: Filing, kind: EventType, tools: TellTools, **data: str) -> Event:
    own = {"filing_id": filing.filing_id, "number": filing.number, "institution_id": filing.institution_id}
    return Event(f"filing#{filing.filing_id}", kind, tools.clock(), tools.new_event_id(), _ACTOR, data={**own, **data})


def _found(one: _T | None) -> _T:
    if one is None:
        raise Unavailable("filing_incomplete", "Falta la entidad o la casilla de la presentación.")
    return one


__all__ = ["EXTENDED", "FAILED", "LAPSED", "LEFT", "MISSED", "RACED", "REMINDED", "TellTools", "tell_ends"]
