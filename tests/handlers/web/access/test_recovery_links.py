"""What the link of a forgotten password says when it is opened: whether it counts, and how to get another (ACC-3)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from chalice.test import HTTPResponse

from bench.ledger import ledger
from chalicelib.domain.mailbox import UserState
from tests.browser_requests import Browser, check_html, text_of
from tests.person_world import EMAIL, NEW, USERNAME

INVENTED = "/recuperar/" + "x" * 43
FORM = 'name="new_password"'


@pytest.fixture
def link(browser: Browser) -> str:
    browser.people.ask_reset()
    return f"/recuperar/{browser.people.link_sent()}"


def seen(answer: HTTPResponse) -> str:
    html = text_of(answer)
    check_html(html)
    return html


def choose(browser: Browser, link: str, password: str = NEW) -> HTTPResponse:
    return browser.post(link, None, new_password=password, new_password_repeated=password)


def test_a_link_in_time_asks_for_the_password_however_often_it_is_opened(browser: Browser, link: str) -> None:
    for _ in range(3):
        answer = browser.get(link)
        assert answer.status_code == 200
        assert FORM in seen(answer)
    assert choose(browser, link).status_code == 200


def test_an_expired_link_says_so_and_its_button_sends_one_new_link(browser: Browser, link: str) -> None:
    browser.people.world.clock.advance(days=2, seconds=1)
    sent = len(browser.people.mails())
    for _ in range(2):
        page = browser.get(link)
        assert page.status_code == 410
        assert "Este enlace venció" in seen(page)
        assert FORM not in text_of(page)
        assert f'<form method="post" action="{link}/otro">' in text_of(page)
    assert len(browser.people.mails()) == sent

    renewed = browser.submit(page, f"{link}/otro")
    assert renewed.status_code == 200
    assert "Te enviamos uno nuevo" in seen(renewed)
    assert len(browser.people.mails()) == sent + 1
    assert FORM in seen(browser.get(f"/recuperar/{browser.people.link_sent()}"))

    again = browser.submit(page, f"{link}/otro")
    assert again.status_code == 410
    assert "busca el correo más reciente" in seen(again)
    assert len(browser.people.mails()) == sent + 1


def test_the_button_sends_nothing_for_a_link_that_still_counts(browser: Browser, link: str) -> None:
    sent = len(browser.people.mails())
    answer = browser.post(f"{link}/otro", None)
    assert (answer.status_code, answer.headers["Location"]) == (303, link)
    assert len(browser.people.mails()) == sent


def test_a_form_sent_after_its_link_expired_sends_a_new_one_and_says_so(browser: Browser, link: str) -> None:
    browser.people.world.clock.advance(days=3)
    sent = len(browser.people.mails())
    answer = choose(browser, link)
    assert answer.status_code == 410
    assert "Te enviamos uno nuevo al correo" in seen(answer)
    assert len(browser.people.mails()) == sent + 1


def test_a_used_link_says_so_and_leads_on(browser: Browser, link: str) -> None:
    choose(browser, link)
    answer = browser.get(link)
    assert answer.status_code == 410
    assert "Este enlace no sirve" in seen(answer)
    assert FORM not in text_of(answer)
    assert 'href="/olvide-mi-clave"' in text_of(answer)


def test_used_and_invented_links_and_those_of_who_may_not_enter_look_alike(browser: Browser, link: str) -> None:
    invented = text_of(browser.get(INVENTED))
    accounts = browser.people.tools.accounts
    account = accounts.find(USERNAME)
    assert account is not None
    accounts.update(replace(account, state=UserState.DISABLED))
    assert text_of(browser.get(link)) == invented
    enabled = accounts.find(USERNAME)
    assert enabled is not None
    accounts.update(replace(enabled, state=UserState.ACTIVE))
    assert choose(browser, link).status_code == 200
    assert text_of(browser.get(link)) == invented


def test_what_is_typed_for_a_link_that_counts_no_more_is_not_asked_for_again(browser: Browser, link: str) -> None:
    choose(browser, link)
    answer = browser.post(link, None, new_password="a", new_password_repeated="b")
    assert answer.status_code == 410
    assert FORM not in seen(answer)


def test_an_invented_link_costs_one_read_and_writes_nothing(browser: Browser) -> None:
    browser.get(INVENTED)  # makes every client
    ways: list[Callable[[], HTTPResponse]] = [
        lambda: browser.get(INVENTED),
        lambda: browser.post(f"{INVENTED}/otro"),
        lambda: choose(browser, INVENTED, "corta"),
    ]
    for ask in ways:
        with ledger() as book:
            assert ask().status_code == 410
        assert book.operations == ["GetItem"]


def test_looking_at_a_link_costs_two_reads(browser: Browser, link: str) -> None:
    browser.get(link)  # makes every client
    with ledger() as book:
        browser.get(link)
    assert (book.hops, book.operations) == (2, ["GetItem", "BatchGetItem"])


def test_whose_link_it_is_stands_on_no_page_of_it(browser: Browser, link: str) -> None:
    pages = [text_of(browser.get(link))]
    browser.people.world.clock.advance(days=3)
    pages.append(text_of(browser.get(link)))
    for page in pages:
        assert USERNAME not in page
        assert EMAIL not in page
