from __future__ import annotations

import re
from email.message import EmailMessage
from zoneinfo import ZoneInfo

import pytest

from chalicelib.domain.alert_sending import AlertRefused
from chalicelib.renderers.alerts import Letterhead
from chalicelib.renderers.registration_mail import (
    Letter,
    code_letter,
    credentials_letter,
    recovery_letter,
    refused_letter,
    render_letter,
    waiting_letter,
)
from tests.deposit_world import NOW

LETTERHEAD = Letterhead(sender="avisos@casilla.example", portal="casilla.example", zone=ZoneInfo("America/Lima"))
LINK = "https://casilla.example/verificar-correo?token=abc"
LETTERS = {
    "code": code_letter("K7M3QX"),
    "waiting": waiting_letter(),
    "refused": refused_letter("Los datos no coinciden <b>."),
    "credentials": credentials_letter("1-40000002", "Kmpq-xwta-4739", "casilla.example"),
    "recovery": recovery_letter("casilla.example"),
}


def _rendered(letter: Letter, to: str = "rosa@ejemplo.pe", key: str = "one") -> EmailMessage:
    return render_letter(letter, to, LETTERHEAD, sent_at=NOW, key=key)


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert isinstance(part, EmailMessage)
    return str(part.get_content())


@pytest.mark.parametrize("letter", LETTERS.values(), ids=LETTERS)
def test_text_and_html_say_the_same(letter: Letter) -> None:
    message = _rendered(letter)
    text, page = _body(message, "plain"), _body(message, "html").replace("&lt;", "<").replace("&gt;", ">")

    for part in letter.parts:
        for words in (part,) if isinstance(part, str) else part:
            assert words in text
            assert words in page
    assert "Nunca le pediremos su contraseña" in text
    assert "Nunca le pediremos su contraseña" in page


@pytest.mark.parametrize("letter", LETTERS.values(), ids=LETTERS)
def test_html_can_be_read_by_everyone_and_tracks_no_one(letter: Letter) -> None:
    page = _body(_rendered(letter), "html")

    assert '<html lang="es"' in page
    assert page.count("<h1") == 1
    assert not re.search(r"<(img|script|link|a|iframe)\b|url\(|https?:", page)
    assert min(int(size) for size in re.findall(r"font-size:(\d+)px", page)) >= 16
    assert "<b>" not in page


def test_the_one_link_is_the_verification() -> None:
    message = _rendered(code_letter("K7M3QX", link=LINK))

    assert re.findall(r'href="([^"]+)"', _body(message, "html")) == [LINK]
    assert LINK in _body(message, "plain")


def test_no_subject_holds_a_code_or_a_password() -> None:
    subjects = " ".join(_rendered(letter)["Subject"] for letter in LETTERS.values())

    assert not re.search(r"K7M3QX|Kmpq|40000002", subjects)


def test_equal_input_gives_equal_bytes_and_each_message_another_id() -> None:
    one, same, other = (_rendered(LETTERS["code"], key=key) for key in ("one", "one", "other"))

    assert one.as_bytes() == same.as_bytes()
    assert one["Message-ID"] != other["Message-ID"]
    assert one["Auto-Submitted"] == "auto-generated"


@pytest.mark.parametrize("to", ["", "rosa", "a@b.pe\nBcc: c@d.pe"])
def test_what_is_no_address_is_refused(to: str) -> None:
    with pytest.raises(AlertRefused, match="email_address_refused"):
        _rendered(LETTERS["code"], to)
