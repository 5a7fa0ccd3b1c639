"""Hold up an institution's agreement while a payment is late, and let it go once nothing is."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import date

from chalicelib.domain.event import Event, EventType
from chalicelib.domain.usage.settlement import Account, SettlementState, held_up
from chalicelib.services.agreement.change_agreement import inactivate_for_late_payment, reactivate_on_payment
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
    late = [one for one in accounts if one.state(tools.today) is SettlementState.LATE]
    if not late:
        return False
    for account in late:
        if not account.settlement.holds_up:
            with suppress(StatementChanged):  # a proof or a payment came: what is next looks again
                holding = held_up(account.settlement, holds_up=True)
                tools.statements.settle(account, holding, _event(account, tools))
    marked = [
        one for one in _late(tools.statements.list_newest(institution_id), tools.today) if one.settlement.holds_up
    ]
    if not marked:
        return False
    since = min(filter(None, (one.late_since for one in marked)), default=tools.today)
    inactivate_for_late_payment(institution_id, since=since, tools=tools.agreement(_ACTOR, _REASON, ""))
    return not let_go(institution_id, tools.statements.list_newest(institution_id), tools=tools)


def let_go(
    institution_id: str, accounts: Sequence[Account], *, tools: UsageTools, by: str = _ACTOR, origin: str = ""
) -> bool:
    """Let it go where months held it up and all of them are paid; return whether that was so.

    `by` is the actor whose payment it was, `origin` from where.

    Doing it again changes nothing, so that a run that ended in between is made good by the next.
    """
    holding = [one for one in accounts if one.settlement.holds_up]
    if not holding or any(one.is_open for one in holding):
        return False
    reactivate_on_payment(institution_id, tools=tools.agreement(by, _PAID, origin))
    for account in holding:
        with suppress(StatementChanged):  # another one did the same
            tools.statements.settle(account, held_up(account.settlement, holds_up=False), None)
    return True


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
