"""Everybody at every door of the table: nobody gets at what is another's, and whose it is gets at all of it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from chalice.test import HTTPResponse

from chalicelib.bootstrap.export import export_tools
from chalicelib.bootstrap.filing import filing_draft_store, filing_store
from chalicelib.bootstrap.people import data_request_tools
from chalicelib.bootstrap.storage import event_store, mailbox_store
from chalicelib.domain.access.account import Account
from chalicelib.domain.access.csrf import csrf_token
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.export.export import ExportKind
from chalicelib.domain.filing.filing_draft import filed
from chalicelib.domain.filing.procedure import frozen_procedure
from chalicelib.domain.mailbox import UserState
from chalicelib.domain.people.data_request import DataRequestKind, DataWish
from chalicelib.handlers.cookies import SESSION_COOKIE
from chalicelib.handlers.door import FORM_WITH_FILES, MAILBOX, PUBLIC, SESSION, SIGNED, STAFF, Door
from chalicelib.handlers.doors import DOORS, find
from chalicelib.services.access.sessions import OpenedSession, open_session
from chalicelib.services.export.request_export import request_export
from chalicelib.services.people.data_requests import make_request
from chalicelib.store.filing.filing_store import FilingCommit
from tests.browser_requests import BOUNDARY, SAME_ORIGIN, multipart, said
from tests.cloud import Engine
from tests.deposit_world import INSTITUTION_ID, World, a_body, a_mailbox, a_user, an_inline_file
from tests.filer_world import PROCEDURE_ID, seed_catalogue
from tests.filing_world import DRAFT_ID, a_batch, a_draft, a_filing
from tests.person_world import People

OWN, OTHER = "1-40000002", "1-40000010"
OF_ANOTHER = re.compile(r"{(notice_id|export_id|user_id|session_id|reference|draft_id|filing_id)}")
ENDS_A_SESSION = "/perfil/accesos/{session_id}/cerrar"
"""Answers alike for a session that ended, and one that is nobody's or another's, which goes on."""
FOR_THE_PRINCIPAL = {("POST", "/v1/users"), ("POST", "/v1/reopening"), ("POST", "/mis-datos/abrir")}
TYPED = {"/presentar": {"entidad": INSTITUTION_ID, "tramite": PROCEDURE_ID}}
"""What a form cannot go without, as no page of another's has it."""
MANAGES_USERS = re.compile(r"/usuarios/|/v1/users/|/representante|/v1/representative")


_OWN_MAILBOX = a_mailbox(users=(a_user(1), a_user(2, document_number="40000021")))
_SECOND = Account(f"{OWN}.40000021", "u2", OWN, UserState.ACTIVE)
OF_PEOPLE = [door for door in DOORS if door.access in {SESSION, MAILBOX}]


@dataclass
class Town:
    """One mailbox with two users, a notice, a filing, a draft, an export and a session; and another."""

    people: People
    notice_id: str = ""
    export_id: str = ""
    reference: str = ""
    filing_id: str = ""
    other: OpenedSession | None = None
    """The principal's session that the last request named."""

    def __post_init__(self) -> None:
        """Fill it."""
        box, tools = self.people.world.container, self.people.tools
        mailbox_store(box).put(_OWN_MAILBOX)
        mailbox_store(box).put(a_mailbox("40000010", users=(a_user(9, is_principal=True),)))
        for account in (
            Account(OWN, "u1", OWN, UserState.ACTIVE),
            _SECOND,
            Account(OTHER, "u9", OTHER, UserState.ACTIVE),
        ):
            tools.accounts.add(account)
        self.notice_id = str(self.people.world.deposit(a_body(annexes=[an_inline_file()])).json_body["notice_id"])
        opened = self.enter(OWN)
        wish, requests = DataWish(DataRequestKind.EXPORT), data_request_tools(box)
        procedure = frozen_procedure(seed_catalogue(box))
        assert filing_draft_store(box).add(a_draft(session=opened.session, procedure=procedure))
        filing = a_filing(filing_id=box.chance.new_code())
        self.filing_id = filing.filing_id
        event = Event(f"filing#{filing.filing_id}", EventType.FILING_FILED, filing.filed_at, "e-filed", "user:u1")
        sent = a_draft("d" * 32)
        assert filing_draft_store(box).add(sent)
        closed = filed(sent, filing.filing_id, filing.filed_at)
        filing_store(box).commit(FilingCommit(filing, closed, 2026, 1, event, (), a_batch(filing)))
        self.reference = make_request(opened.session, wish, origin="", tools=requests).reference
        self.export_id = request_export(ExportKind.MAILBOX, {}, opened.session, tools=export_tools(box)).export_id

    def enter(self, username: str, **changes: Any) -> OpenedSession:
        tools = self.people.tools
        account = tools.accounts.find(username)
        assert account is not None
        account, now = replace(account, **changes), self.people.world.clock()
        return open_session(account, tools.new_secret(), origin="192.0.2.1", sessions=tools.sessions, now=now)

    def ask(self, door: Door, opened: OpenedSession | None) -> HTTPResponse:
        """Ask with the first mailbox's ids, whoever asks; whom the request before removed is back."""
        if self.people.tools.accounts.find(_SECOND.username) is None:
            mailbox_store(self.people.world.container).put(_OWN_MAILBOX)
            self.people.tools.accounts.add(_SECOND)
        self.other = self.enter(OWN)
        ids = {
            "notice_id": self.notice_id,
            "export_id": self.export_id,
            "user_id": "u2",
            "session_id": self.other.session.session_id,
            "reference": self.reference,
            "draft_id": DRAFT_ID,
            "step": "documento",
            "filing_id": self.filing_id,
            "deed": "subsanar",
            "kind": "correccion",
            "channel": "correo" if door.kind == "web" else "email",
            "name": "original" if door.kind == "web" else "main",
        }
        address = re.sub(r"{(\w+)}", lambda found: ids.get(found[1], "x"), door.path)
        headers, body = self._sent(door, opened)
        client = self.people.world.client
        answer = client.http.request(door.method, address, headers=headers, body=body)
        return said(client, answer, headers.get("cookie", ""))

    def is_other_open(self) -> bool:
        assert self.other is not None
        return self.people.tools.sessions.find(self.other.cookie, self.people.world.clock()) is not None

    def _sent(self, door: Door, opened: OpenedSession | None) -> tuple[dict[str, str], bytes]:
        if door.kind == "api":
            bearer = {"authorization": f"Bearer {opened.cookie}"} if opened else {}
            return {**bearer, "content-type": "application/json"}, json.dumps({}).encode()
        cookie = {"cookie": f"{SESSION_COOKIE}={opened.cookie}"} if opened else {}
        if door.method == "GET":
            return cookie, b""
        token = csrf_token(self.people.tools.pepper, opened.session) if opened else ""
        if door.bodies == FORM_WITH_FILES:
            form = {"content-type": f"multipart/form-data; boundary={BOUNDARY}", **SAME_ORIGIN}
            return {**cookie, **form}, multipart("", b"", csrf=token, part="annex")
        form = {"content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "same-origin"}
        return {**cookie, **form}, urlencode({"csrf": token, **TYPED.get(door.path, {})}).encode()


@pytest.fixture
def town(world: World, moto_engine: Engine) -> Town:
    moto_engine.client("ses").verify_email_identity(EmailAddress=world.container.config.mail_from)
    return Town(People(world))


def _told(door: Door, answer: HTTPResponse) -> str:
    place = answer.headers.get("Location", "")
    return f"{door.method} {door.path}: {answer.status_code} {place} {answer.body[:300].decode(errors='replace')}"


def _led_to(answer: HTTPResponse) -> str:
    return str(answer.headers.get("Location", "")).partition("?")[0] if answer.status_code == 303 else ""


def test_there_are_routes_of_every_access() -> None:
    assert {door.access for door in DOORS} - STAFF == {PUBLIC, SIGNED, SESSION, MAILBOX}
    assert len(OF_PEOPLE) > 50


def test_nobody_gets_in_without_a_session_or_with_one_that_ended(town: Town) -> None:
    ended = town.enter(OWN)
    town.people.tools.sessions.end_opened_by(ended.cookie)
    for door in OF_PEOPLE:
        for opened in (None, ended):
            answer = town.ask(door, opened)
            if door.kind == "web":
                assert _led_to(answer) == "/ingresar", _told(door, answer)
            else:
                assert (answer.status_code, answer.json_body["code"]) == (401, "session_ended"), _told(door, answer)


def test_a_persons_session_is_no_institutions_signature(town: Town) -> None:
    opened = town.enter(OWN)
    for door in DOORS:
        if door.access == SIGNED:
            assert town.ask(door, opened).status_code in {401, 422}, door


def test_a_validation_of_twenty_minutes_ago_shows_no_contents(town: Town) -> None:
    opened = town.enter(OWN)
    town.people.world.clock.now += timedelta(minutes=20, microseconds=1)
    for door in OF_PEOPLE:
        if door.access != MAILBOX:
            continue
        answer = town.ask(door, opened)
        if door.kind == "web":
            assert _led_to(answer) == "/validar", _told(door, answer)
        else:
            assert (answer.status_code, answer.json_body["code"]) == (401, "validation_needed"), _told(door, answer)


def test_a_temporary_password_shows_no_contents(town: Town) -> None:
    opened = town.enter(OWN, must_change_password=True)
    for door in OF_PEOPLE:
        if door.access != MAILBOX:
            continue
        answer = town.ask(door, opened)
        if door.kind == "web":
            assert _led_to(answer) == "/clave", _told(door, answer)
        else:
            assert answer.json_body["code"] == "password_change_needed", _told(door, answer)


def test_texts_not_accepted_show_no_contents(town: Town) -> None:
    tools = town.people.tools
    account = tools.accounts.find(OWN)
    assert account is not None
    for door in OF_PEOPLE:
        if door.access != MAILBOX or getattr(find(door.target), "is_before_texts", False):
            continue
        now, secret = town.people.world.clock(), tools.new_secret()
        opened = open_session(account, secret, origin="", sessions=tools.sessions, now=now, must_accept_texts=True)
        answer = town.ask(door, opened)
        if door.kind == "web":
            assert _led_to(answer) == "/textos", _told(door, answer)
        else:
            assert answer.json_body["code"] == "texts_not_accepted", _told(door, answer)


def test_what_is_another_mailboxs_does_not_exist(town: Town) -> None:
    for door in OF_PEOPLE:
        answer = town.ask(door, town.enter(OTHER))
        if door.path == ENDS_A_SESSION:
            assert town.is_other_open()
        elif OF_ANOTHER.search(door.path):
            assert answer.status_code == 404, _told(door, answer)
        else:
            assert answer.status_code not in {403, 404}, _told(door, answer)
    box = town.people.world.container
    mailbox = mailbox_store(box).find(OWN)
    assert mailbox is not None
    assert [user.state for user in mailbox.users] == [UserState.ACTIVE, UserState.ACTIVE]
    assert [event.type.value for event in event_store(box).list_for_subject(f"notice#{town.notice_id}")] == [
        "notice.deposited"
    ]


def test_a_secondary_user_reads_all_and_manages_nobody(town: Town) -> None:
    for door in OF_PEOPLE:
        answer = town.ask(door, town.enter(f"{OWN}.40000021"))
        if door.path == ENDS_A_SESSION:
            assert town.is_other_open()
        elif any(own in door.path for own in ("{export_id}", "{session_id}", "{reference}", "{draft_id}")):
            assert answer.status_code == 404, _told(door, answer)  # the principal's own
        elif MANAGES_USERS.search(door.path) or (door.method, door.path) in FOR_THE_PRINCIPAL:
            is_led_back = (door.method, _led_to(answer)) == ("GET", "/usuarios")
            assert answer.status_code == 403 or is_led_back, _told(door, answer)
        else:
            assert answer.status_code not in {403, 404}, _told(door, answer)


def test_the_principal_gets_at_everything(town: Town) -> None:
    for door in OF_PEOPLE:
        answer = town.ask(door, town.enter(OWN))
        assert answer.status_code not in {401, 403, 404, 500}, _told(door, answer)
        assert _led_to(answer) not in {"/validar", "/clave"} or door.path == "/clave", _told(door, answer)
