"""Eight at once about who belongs to a mailbox: one principal at every moment, and nobody lives on who left."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from threading import Event as Flag
from threading import Thread
from typing import Any

import pytest

from chalicelib.domain.access.credentials import Attempt, EmailCode
from chalicelib.domain.errors import Conflict, CredentialsWrong, NotFound, SessionEnded, Unavailable
from chalicelib.domain.mailbox import Mailbox, MailboxChanged, Power, UserState
from chalicelib.domain.people.hand_over import HandOverRefused, offered
from chalicelib.domain.people.mailbox_users import PrincipalNeeded
from chalicelib.services.access.log_in import log_in
from chalicelib.services.access.sessions import OpenedSession
from chalicelib.services.access.tools import AccessTools
from chalicelib.services.operator_act import OperatorAct
from chalicelib.services.people.change_principal import ChangedPrincipal, PrincipalWish, change_principal
from chalicelib.services.people.hand_over import OfferWish, accept_offer, decline_offer, offer_mailbox, withdraw_offer
from chalicelib.services.people.mailbox_users import disable_user, enable_user
from chalicelib.services.people.remove_user import remove_user
from chalicelib.store.people_store import PeopleChange, PeopleStore
from tests.access_world import at_once, issue_login_code, racing_tools
from tests.company_world import COMPANY, FORMER_BOSS, OTHER, THIRD, a_company, seed_company, session_of
from tests.deposit_world import NOW, Clock
from tests.person_world import PASSWORD

pytestmark = pytest.mark.ministack

TIMES = 8
COMPANY_NOW = a_company()
BOSS, SECOND, THIRD_ONE = (session_of(user, COMPANY_NOW, NOW) for user in COMPANY_NOW.users)
_LOST = Conflict | NotFound | PrincipalNeeded | SessionEnded | Unavailable
"""What who came second may be told."""


@pytest.fixture
def tools(ministack: dict[str, str]) -> Iterator[AccessTools]:
    """Yield the tools over a company's mailbox that is offered to its second user."""
    with racing_tools(ministack) as (container, made):
        company = a_company()
        seed_company(made, container, replace(company, hand_over=offered(company, company.users[1], NOW).hand_over))
        yield made


def mailbox_of(tools: AccessTools) -> Mailbox:
    mailbox = tools.mailboxes.find(COMPANY)
    assert mailbox
    return mailbox


def accounts_of(tools: AccessTools) -> dict[str, str]:
    found = {name: tools.accounts.find(name) for name in (COMPANY, OTHER, THIRD, FORMER_BOSS)}
    return {name: account.user_id for name, account in found.items() if account is not None}


def check_whole(tools: AccessTools) -> None:
    """One principal, and as many accounts as users, each under the name that its user has."""
    mailbox = mailbox_of(tools)
    assert [user.is_principal for user in mailbox.users].count(True) == 1
    assert accounts_of(tools) == {mailbox.username_of(user): user.user_id for user in mailbox.users}


def log_in_as_second(tools: AccessTools, number: int, now: Any) -> OpenedSession:
    code = f"K7M3Q{'ABCDEFGH'[number]}"
    issue_login_code(tools, OTHER, f"c{number}", code, now=NOW)
    attempt = Attempt(OTHER, PASSWORD, EmailCode(f"c{number}", code), f"192.0.2.{number}")
    return log_in(attempt, tools=tools, now=now).opened


def test_no_session_begun_while_a_user_is_removed_lives_on(tools: AccessTools) -> None:
    clock = Clock()

    def log_in_or_remove(number: int) -> OpenedSession | Mailbox:
        if number == TIMES // 2:
            return remove_user(BOSS, "u2", origin="", tools=replace(tools, clock=clock), now=NOW)
        clock.advance(microseconds=1)
        return log_in_as_second(tools, number, clock.now)

    outcomes = at_once(TIMES, log_in_or_remove)

    assert all(isinstance(one, OpenedSession | Mailbox | CredentialsWrong | Unavailable) for one in outcomes)
    opened = [outcome for outcome in outcomes if isinstance(outcome, OpenedSession)]
    assert [one for one in opened if tools.sessions.find(one.cookie, NOW)] == []
    assert mailbox_of(tools).user("u2") is None
    check_whole(tools)


def test_who_is_removed_and_enabled_at_once_is_gone(tools: AccessTools) -> None:
    disable_user(BOSS, "u2", origin="", tools=tools, now=NOW)

    def act(number: int) -> Mailbox:
        change = remove_user if number == 3 else enable_user
        return change(BOSS, "u2", origin="", tools=tools, now=NOW)

    outcomes = at_once(TIMES, act)

    assert all(isinstance(one, Mailbox | NotFound | MailboxChanged) for one in outcomes)
    if isinstance(outcomes[3], MailboxChanged):
        remove_user(BOSS, "u2", origin="", tools=tools, now=NOW)
    assert mailbox_of(tools).user("u2") is None
    assert tools.accounts.find(OTHER) is None
    check_whole(tools)


def test_of_eight_removals_of_one_user_one_does_it(tools: AccessTools) -> None:
    outcomes = at_once(TIMES, lambda _: remove_user(BOSS, "u2", origin="", tools=tools, now=NOW))

    assert all(isinstance(one, Mailbox | NotFound | MailboxChanged) for one in outcomes)
    kinds = [event.type for event in tools.events.list_for_subject(f"mailbox#{COMPANY}")]
    assert kinds == ["user.removed"]
    check_whole(tools)


def test_who_lost_a_removal_to_another_tells_nothing_that_was_never_kept(tools: AccessTools) -> None:
    mails: Any = tools.mail
    overtaken: Any = _Overtaken(tools.people, lambda: remove_user(BOSS, "u2", origin="", tools=tools, now=NOW))
    slow = replace(tools, people=overtaken)

    with pytest.raises(NotFound, match="user_unknown"):
        remove_user(BOSS, "u2", origin="", tools=slow, now=NOW)

    assert mails.sent == ["usuaria2@ejemplo.pe"]


class _Overtaken:
    """Somebody else does something right before the first commit."""

    def __init__(self, people: PeopleStore, first: Callable[[], object]) -> None:
        self._people, self._first = people, [first]

    def commit(self, change: PeopleChange) -> Mailbox:
        while self._first:
            self._first.pop()()
        return self._people.commit(change)


@pytest.mark.parametrize("against", [disable_user, remove_user])
def test_an_acceptance_and_the_end_of_that_users_access_do_not_both_happen(
    tools: AccessTools, against: Callable[..., Mailbox]
) -> None:
    def act(number: int) -> Mailbox:
        if number % 2:
            return accept_offer(SECOND, origin="", tools=tools, now=NOW)
        return against(BOSS, "u2", origin="", tools=tools, now=NOW)

    outcomes = at_once(TIMES, act)

    assert all(isinstance(one, Mailbox | _LOST) for one in outcomes)
    mailbox = mailbox_of(tools)
    has_accepted = mailbox.principal.user_id == "u2"
    user = mailbox.user("u2")
    is_out = user is None or user.state is UserState.DISABLED
    assert has_accepted != is_out
    check_whole(tools)


@pytest.mark.parametrize("who", ["withdrawn", "declined"])
def test_an_acceptance_and_the_end_of_the_offer_do_not_both_happen(tools: AccessTools, who: str) -> None:
    def act(number: int) -> Mailbox:
        if number % 2:
            return accept_offer(SECOND, origin="", tools=tools, now=NOW)
        if who == "withdrawn":
            return withdraw_offer(BOSS, origin="", tools=tools, now=NOW)
        return decline_offer(SECOND, origin="", tools=tools, now=NOW)

    outcomes = at_once(TIMES, act)

    assert all(isinstance(one, Mailbox | _LOST) for one in outcomes)
    kinds = [event.type for event in tools.events.list_for_subject(f"mailbox#{COMPANY}")]
    assert len(kinds) == 1
    assert (mailbox_of(tools).principal.user_id == "u2") == (kinds == ["principal.changed"])
    check_whole(tools)


def test_of_eight_acceptances_one_happens(tools: AccessTools) -> None:
    outcomes = at_once(TIMES, lambda _: accept_offer(SECOND, origin="", tools=tools, now=NOW))

    assert all(isinstance(one, Mailbox | _LOST) for one in outcomes)
    kinds = [event.type for event in tools.events.list_for_subject(f"mailbox#{COMPANY}")]
    assert kinds == ["principal.changed"]
    assert mailbox_of(tools).principal.user_id == "u2"
    check_whole(tools)


def test_an_operators_change_and_an_acceptance_leave_one_principal_and_whole_accounts(tools: AccessTools) -> None:
    wish = PrincipalWish(mailbox_id=COMPANY, username=THIRD, power=Power(page="11012345", entry="C00012"))

    def act(number: int) -> object:
        if number % 2:
            return accept_offer(SECOND, origin="", tools=tools, now=NOW)
        by = OperatorAct("operator:rquispe", "Cambio de gerente", tools.clock, tools.new_event_id)
        return change_principal(wish, act=by, tools=tools)

    outcomes = at_once(TIMES, act)

    assert all(isinstance(one, Mailbox | ChangedPrincipal | _LOST) for one in outcomes)
    kinds = [event.type for event in tools.events.list_for_subject(f"mailbox#{COMPANY}")]
    assert set(kinds) == {"principal.changed"}
    assert 1 <= len(kinds) <= 2
    check_whole(tools)


def test_of_two_offers_at_once_one_stands(tools: AccessTools) -> None:
    withdraw_offer(BOSS, origin="", tools=tools, now=NOW)
    box = replace(tools, hashing=tools.hashing)

    def act(number: int) -> Mailbox:
        boss = replace(BOSS, access_id=f"s{number}")
        wish = OfferWish(f"u{2 + number % 2}", PASSWORD)
        return offer_mailbox(boss, wish, origin="", tools=box, now=NOW + timedelta(seconds=number))

    outcomes = at_once(TIMES, act)

    assert all(isinstance(one, Mailbox | HandOverRefused | MailboxChanged) for one in outcomes)
    offer = mailbox_of(tools).hand_over
    assert offer
    of_other = [one for number, one in enumerate(outcomes) if f"u{2 + number % 2}" != offer.to]
    assert not [one for one in of_other if isinstance(one, Mailbox)]
    check_whole(tools)


def _same(at: datetime) -> datetime:
    return at


def test_nobody_who_looks_meanwhile_sees_two_principals_or_none(tools: AccessTools) -> None:
    is_over, seen = Flag(), set[int]()

    def look() -> None:
        while not is_over.is_set():
            seen.add(sum(user.is_principal for user in mailbox_of(tools).users))

    looker = Thread(target=look)
    looker.start()
    for turn in range(4):
        mailbox = mailbox_of(tools)
        boss = session_of(mailbox.principal, mailbox, NOW)
        other = next(user for user in mailbox.users if user.user_id in {"u1", "u2"} and not user.is_principal)
        at = NOW + timedelta(minutes=turn)
        wish = OfferWish(other.user_id, PASSWORD)
        offer_mailbox(boss, wish, origin="", tools=tools, now=at)
        accept_offer(session_of(other, mailbox, NOW), origin="", tools=replace(tools, clock=partial(_same, at)), now=at)
    is_over.set()
    looker.join()
    assert seen == {1}
    check_whole(tools)
