"""Nothing a stranger sees of the pages, or could measure, tells whether a user exists (ACC-6)."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from chalice.test import HTTPResponse

from bench.ledger import ledger
from tests.browser_requests import Browser, text_of
from tests.costs import counted_hashes
from tests.person_world import EMAIL, PASSWORD, UNKNOWN, USERNAME

Step = Callable[[Browser, str], HTTPResponse]


def _wrong_password(browser: Browser, username: str) -> HTTPResponse:
    return browser.submit(browser.get("/ingresar"), "/ingresar", username=username, password="Otra-clave-8")


def _wrong_code(browser: Browser, username: str) -> HTTPResponse:
    code = {"code_id": "x" * 43, "code": "222222"}
    return browser.post("/ingresar", None, username=username, password=PASSWORD, **code)


def _ask_code(browser: Browser, username: str) -> HTTPResponse:
    return browser.post("/ingresar/codigo", None, username=username)


def _ask_reset(browser: Browser, username: str) -> HTTPResponse:
    kind = {"person_type": "natural", "document_type": "DNI", "document_number": username.partition("-")[2]}
    return browser.post("/olvide-mi-clave", None, **kind, email=EMAIL)


def _seen(browser: Browser, step: Step, username: str) -> dict[str, object]:
    with counted_hashes() as hashed, ledger(latency_s=0.02) as book:
        answer = step(browser, username)
    html = text_of(answer).replace(f'value="{username}"', "").replace(f"<strong>{username}</strong>", "")
    html = re.sub(r'src="data:image/png[^"]*"|(?<=["/])[A-Za-z0-9_-]{43}(\.[0-9]{10}\.[0-9a-f]{32})?(?=["/])', "", html)
    headers = {name: value for name, value in answer.headers.items() if name.lower() != "x-correlation-id"}
    calls = sorted(book.operations)
    return {"status": answer.status_code, "html": html, "headers": headers, "calls": calls, "hashed": hashed.count}


@pytest.mark.parametrize("step", [_wrong_password, _wrong_code, _ask_code, _ask_reset])
def test_known_and_unknown_users_get_the_same_page_at_the_same_cost(browser: Browser, step: Step) -> None:
    step(browser, "1-40000009")  # makes every client
    known = _seen(browser, step, USERNAME)
    assert known == _seen(browser, step, UNKNOWN)
    assert known["calls"]
