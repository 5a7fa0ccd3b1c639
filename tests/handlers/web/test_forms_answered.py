"""No page is a form's own answer: whatever a form is sent, right, wrong or empty, is answered 303."""

from __future__ import annotations

import re

import pytest
from chalice.test import HTTPResponse

from chalicelib.handlers.door import FORM_WITH_FILES, PUBLIC, Door
from chalicelib.handlers.doors import DOORS
from tests.browser_requests import Browser
from tests.deposit_world import PDF, a_body, an_inline_file
from tests.person_world import PASSWORD

FORMS = [door for door in DOORS if (door.kind, door.method) == ("web", "POST")]
ON_THE_SPOT = {
    "/mis-datos/copia": "a file, which leaves the browser on the page that it was asked on",
}
"""Doors that answer by anything else than 303, each with the reason."""
VALUES = {
    "person_type": "natural",
    "document_type": "DNI",
    "email": "nadie@example.com",
    "role": "main",
    "kind": "correccion",
}


def _address(browser: Browser, door: Door) -> str:
    notice = browser.people.world.deposit(a_body(annexes=[an_inline_file()])).json_body["notice_id"]
    return re.sub(r"{\w+}", "x", door.path.replace("{notice_id}", str(notice)).replace("{kind}", "correccion"))


def _sent(browser: Browser, door: Door, fields: dict[str, str]) -> HTTPResponse:
    token = {} if door.access == PUBLIC else {"csrf": browser.csrf()}
    if door.bodies == FORM_WITH_FILES:
        return browser.send_file(_address(browser, door), "carta.pdf", PDF, None, **fields, **token)
    return browser.send(_address(browser, door), **fields, **token)


@pytest.mark.parametrize("typed", [{}, VALUES, {**VALUES, "code": "222222", "password": PASSWORD}], ids=len)
@pytest.mark.parametrize("door", FORMS, ids=lambda door: door.path)
def test_every_form_is_answered_by_leading_to_a_page(browser: Browser, door: Door, typed: dict[str, str]) -> None:
    if door.access != PUBLIC:
        browser.enter()
    answer = _sent(browser, door, typed)
    if door.path in ON_THE_SPOT:
        assert "text/html" not in answer.headers["Content-Type"]
        return
    assert (answer.status_code, answer.body) == (303, b"")
    assert door.path == "/salir" or browser.get(str(answer.headers["Location"])).status_code != 500
