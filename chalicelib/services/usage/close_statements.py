"""Close months that are over, tell coordinators what is owed, and hold up the agreements of who pays late (INS-6).

Run each night; what nights that were missed left undone is done by the next, as the dates say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from chalicelib.domain.sender.institution import Institution
from chalicelib.domain.usage.month import UsageSettings, month_of, to_close
from chalicelib.domain.usage.settlement import Account, SettlementState
from chalicelib.renderers.usage.statement_letters import StatementLetter
from chalicelib.services.institution.tell_coordinators import active_coordinators, nobody_to_tell
from chalicelib.services.usage.close_month import close_month
from chalicelib.services.usage.hold_up import hold_up_late, let_go, read_service, will_hold_up
from chalicelib.services.usage.tell_statement import TellingTools, forget_told, tell_month
from chalicelib.services.usage.tools import UsageTools
from chalicelib.services.work_through import counted, work_through
from chalicelib.store.sender.institution_store import InstitutionStore

_JOB = "close_statements"
_TELL_FOR = timedelta(days=7)
"""After that nobody is told any more that a month was closed, or paid."""


class _Outcome(StrEnum):
    """What was done of an institution, what weighs most first."""

    COUNTING = "counting"
    HELD = "held"
    LET_GO = "let_go"
    CLOSED = "closed"
    TOLD = "told"
    QUIET = "quiet"


@dataclass(frozen=True, slots=True)
class ClosedStatements:
    """What became of institutions, each by what weighs most.

    `counting`: a month was not counted to its end; `held`: a late payment holds the agreement up; `let_go`: it does not
    any more; `closed` and `told`: months, coordinators; `quiet`: nothing was due. `failed` are also those that owe and
    of which somebody, or everybody, could not be told.
    """

    counting: int
    held: int
    let_go: int
    closed: int
    told: int
    quiet: int
    failed: int
    is_complete: bool


@dataclass(frozen=True, slots=True)
class ClosingTools:
    """What the night goes through."""

    usage: UsageTools
    institutions: InstitutionStore
    telling: TellingTools


def close_statements(tools: ClosingTools, *, until: datetime) -> ClosedStatements:
    """Do what is due, beginning nothing after `until`; one institution that fails stops no other.

    Raises:
        Unavailable: the institutions cannot be read.

    """
    readable, unreadable = tools.institutions.list_readable()

    def handle(institution_id: str) -> str:
        if institution_id in unreadable:
            raise unreadable[institution_id]
        return _handled(readable[institution_id], tools, until)

    worked = work_through([*sorted(readable), *unreadable], handle, job=_JOB, now=tools.usage.now, until=until)
    is_complete = worked.is_complete and not worked.outcomes[_Outcome.COUNTING]
    return counted(ClosedStatements, worked.outcomes, is_complete=is_complete)


def _handled(institution: Institution, tools: ClosingTools, until: datetime) -> str:
    usage, institution_id = tools.usage, institution.institution_id
    accounts = usage.statements.list_closed(institution_id)
    done = {_Outcome.QUIET}
    for month in to_close(_first(institution_id, accounts, usage), _last(accounts), usage.today, usage.settings):
        account = close_month(institution, month, tools=usage, until=until)
        if account is None:
            return _Outcome.COUNTING
        accounts = (account, *accounts)
        done.add(_Outcome.CLOSED)
    for account in accounts:
        if account.waiting_proof is not None:
            usage.statements.note_waiting(account)
    if let_go(institution_id, accounts, tools=usage):
        done.add(_Outcome.LET_GO)
    if late := [one for one in accounts if one.state(usage.today) is SettlementState.LATE]:
        if will_hold_up(institution_id, tools=usage):  # before, so that a run that ends in between tells nobody less
            forget_told(late, tools=tools.telling)
        if hold_up_late(institution_id, accounts, tools=usage):
            done.add(_Outcome.HELD)
        accounts = usage.statements.list_closed(institution_id)  # a payment may have come: it is told of nothing late
    if _tell_all(institution, accounts, tools):
        done.add(_Outcome.TOLD)
    return next(one for one in _Outcome if one in done)


def _first(institution_id: str, accounts: Sequence[Account], usage: UsageTools) -> str:
    """Return the month in which an institution was added; asked where nothing was closed yet."""
    if accounts:
        return usage.settings.first_month
    events = usage.events.list_for_subject(f"institution#{institution_id}", limit=1)
    return month_of(events[0].occurred_at.astimezone(usage.zone).date()) if events else usage.settings.first_month


def _last(accounts: Sequence[Account]) -> str | None:
    return accounts[0].statement.month if accounts else None


def letter_due(account: Account, today: date, *, is_newest: bool, settings: UsageSettings) -> StatementLetter | None:
    """Return what coordinators are to be told of a month today; None for nothing."""
    statement, state, payment = account.statement, account.state(today), account.settlement.payment
    if payment is not None and payment.recorded_at.date() + _TELL_FOR >= today:
        return StatementLetter.PAID
    if state is SettlementState.LATE:
        return StatementLetter.LATE
    if state is SettlementState.OWED and statement.due_on is not None:
        if today >= statement.due_on - timedelta(days=settings.warn_days):
            return StatementLetter.SOON
        return StatementLetter.CLOSED
    is_new = statement.closed_at is not None and statement.closed_at.date() + _TELL_FOR >= today
    return StatementLetter.CLOSED if is_newest and is_new and statement.days and not account.is_open else None


def _tell_all(institution: Institution, accounts: Sequence[Account], tools: ClosingTools) -> bool:
    today = tools.usage.today
    due = [
        (account, letter)
        for place, account in enumerate(accounts)
        if (letter := letter_due(account, today, is_newest=place == 0, settings=tools.usage.settings)) is not None
    ]
    if not due:
        return False
    coordinators = active_coordinators(institution.institution_id, tools.telling.staff)
    if not coordinators:
        if any(account.is_open for account, _ in due):
            raise nobody_to_tell()
        return False
    failures: list[Exception] = []
    is_of_service = any(letter in {StatementLetter.LATE, StatementLetter.PAID} for _, letter in due)
    service = read_service(institution.institution_id, tools=tools.usage) if is_of_service else None
    told = [
        tell_month(account, letter, coordinators, failures, service=service, tools=tools.telling)
        for account, letter in due
    ]
    if failures:
        raise failures[0]
    return any(told)
