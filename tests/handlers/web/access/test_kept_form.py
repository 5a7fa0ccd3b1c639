"""A form sent after the validation expired is kept, shown again, and sent only by the person (ACC-2)."""

from __future__ import annotations

import re
from datetime import timedelta

from chalicelib.domain.access.token import TokenKind
from chalicelib.handlers.cookies import FORM_COOKIE, SESSION_COOKIE
from chalicelib.services.access.drafts import MAX_DRAFT_BYTES
from chalicelib.store.tables import TokenItem
from tests.browser_requests import Browser, check_html, text_of
from tests.person_world import PASSWORD

TARGET = "/borrador/descartar"
"""Any form of the mailbox will do."""
TYPED = {"name": 'Rosa <b>"Demo"</b> Ñ', "email": "rosa@ejemplo.pe", "secret_choice": "x"}


def _send_late(browser: Browser, **fields: str) -> str:
    csrf = browser.csrf()
    browser.people.world.clock.advance(seconds=20 * 60 + 1)
    answer = browser.post(TARGET, None, csrf=csrf, **fields)
    assert answer.status_code == 303
    return str(answer.headers["Location"])


def _validate(browser: Browser, address: str) -> str:
    return str(browser.submit(browser.get(address), "/validar", password=PASSWORD).headers["Location"])


def test_what_was_typed_comes_back_after_the_validation_and_is_not_sent_by_itself(browser: Browser) -> None:
    browser.enter()
    assert _send_late(browser, **TYPED) == "/validar?volver=/borrador"
    assert "Guardamos lo que escribiste" in text_of(browser.get("/validar?volver=/borrador"))

    assert _validate(browser, "/validar?volver=/borrador") == "/borrador"

    html = text_of(browser.get("/borrador"))
    check_html(html)
    assert "Rosa &lt;b&gt;&#34;Demo&#34;&lt;/b&gt; Ñ" in html
    assert 'name="secret_choice" value="x"' in html
    assert "todavía no se envió nada" in html


def test_at_twenty_minutes_sharp_a_form_is_taken_at_once(browser: Browser) -> None:
    browser.enter()
    csrf = browser.csrf()
    browser.people.world.clock.advance(seconds=20 * 60)
    assert browser.post(TARGET, None, csrf=csrf, **TYPED).headers["Location"] == "/casilla"


def test_once_sent_it_is_offered_no_more(browser: Browser) -> None:
    browser.enter()
    _send_late(browser, **TYPED)
    _validate(browser, "/validar?volver=/borrador")
    page = browser.get("/borrador")
    kept = browser.cookies[FORM_COOKIE]
    [target] = re.findall(r'action="([^"]+)"', text_of(page).split("Enviar ahora")[0].split("Revisa")[-1])

    assert browser.submit(page, target).status_code == 303

    assert FORM_COOKIE not in browser.cookies
    browser.cookies[FORM_COOKIE] = kept
    assert "No hay nada guardado" in text_of(browser.get("/borrador"))


def test_nobody_else_gets_it(browser: Browser) -> None:
    browser.enter()
    _send_late(browser, **TYPED)
    browser.enter(user_id="somebody-else")
    assert "No hay nada guardado" in text_of(browser.get("/borrador"))


def test_after_an_hour_it_is_gone(browser: Browser) -> None:
    browser.enter()
    _send_late(browser, **TYPED)
    browser.people.world.clock.advance(seconds=3601)
    _validate(browser, "/validar?volver=/borrador")
    assert "No hay nada guardado" in text_of(browser.get("/borrador"))


def test_a_form_is_kept_over_the_end_of_the_session_too(browser: Browser) -> None:
    browser.enter()
    csrf = browser.csrf()
    browser.people.world.clock.now += timedelta(hours=8, seconds=1)
    answer = browser.post(TARGET, None, csrf=csrf, **TYPED)
    assert answer.headers["Location"] == "/ingresar?volver=/borrador"
    assert browser.log_in(volver="/borrador").headers["Location"] == "/borrador"
    assert "Rosa" in text_of(browser.get("/borrador"))


def test_passwords_are_never_kept(browser: Browser) -> None:
    browser.enter()
    assert _send_late(browser, password="Lampara-8-verde", new_password="Lampara-8-verde") == "/validar"
    assert FORM_COOKIE not in browser.cookies
    assert _send_late(browser, name="Rosa", new_password="Lampara-8-verde") == "/validar?volver=/borrador"
    browser.enter()
    kept = text_of(browser.get("/borrador"))
    assert ("Rosa" in kept, "Lampara" in kept) == (True, False)


def test_a_form_that_shows_who_one_is_is_not_kept(browser: Browser) -> None:
    browser.enter()
    for proof in ({"captcha_id": "x", "captcha": "ABCDE"}, {"code_id": "x", "code": "222222"}):
        assert _send_late(browser, **proof, password="Lampara-8-verde") == "/validar"
    assert FORM_COOKIE not in browser.cookies


def test_nobody_without_a_session_that_there_was_leaves_a_form(browser: Browser) -> None:
    browser.enter()
    real = browser.cookies[SESSION_COOKIE]
    secret, _, tag = real.partition(".")
    for invented in ("x" * 43 + "." + tag, f"{secret}.{'0' * 32}", "x." + tag, "x" * 43 + "." + "0" * 32):
        browser.cookies[SESSION_COOKIE] = invented
        answer = browser.post("/casilla/exportar", None, name="x" * 10_000)
        assert answer.headers["Location"] == "/ingresar"
        browser.cookies.pop(FORM_COOKIE, None)
    assert _kept() == 0


def test_a_session_keeps_one_form_the_last(browser: Browser) -> None:
    browser.enter()
    csrf = browser.csrf()
    browser.people.world.clock.advance(seconds=20 * 60 + 1)
    for name in ("Primera", "Segunda"):
        browser.post(TARGET, None, csrf=csrf, name=name)
    assert _kept() == 1
    _validate(browser, "/validar?volver=/borrador")
    assert "Segunda" in text_of(browser.get("/borrador"))


def test_a_form_too_long_to_keep_is_told_with_what_to_do(browser: Browser) -> None:
    browser.enter()
    csrf = browser.csrf()
    browser.people.world.clock.advance(seconds=20 * 60 + 1)
    answer = browser.post(TARGET, None, csrf=csrf, name="x" * MAX_DRAFT_BYTES)
    assert answer.status_code == 413
    assert "cópialo, ingresa otra vez y pégalo" in text_of(answer)
    check_html(text_of(answer))
    assert _kept() == 0


def _kept() -> int:
    return sum(item.token.startswith(TokenKind.DRAFT.value) for item in TokenItem.scan())


def test_what_was_typed_in_a_page_of_a_former_session_is_shown_again_and_sent_only_then(browser: Browser) -> None:
    browser.enter()
    of_before = browser.csrf()
    browser.enter()
    answer = browser.post(TARGET, None, csrf=of_before, **TYPED)
    assert answer.headers["Location"] == "/borrador"

    shown = browser.get("/borrador")
    assert "todavía no se envió nada" in text_of(shown)
    assert 'value="rosa@ejemplo.pe"' in text_of(shown)
    assert browser.post(TARGET, None, csrf=browser.csrf(), resent="si", **TYPED).headers["Location"] == "/casilla"
    assert _kept() == 0


def test_a_form_without_any_token_is_kept_for_nobody(browser: Browser) -> None:
    browser.enter()
    assert browser.post(TARGET, None, **TYPED).status_code == 403
    assert FORM_COOKIE not in browser.cookies
