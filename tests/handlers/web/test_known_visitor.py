"""Pages that anybody may read know who is inside: one read with the cookie, none without, and no page fails by it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from chalice.test import HTTPResponse

from bench.ledger import ledger
from chalicelib.bootstrap import Container, using
from chalicelib.bootstrap.session import impatient_session_store
from chalicelib.domain.errors import Unavailable
from chalicelib.handlers.cookies import SESSION_COOKIE
from chalicelib.handlers.door import PUBLIC
from chalicelib.handlers.doors import DOORS
from tests.browser_requests import Browser, check_html, text_of
from tests.gateway_requests import Lines
from tests.person_world import NEW, USERNAME

WHO = f"<p><span>Bienvenida/o <strong>{USERNAME}</strong>"
TO_LOGIN = '<li><a href="/ingresar">'
ADDRESSES = sorted(
    re.sub(r"{\w+}", "x", door.path)
    for door in DOORS
    if (door.kind, door.method, door.access) == ("web", "GET", PUBLIC) and door.target != "web.missing:lead_back"
)
NO_PAGES = {"/static/x", "/.well-known/security.txt"}
READABLE = ("/", "/normativas", "/preguntas-frecuentes", "/terminos", "/privacidad", "/interrupciones", "/nada")


def shown(answer: HTTPResponse) -> str:
    html = text_of(answer)
    check_html(html)
    return html


@pytest.mark.parametrize("address", [one for one in ADDRESSES if one not in NO_PAGES])
def test_a_public_page_says_who_is_inside_and_offers_the_mailbox(browser: Browser, address: str) -> None:
    stranger = browser.get(address)
    if stranger.status_code == 303:  # it leads on, whoever asks
        browser.enter()
        assert browser.get(address).status_code == 303
        return
    assert WHO not in shown(stranger)
    has_own_way_in = address.startswith(("/entidad/", "/plataforma/"))
    assert (TO_LOGIN in text_of(stranger)) is not has_own_way_in

    browser.enter()
    answer = browser.get(address)

    html = shown(answer)
    assert WHO in html
    assert '<a href="/casilla">Mi casilla</a>' in html
    assert TO_LOGIN not in html
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("status", [404, 405, 413, 403])
def test_a_refusal_says_so_too(browser: Browser, status: int) -> None:
    browser.enter()
    answers = {
        404: lambda: browser.get("/casila"),
        405: lambda: browser.people.world.client.http.request(
            "PUT", "/ingresar", headers={"cookie": f"{SESSION_COOKIE}={browser.cookies[SESSION_COOKIE]}"}, body=b""
        ),
        413: lambda: browser.post("/ingresar", None, username="x" * 70_000),
        403: lambda: browser.post("/ingresar", {"sec-fetch-site": "cross-site"}),
    }
    answer = answers[status]()
    assert answer.status_code == status
    assert WHO in shown(answer)
    assert '<a href="/casilla">Volver a tu casilla</a>' in text_of(answer)


def test_a_stranger_costs_nothing_and_who_is_inside_one_read(browser: Browser) -> None:
    def calls(address: str) -> list[str]:
        with ledger(latency_s=0) as book:
            browser.get(address)
        return book.operations

    browser.get("/")  # makes what every page has
    assert [calls(address) for address in READABLE] == [[]] * len(READABLE)
    browser.enter()
    assert [calls(address) for address in READABLE] == [["BatchGetItem"]] * len(READABLE)
    [style] = re.findall(r'href="(/static/casilla\.[0-9a-f]{12}\.css)"', text_of(browser.get("/")))
    assert calls(style) == calls("/salir") == []


def test_whoever_has_a_cookie_that_opens_nothing_is_a_stranger_and_keeps_it(browser: Browser) -> None:
    browser.enter()
    ended = browser.cookies[SESSION_COOKIE]
    browser.people.world.clock.advance(hours=9)
    for cookie in (ended, "x", f"{'A' * 43}.{'0' * 32}"):
        browser.cookies[SESSION_COOKIE] = cookie
        for address in (*READABLE, "/ingresar", "/registro/terminos"):
            answer = browser.get(address)
            assert WHO not in shown(answer)
            assert TO_LOGIN in text_of(answer)
            assert browser.cookies[SESSION_COOKIE] == cookie  # a login in another tab may have set a newer one


class Unread:
    """A store that fails, and counts."""

    def __init__(self, error: Exception) -> None:
        self.error, self.times = error, 0

    def find_with(self, *_: Any) -> tuple[None, dict[Any, Any]]:
        self.times += 1
        raise self.error


@pytest.mark.parametrize("error", [Unavailable("store_unavailable", ""), RuntimeError("lo que sea")])
def test_a_session_that_cannot_be_read_breaks_no_page(browser: Browser, error: Exception, lines: Lines) -> None:
    made: dict[Any, Any] = browser.people.world.container.made
    browser.enter()
    browser.get("/")
    readable = made[impatient_session_store]
    made[impatient_session_store] = store = Unread(error)
    try:
        answers = [browser.get(address) for address in READABLE]
    finally:
        made[impatient_session_store] = readable

    assert [answer.status_code for answer in answers] == [200] * 6 + [404]
    assert all(TO_LOGIN in shown(answer) for answer in answers)
    assert store.times == len(READABLE)
    told = [line for line in lines if line["message"] == "session unread"]
    assert len(told) == len(READABLE)
    assert browser.cookies[SESSION_COOKIE] not in str(told)


def test_no_page_waits_for_it(browser: Browser) -> None:
    config: Any = impatient_session_store(browser.people.world.container)._connection.client.meta.config  # noqa: SLF001
    assert (config.connect_timeout, config.read_timeout) == (0.5, 0.5)
    assert config.retries["total_max_attempts"] == 1


def test_the_home_page_leads_whoever_is_inside_to_the_mailbox_only(browser: Browser) -> None:
    browser.enter()
    html = shown(browser.get("/"))
    assert '<a class="button" href="/casilla">Mi casilla</a>' in html
    assert 'href="/ingresar"' not in html
    assert 'href="/registro"' not in html


@pytest.mark.parametrize("address", ["/ingresar", "/ingresar?salida=si", "/ingresar/codigo"])
def test_the_login_says_who_is_inside_and_offers_both(browser: Browser, address: str) -> None:
    browser.enter()
    html = shown(browser.get(address))
    assert "Ya estás dentro" in html
    assert 'name="password"' not in html
    assert "Cerraste tu sesión" not in html
    assert '<a class="button" href="/casilla">Mi casilla</a>' in html

    left = browser.submit(browser.get(address), "/salir")
    assert left.headers["Location"] == "/ingresar?salida=si"
    assert 'name="password"' in shown(browser.get(left.headers["Location"]))


@pytest.mark.parametrize(
    ("wanted", "led"),
    [("/casilla/buscar%3Fcampo=asunto", "/casilla/buscar?campo=asunto"), ("/perfil", "/perfil")],
)
def test_who_is_inside_goes_on_to_the_page_that_was_wanted(browser: Browser, wanted: str, led: str) -> None:
    browser.enter()
    for address in ("/ingresar", "/ingresar/codigo"):
        answer = browser.get(f"{address}?volver={wanted}")
        assert (answer.status_code, answer.headers["Location"]) == (303, led)


def test_it_leads_nobody_elsewhere_or_round_in_circles(browser: Browser) -> None:
    browser.enter()
    for wanted in ("//otro.ejemplo", "https://otro.ejemplo", ""):
        assert "Ya estás dentro" in shown(browser.get(f"/ingresar?volver={wanted}"))
    again = browser.get("/ingresar?volver=/ingresar").headers["Location"]
    assert "Ya estás dentro" in shown(browser.get(again))


def test_who_has_to_change_the_password_or_accept_texts_is_led_there(browser: Browser) -> None:
    browser.enter(temporary_until=browser.people.world.clock() + timedelta(days=1), must_change_password=True)
    assert "Ya estás dentro" in shown(browser.get("/ingresar"))
    assert browser.get("/casilla").headers["Location"] == "/clave"
    accounts = browser.people.tools.accounts
    account = accounts.find(USERNAME)
    assert account
    accounts.update(replace(account, accepted=()))
    browser.cookies.clear()
    browser.log_in()
    assert "Ya estás dentro" in shown(browser.get("/ingresar"))
    assert browser.get("/casilla").headers["Location"].startswith("/textos")


def test_a_registration_begun_inside_says_whose_mailbox_is_open(browser: Browser) -> None:
    box = browser.people.world.container
    browser.enter()
    registries = {"reniec_url": "http://127.0.0.1:1", "sunat_url": "http://127.0.0.1:1"}
    with using(Container(replace(box.config, **registries), clock=box.clock)):
        answer = browser.get("/registro/terminos")
    assert "Sigue solo si quieres registrar otra" in shown(answer)
    assert 'name="accepted"' in text_of(answer)


def test_a_password_that_was_set_by_a_link_shows_nobody_inside(browser: Browser) -> None:
    browser.enter()
    browser.people.ask_reset()
    link = f"/recuperar/{browser.people.link_sent()}"
    assert WHO in shown(browser.get(link))
    browser.people.world.clock.advance(seconds=1)
    answer = browser.post(link, None, new_password=NEW, new_password_repeated=NEW)
    assert answer.status_code == 200
    assert WHO not in shown(answer)
