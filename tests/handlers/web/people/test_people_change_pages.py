"""Who belongs to a mailbox changes on the pages: a user is removed, the principal hands over (BOX-9)."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from chalice.test import HTTPResponse

from chalicelib.bootstrap.storage import mailbox_store
from chalicelib.handlers.cookies import SESSION_COOKIE
from tests.browser_requests import Browser, check_html, text_of
from tests.company_world import COMPANY, FORMER_BOSS, OTHER, THIRD, a_company, seed_company, token_of, users_now
from tests.person_world import PASSWORD


@pytest.fixture(autouse=True)
def _company(browser: Browser) -> None:
    seed_company(browser.people.tools, browser.people.world.container)
    be(browser, COMPANY)


def be(browser: Browser, username: str) -> None:
    browser.cookies[SESSION_COOKIE] = token_of(browser.people, username)


def words(answer: HTTPResponse) -> str:
    html = text_of(answer)
    check_html(html)
    return " ".join(re.sub(r"<[^>]+>", " ", html.partition("<main")[2]).split())


def press(browser: Browser, address: str, **fields: str) -> HTTPResponse:
    """Send the form of a page that leads to itself."""
    return browser.submit(browser.get(address), address, **fields)


def test_removing_is_asked_for_first_and_frees_the_place(browser: Browser) -> None:
    assert "/usuarios/u2/quitar" in text_of(browser.get("/usuarios"))
    assert "/usuarios/u1/quitar" not in text_of(browser.get("/usuarios"))
    asked = words(browser.get("/usuarios/u2/quitar"))
    assert "¿Quitar a Usuaria Ejemplo 2 de la casilla?" in asked
    assert "su lugar quedará libre" in asked
    assert set(users_now(browser.people.tools)) == {"u1", "u2", "u3"}
    answer = press(browser, "/usuarios/u2/quitar")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/usuarios?hecho=quitado")
    listed = words(browser.get(answer.headers["Location"]))
    assert "2 de 5" in listed
    assert "Usuaria Ejemplo 2" not in listed
    assert "Ese usuario ya no está en tu casilla" in listed


def test_a_second_click_removes_nobody_and_complains_of_nothing(browser: Browser) -> None:
    page = browser.get("/usuarios/u2/quitar")
    first = browser.submit(page, "/usuarios/u2/quitar")
    second = browser.submit(page, "/usuarios/u2/quitar")
    assert second.headers["Location"] == first.headers["Location"]
    assert len(browser.people.mails()) == 1


def test_the_only_user_with_a_mobile_is_said_to_be_that_before_removing(browser: Browser) -> None:
    company = a_company()
    users = (replace(company.users[0], mobile=None), company.users[1], replace(company.users[2], mobile=None))
    mailbox_store(browser.people.world.container).put(replace(company, users=users))
    page = browser.get("/usuarios/u2/quitar")
    assert "Agrega antes tu celular" in words(page)
    assert 'action="/usuarios/u2/quitar"' not in text_of(page)
    refused = browser.post("/usuarios/u2/quitar", None, csrf=browser.csrf())
    assert (refused.status_code, "único usuario activo con un celular" in words(refused)) == (409, True)


def test_a_full_list_says_how_to_make_room(browser: Browser) -> None:
    company = a_company()
    others = tuple(replace(company.users[2], user_id=f"u{n}", email=f"u{n}@ejemplo.pe") for n in (4, 5))
    mailbox_store(browser.people.world.container).put(replace(company, users=(*company.users, *others)))
    assert "quita antes a quien ya no lo necesita" in words(browser.get("/usuarios"))


def test_the_mailbox_is_offered_answered_and_both_log_in_by_other_names(browser: Browser) -> None:
    asked = words(browser.get("/usuarios/u2/traspasar"))
    assert f"Ingresará con el usuario {COMPANY}" in asked
    assert f"Ingresarás con el usuario {FORMER_BOSS}" in asked
    wrong = press(browser, "/usuarios/u2/traspasar", password="Otra-clave-55")
    assert wrong.status_code == 422
    assert "La contraseña no es correcta" in words(wrong)
    answer = press(browser, "/usuarios/u2/traspasar", password=PASSWORD)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/usuarios?hecho=ofrecido")
    listed = words(browser.get(answer.headers["Location"]))
    assert "Enviamos tu ofrecimiento por correo" in listed
    assert "Ofreciste la casilla a Usuaria Ejemplo 2" in listed
    assert "Traspasar la casilla" not in listed
    be(browser, THIRD)
    assert "te ofrece" not in words(browser.get("/usuarios"))
    assert browser.get("/traspaso").headers["Location"] == "/usuarios"
    be(browser, OTHER)
    assert "Usuaria Ejemplo 1 te ofrece ser el usuario principal" in words(browser.get("/usuarios"))
    page = browser.get("/traspaso")
    assert "¿Quieres ser el usuario principal?" in words(page)
    done = browser.submit(page, "/traspaso", step="aceptar")
    assert done.status_code == 200
    told = words(done)
    assert f"Ingresa con tu nuevo usuario {COMPANY}" in told
    assert f"ahora ingresa con el usuario {FORMER_BOSS}" in told
    assert SESSION_COOKIE not in browser.cookies
    browser.people.world.clock.advance(seconds=1)
    assert browser.log_in(FORMER_BOSS).headers["Location"] == "/casilla"
    assert "Solo el usuario principal, Usuaria Ejemplo 2" in words(browser.get("/usuarios"))


def test_an_offer_is_declined_or_withdrawn_and_both_pages_say_that_nothing_changed(browser: Browser) -> None:
    press(browser, "/usuarios/u2/traspasar", password=PASSWORD)
    be(browser, OTHER)
    answer = press(browser, "/traspaso", step="rechazar")
    assert "Nada cambió" in words(browser.get(answer.headers["Location"]))
    assert browser.get("/traspaso").headers["Location"] == "/usuarios"
    be(browser, COMPANY)
    press(browser, "/usuarios/u2/traspasar", password=PASSWORD)
    be(browser, OTHER)
    page = browser.get("/traspaso")
    offered_cookie = browser.cookies[SESSION_COOKIE]
    be(browser, COMPANY)
    answer = press(browser, "/traspaso", step="retirar")
    assert "Retiraste tu ofrecimiento" in words(browser.get(answer.headers["Location"]))
    browser.cookies[SESSION_COOKIE] = offered_cookie
    late = browser.submit(page, "/traspaso", step="aceptar")
    assert late.status_code == 404
    assert "venció, fue retirado o ya lo respondiste" in words(late)
    assert users_now(browser.people.tools)["u1"].is_principal


def test_a_principal_who_is_nobody_in_particular_is_led_to_say_who_they_are(browser: Browser) -> None:
    company = a_company()
    nameless = replace(company.users[0], document_type=None, document_number="", name="COMERCIAL DEMO S.A.C.")
    mailbox_store(browser.people.world.container).put(replace(company, users=(nameless, *company.users[1:])))
    assert browser.get("/usuarios/u2/traspasar").headers["Location"] == "/representante"
