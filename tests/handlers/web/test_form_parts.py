"""What the parts of forms hold to, on whatever page they stand."""

from __future__ import annotations

import re

from tests.browser_requests import Browser, text_of


def test_the_enter_key_confirms_and_never_asks_for_a_code(browser: Browser) -> None:
    browser.enter()
    html = text_of(browser.get("/validar"))

    [form] = [one for one in re.findall(r"<form.*?</form>", html, re.DOTALL) if 'name="password"' in one]

    assert re.findall(r"<button[^>]*>", form) == ['<button type="submit">']
    assert html.index("Prefiero recibir un código en mi correo") > html.index(form) + len(form)


def test_the_field_for_a_captchas_text_follows_its_picture(browser: Browser) -> None:
    html = text_of(browser.get("/ingresar"))

    assert re.search(r'<img src="data:image/[^>]*>\s*<input id="captcha"', html)
