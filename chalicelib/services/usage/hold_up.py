"""Hold up an institution's agreement while a payment is late, and let it go once nothing is."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import date

from chalicelib.domain.agreement import life
from chalicelib.domain.agreement.agreement import Owing, Reason
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.usage.service_now import ServiceNow, service_now
from chalicelib.domain.usage.settlement import Account, SettlementState, held_up, let_go_of
from chalicelib.services.agreement.change_agreement import (
    inactivate_for_late_payment,
    last_use,
    reactivate_on_payment,
    read_agreement,
)
from chalicelib.services.usage.tools import UsageTools
from chalicelib.store.usage.statement_store import StatementChanged

_ACTOR = "worker:close_statements"
_REASON = "Pago atrasado del consumo"
_PAID = "Pago registrado del consumo"


def hold_up_late(
    institution_id: str,
    accounts: Sequence[Account],
    *,
    tools: UsageTools,
    found_by: tuple[str, str] = (_ACTOR, ""),
) -> bool:
    """Hold it up where a month is late; return whether it is. `found_by` is the actor who came upon it, from where.

    Each late month is marked before, on condition that nobody wrote since it was read. What is paid in between is found
    by a look after: whichever comes first, the agreement ends as the payments say.
    """
    late = _late(accounts, tools.today)
    if not late:
        return False
    for account in late:
        if not account.settlement.holds_up:
            with suppress(StatementChanged):  # a proof or a payment came: what is next looks again
                tools.statements.settle(account, held_up(account.settlement), _event(account, found_by, tools))
    marked = [
        one for one in _late(tools.statements.list_closed(institution_id), tools.today) if one.settlement.holds_up
    ]
    if not marked:
        return False
    since = min(filter(None, (one.late_since for one in marked)), default=tools.today)
    actor, origin = found_by
    inactivate_for_late_payment(institution_id, since=since, tools=tools.agreement(actor, _REASON, origin))
    return not let_go(institution_id, tools.statements.list_closed(institution_id), tools=tools)


def let_go(
    institution_id: str,
    accounts: Sequence[Account],
    *,
    tools: UsageTools,
    paid_by: tuple[str, str] | None = None,
) -> bool:
    """Let it go where no closed month is late and none that held it up is owed; return whether it was held up.

    A payment lifts also what somebody held up for late payment by hand; `paid_by` is the actor who just recorded one,
    and from where. Where neither a month held it up nor a payment still has to let go, nothing is done.

    Doing it again changes nothing, so that a run that ended in between is made good by the next.
    """
    holding = [one for one in accounts if one.settlement.holds_up]
    paid = [one for one in accounts if one.settlement.lets_go]
    if not holding and not paid and paid_by is None:
        return False
    if any(one.is_open for one in holding) or _late(accounts, tools.today):
        return False
    actor, origin = paid_by or (_ACTOR, "")
    outcome = reactivate_on_payment(institution_id, tools=tools.agreement(actor, _PAID, origin))
    for account in {one.statement.month: one for one in (*holding, *paid)}.values():
        with suppress(StatementChanged):  # another one did the same
            tools.statements.settle(account, let_go_of(account.settlement), None)
    return bool(holding) or outcome.is_changed


def will_hold_up(institution_id: str, *, tools: UsageTools) -> bool:
    """Tell whether holding it up for late payment changes anything: it is not held up for that yet."""
    read = read_agreement(institution_id, tools.agreement(_ACTOR, _REASON, "").agreements)
    if read.agreement is None:
        return read.institution.is_active
    return not read.agreement.has_cause(Reason.LATE_PAYMENT)


def read_service(institution_id: str, *, tools: UsageTools) -> ServiceNow:
    """Return whether it can deposit now, and what else than a payment stands in the way."""
    hands = tools.agreement(_ACTOR, _REASON, "")
    read = read_agreement(institution_id, hands.agreements)
    if read.agreement is None:
        return service_now(read.institution, None)
    used_on = last_use(read, hands.today, hands.last_deposit)
    return service_now(read.institution, life.as_of(read.agreement, hands.today, used_on))


def read_owing(institution_id: str, *, tools: UsageTools) -> Owing:
    """Return what an institution owes of closed months, for who holds its agreement up or lifts that by hand."""
    accounts = tools.statements.list_closed(institution_id)
    return Owing(any(one.is_open for one in accounts), bool(_late(accounts, tools.today)))


def _late(accounts: Sequence[Account], today: date) -> list[Account]:
    return [one for one in accounts if one.state(today) is SettlementState.LATE]


def _event(account: Account, found_by: tuple[str, str], tools: UsageTools) -> Event:
    statement, (actor, origin) = account.statement, found_by
    return Event(
        subject=f"institution#{statement.institution_id}",
        type=EventType.PAYMENT_LATE,
        occurred_at=tools.now(),
        event_id=tools.new_event_id(),
        actor=actor,
        origin=origin,
        data={"month": statement.month, "number": statement.number, "owed": str(statement.owed)},
    )
