"""What holds for every page: who may see it, which headers it has, where its forms may come from."""

from __future__ import annotations

import re

import pytest
from chalice.test import HTTPResponse

from chalicelib.handlers.door import FORM_WITH_FILES, MAILBOX, SESSION, STAFF, Door
from chalicelib.handlers.doors import DOORS
from chalicelib.handlers.fault import PAGE_HEADERS
from tests.browser_requests import Browser, check_html, cookies_of, text_of

EVERY_ANSWER = {
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}
EVERY_PAGE = {
    **EVERY_ANSWER,
    "Content-Security-Policy": PAGE_HEADERS["Content-Security-Policy"],
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


ROUTES = [(door.method, door.path, door.access, door.kind == "web") for door in DOORS]
NO_PAGES = {"/static/{name}", "/.well-known/security.txt"}
PAGES = [(method, path, access) for method, path, access, is_page in ROUTES if is_page]
OF_SESSIONS = [door for door in DOORS if door.kind == "web" and door.access in {MAILBOX, SESSION}]
OF_STAFF = [door for door in DOORS if door.access in STAFF]


def _address(path: str) -> str:
    return re.sub(r"{\w+}", "x", path)


def _post(browser: Browser, door: Door, **fields: str) -> HTTPResponse:
    if door.bodies == FORM_WITH_FILES:
        return browser.post_file(_address(door.path), "", b"", None, **fields)
    return browser.post(_address(door.path), None, **fields)


def test_every_answer_has_its_headers(browser: Browser) -> None:
    for method, path, _, is_page in ROUTES:
        form = {"content-type": "application/x-www-form-urlencoded" if is_page else "application/json"}
        sent = {"sec-fetch-site": "same-origin", **(form if method == "POST" else {})}

        answer = browser.people.world.client.http.request(method, _address(path), headers=sent, body=b"")

        told = f"{method} {path}"
        assert answer.status_code != 500, told
        wanted = EVERY_PAGE if is_page else EVERY_ANSWER
        assert {name: answer.headers.get(name) for name in wanted} == wanted, told
        assert answer.headers["Cache-Control"] == "no-store", told
        assert "X-Correlation-Id" in answer.headers, told
        for line in cookies_of(answer):
            assert re.fullmatch(r"__Host-[a-z]+=[^;]*; Path=/; Secure; HttpOnly; SameSite=Lax(; Max-Age=0)?", line), (
                told
            )


def test_a_style_may_be_kept_for_ever_since_its_address_changes_with_it(browser: Browser) -> None:
    [address] = re.findall(r'href="(/static/casilla\.[0-9a-f]{12}\.css)"', text_of(browser.get("/ingresar")))
    answer = browser.get(address)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Content-Type"] == "text/css; charset=utf-8"
    assert browser.get(address.replace("casilla.", "casilla.0")).status_code == 404


@pytest.mark.parametrize("path", ["/static/..%2ftemplates%2fpages%2fhome.html", "/static/casilla.css", "/static/x"])
def test_only_addressed_files_are_static(browser: Browser, path: str) -> None:
    assert browser.get(path).status_code == 404


def test_without_session_one_is_led_to_the_login(browser: Browser) -> None:
    for door in OF_SESSIONS:
        answer = browser.get(_address(door.path)) if door.method == "GET" else _post(browser, door)
        assert (answer.status_code, answer.headers["Location"][:9]) == (303, "/ingresar"), f"{door.method} {door.path}"


def test_without_a_session_of_the_staff_one_is_led_to_their_login(browser: Browser) -> None:
    browser.enter()  # a person's session is none of the staff's
    assert len(OF_STAFF) > 30
    for door in OF_STAFF:
        address, sent = _address(door.path), {"sec-fetch-site": "same-origin"}
        if door.method == "GET":
            answer = browser.get(address)
        else:
            answer = browser.post(address, {**sent, "content-type": door.bodies[0]})
        home = "/plataforma" if door.path.startswith("/plataforma") else "/entidad"
        assert answer.status_code == 303, door.path
        assert answer.headers["Location"].startswith(f"{home}/ingresar?volver="), door.path


@pytest.mark.parametrize(
    "sent",
    [{"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"origin": "https://otro.ejemplo"}, {}],
    ids=["cross-site", "same-site", "other origin", "neither"],
)
def test_a_form_from_elsewhere_is_refused(browser: Browser, sent: dict[str, str]) -> None:
    for door in [door for door in DOORS if (door.kind, door.method) == ("web", "POST")]:
        answer = browser.post(_address(door.path), {**sent, "content-type": door.bodies[0]})
        assert answer.status_code == 403, door.path
        assert "no salió de esta página" in text_of(answer)


def test_a_form_of_a_session_needs_that_sessions_token(browser: Browser) -> None:
    browser.enter()
    for door in [door for door in OF_SESSIONS if door.method == "POST"]:
        for given in ({}, {"csrf": "0" * 64}):
            answer = _post(browser, door, **given)
            assert answer.status_code == 403, door.path
            assert "venció" in text_of(answer)


def test_a_form_counts_by_its_origin_where_the_browser_says_no_more(browser: Browser) -> None:
    portal = f"https://{browser.people.world.container.config.portal_address}"
    assert browser.post("/ingresar", {"origin": portal}).status_code == 422


@pytest.mark.parametrize("is_entered", [False, True])
def test_every_page_is_valid_html_without_inline_style_or_script(browser: Browser, is_entered: bool) -> None:
    if is_entered:
        browser.enter()
    for path in [path for method, path, _ in PAGES if method == "GET" and path not in NO_PAGES]:
        answer = browser.get(_address(path))
        if answer.status_code != 303:
            check_html(text_of(answer))


def test_a_mistyped_address_is_told_on_a_page_that_leads_back(browser: Browser) -> None:
    answer = browser.get("/casila")
    html = text_of(answer)
    check_html(html)
    assert answer.status_code == 404
    assert "Revisa si la dirección está bien escrita" in html
    assert '<a href="/">Ir a la página de inicio</a>' in html
