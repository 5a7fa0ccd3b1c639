"""Hold up an institution's agreement while a payment is late, and let it go once nothing is."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import date

from chalicelib.domain.agreement.agreement import Owing, Reason
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.usage.settlement import Account, SettlementState, held_up
from chalicelib.services.agreement.change_agreement import (
    inactivate_for_late_payment,
    reactivate_on_payment,
    read_agreement,
)
from chalicelib.services.usage.tools import UsageTools
from chalicelib.store.usage.statement_store import StatementChanged

_ACTOR = "worker:close_statements"
_REASON = "Pago atrasado del consumo"
_PAID = "Pago registrado del consumo"


def hold_up_late(institution_id: str, accounts: Sequence[Account], *, tools: UsageTools) -> bool:
    """Hold it up where a month is late; return whether it is.

    Each late month is marked before, on condition that nobody wrote since it was read. What is paid in between is found
    by a look after: whichever comes first, the agreement ends as the payments say.
    """
    late = _late(accounts, tools.today)
    if not late:
        return False
    for account in late:
        if not account.settlement.holds_up:
            with suppress(StatementChanged):  # a proof or a payment came: what is next looks again
                holding = held_up(account.settlement, holds_up=True)
                tools.statements.settle(account, holding, _event(account, tools))
    marked = [
        one for one in _late(tools.statements.list_closed(institution_id), tools.today) if one.settlement.holds_up
    ]
    if not marked:
        return False
    since = min(filter(None, (one.late_since for one in marked)), default=tools.today)
    inactivate_for_late_payment(institution_id, since=since, tools=tools.agreement(_ACTOR, _REASON, ""))
    return not let_go(institution_id, tools.statements.list_closed(institution_id), tools=tools)


def let_go(
    institution_id: str,
    accounts: Sequence[Account],
    *,
    tools: UsageTools,
    paid_by: tuple[str, str] | None = None,
) -> bool:
    """Let it go where no closed month is late and none that held it up is owed; return whether it was held up.

    `paid_by` is the actor who just recorded a payment, and from where: that lifts also what somebody held up for late
    payment by hand. Without one only what months held up is let go.

    Doing it again changes nothing, so that a run that ended in between is made good by the next.
    """
    holding = [one for one in accounts if one.settlement.holds_up]
    if (not holding and paid_by is None) or any(one.is_open for one in holding) or _late(accounts, tools.today):
        return False
    actor, origin = paid_by or (_ACTOR, "")
    outcome = reactivate_on_payment(institution_id, tools=tools.agreement(actor, _PAID, origin))
    for account in holding:
        with suppress(StatementChanged):  # another one did the same
            tools.statements.settle(account, held_up(account.settlement, holds_up=False), None)
    return bool(holding) or outcome.is_changed


def will_hold_up(institution_id: str, *, tools: UsageTools) -> bool:
    """Tell whether holding it up for late payment changes anything: it is not held up for that yet."""
    read = read_agreement(institution_id, tools.agreement(_ACTOR, _REASON, "").agreements)
    if read.agreement is None:
        return read.institution.is_active
    return not read.agreement.has_cause(Reason.LATE_PAYMENT)


def read_owing(institution_id: str, *, tools: UsageTools) -> Owing:
    """Return what an institution owes of closed months, for who holds its agreement up or lifts that by hand."""
    accounts = tools.statements.list_closed(institution_id)
    return Owing(any(one.is_open for one in accounts), bool(_late(accounts, tools.today)))


def _late(accounts: Sequence[Account], today: date) -> list[Account]:
    return [one for one in accounts if one.state(today) is SettlementState.LATE]


def _event(account: Account, tools: UsageTools) -> Event:
    statement = account.statement
    return Event(
        subject=f"institution#{statement.institution_id}",
        type=EventType.PAYMENT_LATE,
        occurred_at=tools.now(),
        event_id=tools.new_event_id(),
        actor=_ACTOR,
        data={"month": statement.month, "number": statement.number, "owed": str(statement.owed)},
    )
