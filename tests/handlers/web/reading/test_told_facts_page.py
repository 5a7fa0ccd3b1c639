"""The notice's page says beside each file what it holds."""

from __future__ import annotations

import re
from html import unescape

from pynamodb.transactions import TransactWrite

from chalicelib.bootstrap.aws import connection
from chalicelib.bootstrap.storage import notice_store
from chalicelib.domain.notice import FileAttachment, FileFacts
from chalicelib.renderers.reading.file_words import SIGNATURE_NOTE
from tests.browser_requests import Browser, check_html, text_of
from tests.builders import a_file, a_notice, an_annex
from tests.deposit_world import a_body, an_inline_file
from tests.facts_world import SIGNED_TWICE, a_pdf_with_an_invoice


def opened(browser: Browser, notice_id: str) -> str:
    address = f"/casilla/{notice_id}"
    browser.submit(browser.get(address), address)
    html = text_of(browser.get(address))
    check_html(html)
    return html


def held(html: str) -> list[str]:
    return [unescape(text) for text in re.findall(r'<p class="small holds">(.*?)</p>', html)]


def test_signatures_and_attachments_are_said_beside_their_file(browser: Browser) -> None:
    browser.enter()
    body = a_body(main=an_inline_file(SIGNED_TWICE), annexes=[an_inline_file(a_pdf_with_an_invoice())])
    notice_id = browser.people.world.deposit(body).json_body["notice_id"]

    envelope, html = text_of(browser.get(f"/casilla/{notice_id}")), opened(browser, notice_id)

    assert "firmas" not in envelope
    assert held(html) == [
        "<strong>Documento original.</strong> Lleva 2 firmas electrónicas. La última firma cubre todo el archivo.",
        "Dentro lleva el archivo «factura.xml» (XML, 1\N{NO-BREAK SPACE}KB), entre los archivos adjuntos del PDF.",
    ]
    assert html.count(SIGNATURE_NOTE) == 1


def test_files_that_hold_nothing_have_no_such_sentence(browser: Browser) -> None:
    browser.enter()
    html = opened(browser, browser.people.world.deposit().json_body["notice_id"])

    assert held(html) == []
    assert SIGNATURE_NOTE not in html


def test_a_hostile_name_is_shown_as_text(browser: Browser) -> None:
    browser.enter()
    hostile = FileFacts(attachments=(FileAttachment("<script>alert(1)</script>.xml", "text/xml", "Data", 1),))
    notice = a_notice(files=(a_file(facts=hostile), an_annex(facts=hostile)))
    box = browser.people.world.container
    with TransactWrite(connection=connection(box)) as transaction:
        notice_store(box).add_in(transaction, notice)

    html = opened(browser, notice.notice_id)

    assert "<script>alert" not in html
    assert [sentence.count("<script>alert(1)</script>.xml") for sentence in held(html)] == [1, 1]
