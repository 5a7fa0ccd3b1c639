"""A form tells at once all that is missing, in the order in which it asks; nothing that was right is asked again."""

from __future__ import annotations

import re

import pytest
from chalice.test import HTTPResponse

from bench.ledger import ledger
from tests.browser_requests import Browser, text_of
from tests.person_world import PASSWORD, USERNAME

CODE = {"code_id": "x" * 43}
RESET = ["person_type", "document_type", "document_number", "email"]
NEW = ["new_password", "new_password_repeated"]
OF_STRANGERS = [
    ("/ingresar", {}, ["username", "password", "captcha"]),
    ("/ingresar", CODE, ["username", "password", "code"]),
    ("/ingresar/codigo", {}, ["username"]),
    ("/olvide-mi-clave", {}, RESET),
    ("/recuperar/link", {}, NEW),
    ("/revisar-archivo/grande", {"role": ""}, ["role", "captcha"]),
    ("/no-fui-yo", {}, ["code"]),
]
OF_SESSIONS = [
    ("/validar", {}, ["password", "captcha"]),
    ("/validar", CODE, ["password", "code"]),
    ("/clave", {}, ["old_password", *NEW]),
    ("/perfil/correo", {}, ["email", "email_again", "password"]),
    ("/perfil/celular", {}, ["mobile"]),
    ("/perfil/consentimiento", {"step": "retirar"}, ["understood"]),
    ("/usuarios/agregar", {}, ["document_type", "document_number", "name", "email"]),
    ("/mis-datos/pedir/cierre", {}, ["understood", "password"]),
    ("/mis-datos/pedir/correccion", {}, ["words"]),
]


def told(answer: HTTPResponse) -> list[str]:
    """Return the fields that the summary leads to; the page has them in the same order."""
    html = text_of(answer)
    summary, _, rest = html.partition('aria-labelledby="error-title"')[2].partition("</div>")
    found = re.findall(r'<a href="#(\w+)">', summary)
    places = [rest.index(f' id="{field}"') for field in found]
    assert places == sorted(places), found
    return found


@pytest.mark.parametrize(("address", "hidden", "missing"), OF_STRANGERS)
def test_all_that_is_missing_is_told_at_once(
    browser: Browser, address: str, hidden: dict[str, str], missing: list[str]
) -> None:
    page = browser.get(address)
    if address == "/recuperar/link":
        browser.people.ask_reset()
        address = f"/recuperar/{browser.people.link_sent()}"
    answer = browser.submit(page, address, **{**hidden, "captcha": ""})
    assert (answer.status_code, told(answer)) == (422, missing)


@pytest.mark.parametrize(("address", "hidden", "missing"), OF_SESSIONS)
def test_all_that_is_missing_is_told_at_once_within_a_session(
    browser: Browser, address: str, hidden: dict[str, str], missing: list[str]
) -> None:
    browser.enter()
    answer = browser.submit(browser.get(address), address, **{**hidden, "captcha": ""})
    assert (answer.status_code, told(answer)) == (422, missing)


def test_a_captcha_asked_for_besides_is_told_with_the_rest(browser: Browser) -> None:
    captcha_id = browser.people.captcha()["id"]
    for address, missing in (("/olvide-mi-clave", RESET), ("/ingresar/codigo", ["username"])):
        sent = browser.send(address, captcha_id=captcha_id)
        kept = text_of(browser.get(str(sent.headers["Location"])))
        summary = kept.partition('aria-labelledby="error-title"')[2].partition("</div>")[0]
        assert re.findall(r'<a href="#(\w+)">', summary) == [*missing, "captcha"]


def test_a_file_and_the_captcha_are_missed_together(browser: Browser) -> None:
    page = browser.get("/revisar-archivo")
    hidden = {**browser._hidden(page), "captcha": ""}  # noqa: SLF001
    assert told(browser.post_file("/revisar-archivo", "", b"", None, role="main", **hidden)) == ["file", "captcha"]


def test_a_captcha_is_not_spent_on_a_form_that_lacks_something(browser: Browser) -> None:
    page = browser.get("/ingresar")
    with ledger() as book:
        browser.submit(page, "/ingresar", username=USERNAME)
    assert book.operations == []
    assert browser.submit(page, "/ingresar", username=USERNAME, password=PASSWORD).status_code == 303


def test_what_was_typed_right_is_still_there(browser: Browser) -> None:
    typed = {"person_type": "natural", "document_type": "CE", "email": "rosa@example.com"}
    html = text_of(browser.post("/olvide-mi-clave", None, **typed))
    assert 'value="natural" checked' in html
    assert '<option value="CE" selected>' in html
    assert 'value="rosa@example.com"' in html


@pytest.mark.parametrize(
    ("path", "missing"),
    [
        ("/v1/sessions", ["username", "password", "captcha"]),
        ("/v1/password-resets", RESET),
        ("/v1/password-resets/x", NEW),
        ("/v1/activations/x", NEW),
        ("/v1/login-codes", ["username"]),
    ],
)
def test_programs_are_told_all_at_once_too(browser: Browser, path: str, missing: list[str]) -> None:
    problem = browser.people.send("POST", path, {}).json_body
    assert [one["field"] for one in problem.get("errors", [problem])] == missing


@pytest.mark.parametrize(
    ("path", "missing"),
    [
        ("/v1/sessions/current/validation", ["password", "captcha"]),
        ("/v1/passwords", ["old_password", *NEW]),
        ("/v1/profile/email", ["email", "password"]),
    ],
)
def test_programs_within_a_session_are_told_all_at_once_too(browser: Browser, path: str, missing: list[str]) -> None:
    problem = browser.people.send("POST", path, {}, token=browser.people.token()).json_body
    assert [one["field"] for one in problem.get("errors", [problem])] == missing
