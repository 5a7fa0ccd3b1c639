"""Where a person has two mailboxes of former times, each page says where new notices arrive and how to get there."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from bench.ledger import ledger
from chalicelib.bootstrap.storage import mailbox_store
from chalicelib.domain.access.account import Account
from chalicelib.domain.mailbox import DocumentType, Holder, Mailbox, UserState
from chalicelib.handlers.cookies import SESSION_COOKIE
from chalicelib.services.access.sessions import open_session
from chalicelib.store.tables import MailboxItem
from tests.browser_requests import Browser, check_html, text_of
from tests.deposit_world import a_body, a_mailbox, a_user

BY_DNI, BY_RUC = "1-40000002", "8-10400000021"
_TO_RUC: dict[str, Any] = {"recipient": {"document_type": "RUC", "document_number": BY_RUC[2:]}}


def the_ruc_s(**overrides: Any) -> Mailbox:
    holder = Holder(DocumentType.RUC, BY_RUC[2:], "QUISPE DEMO MARÍA ÑUSTA")
    return a_mailbox(mailbox_id=BY_RUC, holder=holder, users=(a_user(3, is_principal=True),), **overrides)


def put(browser: Browser, mailbox: Mailbox) -> None:
    mailbox_store(browser.people.world.container).put(mailbox)


def page(browser: Browser, address: str = "/casilla") -> str:
    html = text_of(browser.get(address))
    check_html(html)
    return " ".join(re.sub(r"<[^>]+>", "", html).split())


def deposit(browser: Browser, key: str, **overrides: Any) -> str:
    answer = browser.people.world.deposit({**a_body(), **overrides}, key=key)
    assert answer.status_code == 201, answer.json_body
    return str(answer.json_body["recipient"]["mailbox"])


def enter_by_ruc(browser: Browser) -> None:
    """Log in as the principal user of the former mailbox, whose account is as any other."""
    tools, now = browser.people.tools, browser.people.world.clock()
    tools.accounts.add(Account(BY_RUC, "u3", BY_RUC, UserState.ACTIVE))
    account = tools.accounts.find(BY_RUC)
    assert account is not None
    opened = open_session(account, tools.new_secret(), origin="192.0.2.1", sessions=tools.sessions, now=now)
    browser.cookies[SESSION_COOKIE] = opened.cookie


@pytest.mark.parametrize(
    ("unread", "told"),
    [(0, "sin notificaciones por leer"), (1, "con 1 notificación por leer"), (2, "con 2 notificaciones por leer")],
)
def test_the_one_by_dni_tells_how_many_wait_in_the_other_and_how_to_get_there(
    visitor: Browser, unread: int, told: str
) -> None:
    put(visitor, the_ruc_s())
    MailboxItem(BY_RUC).update([MailboxItem.deposited.set(unread + 3), MailboxItem.opened.set(3)])

    shown = page(visitor)

    assert f"Tienes otra casilla, la {BY_RUC}, {told}." in shown
    assert "Las notificaciones nuevas llegan aquí." in shown
    assert f"ingresa con el usuario {BY_RUC}" in shown
    assert 'href="/olvide-mi-clave"' in text_of(visitor.get("/casilla"))


def test_the_one_by_ruc_stays_readable_and_says_where_new_notices_arrive(visitor: Browser) -> None:
    MailboxItem(BY_DNI).delete()
    put(visitor, the_ruc_s())
    assert deposit(visitor, "antes") == BY_RUC
    put(visitor, a_mailbox())
    assert deposit(visitor, "despues", **_TO_RUC) == BY_DNI
    enter_by_ruc(visitor)

    shown = page(visitor)

    assert f"Las notificaciones nuevas llegan a la casilla {BY_DNI}." in shown
    assert f"ingresa con el usuario {BY_DNI}" in shown
    assert "Pendientes por leer (1)" in shown
    assert "Tienes otra casilla" not in shown
    assert "quién representa" not in shown  # a person needs nobody
    [address] = re.findall(r'href="(/casilla/[0-9A-Z-]{10,})"', text_of(visitor.get("/casilla")))
    assert visitor.submit(visitor.get(address), address).status_code == 303
    assert "Pendientes por leer (0)" in page(visitor)


def test_who_has_one_mailbox_reads_of_no_other(visitor: Browser) -> None:
    assert "otra casilla" not in page(visitor)
    MailboxItem(BY_DNI).delete()
    put(visitor, the_ruc_s())
    enter_by_ruc(visitor)
    assert "llegan a la casilla" not in page(visitor)


def test_secondary_users_of_the_one_are_told_nothing_of_what_is_in_the_other(visitor: Browser) -> None:
    """They were let into one of the two; how many notices the other holds is not theirs."""
    users = (a_user(1, is_principal=False), a_user(2, is_principal=True))
    put(visitor, replace(a_mailbox(), users=users))
    put(visitor, the_ruc_s())

    assert BY_RUC not in page(visitor)


def test_the_other_mailbox_costs_the_page_no_call(visitor: Browser) -> None:
    page(visitor)
    put(visitor, the_ruc_s())

    with ledger() as book:
        visitor.get("/casilla")

    assert (book.hops, sorted(book.operations)) == (2, ["BatchGetItem", "BatchGetItem", "Query"])
