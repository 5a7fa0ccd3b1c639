from __future__ import annotations

import email
import html
import re
from datetime import timedelta
from email.message import EmailMessage
from email.policy import default
from zoneinfo import ZoneInfo

import pytest

from chalicelib.domain.errors import MessageRefused
from chalicelib.domain.mailbox import Consent
from chalicelib.renderers.access.access_letters import (
    activation_letter,
    email_changed_letter,
    email_waits_letter,
    login_code_letter,
    mailbox_thawed_letter,
    mobile_changed_letter,
    password_changed_letter,
    repeated_letter,
    reset_link_letter,
    session_displaced_letter,
)
from chalicelib.renderers.letterhead import Letterhead
from chalicelib.renderers.letters import Attached, Letter, Link, render_letter
from chalicelib.renderers.people.consent_letters import consent_letter
from chalicelib.renderers.people.hand_over_letters import (
    handed_over_letter,
    offer_letter,
    offer_over_letter,
    principal_changed_letter,
    principal_letter,
)
from chalicelib.renderers.people.people_letters import (
    new_email_letter,
    user_disabled_letter,
    user_removed_letter,
)
from chalicelib.renderers.registration.registration_letters import (
    code_letter,
    credentials_letter,
    other_mailbox_letter,
    recovery_letter,
    refused_letter,
    waiting_letter,
)
from tests.deposit_world import NOW
from tests.renderers.contrast import contrast

LETTERHEAD = Letterhead(sender="avisos@casilla.example", portal="casilla.example", zone=ZoneInfo("America/Lima"))
LINK = "https://casilla.example/recuperar/abc?x=1&y=2"
LETTERS = {
    "login code": login_code_letter("K7M3QX", NOW, LETTERHEAD),
    "reset link": reset_link_letter(LINK, NOW, LETTERHEAD),
    "password changed": password_changed_letter(NOW, LETTERHEAD, contest=LINK, until=NOW),
    "password changed, nothing to contest it": password_changed_letter(NOW, LETTERHEAD),
    "e-mail waits": email_waits_letter("nueva@ejemplo.pe", NOW, NOW, LETTERHEAD, contest=LINK, until=NOW),
    "mobile changed": mobile_changed_letter(NOW, LETTERHEAD, contest=LINK, until=NOW),
    "repeated": repeated_letter(NOW, LETTERHEAD),
    "thawed": mailbox_thawed_letter(NOW, LETTERHEAD),
    "thawed, undone": mailbox_thawed_letter(NOW, LETTERHEAD, is_undone=True, is_disabled=True),
    "session displaced": session_displaced_letter(NOW, LETTERHEAD, most=10),
    "activation": activation_letter(LINK, NOW, LETTERHEAD, holder="TEXTILES & DEMO <S.A.C.>", username="8-20.40"),
    "new e-mail": new_email_letter("K7M3QX", NOW, LETTERHEAD),
    "e-mail changed": email_changed_letter("nueva@ejemplo.pe", NOW, LETTERHEAD),
    "user removed": user_removed_letter("TEXTILES & DEMO <S.A.C.>", NOW, LETTERHEAD),
    "hand-over offered": offer_letter("TEXTILES & DEMO <S.A.C.>", "Ana <Demo>", NOW, LETTERHEAD),
    "hand-over over": offer_over_letter("TEXTILES & DEMO <S.A.C.>", "Ana <Demo> no lo aceptó.", NOW, LETTERHEAD),
    "principal": principal_letter("TEXTILES & DEMO <S.A.C.>", "8-20100000009", NOW, LETTERHEAD),
    "handed over": handed_over_letter(
        *("TEXTILES", "Ana <Demo>", "8-20100000009.40000011", NOW, LETTERHEAD),
        contest="https://casilla.example/no-fui-yo/x",
        until=NOW,
    ),
    "principal changed": principal_changed_letter("TEXTILES", "Ana <Demo>", NOW, LETTERHEAD),
    "former principal": principal_changed_letter("TEXTILES", "Ana", NOW, LETTERHEAD, username="8-2.4"),
    "consent revoked": consent_letter("TEXTILES", Consent(False, NOW, "2026-11", "", "u1"), LETTERHEAD),
    "consent given": consent_letter("TEXTILES", Consent(True, NOW, "2026-11", "", "u1"), LETTERHEAD),
    "user disabled": user_disabled_letter("TEXTILES & DEMO <S.A.C.>", NOW, LETTERHEAD),
    "code": code_letter("K7M3QX", LINK, timedelta(minutes=30)),
    "waiting": waiting_letter(),
    "refused": refused_letter("Los datos no coinciden <b> ${portal} {{ portal }} & 'más'."),
    "credentials": credentials_letter("1-40000002", "Kmpq-xwta-4739", "casilla.example"),
    "recovery": recovery_letter("casilla.example"),
    "other mailbox": other_mailbox_letter("8-10400000021", "RUC 10400000021", "casilla.example"),
}
each_letter = pytest.mark.parametrize("letter", LETTERS.values(), ids=LETTERS)


def rendered(letter: Letter, to: str = "rosa@ejemplo.pe", key: str = "one") -> EmailMessage:
    """Return the e-mail as a mail program reads it off the wire."""
    written = render_letter(letter, to, LETTERHEAD, sent_at=NOW, key=key)
    return email.message_from_bytes(written.as_bytes(), policy=default)


def body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert isinstance(part, EmailMessage)
    return str(part.get_content())


@each_letter
def test_text_and_html_say_the_same(letter: Letter) -> None:
    message = rendered(letter)
    text, page = body(message, "plain"), html.unescape(body(message, "html"))

    said = [letter.title, letter.reason, "Nunca le pediremos su contraseña.", "Este mensaje es automático"]
    for part in letter.parts:
        said += [part] if isinstance(part, str) else [part.label, part.value]
    for words in said:
        assert words in text
        assert words in page
    assert message.get_content_type() == "multipart/alternative"


@each_letter
def test_html_can_be_read_by_everyone_and_tracks_no_one(letter: Letter) -> None:
    page = body(rendered(letter), "html")

    assert '<html lang="es"' in page
    assert page.count("<h1") == 1
    assert not re.search(r"<(img|script|link|iframe|style|form|b)\b|url\(|src=", page)
    assert min(int(size) for size in re.findall(r"font-size:(\d+)px", page)) >= 16
    links = [html.escape(part.value) for part in letter.parts if isinstance(part, Link)]
    assert re.findall(r"https?:[^\"]+", page) == links
    assert len(links) <= 1


def test_every_colour_of_text_stands_out_from_what_is_behind_it() -> None:
    page = body(rendered(LETTERS["reset link"]), "html")
    styles = [dict(re.findall(r"([a-z-]+):([^;]+);", style)) for style in re.findall(r'style="([^"]+)"', page)]
    coloured = [style for style in styles if "color" in style]

    assert len(coloured) >= 5
    for style in coloured:
        assert contrast(style["color"], style.get("background-color", "#ffffff")) >= 4.5


def test_no_subject_holds_a_code_or_a_password() -> None:
    subjects = " ".join(rendered(letter)["Subject"] for letter in LETTERS.values())

    assert not re.search(r"K7M3QX|Kmpq|40000002", subjects)


def test_the_old_address_is_told_the_new_one_masked() -> None:
    text = body(rendered(LETTERS["e-mail changed"]), "plain")

    assert "n***@ejemplo.pe" in text
    assert "nueva@ejemplo.pe" not in text


@each_letter
def test_equal_input_gives_equal_bytes_and_each_message_another_id(letter: Letter) -> None:
    one, same, other = (rendered(letter, key=key) for key in ("one", "one", "other"))

    assert one.as_bytes() == same.as_bytes()
    assert one["Message-ID"] != other["Message-ID"]


def test_headers_say_what_it_is_and_where_it_comes_from() -> None:
    message = rendered(LETTERS["code"])

    assert str(message["From"]) == "Casilla Electrónica <avisos@casilla.example>"
    assert str(message["Subject"]) == "Verifique su correo"
    assert str(message["Date"]) == "Mon, 09 Mar 2026 20:15:30 +0000"
    assert str(message["Auto-Submitted"]) == "auto-generated"
    assert str(message["Content-Language"]) == "es"
    assert re.fullmatch(r"<[0-9a-f]{32}@casilla\.example>", str(message["Message-ID"]))
    assert message["List-Unsubscribe"] is None


def test_a_pdf_goes_with_the_letter_that_has_one() -> None:
    letter, pdf = LETTERS["waiting"], Attached("cargo.pdf", b"%PDF-1.7 demo")
    message = render_letter(letter, "rosa@ejemplo.pe", LETTERHEAD, sent_at=NOW, key="one", pdf=pdf)

    [attachment] = message.iter_attachments()
    assert (attachment.get_filename(), attachment.get_content()) == ("cargo.pdf", b"%PDF-1.7 demo")


def test_hours_are_told_by_the_countrys_clock() -> None:
    assert "15:15 (hora de Lima) del lunes 9 de marzo de 2026" in body(rendered(LETTERS["login code"]), "plain")


@pytest.mark.parametrize(
    "to", ["", "rosa", "rosa@", "@ejemplo.pe", "ñandú@ejemplo.pe", "a@b.pe\nBcc: c@d.pe", "a@b\r\nBcc: c@d.pe"]
)
def test_what_is_no_address_is_refused(to: str) -> None:
    with pytest.raises(MessageRefused, match="email_address_refused"):
        rendered(LETTERS["code"], to)
