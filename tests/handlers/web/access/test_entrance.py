"""Logging in, confirming who one is, and logging out, on the pages (ACC-1, ACC-2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.domain.mailbox import UserState
from chalicelib.handlers.cookies import ANSWER_COOKIE, SESSION_COOKIE
from tests.browser_requests import Browser, text_of
from tests.person_world import NEW, PASSWORD, USERNAME


def _change_account(browser: Browser, **changes: Any) -> None:
    account = browser.people.tools.accounts.find(USERNAME)
    assert account is not None
    browser.people.tools.accounts.update(replace(account, **changes))


def test_the_login_opens_the_mailbox(browser: Browser) -> None:
    answer = browser.log_in()
    assert (answer.status_code, answer.headers["Location"]) == (303, "/casilla")
    assert SESSION_COOKIE in browser.cookies


def test_a_wrong_password_keeps_the_username_and_not_the_password(browser: Browser) -> None:
    answer = browser.log_in(password="Otra-clave-8")
    html = text_of(answer)
    assert answer.status_code == 401
    assert "<title>Error: " in html
    assert f'value="{USERNAME}"' in html
    assert "Otra-clave-8" not in html
    assert browser.cookies.keys() == {ANSWER_COOKIE}


def test_the_number_of_a_dni_alone_is_a_username_and_other_numbers_are_none(browser: Browser) -> None:
    own = USERNAME.removeprefix("1-")
    assert browser.log_in(f" {own[:4]} {own[4:]}").status_code == 303
    browser.cookies.clear()
    for other in (own[:7], f"{own}0", f"8-{own}", f"{own}.{own}"):
        assert browser.log_in(other).status_code == 401


def test_what_is_missing_is_told_beside_its_field(browser: Browser) -> None:
    html = text_of(browser.submit(browser.get("/ingresar"), "/ingresar", username=USERNAME))
    assert '<a href="#password">Completa «Contraseña».</a>' in html
    assert 'aria-describedby="password-error" aria-invalid="true"' in html


def test_what_is_typed_is_shown_as_text(browser: Browser) -> None:
    html = text_of(browser.log_in(username='"><script>alert(1)</script>'))
    assert "<script>alert" not in html
    assert "&lt;script&gt;" in html


def test_a_code_by_mail_stands_in_for_the_captcha(browser: Browser) -> None:
    page = browser.submit(browser.get("/ingresar/codigo"), "/ingresar/codigo", username=USERNAME)
    code = browser.people.code_sent().lower()
    answer = browser.submit(page, "/ingresar", username=USERNAME, password=PASSWORD, code=f"{code[:3]}-{code[3:]} ")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/casilla")


def test_a_code_asked_for_twice_is_sent_once_and_serves_wherever_it_was_asked_for(browser: Browser) -> None:
    page = browser.get("/ingresar/codigo")
    first, second = (browser.submit(page, "/ingresar/codigo", username=USERNAME) for _ in range(2))
    assert (first.status_code, second.status_code) == (200, 200)
    assert "si se pidió uno hace poco, ese" in text_of(second)
    assert len(browser.people.mails()) == 1
    code = browser.people.code_sent()
    answer = browser.submit(second, "/ingresar", username=USERNAME, password=PASSWORD, code=code)
    assert answer.status_code == 303
    again = browser.submit(first, "/ingresar", username=USERNAME, password=PASSWORD, code=code)
    assert again.status_code == 401


def test_the_page_that_asks_for_the_code_is_the_same_for_an_unknown_user(browser: Browser) -> None:
    def shown(username: str) -> str:
        page = browser.submit(browser.get("/ingresar/codigo"), "/ingresar/codigo", username=username)
        html = text_of(page).replace(f'value="{username}"', "").replace(f"<strong>{username}</strong>", "")
        before, _, after = html.partition('name="code_id" value="')
        return before + after[43:]

    assert shown(USERNAME) == shown("1-40000003")


@pytest.mark.parametrize(
    ("wanted", "led"),
    [
        ("/perfil", "/perfil"),
        ("/casilla/buscar?campo=asunto&valor=agua+y+luz", "/casilla/buscar?campo=asunto&valor=agua+y+luz"),
        ("//otro.ejemplo", "/casilla"),
        ("https://otro.ejemplo/", "/casilla"),
        ("/\\otro.ejemplo", "/casilla"),
        ("/a\r\nSet-Cookie: x=y", "/casilla"),
        ("javascript:alert(1)", "/casilla"),
    ],
)
def test_one_goes_on_to_a_page_of_the_portal_only(browser: Browser, wanted: str, led: str) -> None:
    assert browser.log_in(volver=wanted).headers["Location"] == led


def test_a_temporary_password_is_to_be_changed_first(browser: Browser) -> None:
    _change_account(browser, must_change_password=True)
    assert browser.log_in().headers["Location"] == "/clave"
    assert browser.get("/validar").headers["Location"] == "/clave"
    page = browser.get("/clave")
    assert "temporal" in text_of(page)
    answer = browser.submit(page, "/clave", old_password=PASSWORD, new_password=NEW, new_password_repeated=NEW)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/clave/cambiada")
    assert "Tu contraseña cambió" in text_of(browser.get("/clave/cambiada"))


def test_a_disabled_user_is_told_whom_to_ask_only_with_the_right_password(browser: Browser) -> None:
    _change_account(browser, state=UserState.DISABLED)
    assert "usuario principal" in text_of(browser.log_in())
    assert "usuario principal" not in text_of(browser.log_in(password="Otra-clave-8"))


def test_the_validation_changes_the_cookie_and_leads_back(browser: Browser) -> None:
    browser.enter()
    before = browser.cookies[SESSION_COOKIE]
    page = browser.get("/validar?volver=/clave")
    answer = browser.submit(page, "/validar", password=PASSWORD)
    assert answer.headers["Location"] == "/clave"
    assert browser.cookies[SESSION_COOKIE] != before
    assert browser.get("/clave").status_code == 200


def test_a_wrong_password_at_the_validation_is_told_without_a_username(browser: Browser) -> None:
    browser.log_in()
    html = text_of(browser.submit(browser.get("/validar"), "/validar", password="Otra-clave-8"))
    assert "La contraseña, o el texto o código, no son correctos." in html
    assert "El usuario, la contraseña" not in html


def test_the_validation_can_be_done_by_a_code(browser: Browser) -> None:
    browser.enter()
    page = browser.submit(browser.get("/validar"), "/validar", action="code")
    answer = browser.submit(page, "/validar", password=PASSWORD, code=browser.people.code_sent())
    assert answer.status_code == 303


def test_a_validation_that_is_over_is_no_longer_told(browser: Browser) -> None:
    browser.enter()
    browser.people.world.clock.advance(minutes=20, seconds=1)
    html = text_of(browser.get("/validar"))
    assert USERNAME in html
    assert "Tu verificación vence" not in html


def test_every_page_of_a_session_says_until_when_the_validation_lasts(browser: Browser) -> None:
    browser.enter()
    html = text_of(browser.get("/clave"))
    local = (browser.people.world.clock() + timedelta(minutes=20)).astimezone(
        browser.people.world.container.calendar.zone
    )
    assert "Tu verificación vence a las" in html
    assert f">{local:%H:%M}</time>" in html
    assert 'data-left="1200"' in html


def test_after_logging_out_the_cookie_opens_nothing(browser: Browser) -> None:
    browser.enter()
    kept = browser.cookies[SESSION_COOKIE]
    answer = browser.post("/salir", None, csrf=browser.csrf())
    assert (answer.status_code, answer.headers["Location"]) == (303, "/ingresar?salida=si")
    assert SESSION_COOKIE not in browser.cookies
    browser.cookies[SESSION_COOKIE] = kept
    assert browser.get("/clave").headers["Location"] == "/ingresar?volver=/clave"


def test_where_much_was_tried_the_next_step_is_no_mistake_of_the_person(browser: Browser) -> None:
    for _ in range(11):
        page = browser.log_in(password="Otra-clave-8")
    page = browser.log_in()
    html = text_of(page)
    assert page.status_code == 200
    assert "falta un paso" in html
    assert "Hay algo por corregir" not in html
    code = browser.people.code_sent()
    answer = browser.submit(page, "/ingresar", username=USERNAME, password=PASSWORD, code=code)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/casilla")
