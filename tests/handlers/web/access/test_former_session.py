"""A login ends the session that the browser came with (ASVS 5.0, 7.2.4)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.domain.session import MOST_SESSIONS
from chalicelib.handlers.cookies import SESSION_COOKIE
from chalicelib.services.access.sessions import open_session
from tests.access_world import an_account
from tests.browser_requests import Browser, check_html, text_of
from tests.person_world import USERNAME


def is_open(browser: Browser, cookie: str) -> bool:
    return browser.people.tools.sessions.find(cookie, browser.people.world.clock()) is not None


def test_a_login_ends_the_session_that_the_browser_had(browser: Browser) -> None:
    browser.enter()
    former = browser.cookies[SESSION_COOKIE]
    assert browser.log_in().status_code == 303
    assert browser.cookies[SESSION_COOKIE] != former
    assert is_open(browser, browser.cookies[SESSION_COOKIE])
    assert not is_open(browser, former)


def test_it_ends_whosever_the_session_was_and_no_other_of_theirs(browser: Browser) -> None:
    tools, now = browser.people.tools, browser.people.world.clock()
    other = replace(an_account(), user_id="u2", username="1-40000099", mailbox_id="1-40000099")
    here, elsewhere = (
        open_session(other, tools.new_secret(), origin="", sessions=tools.sessions, now=now) for _ in range(2)
    )
    browser.cookies[SESSION_COOKIE] = here.cookie
    assert browser.log_in().status_code == 303
    assert (is_open(browser, here.cookie), is_open(browser, elsewhere.cookie)) == (False, True)


def test_a_login_that_is_refused_ends_nothing(browser: Browser) -> None:
    browser.enter()
    former = browser.cookies[SESSION_COOKIE]
    assert browser.log_in(password="Otra-clave-8").status_code == 401
    assert is_open(browser, former)


def test_a_cookie_that_opens_nothing_keeps_nobody_out(browser: Browser) -> None:
    for cookie in ("x", f"{'A' * 43}.{'0' * 32}"):
        browser.cookies[SESSION_COOKIE] = cookie
        assert browser.log_in(username=USERNAME).status_code == 303


@pytest.mark.parametrize(
    ("wanted", "led"),
    [
        ("", "/casilla?sesion=cerrada"),
        ("/casilla/buscar?campo=asunto&valor=agua", "/casilla/buscar?campo=asunto&valor=agua&sesion=cerrada"),
        ("/perfil#accesos", "/perfil?sesion=cerrada#accesos"),
    ],
)
def test_the_page_after_a_login_that_ended_an_older_session_says_so(browser: Browser, wanted: str, led: str) -> None:
    browser.log_in()
    assert "cerramos la más antigua" not in text_of(browser.get("/casilla"))
    for _ in range(MOST_SESSIONS):
        browser.enter()
    browser.cookies.clear()
    answer = browser.log_in(volver=wanted)
    assert answer.headers["Location"] == led
    page = text_of(browser.get(led.partition("#")[0]))
    check_html(page)
    assert '<div class="box" role="status"><p>Ya tenías diez sesiones abiertas' in page
