"""Requests that no page of the portal sends, but browsers, proxies and strangers do."""

from __future__ import annotations

import pytest

from app import app
from chalicelib.handlers.cookies import DRAFT_COOKIE, SESSION_COOKIE, read_cookies
from chalicelib.handlers.page_request import BUTTONS
from tests.browser_requests import Browser, text_of
from tests.person_world import PASSWORD

FOREIGN = ['foo={"a":1}', 'foo="unterminated', "ñ=1", "x@y:z=1", "a b=c", "=x", "a,b=c", "", "__Host-other=1"]


@pytest.mark.parametrize("foreign", FOREIGN)
def test_cookies_of_others_do_not_hide_our_own(browser: Browser, foreign: str) -> None:
    browser.enter()
    own = f"{SESSION_COOKIE}={browser.cookies.pop(SESSION_COOKIE)}"
    for jar in (f"{foreign}; {own}", f"{own}; {foreign}"):
        assert browser.get("/clave", {"cookie": jar}).status_code == 200


BLANKS = ["\x85", "\xa0", "\x0b", "\x0c", "\x1c", "\x1f", "\u2003", "\u3000", "\ufeff", "\r", "\n"]
"""What Python takes for blanks, or a reader may, and browsers do not."""


@pytest.mark.parametrize("blank", BLANKS)
def test_a_cookie_of_a_longer_name_is_not_ours(browser: Browser, blank: str) -> None:
    browser.enter()
    own = f"{SESSION_COOKIE}={browser.cookies.pop(SESSION_COOKIE)}"
    for name in (f"{blank}{SESSION_COOKIE}", f"{SESSION_COOKIE}{blank}", f" {blank}{SESSION_COOKIE}\t"):
        for jar in (f"{name}=of-a-stranger; {own}", f"{own}; {name}=of-a-stranger"):
            assert read_cookies(jar).values == {SESSION_COOKIE: own.partition("=")[2]}
            assert browser.get("/clave", {"cookie": jar}).status_code == 200
        assert not read_cookies(f"{name}=of-a-stranger").values


def test_blanks_that_belong_to_a_value_stay(browser: Browser) -> None:
    browser.enter()
    own = browser.cookies.pop(SESSION_COOKIE)
    assert browser.get("/clave", {"cookie": f"\t{SESSION_COOKIE}\t= {own} "}).status_code == 200
    assert browser.get("/clave", {"cookie": f"{SESSION_COOKIE}={own}\xa0"}).status_code == 303


def test_of_a_cookie_that_comes_twice_none_counts_and_the_browser_forgets_both(browser: Browser) -> None:
    browser.enter()
    own = f"{SESSION_COOKIE}={browser.cookies.pop(SESSION_COOKIE)}"
    for jar in (f"{own}; {SESSION_COOKIE}=of-a-stranger", f"{SESSION_COOKIE}=of-a-stranger; {own}", f"{own}; {own}"):
        refused = browser.get("/clave", {"cookie": jar})
        assert refused.headers["Location"].startswith("/ingresar")
        assert refused.headers["Clear-Site-Data"] == '"cookies"'
        assert browser.get("/no-hay/nada", {"cookie": jar}).headers["Clear-Site-Data"] == '"cookies"'
        sent = browser.post("/clave", {"cookie": jar, "sec-fetch-site": "same-origin"})
        assert sent.headers["Location"].startswith("/ingresar")
        assert "Clear-Site-Data" not in sent.headers
    assert "Clear-Site-Data" not in browser.get("/clave", {"cookie": own}).headers


def test_one_cookie_that_comes_twice_leaves_the_others(browser: Browser) -> None:
    browser.enter()
    own = f"{SESSION_COOKIE}={browser.cookies.pop(SESSION_COOKIE)}"
    jar = f"{DRAFT_COOKIE}=a; {own}; {DRAFT_COOKIE}=b"
    assert read_cookies(jar).repeated == (DRAFT_COOKIE,)
    assert browser.get("/clave", {"cookie": jar}).status_code == 200


@pytest.mark.parametrize("blank", BLANKS[:6])
def test_a_token_has_no_blanks_but_spaces_before_it(browser: Browser, blank: str) -> None:
    browser.enter()
    token = browser.cookies[SESSION_COOKIE]
    assert browser.people.send("GET", "/v1/sessions/current", token=f" {token}").status_code == 200
    assert browser.people.send("GET", "/v1/sessions/current", token=token + blank).status_code == 401


@pytest.mark.parametrize("header", ["origin", "referer"])
def test_an_origin_that_is_no_address_is_not_ours(browser: Browser, header: str) -> None:
    assert browser.post("/ingresar", {header: "http://["}).status_code == 403


@pytest.mark.parametrize("year", ["9" * 5000, "²⁰²⁶", "20 26", "-2026", "0000"])
def test_a_year_that_is_none_is_told_beside_its_field(browser: Browser, year: str) -> None:
    browser.enter()
    answer = browser.post("/casilla/copia", None, csrf=browser.csrf(), anio=year)
    assert answer.status_code == 422
    assert "un año de cuatro cifras" in text_of(answer)


@pytest.mark.parametrize("path", ["/descargas/{}", "/casilla/{}", "/recuperar/{}", "/usuarios/{}/deshabilitar"])
def test_an_endless_address_leads_nowhere(browser: Browser, path: str) -> None:
    browser.enter()
    assert browser.get(path.format("x" * 3000)).status_code == 404


def test_an_endless_address_of_the_api_leads_nowhere(browser: Browser) -> None:
    people = browser.people
    browser.enter()
    token = browser.cookies[SESSION_COOKIE]
    for method, path in (("GET", "/v1/exports/"), ("DELETE", "/v1/sessions/"), ("GET", "/v1/notices/")):
        answer = people.send(method, path + "x" * 3000, token=token)
        assert (answer.status_code, answer.json_body["code"]) == (404, "route_not_found")


def test_whoever_opens_a_buttons_address_is_led_to_the_buttons_page(browser: Browser) -> None:
    for route, methods in app.routes.items():
        views = {method: entry.view_function for method, entry in methods.items()}
        if "POST" in views and getattr(views["POST"], "is_page", False):
            assert "GET" in views, route
    assert browser.get("/casilla/AB%2FC/anexos").headers["Location"] in {"/casilla/AB%2FC", "/casilla/AB%252FC"}
    for route, page in BUTTONS.items():
        assert "GET" in app.routes[page], route
        assert browser.get(route.replace("{", "").replace("}", "")).status_code == 303


def test_one_comes_back_to_a_long_search_as_well(browser: Browser) -> None:
    wanted = "/casilla/buscar?campo=asunto&operador=contiene&valor=" + "%C3%B1" * 150
    assert browser.log_in(volver=wanted).headers["Location"] == wanted


@pytest.mark.parametrize("path", ["/nada", "/registro/nada", "/casilla/x/nada", "/a/b/c/d"])
def test_a_mistyped_address_leads_back_by_a_page(browser: Browser, path: str) -> None:
    answer = browser.get(path)
    assert answer.status_code == 404
    assert "Esta página no existe" in text_of(answer)


def test_a_program_is_told_of_a_mistyped_address_as_of_everything_else(browser: Browser) -> None:
    answer = browser.get("/v1/nada")
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/problem+json")
    assert answer.json_body["code"] == "route_not_found"


def test_a_field_that_a_form_does_not_have_changes_nothing(browser: Browser) -> None:
    """An extension of the browser may add one that is called like a field of the API."""
    assert browser.log_in(email_code="x").status_code == 303
    validated = browser.submit(browser.get("/validar"), "/validar", password=PASSWORD, email_code="x")
    assert validated.status_code == 303
    mobile = browser.submit(browser.get("/perfil/celular"), "/perfil/celular", mobile="912345678", name="x")
    assert (mobile.status_code, mobile.headers["Location"]) == (303, "/perfil?hecho=celular")
