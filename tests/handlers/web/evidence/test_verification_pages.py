"""*Verificar constancia*: anybody who holds a receipt learns whether it was issued, and what it says (REC-5)."""

from __future__ import annotations

import hashlib

import pytest

from tests.browser_requests import Browser, check_html, text_of
from tests.cloud import Engine
from tests.deposit_world import PDF
from tests.evidence_world import PAGE, Issued, issue


@pytest.fixture
def issued(browser: Browser, moto_engine: Engine) -> Issued:
    return issue(browser, moto_engine)


def test_the_address_on_the_paper_answers(browser: Browser, issued: Issued) -> None:
    answer = browser.get(f"{PAGE}/{issued.code}")

    html = text_of(answer)
    check_html(html)
    assert answer.status_code == 200
    assert "Este servicio emitió esta constancia" in html
    for told in (issued.code, issued.answer["notice_id"], issued.sha256, hashlib.sha256(PDF).hexdigest()):
        assert told in html
