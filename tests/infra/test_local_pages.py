"""The outbox shows what messages say and does nothing of it."""

from __future__ import annotations

import html
import json
import re
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import botocore.session
import html5lib  # type: ignore[import-untyped]
import pytest

from chalicelib.domain.identity_document import check_cui
from chalicelib.domain.mailbox import UserState
from infra.local.clock import LocalClock
from infra.local.deliveries import BOUNCES, IS_FULL, REFUSED_NUMBERS
from infra.local.demo_data import MAILBOXES
from infra.local.outbox import Message, Outbox
from infra.local.pages import Pages, outbox_page
from infra.local.registries.answers import companies, people, reniec_answer

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


def test_programs_get_all_messages_and_the_page_the_newest(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path)
    for number in range(103):
        sent = {"PhoneNumber": "+51900000001", "Message": f"Hola {number}"}
        _sent(outbox, "sns.Publish", sent, {"MessageId": f"{number:03}"})
    pages = Pages(outbox, {}, [], LocalClock(tmp_path / "clock"))
    listed, page = pages.find("GET", "/_local/outbox.json"), pages.find("GET", "/_local/outbox")
    assert listed is not None
    assert page is not None
    assert len(json.loads(listed.content)["messages"]) == 103
    assert page.content.decode().count("Hola ") == 100


def test_refused_messages_are_not_kept(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path)
    _sent(outbox, "sns.Publish", {"PhoneNumber": "+51", "Message": "Hola"}, {"Error": {"Code": "InvalidParameter"}})
    assert outbox.count() == 0


def test_pages_answer_only_what_is_theirs(tmp_path: Path) -> None:
    pages = Pages(Outbox(tmp_path), {}, [], LocalClock(tmp_path / "clock"))
    assert pages.find("GET", "/v1/deposits") is None
    assert pages.find("POST", "/_local/outbox") is None


@pytest.fixture
def home(tmp_path: Path) -> str:
    names = ("base_url", "authority", "keyid", "recipient", "key_path", "password", "state")
    pages = Pages(Outbox(tmp_path), dict.fromkeys(names, EVIL), MAILBOXES, LocalClock(tmp_path / "clock"))
    page = pages.find("GET", "/_local/")
    assert page is not None
    return page.content.decode()


def test_the_first_page_is_strict_html_and_leads_nowhere_that_is_not_there(home: str) -> None:
    html5lib.HTMLParser(strict=True).parse(home)
    assert "<script" not in home
    targets, ids = set(re.findall(r'href="#([^"]+)"', home)), re.findall(r' id="([^"]+)"', home)
    assert len(set(ids)) == len(ids)
    assert targets <= set(ids)


def test_the_first_page_names_every_user_with_what_each_is_and_may(home: str) -> None:
    for mailbox in MAILBOXES:
        for user in mailbox.users:
            [line] = re.findall(f"<li><code>{re.escape(mailbox.username_of(user))}</code>.*", home)
            assert user.name in line
            assert ("usuario principal" in line) == user.is_principal
            assert ("no ingresa" in line) == (user.state is not UserState.ACTIVE)


def test_the_first_page_names_all_whom_the_registries_know(home: str) -> None:
    for known in (people(), companies()):
        for number, entry in known.items():
            assert html.escape(entry["shows"]) in home
            assert number in home


def test_what_the_first_page_says_of_a_person_is_what_the_registry_confirms(home: str) -> None:
    confirmed = re.findall(r'<details id="dni-(\d+)">.*?</details>', home, re.DOTALL)
    assert len(confirmed) == 6
    for number in confirmed:
        [shown] = re.findall(rf'<details id="dni-{number}">(.*?)</details>', home, re.DOTALL)
        told = dict(re.findall(r"<dt>(.*?)</dt><dd>(?:<code>)?(.*?)(?:</code>)?</dd>", shown))
        person = reniec_answer(_question(number))["consultarResponse"]["return"]["datosPersona"]
        check_cui(told["Número de documento"], told["CUI"], field="cui")
        assert html.unescape(told["Nombres"]) == person["prenombres"]
        for label, name in (("Apellido Paterno", "apPrimer"), ("Apellido Materno", "apSegundo")):
            assert html.unescape(told[label]) == (person[name] or "(vacío)")
        assert told["Fecha Nacimiento"] == "15/3/1990"
        assert told["Fecha de emisión"] == "10/1/2020"
        assert told["Sexo"][0] == person["sexo"]


def _question(number: str) -> dict[str, dict[str, str]]:
    return {"PIDE": {"nuDniConsulta": number, "nuDniUsuario": "1", "nuRucUsuario": "1", "password": "x"}}


def test_the_companies_of_the_first_page_are_represented_by_people_of_it(home: str) -> None:
    shown = re.findall(r'<details id="ruc-(\d+)">(.*?)</details>', home, re.DOTALL)
    assert len(shown) == 6
    for ruc, text in shown:
        [dni] = re.findall(r'href="#dni-(\d+)"', text)
        assert dni in companies()[ruc]["representatives"]
        assert companies()[ruc]["district"] in text


def test_a_clock_that_cannot_be_moved_is_told(tmp_path: Path) -> None:
    (tmp_path / "clock.new").symlink_to("/dev/full")
    page = Pages(Outbox(tmp_path / "out"), {}, [], LocalClock(tmp_path / "clock")).find(
        "POST", "/_local/reloj?minutos=9"
    )
    assert page is not None
    assert page.status == 500
    assert "no queda espacio en el disco. El reloj sigue como estaba" in page.content.decode()


def test_clock_is_put_forward_never_back_and_remembers(tmp_path: Path) -> None:
    clock = LocalClock(tmp_path / "clock")
    pages = Pages(Outbox(tmp_path / "out"), {}, [], clock)
    before = clock()
    answers = [pages.find("POST", f"/_local/reloj?minutos={minutes}") for minutes in (90, -90, "x", 10**12)]
    assert [answer and answer.status for answer in answers] == [303, 400, 400, 400]
    assert timedelta(minutes=90) <= clock() - before < timedelta(minutes=91)
    assert LocalClock(tmp_path / "clock")() - before >= timedelta(minutes=90)


def test_the_first_page_tells_which_addresses_do_not_receive_and_who_has_one(home: str) -> None:
    bouncing = [mailbox for mailbox in MAILBOXES for user in mailbox.users if user.email.startswith(BOUNCES)]
    assert bouncing
    for mailbox in bouncing:
        assert f"TO={mailbox.holder.document_type}:{mailbox.holder.document_number}" in home
    assert {f"<dt>{BOUNCES}…@…</dt>", f"<dt>{IS_FULL}…@…</dt>", f"<dt>Celular …{REFUSED_NUMBERS}</dt>"} <= set(
        re.findall(r"<dt>.*?</dt>", home)
    )
