"""The outbox shows what messages say and does nothing of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import botocore.session
import pytest

from infra.local.clock import LocalClock
from infra.local.outbox import Message, Outbox
from infra.local.pages import Pages, outbox_page

AT = datetime(2026, 3, 9, 20, 15, 30, tzinfo=UTC)
EVIL = '"><script>alert(1)</script>'


def an_sms(text: str) -> Message:
    return Message("n", "sms", AT, "+51900000001", text)


def test_everything_a_message_says_is_escaped() -> None:
    email = Message("n", "email", AT, EVIL, EVIL, sender=EVIL, subject=EVIL, html=EVIL)
    page = outbox_page([email, an_sms(EVIL)], 2)
    assert "<script" not in page
    assert page.count("&lt;script&gt;") == 7


def test_hours_are_those_of_lima() -> None:
    assert "09/03/2026, 15:15:30" in outbox_page([an_sms("Hola")], 1)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Ingrese a casilla.example", "25 de 160 caracteres"),
        ("a" * 161, "no cabe en un mensaje"),
        ("notificación", "fuera del alfabeto GSM-7"),
    ],
)
def test_sms_tells_its_length(text: str, told: str) -> None:
    assert told in outbox_page([an_sms(text)], 1)


def test_empty_outbox_says_how_to_fill_it() -> None:
    assert "make demo FILE=" in outbox_page([], 0)


def _sent(outbox: Outbox, call: str, params: dict[str, Any], answer: dict[str, Any]) -> None:
    """Let a session's hooks run as a client's call would."""
    session = botocore.session.Session()
    events: Any = session.get_component("event_emitter")
    outbox.watch(events)
    context: dict[str, Any] = {}
    events.emit(f"provide-client-params.{call}", params=params, model=None, context=context)
    events.emit(f"after-call.{call}", http_response=None, parsed=answer, model=None, context=context)


def test_accepted_messages_are_kept_over_a_restart(tmp_path: Path) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "avisos@ejemplo.pe", "maria@ejemplo.pe", "Tiene una notificación"
    mail.set_content("Hola")
    mail.add_attachment(b"%PDF-", maintype="application", subtype="pdf", filename="constancia.pdf")
    outbox = Outbox(tmp_path, clock=lambda: AT)
    _sent(outbox, "sesv2.SendEmail", {"Content": {"Raw": {"Data": mail.as_bytes()}}}, {"MessageId": "a@b"})
    _sent(outbox, "sns.Publish", {"PhoneNumber": "+51900000001", "Message": "Hola"}, {"MessageId": "z"})
    sms, email = Outbox(tmp_path).messages()
    assert (sms.kind, sms.text, sms.sent_at) == ("sms", "Hola", AT)
    assert (email.subject, email.text.strip()) == ("Tiene una notificación", "Hola")
    assert email.attachments[0].content == b"%PDF-"
    page = Pages(outbox, {}, [], LocalClock(tmp_path / "clock")).find("GET", f"/_local/outbox/{email.name}/0")
    assert page is not None
    assert page.headers["Content-Disposition"].startswith('attachment; filename="constancia.pdf"')


def test_refused_messages_are_not_kept(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path)
    _sent(outbox, "sns.Publish", {"PhoneNumber": "+51", "Message": "Hola"}, {"Error": {"Code": "InvalidParameter"}})
    assert outbox.count() == 0


def test_pages_answer_only_what_is_theirs(tmp_path: Path) -> None:
    pages = Pages(Outbox(tmp_path), {}, [], LocalClock(tmp_path / "clock"))
    assert pages.find("GET", "/v1/deposits") is None
    assert pages.find("POST", "/_local/outbox") is None


def test_clock_is_put_forward_never_back_and_remembers(tmp_path: Path) -> None:
    clock = LocalClock(tmp_path / "clock")
    pages = Pages(Outbox(tmp_path / "out"), {}, [], clock)
    before = clock()
    answers = [pages.find("POST", f"/_local/reloj?minutos={minutes}") for minutes in (90, -90, "x", 10**12)]
    assert [answer and answer.status for answer in answers] == [303, 400, 400, 400]
    assert timedelta(minutes=90) <= clock() - before < timedelta(minutes=91)
    assert LocalClock(tmp_path / "clock")() - before >= timedelta(minutes=90)
