from __future__ import annotations

import email
import re
from dataclasses import replace
from email.message import EmailMessage
from email.policy import default
from html.parser import HTMLParser

import pytest

from chalicelib.domain.errors import MessageRefused
from chalicelib.renderers.alert.alert_letters import render_alert_email
from tests.alert_world import HOSTILE, LETTERHEAD, NAMES, a_batch, an_alert


def sent(institution: str = "Entidad de Demostración", receipt: bytes | None = None) -> EmailMessage:
    """Return the e-mail as a mail program reads it off the wire."""
    written = render_alert_email(a_batch(institution_name=institution), an_alert(), LETTERHEAD, receipt=receipt)
    return email.message_from_bytes(written.as_bytes(), policy=default)


def body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    content: str = part.get_content()
    return content


def test_both_bodies_say_who_when_where_and_that_no_password_is_asked_for() -> None:
    message = sent()
    assert message.get_content_type() == "multipart/alternative"
    for text in (body(message, "plain"), body(message, "html").replace("&nbsp;", " ")):
        words = " ".join(re.sub(r"<[^>]+>", "", text).split())
        assert "Entidad de Demostración" in words
        assert "lunes 9 de marzo de 2026, a las 15:15 (hora de Lima)" in words
        assert "casilla.gob.pe" in words
        assert "Nunca le pediremos su contraseña" in words


def test_headers_say_what_it_is_and_where_it_comes_from() -> None:
    message = sent()
    assert str(message["From"]) == "Casilla Electrónica <avisos@casilla.gob.pe>"
    assert str(message["To"]) == "u1@ejemplo.pe"
    assert str(message["Subject"]) == "Tiene una notificación de Entidad de Demostración"
    assert str(message["Date"]) == "Mon, 09 Mar 2026 20:15:30 +0000"
    assert str(message["Auto-Submitted"]) == "auto-generated"
    assert str(message["Content-Language"]) == "es"
    assert re.fullmatch(r"<[0-9a-f]{32}@casilla\.gob\.pe>", str(message["Message-ID"]))
    assert message["List-Unsubscribe"] is None


class Page(HTMLParser):
    """The tags of a page and their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def test_html_has_no_link_picture_script_or_other_address_and_no_small_print() -> None:
    text = body(sent(), "html")
    tags = Page(text).tags
    assert not {tag for tag, _ in tags} & {"a", "img", "script", "link", "iframe", "object", "form", "style"}
    assert not re.search(r"https?:|www\.|url\(", text)
    assert min(map(int, re.findall(r"font-size:(\d+)px", text))) >= 16
    assert next(attrs for tag, attrs in tags if tag == "html")["lang"] == "es"
    assert all(attrs["role"] == "presentation" for tag, attrs in tags if tag == "table")


def test_a_hostile_name_adds_no_header_and_no_tag() -> None:
    message = sent(HOSTILE)
    assert set(message.keys()) == set(sent().keys())
    assert message["Bcc"] is None
    assert len(Page(body(message, "html")).tags) == len(Page(body(sent(), "html")).tags)
    assert "Entidad Bcc: otra@ejemplo.pe <b onclick=x>& \"'</b> ${portal}" in body(message, "plain")


def test_a_hostile_name_of_a_sender_is_quoted() -> None:
    letterhead = replace(LETTERHEAD, sender_name='Casilla" <otra@ejemplo.pe>, "')
    message = email.message_from_bytes(render_alert_email(a_batch(), an_alert(), letterhead).as_bytes(), policy=default)
    assert [address.addr_spec for address in message["From"].addresses] == ["avisos@casilla.gob.pe"]


@pytest.mark.parametrize("institution", NAMES)
def test_whatever_the_name_the_message_is_seven_bit_with_short_lines(institution: str) -> None:
    raw = render_alert_email(a_batch(institution_name=institution), an_alert(), LETTERHEAD).as_bytes()
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 998


def test_equal_input_gives_equal_bytes_and_each_user_another_id() -> None:
    first, again = (render_alert_email(a_batch(), an_alert(), LETTERHEAD, receipt=b"%PDF") for _ in range(2))
    other = render_alert_email(a_batch(), an_alert("u2"), LETTERHEAD)
    assert first.as_bytes() == again.as_bytes()
    assert first["Message-ID"] != other["Message-ID"]


def test_the_receipt_is_attached_and_announced() -> None:
    message = sent(receipt=b"%PDF-1.7 demo")
    (attachment,) = message.iter_attachments()
    assert attachment.get_content_type() == "application/pdf"
    assert attachment.get_filename() == "constancia-2345-6789-ABCD.pdf"
    assert attachment.get_content() == b"%PDF-1.7 demo"
    assert "va adjunta" in body(message, "plain")
    assert "adjunt" not in body(sent(), "plain")


@pytest.mark.parametrize("destination", ["", "rosa", "rosa@", "@ejemplo.pe", "peña@ejemplo.pe", "a@b.pe\nBcc: c@d.pe"])
def test_what_is_no_address_is_refused(destination: str) -> None:
    with pytest.raises(MessageRefused, match="email_address_refused"):
        render_alert_email(a_batch(), an_alert(destination=destination), LETTERHEAD)
