"""Whoever leaves has the browser forget what it kept of the pages."""

from __future__ import annotations

from tests.browser_requests import Browser

EVERYTHING_KEPT = '"cache", "storage"'


def test_leaving_has_the_browser_forget_what_it_kept(browser: Browser) -> None:
    browser.enter()

    answer = browser.post("/salir", None, csrf=browser.csrf())

    assert answer.headers["Location"] == "/ingresar?salida=si"
    assert answer.headers["Clear-Site-Data"] == EVERYTHING_KEPT


def test_a_session_that_ended_elsewhere_is_forgotten_by_the_next_page(browser: Browser) -> None:
    browser.enter()
    browser.people.world.clock.advance(hours=8, seconds=1)

    answer = browser.get("/casilla")

    assert answer.headers["Location"].startswith("/ingresar")
    assert answer.headers["Clear-Site-Data"] == EVERYTHING_KEPT


def test_nobody_who_was_not_in_loses_anything(browser: Browser) -> None:
    assert "Clear-Site-Data" not in browser.get("/ingresar").headers
    assert "Clear-Site-Data" not in browser.get("/casilla").headers


def test_asking_for_the_password_again_forgets_nothing(browser: Browser) -> None:
    browser.enter()
    browser.people.world.clock.advance(minutes=20, seconds=1)

    answer = browser.get("/casilla")

    assert answer.headers["Location"].startswith("/validar")
    assert "Clear-Site-Data" not in answer.headers
