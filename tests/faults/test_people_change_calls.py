"""Whatever goes wrong at whichever call of a change of people, the same asked again ends it: once, and as a whole."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache

import pytest

from chalicelib.bootstrap import Container, using
from chalicelib.bootstrap.access import access_tools
from chalicelib.domain.errors import Conflict, NotFound, SessionEnded
from chalicelib.domain.event import EventType
from chalicelib.domain.mailbox import Mailbox, Power
from chalicelib.domain.people.hand_over import offered
from chalicelib.services.access.tools import AccessTools
from chalicelib.services.operator_act import OperatorAct
from chalicelib.services.people.change_principal import PrincipalWish, change_principal
from chalicelib.services.people.hand_over import OfferWish, accept_offer, offer_mailbox
from chalicelib.services.people.remove_user import remove_user
from tests.company_world import COMPANY, FORMER_BOSS, OTHER, THIRD, a_company, seed_company, session_of
from tests.deposit_world import NOW
from tests.faults.alert_matrix import can_strike
from tests.faults.catalogue import DEATHS, LATE_EFFECTS, LOST_ANSWERS, REFUSALS
from tests.faults.journey import Lab
from tests.faults.matrix import Call, each_call
from tests.faults.strike import Fault, ProcessDied, Strike
from tests.person_world import PASSWORD

_FAULTS = (DEATHS[0], DEATHS[2], LOST_ANSWERS[0], LOST_ANSWERS[2], LATE_EFFECTS[1], REFUSALS[1], REFUSALS[4])
_BOSS, _SECOND, _ = (session_of(user, a_company(), NOW) for user in a_company().users)
_SECRETS = {"u1": "A" * 43, "u2": "B" * 43}


@dataclass(frozen=True, eq=False)
class Change:
    """What is asked for, and what holds when it is done."""

    name: str
    ask: Callable[[AccessTools], object]
    event: EventType
    principal: str
    accounts: dict[str, str]
    over: tuple[str, ...]
    """Whose sessions."""
    left: str = ""
    """Who is no user any more."""

    def __str__(self) -> str:
        return self.name


REMOVAL = Change(
    "removal",
    lambda tools: remove_user(_BOSS, "u2", origin="", tools=tools, now=tools.clock()),
    EventType.USER_REMOVED,
    "u1",
    {COMPANY: "u1", THIRD: "u3"},
    ("u2",),
    left="u2",
)
ACCEPTANCE = Change(
    "acceptance",
    lambda tools: accept_offer(_SECOND, origin="", tools=tools, now=tools.clock()),
    EventType.PRINCIPAL_CHANGED,
    "u2",
    {COMPANY: "u2", FORMER_BOSS: "u1", THIRD: "u3"},
    ("u1", "u2"),
)
OFFER = Change(
    "offer",
    lambda tools: offer_mailbox(_BOSS, OfferWish("u2", PASSWORD), origin="", tools=tools, now=tools.clock()),
    EventType.HAND_OVER_OFFERED,
    "u1",
    {COMPANY: "u1", OTHER: "u2", THIRD: "u3"},
    (),
)
BY_OPERATOR = Change(
    "operator's change",
    lambda tools: change_principal(
        PrincipalWish(mailbox_id=COMPANY, username=OTHER, power=Power(page="11012345", entry="C00012")),
        act=OperatorAct("operator:rquispe", "Cambio de gerente", tools.clock, tools.new_event_id),
        tools=tools,
    ),
    EventType.PRINCIPAL_CHANGED,
    "u2",
    {COMPANY: "u2", THIRD: "u3"},
    ("u1", "u2"),
    left="u1",
)
CHANGES = (REMOVAL, ACCEPTANCE, OFFER, BY_OPERATOR)


def seed(box: Container) -> AccessTools:
    tools, company = access_tools(box), a_company()
    seed_company(tools, box, replace(company, hand_over=offered(company, company.users[1], NOW).hand_over))
    for session in (_BOSS, _SECOND):
        secret = _SECRETS[session.user_id]
        tools.sessions.add(replace(session, session_id=tools.sessions.session_id(secret)), secret)
    return tools


def ask(lab: Lab, change: Change, box: Container, kind: str) -> None:
    """Ask as a person would, who is told of what cannot be done, or of nothing."""
    with suppress(ProcessDied, Exception), using(box), lab.wire.running(kind, kind):
        change.ask(access_tools(box))


def begin(lab: Lab, *strikes: Strike) -> Container:
    lab.reset()
    box = lab.process("people")
    with using(box):
        seed(box)
    lab.wire.strikes = list(strikes)
    lab.clock.now = NOW + timedelta(seconds=1)
    return box


def wrong_after(lab: Lab, change: Change, *strikes: Strike) -> list[str]:
    """Ask with a fault, ask again without, and return what does not hold."""
    box = begin(lab, *strikes)
    ask(lab, change, box, "first")
    has_struck = lab.wire.has_struck or not strikes
    lab.wire.strikes = []
    lab.clock.advance(seconds=30)
    with using(box):
        tools = access_tools(box)
        halfway = tools.mailboxes.find(COMPANY)
        with suppress(NotFound, Conflict, SessionEnded):
            change.ask(tools)
        mailbox = tools.mailboxes.find(COMPANY)
        assert mailbox
        events = [one.type for one in tools.events.list_for_subject(f"mailbox#{COMPANY}")]
        found = {name: tools.accounts.find(name) for name in (COMPANY, OTHER, THIRD, FORMER_BOSS)}
        alive = [user for user in change.over if tools.sessions.find(_cookie(tools, user), lab.clock.now) is not None]
        left = [user_id for user_id in ("u1", "u2") if tools.people.find_former(user_id) is not None]
    is_offer = change is OFFER  # asked for again it is made again, until later
    wrong = {
        "not struck: the call never came": not has_struck,
        f"events {events}": set(events) != {change.event} or (len(events) > 1 and not is_offer),
        f"principal {mailbox.principal.user_id}": mailbox.principal.user_id != change.principal,
        "not one principal halfway": _principals(halfway) != 1,
        f"accounts {found}": {n: a.user_id for n, a in found.items() if a is not None} != change.accounts,
        "accounts and users differ": {mailbox.username_of(u): u.user_id for u in mailbox.users} != change.accounts,
        f"sessions {alive}": bool(alive),
        f"record of {left} who left": left != ([change.left] if change.left else []),
    }
    met = "; ".join(map(str, strikes))
    return [f"{what} [{change}: {met}]" for what, is_so in wrong.items() if is_so]


def _cookie(tools: AccessTools, user_id: str) -> str:
    return tools.sessions.cookie(_SECRETS[user_id], user_id)


def _principals(mailbox: Mailbox | None) -> int:
    return 0 if mailbox is None else sum(user.is_principal for user in mailbox.users)


@pytest.fixture(scope="module")
def calls(lab: Lab) -> Callable[[Change], tuple[Call, ...]]:
    @cache
    def of(change: Change) -> tuple[Call, ...]:
        box = begin(lab)
        ask(lab, change, box, "first")
        return each_call(tuple(lab.wire.attempts))

    return of


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_without_a_fault_it_is_as_it_is_to_be(lab: Lab, change: Change) -> None:
    assert wrong_after(lab, change) == []


@pytest.mark.parametrize("fault", _FAULTS, ids=str)
@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_any_fault_at_any_call_leaves_it_whole(
    lab: Lab, calls: Callable[[Change], tuple[Call, ...]], change: Change, fault: Fault
) -> None:
    struck = [call for call in calls(change) if can_strike(fault, call)]
    assert struck
    wrong = [one for call in struck for one in wrong_after(lab, change, Strike(fault, call.label, call.siblings))]
    assert wrong == []
