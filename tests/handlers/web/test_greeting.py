"""Every page of a session greets by name and says for whom one acts; every page says who helps."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.bootstrap.storage import mailbox_store
from chalicelib.domain.session import Session
from chalicelib.handlers.cookies import SESSION_COOKIE
from chalicelib.renderers.portal import portal
from tests.browser_requests import Browser, text_of
from tests.company_world import COMPANY, OTHER, a_company, seed_company
from tests.person_world import USERNAME


def greeting(browser: Browser, address: str = "/clave") -> str:
    """Return the words of the bar that tells whose session it is."""
    [bar] = re.findall(r'<section class="who".*?<p>(.*?)</p>', text_of(browser.get(address)), re.DOTALL)
    return " ".join(re.sub(r"<[^>]*>", "", bar).split()).partition(" Tu verificación")[0]


def rename(browser: Browser, name: str) -> None:
    """Call the person otherwise, as an operator's correction does: in the account and in the mailbox."""
    account, store = browser.people.tools.accounts.find(USERNAME), mailbox_store(browser.people.world.container)
    mailbox = store.find(USERNAME)
    assert account is not None
    assert mailbox is not None
    browser.people.tools.accounts.update(replace(account, name=name))
    store.put(replace(mailbox, holder=replace(mailbox.holder, name=name)))


def test_the_name_stands_on_every_page_and_the_number_does_not(browser: Browser) -> None:
    rename(browser, "Rosa Ejemplo Ficticia")
    browser.log_in()
    for address in ("/clave", "/casilla", "/casilla/buscar", "/usuarios", "/perfil", "/mis-datos", "/casilla/AAAA"):
        assert greeting(browser, address) == "Bienvenida/o Rosa Ejemplo Ficticia"


def test_a_corrected_name_shows_from_the_next_login(browser: Browser) -> None:
    rename(browser, "Rosa Ejenplo")
    browser.log_in()
    rename(browser, "Rosa Ejemplo")
    assert greeting(browser) == "Bienvenida/o Rosa Ejenplo"
    browser.log_in()
    assert greeting(browser) == "Bienvenida/o Rosa Ejemplo"


def test_who_acts_for_a_company_is_told_for_which(browser: Browser) -> None:
    company = a_company()
    seed_company(browser.people.tools, browser.people.world.container, company)
    for username, user in ((COMPANY, company.users[0]), (OTHER, company.users[1])):
        browser.cookies.clear()
        browser.log_in(username=username)
        assert greeting(browser) == f"Bienvenida/o {user.name} Casilla de {company.holder.name}"


def test_a_session_from_before_names_were_kept_shows_the_username(browser: Browser) -> None:
    sessions, now, secret = browser.people.tools.sessions, browser.people.world.clock(), "0" * 43
    session_id = sessions.session_id(secret)
    sessions.add(Session(session_id, session_id, "u1", USERNAME, USERNAME, now, validated_at=now), secret)
    browser.cookies[SESSION_COOKIE] = sessions.cookie(secret, "u1")
    assert greeting(browser) == f"Bienvenida/o {USERNAME}"


@pytest.mark.parametrize(
    ("method", "address", "status"),
    [
        ("get", "/", 200),
        ("get", "/ingresar", 200),
        ("get", "/no-existe", 404),
        ("get", "/recuperar/inventado", 410),
        ("post", "/ingresar", 403),
        ("post", "/preguntas-frecuentes", 405),
    ],
)
def test_every_page_says_who_helps_and_when_and_where(browser: Browser, method: str, address: str, status: int) -> None:
    given: dict[str, Any] = {"headers": {"sec-fetch-site": "cross-site"}} if method == "post" else {}
    answer = getattr(browser, method)(address, **given)
    footer = text_of(answer).partition("<footer>")[2]
    assert answer.status_code == status
    for said in (portal().help_email, portal().help_phone, portal().help_hours, portal().help_address):
        assert said in footer
