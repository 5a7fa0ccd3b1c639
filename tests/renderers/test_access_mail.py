from __future__ import annotations

from email.message import EmailMessage
from zoneinfo import ZoneInfo

import pytest

from chalicelib.domain.alert_sending import AlertRefused
from chalicelib.renderers.access_mail import (
    AccessText,
    login_code_text,
    password_changed_text,
    render_access_mail,
    reset_link_text,
)
from chalicelib.renderers.alerts import Letterhead
from tests.deposit_world import NOW

LETTERHEAD = Letterhead(sender="avisos@casilla.example", portal="casilla.example", zone=ZoneInfo("America/Lima"))
LINK = "https://casilla.example/recuperar/abc?x=1&y=2"
TEXTS = {
    "code": login_code_text("K7M3QX", NOW, LETTERHEAD),
    "link": reset_link_text(LINK, NOW, LETTERHEAD),
    "changed": password_changed_text(NOW, LETTERHEAD),
}


def rendered(text: AccessText, to: str = "rosa@ejemplo.pe") -> EmailMessage:
    return render_access_mail(text, to, LETTERHEAD, now=NOW)


def body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert isinstance(part, EmailMessage)
    return str(part.get_content()).replace("&amp;", "&")


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_text_and_html_say_the_same(text: AccessText) -> None:
    message = rendered(text)
    for kind in ("plain", "html"):
        said = body(message, kind)
        for part in (text.title, text.before, text.after, text.link or text.shown, "Nunca le pediremos su contraseña."):
            assert part in said
    assert '<html lang="es"' in body(message, "html")
    assert "src=" not in body(message, "html")
    assert message["Auto-Submitted"] == "auto-generated"


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_equal_input_gives_equal_bytes(text: AccessText) -> None:
    assert rendered(text).as_bytes() == rendered(text).as_bytes()


def test_hours_are_told_by_the_countrys_clock() -> None:
    assert "15:15 (hora de Lima) del lunes 9 de marzo de 2026" in TEXTS["code"].after


@pytest.mark.parametrize("address", ["", "rosa", "ñandú@ejemplo.pe", "a@b\r\nBcc: c@d.pe"])
def test_what_is_no_address_gets_no_mail(address: str) -> None:
    with pytest.raises(AlertRefused):
        rendered(TEXTS["code"], address)
