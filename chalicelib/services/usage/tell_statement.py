"""Tell coordinators of a month: closed, soon due, late, paid. Each letter goes to each coordinator once.

What could not be told the next night tells (`tell_coordinators`). What is told at once, of a payment or of a proof that
was refused, the night does not tell again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from chalicelib.domain.errors import CasillaError
from chalicelib.domain.institution.staff import StaffMember
from chalicelib.domain.usage.service_now import ServiceNow
from chalicelib.domain.usage.settlement import Account
from chalicelib.gateways.mail import Mail
from chalicelib.renderers.letterhead import Letterhead
from chalicelib.renderers.usage.statement_letters import StatementLetter, render_statement_letter
from chalicelib.services.institution.tell_coordinators import (
    ToldLetters,
    active_coordinators,
    tell_coordinators,
    told_mark,
)
from chalicelib.services.usage.hold_up import read_service
from chalicelib.services.usage.tools import UsageTools
from chalicelib.store.institution.staff_store import StaffStore
from chalicelib.store.position_store import PositionStore

_TAGS = {"purpose": "usage-statement"}


@dataclass(frozen=True, slots=True)
class TellingTools:
    """`told` returns where it is kept who was told of a month; `hand_over` is what a sending goes through."""

    usage: UsageTools
    staff: StaffStore
    told: Callable[[str], PositionStore[ToldLetters]]
    mail: Mail
    hand_over: Callable[[Callable[[], str]], str]
    letterhead: Letterhead
    portal_url: str


def tell_payment(account: Account, *, tools: TellingTools) -> bool:
    """Tell at once that a payment was recorded and whether the service is back; False where not everybody was told.

    It stands without it, and the nightly job tells whom this did not reach.
    """
    institution_id = account.statement.institution_id
    failures: list[Exception] = []
    try:
        coordinators = active_coordinators(institution_id, tools.staff)
        service = read_service(institution_id, tools=tools.usage)
        tell_month(account, StatementLetter.PAID, coordinators, failures, service=service, tools=tools)
    except CasillaError:
        return False
    return bool(coordinators) and not failures


def tell_month(  # noqa: PLR0913 - what is told to whom, and what became of it
    account: Account,
    letter: StatementLetter,
    coordinators: Sequence[StaffMember],
    failures: list[Exception],
    *,
    service: ServiceNow | None,
    tools: TellingTools,
) -> bool:
    """Send a letter to each coordinator that it was not sent to; return whether there was one."""
    is_told, failed = tell_coordinators(
        coordinators,
        [letter],
        lambda one: _send(account, letter, one, service, tools),
        store=_store(account, tools),
        now=tools.usage.now(),
    )
    failures += failed
    return is_told


def forget_told(late: Sequence[Account], *, tools: TellingTools) -> None:
    """Have coordinators told anew that months are late: the agreement was let go since they were, and is held up."""
    for account in late:
        store = _store(account, tools)
        last = store.find()
        if last is not None and last.told:
            store.move(replace(last, told=()), tools.usage.now())


def note_told_late(account: Account, people: Iterable[StaffMember], *, tools: TellingTools) -> None:
    """Note who was told otherwise that a month is late, so that the night does not tell them again."""
    store = _store(account, tools)
    last = store.find() or ToldLetters()
    marks = [told_mark(StatementLetter.LATE, one) for one in people]
    if new := [mark for mark in marks if mark not in last.told]:
        store.move(replace(last, told=(*last.told, *new)), tools.usage.now())


def _store(account: Account, tools: TellingTools) -> PositionStore[ToldLetters]:
    return tools.told(f"{account.statement.institution_id}#{account.statement.month}")


def _send(
    account: Account, letter: StatementLetter, to: StaffMember, service: ServiceNow | None, tools: TellingTools
) -> None:
    now = tools.usage.now()
    message = render_statement_letter(
        letter, account, to, tools.letterhead, at=tools.portal_url, now=now, service=service
    )
    tags = {**_TAGS, "institution_id": account.statement.institution_id}
    tools.hand_over(lambda: tools.mail.send(message, to.email, tags))
