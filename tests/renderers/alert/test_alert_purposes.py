"""What e-mail and SMS say by why they are sent: true words, the right day, one part of GSM-7, nothing of the matter."""

from __future__ import annotations

import email
import hashlib
import re
from dataclasses import replace
from datetime import date
from email.message import EmailMessage
from email.policy import default
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from chalicelib.domain.alert.alert import Alert, AlertPurpose
from chalicelib.domain.alert.alert_batch import AlertBatch, Expiry, Following
from chalicelib.domain.mailbox import Channel
from chalicelib.domain.sender.gsm7 import ONE_PART, gsm7_length, to_gsm7
from chalicelib.domain.sender.short_name import LONGEST_SHORT_NAME
from chalicelib.renderers.alert.alert_letters import render_alert_email
from chalicelib.renderers.alert.alert_sms import holds_portal, render_alert_sms
from chalicelib.renderers.spanish import day_in_words
from tests.alert_world import HOSTILE, LETTERHEAD, NAMES, a_batch, an_alert
from tests.renderers.alert import institution_names
from tests.renderers.alert.test_alert_sms import DANGLING, LONG_PORTAL, PORTAL, WARNINGS, WORDS

P = AlertPurpose
LIMA = ZoneInfo("America/Lima")
TERM_ENDS = Expiry(date(2026, 3, 24), is_of_term=True)
OPENING_ENDS = Expiry(date(2026, 3, 16), is_of_term=False)
KINDS: dict[str, tuple[AlertPurpose, Expiry | None]] = {
    "deposit": (P.DEPOSIT, None),
    "fallback": (P.FALLBACK, None),
    "renewal": (P.RENEWAL, None),
    "reminder of a term": (P.REMINDER, TERM_ENDS),
    "reminder of the acknowledgement": (P.REMINDER, OPENING_ENDS),
}
ACKNOWLEDGED_BY_OPENING = (
    "Abrir la notificación en su casilla es su acuse de recibo."
    " Si nadie la abre hasta ese día, la entidad considera que surte efecto el día hábil siguiente."
)
REMINDERS = [kind for kind, (_, expiry) in KINDS.items() if expiry]
NEVER = re.compile(
    r"de todos modos|no (?:cambia|afecta|influye|importa)|sin efecto|igual(?:mente)? (?:surte|vale)|es válid",
    re.IGNORECASE,
)
"""What would tell a person that an alert which failed changes nothing, or decide what no law says."""


def batch_of(kind: str, institution: str, **overrides: Any) -> tuple[AlertBatch, AlertPurpose]:
    purpose, expiry = KINDS[kind]
    return a_batch(institution_name=institution, following=Following(expiry=expiry), **overrides), purpose


def sms(kind: str, institution: str, portal: str = PORTAL, **overrides: Any) -> str:
    batch, purpose = batch_of(kind, institution, **overrides)
    alert = an_alert(channel=Channel.SMS, alert_id=f"u1.sms.{purpose}", purpose=purpose)
    return render_alert_sms(batch, alert, portal=portal, zone=LIMA)


def letter(kind: str, institution: str = "Entidad de Demostración", receipt: bytes | None = None) -> EmailMessage:
    """Return the e-mail as a mail program reads it off the wire."""
    batch, purpose = batch_of(kind, institution)
    written = render_alert_email(batch, _email(purpose), LETTERHEAD, receipt=receipt)
    return email.message_from_bytes(written.as_bytes(), policy=default)


def _email(purpose: AlertPurpose) -> Alert:
    behind = "" if purpose is P.DEPOSIT else f".{purpose}"
    return an_alert(alert_id=f"u1.email{behind}", purpose=purpose)


def bodies(message: EmailMessage) -> list[str]:
    """Return what both bodies say, as words alone."""
    parts = [message.get_body((kind,)) for kind in ("plain", "html")]
    texts = [part.get_content() for part in parts if part is not None]
    assert len(texts) == 2
    return [" ".join(re.sub(r"<[^>]+>", " ", text).replace("&nbsp;", " ").split()) for text in texts]


def assert_is_whole(text: str, kind: str, portal: str) -> None:
    length = gsm7_length(text)
    assert length is not None
    assert length <= ONE_PART
    assert f" Ingrese a {portal}." in text
    assert "\n" not in text
    assert "  " not in text
    assert not text.startswith(" ")
    assert not DANGLING.search(text)
    assert not NEVER.search(text)
    expiry = KINDS[kind][1]
    assert ("09/03/2026" if expiry is None else f"{expiry.day:%d/%m/%Y}") in text


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("fallback", "SUNAT le ha notificado el 09/03/2026 a las 15:15. El correo de aviso no se pudo entregar."),
        ("renewal", "SUNAT le ha notificado un documento el 09/03/2026 a las 15:15 (hora de Lima)."),
        (
            "reminder of a term",
            "Sin abrir: lo que SUNAT le ha notificado el 09/03/2026. Su plazo termina el 24/03/2026.",
        ),
        (
            "reminder of the acknowledgement",
            "Sin abrir: lo que SUNAT le ha notificado el 09/03/2026. Abrirlo hasta el 16/03/2026 es su acuse.",
        ),
    ],
)
def test_an_sms_says_why_it_is_sent_and_which_day_counts(kind: str, text: str) -> None:
    assert sms(kind, "SUNAT") == f"{text} Ingrese a casilla.gob.pe. Nunca le pediremos su contraseña."


@pytest.mark.parametrize("portal", [PORTAL, LONG_PORTAL, "~" * 18])
@pytest.mark.parametrize("kind", KINDS)
def test_an_sms_is_one_part_for_every_institution_s_name(kind: str, portal: str) -> None:
    for institution in (*NAMES, *institution_names.NAMES):
        assert_is_whole(sms(kind, institution, portal), kind, portal)


@pytest.mark.parametrize("portal", [PORTAL, LONG_PORTAL])
@pytest.mark.parametrize("kind", KINDS)
def test_random_names_give_whole_messages_too(kind: str, portal: str) -> None:
    for number in range(300):
        *chosen, length, cut = hashlib.sha256(f"{kind} {number}".encode()).digest()
        name = " ".join(WORDS[byte % len(WORDS)] for byte in chosen[: length % 30 + 1])[: 45 + cut]
        assert_is_whole(sms(kind, name, portal), kind, portal)


@pytest.mark.parametrize("kind", KINDS)
def test_no_two_institutions_are_named_alike(kind: str) -> None:
    for portal in (PORTAL, LONG_PORTAL):
        texts = [sms(kind, institution, portal) for institution in institution_names.NAMES]
        assert len(set(texts)) == len(texts)


@pytest.mark.parametrize("kind", KINDS)
def test_the_warning_is_dropped_only_for_the_whole_name(kind: str) -> None:
    for institution in filter(str.isprintable, institution_names.NAMES):
        for portal in (PORTAL, LONG_PORTAL):
            text = sms(kind, institution, portal)
            assert text.endswith(WARNINGS) or to_gsm7(institution) in text


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("short_name", ["Ñ", "W" * LONGEST_SHORT_NAME, "~" * 14 + "Ñ"])
def test_the_longest_short_name_and_the_longest_address_fit_with_the_warning(short_name: str, kind: str) -> None:
    portal = next(address for n in range(80, 0, -1) if holds_portal(address := "x" * n, LIMA))
    text = sms(kind, "Entidad " * 20, portal, institution_short_name=short_name)
    assert_is_whole(text, kind, portal)
    assert short_name in text
    assert text.endswith(WARNINGS[0])


def test_a_reminder_of_nothing_that_is_known_is_news() -> None:
    batch = a_batch(institution_name="SUNAT")
    reminder = an_alert(channel=Channel.SMS, purpose=P.REMINDER)
    assert render_alert_sms(batch, reminder, portal=PORTAL, zone=LIMA) == sms("deposit", "SUNAT")


@pytest.mark.parametrize(
    ("kind", "subject", "said"),
    [
        ("deposit", "Tiene una notificación de Entidad de Demostración", "Le han notificado un documento."),
        (
            "fallback",
            "Tiene una notificación de Entidad de Demostración",
            "Le avisamos también por correo, porque el mensaje de texto no se pudo entregar.",
        ),
        (
            "renewal",
            "Tiene una notificación de Entidad de Demostración",
            "Le avisamos ahora por correo, porque los correos de aviso anteriores no se pudieron entregar.",
        ),
        (
            "reminder of a term",
            "Recordatorio: tiene sin leer una notificación de Entidad de Demostración",
            "Según la constancia, su plazo termina el martes 24 de marzo de 2026",
        ),
        (
            "reminder of the acknowledgement",
            "Recordatorio: tiene sin leer una notificación de Entidad de Demostración",
            f"Último día para su acuse de recibo lunes 16 de marzo de 2026 {ACKNOWLEDGED_BY_OPENING}",
        ),
    ],
)
def test_both_bodies_and_the_subject_say_why_it_is_sent(kind: str, subject: str, said: str) -> None:
    message = letter(kind)
    assert str(message["Subject"]) == subject
    for words in bodies(message):
        assert said in re.sub(r"(el|recibo): ", r"\1 ", words)
        assert "lunes 9 de marzo de 2026, a las 15:15 (hora de Lima)" in words
        assert "Entidad de Demostración" in words
        assert "casilla.gob.pe" in words
        assert "Nunca le pediremos su contraseña" in words
        assert not NEVER.search(words)


@pytest.mark.parametrize("kind", KINDS)
def test_only_a_reminder_names_a_day_that_ends_and_names_it_once(kind: str) -> None:
    for words in bodies(letter(kind)):
        days = re.findall(r"\b(?:lunes|martes|miércoles|jueves|viernes|sábado|domingo) \d+ de \w+ de \d{4}", words)
        expiry = KINDS[kind][1]
        assert days == ["lunes 9 de marzo de 2026", *([] if expiry is None else [day_in_words(expiry.day)])]


@pytest.mark.parametrize("kind", REMINDERS)
def test_a_reminder_without_a_day_promises_none(kind: str) -> None:
    batch, purpose = batch_of(kind, "Entidad")
    written = render_alert_email(replace(batch, following=Following()), _email(purpose), LETTERHEAD)
    for words in bodies(email.message_from_bytes(written.as_bytes(), policy=default)):
        assert "todavía nadie lo ha abierto" in words
        assert "plazo" not in words
        assert "acuse" not in words


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("institution", NAMES)
def test_whatever_the_name_the_e_mail_is_seven_bit_with_short_lines(kind: str, institution: str) -> None:
    message = letter(kind, institution, receipt=b"%PDF-1.7")
    raw = message.as_bytes()
    assert raw.isascii()
    assert max(map(len, raw.splitlines())) <= 998
    assert message["Bcc"] is None
    assert set(message.keys()) == set(letter("deposit", receipt=b"%PDF-1.7").keys())
    assert len(str(message["Subject"])) <= 120 + len("Recordatorio: tiene sin leer una notificación de ")


def test_a_hostile_name_adds_no_tag_to_any() -> None:
    for kind in KINDS:
        plain, hostile = (letter(kind, name).get_body(("html",)) for name in ("Entidad", HOSTILE))
        assert plain is not None
        assert hostile is not None
        assert hostile.get_content().count("<") == plain.get_content().count("<")


def test_each_has_an_id_of_its_own() -> None:
    ids = {str(letter(kind)["Message-ID"]) for kind in KINDS}
    assert len(ids) == len({purpose for purpose, _ in KINDS.values()})


@pytest.mark.parametrize("kind", KINDS)
def test_a_receipt_is_attached_to_each(kind: str) -> None:
    message = letter(kind, receipt=b"%PDF-1.7 demo")
    (attachment,) = message.iter_attachments()
    assert attachment.get_filename() == "constancia-2345-6789-ABCD.pdf"
    assert "va adjunta" in bodies(message)[0]
