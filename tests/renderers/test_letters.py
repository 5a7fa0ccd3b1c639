from __future__ import annotations

import email
import html
import re
from dataclasses import replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import default
from zoneinfo import ZoneInfo

import pytest

from chalicelib.domain.access.owed_telling import OwedTelling
from chalicelib.domain.agreement.agreement import Reason
from chalicelib.domain.alert.digest import Digest
from chalicelib.domain.errors import MessageRefused
from chalicelib.domain.mailbox import AccessChange, ChangeKind, Channel, Consent
from chalicelib.domain.usage.service_now import ServiceNow
from chalicelib.domain.usage.settlement import Account
from chalicelib.domain.usage.statement import DayUse, statement_of
from chalicelib.domain.usage.tariff import Tariff
from chalicelib.renderers.access.access_letters import (
    activation_letter,
    login_code_letter,
    mailbox_thawed_letter,
    repeated_letter,
    reset_link_letter,
    session_displaced_letter,
)
from chalicelib.renderers.access.change_letters import Contesting, change_letter
from chalicelib.renderers.alert.digest_letter import digest_letter
from chalicelib.renderers.alert.probe_letter import probe_letter
from chalicelib.renderers.institution.key_letters import key_warning_letter
from chalicelib.renderers.letterhead import Letterhead
from chalicelib.renderers.letters import Attached, Letter, Link, render_letter
from chalicelib.renderers.people.consent_letters import consent_letter
from chalicelib.renderers.people.hand_over_letters import offer_letter, offer_over_letter, principal_letter
from chalicelib.renderers.people.people_letters import new_email_letter
from chalicelib.renderers.registration.registration_letters import (
    code_letter,
    credentials_letter,
    other_mailbox_letter,
    recovery_letter,
    refused_letter,
    waiting_letter,
)
from chalicelib.renderers.usage.statement_letters import StatementLetter, proof_refused_letter, statement_letter
from tests.deposit_world import NOW
from tests.renderers.contrast import contrast

LETTERHEAD = Letterhead(
    sender="avisos@casilla.example",
    portal="casilla.example",
    zone=ZoneInfo("America/Lima"),
    institution="Ministerio & Demostración",
    help_email="ayuda@casilla.example",
    help_phone="(01) 000-0000",
)
LINK = "https://casilla.example/recuperar/abc?x=1&y=2"
SAYS = {
    "new": "nueva@ejemplo.pe",
    "effective_at": (NOW + timedelta(days=1)).isoformat(),
    "holder": "TEXTILES & DEMO <S.A.C.>",
    "principal": "Ana <Demo>",
    "username": "8-20100000009.40000011",
    "reference": "7KQ2-M9XA-4TRC",
    "due": "lunes 23 de marzo de 2026",
    "earliest": (NOW + timedelta(days=1)).isoformat(),
}


def told(kind: ChangeKind, *, now: datetime = NOW, is_contestable: bool = True, **says: str) -> Letter:
    """Tell of a change of a minute ago."""
    change = AccessChange("c1", kind, "u1", NOW, "rosa@ejemplo.pe")
    owed = OwedTelling("t1", "1-40000002", change, NOW, (Channel.EMAIL,), {**SAYS, **says}, is_contestable)
    contesting = Contesting("https://casilla.example/no-fui-yo/x", NOW) if is_contestable else Contesting()
    return change_letter(owed, LETTERHEAD, contesting, now)


DIGEST = Digest("i", "TEXTILES & DEMO <S.A.C.>", NOW.date(), 1, is_more=False, newest=(("2345-6789-ABCD", NOW),))
STATEMENT = Account(
    replace(
        statement_of(("i", "S & D <S.A.C.>"), "2026-02", (DayUse(NOW.date(), 2, 3, 1),), Tariff("2026-01", 1500)),
        closed_at=NOW,
        due_on=NOW.date(),
    )
)
SERVICES = {
    "active": ServiceNow(is_active=True, is_unpaid=False),
    "unpaid": ServiceNow(),
    "cancelled": ServiceNow(others=(Reason.EXPIRED,)),
    "breached": ServiceNow(is_unpaid=False, others=(Reason.CLAUSE_BREACHED,), is_stopped=True),
}
LETTERS = {
    "login code": login_code_letter("K7M3QX", NOW, LETTERHEAD),
    "reset link": reset_link_letter(LINK, NOW, LETTERHEAD),
    "password changed": told(ChangeKind.PASSWORD),
    "e-mail waits": told(ChangeKind.EMAIL),
    "e-mail waits, told late": told(ChangeKind.EMAIL, now=NOW + timedelta(days=2)),
    "mobile changed": told(ChangeKind.MOBILE),
    "repeated": repeated_letter(NOW, LETTERHEAD),
    "thawed": mailbox_thawed_letter(NOW, LETTERHEAD),
    "thawed, undone": mailbox_thawed_letter(NOW, LETTERHEAD, is_undone=True, is_disabled=True),
    "session displaced": session_displaced_letter(NOW, LETTERHEAD, most=10),
    "activation": activation_letter(
        LINK, NOW, LETTERHEAD, holder="TEXTILES & DEMO <S.A.C.>", username="8-20.40", is_principal=False
    ),
    "activation of a principal": activation_letter(
        LINK, NOW, LETTERHEAD, holder="TEXTILES & DEMO <S.A.C.>", username="8-20", is_principal=True
    ),
    "new e-mail": new_email_letter("K7M3QX", NOW, LETTERHEAD),
    "e-mail changed": told(ChangeKind.EMAIL, is_contestable=False),
    "user removed": told(ChangeKind.REMOVAL),
    "user disabled": told(ChangeKind.DISABLING),
    "user disabled who never got in": told(ChangeKind.DISABLING, is_contestable=False),
    "closing asked": told(ChangeKind.CLOSING),
    "closing told": told(ChangeKind.CLOSING, is_contestable=False),
    "opened again": told(ChangeKind.REOPENING),
    "opened again, told": told(ChangeKind.REOPENING, is_contestable=False),
    "user removed who never got in": told(ChangeKind.REMOVAL, is_contestable=False),
    "hand-over offered": offer_letter("TEXTILES & DEMO <S.A.C.>", "Ana <Demo>", NOW, LETTERHEAD),
    "hand-over over": offer_over_letter("TEXTILES & DEMO <S.A.C.>", "Ana <Demo> no lo aceptó.", NOW, LETTERHEAD),
    "principal": principal_letter("TEXTILES & DEMO <S.A.C.>", "8-20100000009", NOW, LETTERHEAD),
    "handed over": told(ChangeKind.PRINCIPAL),
    "principal changed": told(ChangeKind.PRINCIPAL, is_contestable=False, username=""),
    "former principal": told(ChangeKind.PRINCIPAL, is_contestable=False),
    "consent revoked": consent_letter("TEXTILES", Consent(False, NOW, "2026-11", "", "u1"), LETTERHEAD),
    "consent given": consent_letter("TEXTILES", Consent(True, NOW, "2026-11", "", "u1"), LETTERHEAD),
    "digest": digest_letter(
        Digest("i", "S & D <S.A.C.>", NOW.date(), 1, False, (("2345-6789-ABCD", NOW),)), LETTERHEAD
    ),
    "key ends": key_warning_letter("S & D <S.A.C.>", NOW, 7, LETTERHEAD, at="https://casilla.example"),
    "key ends within a day": key_warning_letter("S & D <S.A.C.>", NOW, 0, LETTERHEAD, at="https://casilla.example"),
    **{f"usage {kind}": statement_letter(kind, STATEMENT, at="https://casilla.example") for kind in StatementLetter},
    **{
        f"usage {kind}, {name}": statement_letter(kind, STATEMENT, at="https://casilla.example", service=service)
        for kind in (StatementLetter.LATE, StatementLetter.PAID)
        for name, service in SERVICES.items()
    },
    **{
        f"usage proof refused, {name}": proof_refused_letter(
            STATEMENT, is_late=service is not None, at="https://casilla.example", service=service
        )
        for name, service in ((("in time", None)), *SERVICES.items())
    },
    "probe": probe_letter(LETTERHEAD),
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


@each_letter
def test_every_letter_names_its_institution_and_whom_to_tell_of_a_wrong_delivery(letter: Letter) -> None:
    message = rendered(letter)
    text, page = body(message, "plain"), html.unescape(body(message, "html"))

    for said in (text, page):
        assert said.count(LETTERHEAD.institution) == 2
        assert (
            said.rindex(LETTERHEAD.institution) > said.index("Nunca le pediremos") > said.index(LETTERHEAD.institution)
        )
        assert f"Si recibió este mensaje por error, avise a {LETTERHEAD.help_email} y elimínelo." in said
        assert "no lo responda" in said


@each_letter
def test_nobody_whose_act_it_was_not_is_told_to_do_nothing(letter: Letter) -> None:
    text = " ".join(body(rendered(letter), "plain").split())

    assert not re.search(r"no fue usted, no |no lo pidió, no haga nada|no conoce esta casilla, no haga nada", text)


@pytest.mark.parametrize(
    ("name", "labels"),
    [
        ("code", ("Validación de Correo Electrónico", "Clave de validación: K7M3QX", "Validar Correo")),
        ("credentials", ("Credenciales de Acceso", "Usuario: 1-40000002", "Contraseña: Kmpq-xwta-4739")),
        ("reset link", ("Ingrese aquí",)),
    ],
)
def test_letters_have_the_labels_of_s1(name: str, labels: tuple[str, ...]) -> None:
    text = body(rendered(LETTERS[name]), "plain")

    assert all(label in text for label in labels)


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
    assert str(message["Subject"]) == "Validación de Correo Electrónico"
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
