"""Close months that are over, tell coordinators what is owed, and hold up the agreements of who pays late (INS-6).

Run each night; what nights that were missed left undone is done by the next, as the dates say. Each letter goes to each
coordinator once: that somebody is told is written before it is handed over, and taken back where it was not taken.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from chalicelib.domain.errors import NotFound
from chalicelib.domain.institution.staff import StaffMember, StaffRole
from chalicelib.domain.sender.institution import Institution
from chalicelib.domain.usage.month import UsageSettings, month_of, to_close
from chalicelib.domain.usage.settlement import Account, SettlementState
from chalicelib.gateways.mail import Mail
from chalicelib.gateways.way_out import WayOut
from chalicelib.renderers.letterhead import Letterhead
from chalicelib.renderers.usage.statement_letters import StatementLetter, render_statement_letter
from chalicelib.services.usage.close_month import close_month
from chalicelib.services.usage.hold_up import hold_up_late, let_go, will_hold_up
from chalicelib.services.usage.tools import UsageTools
from chalicelib.services.work_through import counted, work_through
from chalicelib.store.institution.staff_store import StaffStore
from chalicelib.store.position_store import PositionStore
from chalicelib.store.sender.institution_store import InstitutionStore

_JOB = "close_statements"
_TELL_FOR = timedelta(days=7)
"""After that nobody is told any more that a month was closed."""
_TAGS = {"purpose": "usage-statement"}


class _Outcome(StrEnum):
    """What was done of an institution, what weighs most first."""

    COUNTING = "counting"
    HELD = "held"
    LET_GO = "let_go"
    CLOSED = "closed"
    TOLD = "told"
    QUIET = "quiet"


@dataclass(frozen=True, slots=True)
class ToldStatement:
    """The last letter of a month, and which coordinators were told."""

    letter: str = ""
    told: tuple[str, ...] = ()
    version: int = 0


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
    """What the night goes through. `told` returns where it is kept who was told of a month."""

    usage: UsageTools
    institutions: InstitutionStore
    staff: StaffStore
    told: Callable[[str], PositionStore[ToldStatement]]
    mail: Mail
    by_mail: WayOut
    letterhead: Letterhead
    portal_url: str


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
    if let_go(institution_id, accounts, tools=usage):
        done.add(_Outcome.LET_GO)
    if late := [one for one in accounts if one.state(usage.today) is SettlementState.LATE]:
        if will_hold_up(institution_id, tools=usage):  # before, so that a run that ends in between tells nobody less
            _forget_told(late, tools)
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
    statement, state = account.statement, account.state(today)
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
    everybody = tools.staff.list_for_institution(institution.institution_id)
    coordinators = [one for one in everybody if one.role is StaffRole.COORDINATOR and one.is_active]
    if not coordinators:
        if any(account.is_open for account, _ in due):
            raise NotFound("nobody_to_tell", "La entidad no tiene un coordinador activo a quien avisar.")
        return False
    failures: list[Exception] = []
    told = [_tell(account, letter, coordinators, failures, tools) for account, letter in due]
    if failures:
        raise failures[0]
    return any(told)


def _forget_told(late: Sequence[Account], tools: ClosingTools) -> None:
    """Have coordinators told anew that months are late: the agreement was let go since they were, and is held up."""
    for account in late:
        store = tools.told(f"{account.statement.institution_id}#{account.statement.month}")
        last = store.find()
        if last is not None and last.letter == StatementLetter.LATE:
            store.move(replace(last, told=()), tools.usage.now())


def _tell(
    account: Account,
    letter: StatementLetter,
    coordinators: Sequence[StaffMember],
    failures: list[Exception],
    tools: ClosingTools,
) -> bool:
    statement, now = account.statement, tools.usage.now()
    store = tools.told(f"{statement.institution_id}#{statement.month}")
    last = store.find() or ToldStatement()
    if last.letter != letter:
        last = ToldStatement(letter, version=last.version)
    waiting = [one for one in coordinators if one.staff_id not in last.told]
    for coordinator in waiting:
        written = store.move(replace(last, told=(*last.told, coordinator.staff_id)), now)
        if written is None:  # another run tells the same
            return False
        try:
            _send(account, letter, coordinator, tools)
        except Exception as error:  # noqa: BLE001 - whatever it is, the others are told
            failures.append(error)
            written = store.move(replace(written, told=last.told), now)
            if written is None:
                return False
        last = written
    return bool(waiting)


def _send(account: Account, letter: StatementLetter, to: StaffMember, tools: ClosingTools) -> None:
    message = render_statement_letter(letter, account, to, tools.letterhead, at=tools.portal_url, now=tools.usage.now())
    tags = {**_TAGS, "institution_id": account.statement.institution_id}
    tools.by_mail.hand_over(lambda: tools.mail.send(message, to.email, tags))
