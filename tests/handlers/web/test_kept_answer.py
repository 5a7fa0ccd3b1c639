"""What a form was answered is kept for the page that comes next: for it alone, its browser, and twenty minutes."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from chalice.test import HTTPResponse

from bench.ledger import ledger
from chalicelib.bootstrap.session import draft_tools, session_store
from chalicelib.domain.errors import Unavailable
from chalicelib.handlers.cookies import ANSWER_COOKIE, DRAFT_COOKIE, FORM_COOKIE, SESSION_COOKIE
from chalicelib.handlers.kept_answer import LIFETIME, LONGEST_COOKIE, with_kept_answer
from chalicelib.handlers.page_request import CORRECT, PageRequest
from chalicelib.services.access.drafts import MAX_SEALED_CHARACTERS
from tests.browser_requests import Browser, cookies_of, text_of
from tests.cloud import Engine
from tests.kept import everything, left_by
from tests.person_world import PASSWORD, USERNAME

RESET = {"person_type": "natural", "document_type": "CE", "document_number": "001234567", "email": "rosa"}
MOBILE = "/perfil/celular"


def refused_reset(browser: Browser, **typed: str) -> str:
    """Have a stranger's form refused, and return the address that it leads to."""
    return led_to(browser.send("/olvide-mi-clave", **{**RESET, **typed}))


def refused_mobile(browser: Browser, mobile: str = "12345") -> str:
    """Have a session's form refused, and return the address that it leads to."""
    return led_to(browser.send(MOBILE, csrf=browser.csrf(), mobile=mobile))


def led_to(answer: HTTPResponse) -> str:
    assert (answer.status_code, answer.body) == (303, b"")
    return str(answer.headers["Location"])


def is_clean(page: HTTPResponse) -> bool:
    return page.status_code == 200 and "Error: " not in text_of(page)


def forward(browser: Browser, by: timedelta) -> None:
    browser.people.world.clock.now += by


def test_a_refusal_leads_to_the_form_with_its_errors_its_status_and_what_was_typed(browser: Browser) -> None:
    address = refused_reset(browser)
    assert re.fullmatch(r"/olvide-mi-clave\?corregir=[A-Za-z0-9_-]{8}", address)
    for _ in range(2):  # reloaded, or come back to
        page = browser.get(address)
        html = text_of(page)
        assert page.status_code == 422
        assert "<title>Error: " in html
        assert '<a href="#email">' in html
        assert 'value="001234567"' in html


def test_the_plain_address_another_mark_and_another_page_are_clean(browser: Browser) -> None:
    mark = refused_reset(browser).partition("?")[2]
    assert is_clean(browser.get("/olvide-mi-clave"))
    assert is_clean(browser.get("/olvide-mi-clave?corregir=AAAAAAAA"))
    assert is_clean(browser.get(f"/ingresar?{mark}"))
    assert "001234567" not in text_of(browser.get("/olvide-mi-clave"))


def test_what_another_tab_was_answered_later_takes_its_place(browser: Browser) -> None:
    first = refused_reset(browser)
    second = refused_reset(browser, document_number="009876543")
    assert is_clean(browser.get(first))
    assert 'value="009876543"' in text_of(browser.get(second))


def test_a_stranger_leaves_nothing_in_any_table_and_costs_no_call(browser: Browser, moto_engine: Engine) -> None:
    browser.get(refused_reset(browser))
    config = browser.people.world.container.config
    before = everything(moto_engine, config)
    with ledger() as book:
        page = browser.get(refused_reset(browser))
    assert page.status_code == 422
    assert book.operations == []
    assert left_by(before, everything(moto_engine, config)) == {}


def test_a_session_s_takes_one_write_and_one_read_besides_the_sessions_own(browser: Browser) -> None:
    browser.enter()
    browser.get(refused_mobile(browser))
    token = browser.csrf()
    with ledger() as plain:
        browser.get(MOBILE)
    with ledger() as sent:
        answer = browser.send(MOBILE, csrf=token, mobile="12345")
    with ledger() as shown:
        assert browser.get(led_to(answer)).status_code == 422
    assert sent.operations.count("PutItem") == 1
    assert sorted(shown.operations) == sorted([*plain.operations, "GetItem"])
    with ledger() as again:
        browser.get(MOBILE)
    assert sorted(again.operations) == sorted(plain.operations)


def test_a_session_s_is_in_no_cookie_and_readable_in_no_table(browser: Browser, moto_engine: Engine) -> None:
    browser.enter()
    config = browser.people.world.container.config
    before = everything(moto_engine, config)
    address = refused_mobile(browser, "31415926535")
    assert "31415926535" not in str(left_by(before, everything(moto_engine, config)))
    assert re.fullmatch(r"[0-9a-f]{8}~[0-9a-f]{64}", browser.cookies[ANSWER_COOKIE])
    assert 'value="31415926535"' in text_of(browser.get(address))


def test_passwords_captchas_and_codes_are_never_kept(browser: Browser) -> None:
    answer = browser.send("/ingresar", username=USERNAME, password="Otra-clave-8", captcha_id="a", captcha="KLMNP")
    html = text_of(browser.get(led_to(answer)))
    assert f'value="{USERNAME}"' in html
    assert not re.search(r"Otra-clave-8|KLMNP", html)
    code = browser.send("/ingresar", username=USERNAME, password=PASSWORD, code_id="x" * 43, code="222223")
    html = text_of(browser.get(led_to(code)))
    assert "x" * 43 in html
    assert "222223" not in html


@pytest.mark.parametrize("is_entered", [False, True])
def test_it_is_shown_for_twenty_minutes(browser: Browser, is_entered: bool) -> None:
    if is_entered:
        browser.enter()
    address = refused_mobile(browser) if is_entered else refused_reset(browser)
    forward(browser, LIFETIME - timedelta(seconds=1))
    if not is_entered:
        assert browser.get(address).status_code == 422
    forward(browser, timedelta(seconds=2))
    assert browser.get(address).status_code in {200, 303}
    assert "001234567" not in text_of(browser.get(address))


def test_another_person_on_the_same_browser_gets_nothing_of_it(browser: Browser) -> None:
    strangers = refused_reset(browser)
    kept = browser.cookies[ANSWER_COOKIE]
    browser.enter()
    browser.cookies[ANSWER_COOKIE] = kept
    assert is_clean(browser.get(strangers))
    address = refused_mobile(browser)
    kept = browser.cookies[ANSWER_COOKIE]
    secret, _, owner = browser.cookies[SESSION_COOKIE].partition(".")
    browser.cookies = {ANSWER_COOKIE: kept}
    assert led_to(browser.get(address)).startswith("/ingresar")
    browser.cookies = {ANSWER_COOKIE: kept, SESSION_COOKIE: f"{secret}.{owner[::-1]}"}
    assert led_to(browser.get(address)).startswith("/ingresar")


def test_a_draft_of_another_user_is_nobodys(browser: Browser) -> None:
    browser.enter()
    mark = refused_mobile(browser).partition("=")[2]
    box = browser.people.world.container
    session = session_store(box).find(browser.cookies[SESSION_COOKIE], box.clock())
    assert session is not None
    asked = PageRequest("GET", MOBILE, MOBILE, {CORRECT: [mark]}, {}, browser.cookies, {}, "", session)
    assert with_kept_answer(asked).value("mobile") == "12345"
    assert with_kept_answer(replace(asked, session=replace(session, user_id="u9"))).answer is None


def test_a_cookie_that_was_changed_is_nothing(browser: Browser) -> None:
    address = refused_reset(browser)
    kept = browser.cookies[ANSWER_COOKIE]
    for changed in (kept[:-4] + "AAAA", kept[9:], "", "~", kept.partition(".")[0], "x" * 5000):
        browser.cookies[ANSWER_COOKIE] = changed
        assert is_clean(browser.get(address))


def test_it_is_dropped_when_the_form_is_taken_and_by_logging_out(browser: Browser) -> None:
    browser.enter()
    address = refused_mobile(browser)
    browser.send("/perfil/accesos/cerrar", csrf=browser.csrf())
    assert browser.get(address).status_code == 422, "another form was taken"
    browser.send(MOBILE, csrf=browser.csrf(), mobile="987654321")
    assert ANSWER_COOKIE not in browser.cookies
    assert is_clean(browser.get(address))
    refused_mobile(browser)
    browser.send("/salir", csrf=browser.csrf())
    assert ANSWER_COOKIE not in browser.cookies


def test_a_login_drops_what_its_form_was_answered_before(browser: Browser) -> None:
    browser.log_in(password="Otra-clave-8")
    assert ANSWER_COOKIE in browser.cookies
    browser.log_in()
    assert ANSWER_COOKIE not in browser.cookies


@pytest.mark.parametrize(("length", "status"), [(1, 303), (2200, 303), (2900, 422), (20_000, 422)])
def test_a_cookie_has_three_kilobytes_at_most_and_nothing_typed_is_lost(
    browser: Browser, length: int, status: int
) -> None:
    typed = base64.urlsafe_b64encode(hashlib.shake_256(b"letters").digest(length)).decode()[:length]  # hardly shortened
    answer = browser.send("/olvide-mi-clave", **{**RESET, "email": typed})
    assert answer.status_code == status
    assert all(len(line) <= LONGEST_COOKIE for line in cookies_of(answer))
    page = browser.get(led_to(answer)) if status == 303 else answer
    assert page.status_code == 422
    assert f'value="{typed}"' in text_of(page)


def test_the_own_cookies_are_less_together_than_gateways_take() -> None:
    assert LONGEST_COOKIE + len(DRAFT_COOKIE) + MAX_SEALED_CHARACTERS <= 7000


def test_where_the_table_does_not_answer_the_form_is_answered_at_once(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser.enter()
    token = browser.csrf()
    tokens = draft_tools(browser.people.world.container).tokens

    def fails(*_: object, **__: object) -> None:
        raise Unavailable("store_unavailable", "Ahora no.")

    monkeypatch.setattr(type(tokens), "issue", fails)
    answer = browser.send(MOBILE, csrf=token, mobile="12345")
    assert answer.status_code == 422
    assert 'value="12345"' in text_of(answer)
    assert '<a href="#mobile">' in text_of(answer)


def test_a_form_that_waits_for_the_validation_is_not_overwritten(browser: Browser) -> None:
    browser.enter()
    token = browser.csrf()
    forward(browser, timedelta(minutes=21))
    browser.send(MOBILE, csrf=token, mobile="987654321")
    assert FORM_COOKIE in browser.cookies
    page = browser.get("/validar?volver=/borrador")
    refused = browser.submit(page, "/validar", password="Otra-clave-8")
    assert refused.status_code == 401
    browser.submit(browser.get("/validar?volver=/borrador"), "/validar", password=PASSWORD)
    assert "987654321" in text_of(browser.get("/borrador"))


def test_a_refused_form_that_had_waited_is_offered_again(browser: Browser) -> None:
    browser.enter()
    token = browser.csrf()
    forward(browser, timedelta(minutes=21))
    browser.send(MOBILE, csrf=token, mobile="12345")
    browser.submit(browser.get("/validar?volver=/borrador"), "/validar", password=PASSWORD)
    kept = browser.get("/borrador")
    assert browser.submit(kept, MOBILE, mobile="12345").status_code == 422
    assert FORM_COOKIE in browser.cookies


def test_a_refusal_is_logged_once(browser: Browser, caplog: pytest.LogCaptureFixture) -> None:
    browser.get(refused_reset(browser))
    assert [record.message for record in caplog.records].count("refused") == 1


def test_a_button_s_refusal_is_told_on_the_page_that_it_stands_on(browser: Browser) -> None:
    browser.enter()
    address = led_to(browser.send("/usuarios/u9/habilitar", csrf=browser.csrf()))
    assert address.startswith("/usuarios?corregir=")
    page = browser.get(address)
    assert page.status_code == 404
    assert "Salir" in text_of(page)
    assert is_clean(browser.get("/usuarios"))


def test_a_wait_is_told_by_the_page_and_not_by_the_redirect(browser: Browser) -> None:
    browser.enter()
    token = browser.csrf()
    for _ in range(10):
        answer = browser.send("/validar", csrf=token, action="code")
    for _ in range(30):
        if "Retry-After" in (page := browser.get(led_to(answer))).headers:
            break
        answer = browser.send("/validar", csrf=token, action="code")
    assert page.status_code == 429
    assert "Retry-After" not in answer.headers
