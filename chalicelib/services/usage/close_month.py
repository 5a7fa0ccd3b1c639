"""Close a month: count it once out of what was deposited and counted, and keep that for ever."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

from chalicelib.domain.event import Event, EventType
from chalicelib.domain.institution.activity import Activity, Metered
from chalicelib.domain.sender.institution import Institution
from chalicelib.domain.usage.month import days_of
from chalicelib.domain.usage.settlement import Account
from chalicelib.domain.usage.statement import DayUse, Statement, statement_of
from chalicelib.domain.usage.tariff import tariff_for
from chalicelib.services.usage.count_deposits import count_deposits
from chalicelib.services.usage.tools import UsageTools
from chalicelib.store.usage.statement_store import StatementClosed

_ACTOR = "worker:close_statements"


def close_month(institution: Institution, month: str, *, tools: UsageTools, until: datetime) -> Account | None:
    """Return the month's statement, closed now or by another run; None where the time was over before it was counted.

    Raises:
        Unavailable: `store_unavailable`.

    """
    deposits = count_deposits(institution.institution_id, month, tools=tools.deposits, until=until)
    if deposits is None:
        return None
    counts = tools.counts.read_month(institution.institution_id, month)
    open_one = _statement(institution, month, deposits, counts, tools)
    now = tools.now()
    closed = replace(open_one, closed_at=now)
    if closed.owed:
        closed = replace(closed, due_on=now.astimezone(tools.zone).date() + timedelta(days=tools.settings.due_days))
    told = {"month": month, "number": closed.number, "owed": str(closed.owed)}
    event = Event(
        subject=f"institution#{institution.institution_id}",
        type=EventType.STATEMENT_CLOSED,
        occurred_at=now,
        event_id=tools.new_event_id(),
        actor=_ACTOR,
        data=told,
    )
    try:
        return tools.statements.add(closed, event)
    except StatementClosed:
        return tools.statements.find(institution.institution_id, month)


def count_provisionally(institution: Institution, month: str, *, tools: UsageTools) -> Account:
    """Return a month as its counters have it by now, by one call: it may still change.

    Raises:
        Unavailable: `store_unavailable`.

    """
    counts = tools.counts.read_month(institution.institution_id, month)
    deposits = {day: count for (day, kind), count in counts.items() if kind is Activity.DEPOSITED}
    return Account(_statement(institution, month, deposits, counts, tools))


def _statement(
    institution: Institution,
    month: str,
    deposits: Mapping[date, int],
    counts: Counter[tuple[date, Activity | Metered]],
    tools: UsageTools,
) -> Statement:
    days = (
        DayUse(day, deposits.get(day, 0), counts[day, Metered.SMS], counts[day, Metered.CONSULTED])
        for day in days_of(month)
    )
    used = tuple(one for one in days if one.deposits or one.sms or one.consultations)
    named = institution.institution_id, institution.name
    return statement_of(named, month, used, tariff_for(month, tools.settings.tariffs))
