"""What a way in by the identity provider costs in round trips to AWS; docs/architecture.md tells the same figures."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from chalicelib.domain.access.account import Account
from chalicelib.domain.mailbox import AcceptedText, UserState
from chalicelib.renderers.portal_texts import portal_texts
from infra.local.identity.server import IdentitySimulator, running
from tests.costs import measure
from tests.deposit_world import NOW
from tests.identity_world import ANSWER, DNI, ENTRIES, START, Identities, identities


@pytest.fixture(scope="module")
def simulator() -> Iterator[IdentitySimulator]:
    with running(slow_seconds=1) as simulator:
        yield simulator


@pytest.fixture
def way(aws: dict[str, str], simulator: IdentitySimulator) -> Iterator[Identities]:
    with identities(aws, simulator) as way:
        way.browser().people.tools.accounts.add(
            Account(f"1-{DNI}", "u1", f"1-{DNI}", UserState.ACTIVE, accepted=_accepted())
        )
        way.come_back(way.browser())  # makes every client
        yield way


def _accepted() -> tuple[AcceptedText, ...]:
    """Have accepted what is in force, so that no text of before is looked for in the mailbox."""
    return tuple(AcceptedText(text, version, NOW, "192.0.2.1") for text, version in portal_texts().current.items())


def test_the_login_page_and_going_to_the_provider_take_no_call(way: Identities) -> None:
    browser = way.browser()
    assert measure(lambda: browser.get("/ingresar"), 200).calls == 0
    assert measure(lambda: browser.post(START), 303).calls == 0


def test_its_answer_takes_three_hops_and_six_calls(way: Identities) -> None:
    browser = way.browser()
    back = way.authenticate(way.begin(browser))
    book = measure(lambda: browser.get(back), 303)
    assert (book.hops, book.calls) == (3, 6)
    assert measure(lambda: browser.get(back), 303).calls == 0


def test_an_answer_to_nothing_takes_no_call_for_the_refusal(way: Identities) -> None:
    browser = way.browser()
    way.begin(browser)
    assert measure(lambda: browser.get(f"{ANSWER}?code=x&state=x"), 401).calls == 0


def test_the_mailboxes_take_two_hops_and_getting_into_one_three(way: Identities) -> None:
    browser = way.browser()
    way.come_back(browser)
    shown = measure(lambda: browser.get(ENTRIES), 200)
    assert shown.operations == ["Query", "BatchGetItem"]
    entered = measure(lambda: way.enter(browser), 303)
    assert (entered.hops, entered.calls) == (3, 5)
