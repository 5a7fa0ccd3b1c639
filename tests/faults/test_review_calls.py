"""Whatever goes wrong at any call, who waits for a review gets one mailbox by one yes, and nobody is lost (REG-11)."""

from __future__ import annotations

import email
import email.policy
import json
import logging
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from chalice.test import Client, HTTPResponse
from moto.ses.models import ses_backends

from app import app
from chalicelib.bootstrap import Container, using
from chalicelib.bootstrap.aws import connection
from chalicelib.bootstrap.storage import event_store
from chalicelib.config import Config
from chalicelib.domain.event import EventType
from chalicelib.renderers.portal_texts import portal_texts
from chalicelib.store import tables
from chalicelib.store.codec import to_data
from infra.local.cloud import REGION
from infra.local.registries.server import Simulator, running
from tests.cloud import Engine
from tests.deposit_world import Clock
from tests.faults.catalogue import FAULTS
from tests.faults.strike import Fault, ProcessDied, Strike
from tests.faults.wire import Wire, tapped
from tests.registry_world import ACCESS, a_person

NUMBER, TO = "99000007", "iris@ejemplo.pe"
BY = "--reason 'DNI visto en la mesa' --operator rquispe"
_TRIES = 4


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with running(slow_seconds=1) as server:
        yield server


@dataclass
class Walk:
    """One who registers and an operator who says yes, each trying again as people do."""

    client: Client
    wire: Wire
    clock: Clock
    box: Container
    registration_id: str = ""
    answers: list[int] = field(default_factory=list)

    def call(self, kind: str, method: str, path: str, body: Any = None) -> HTTPResponse | None:
        raw = b"" if body is None else json.dumps(body).encode()
        headers = {"content-type": "application/json"}
        with self.wire.running(kind), suppress(ProcessDied):
            return self.client.http.request(method, f"/v1/registrations{path}", headers=headers, body=raw)
        return None

    def begin(self) -> None:
        person = {key: value for key, value in to_data(a_person(NUMBER)).items() if value}
        accepted = [{"text": text, "version": version} for text, version in portal_texts().current.items()]
        contact = {"phone": "987654321", "email": TO, "email_again": TO}
        for _ in range(_TRIES):
            answer = self.call("begin", "POST", "", {"person": person, **contact, "accepted": accepted})
            if answer is not None and answer.status_code == 201:
                self.registration_id = answer.json_body["registration_id"]
                return
            self.clock.advance(hours=1)  # several from one network in an hour would be asked for a captcha

    def prove(self) -> bool:
        for _ in range(_TRIES):
            code = next((found[1] for text in reversed(self.mails()) if (found := _CODE.search(text))), "AAAAAA")
            self.call("prove", "POST", f"/{self.registration_id}/verification", {"code": code})
            if self.state() == "awaiting_review":
                return True
            self.clock.advance(seconds=61)
            self.call("again", "POST", f"/{self.registration_id}/codes")
        return False

    def approve(self) -> bool:
        for _ in range(_TRIES):
            waiting = json.loads(self.operate("registrations list --json") or '{"registrations": []}')["registrations"]
            if not waiting and self.state() == "completed":
                return True
            for one in waiting:
                self.operate(f"registrations approve {one['reference']} {BY}")
        return self.state() == "completed"

    def get_the_way_in(self) -> bool:
        """Look for the e-mail, and ask for it again where it did not come."""
        for _ in range(_TRIES):
            if any("Contraseña: " in text for text in self.mails()):
                return True
            self.clock.advance(seconds=61)
            self.call("again", "POST", f"/{self.registration_id}/codes")
        return False

    def operate(self, line: str) -> str:
        with self.wire.running("operator"), suppress(ProcessDied, Exception):
            answer = self.client.lambda_.invoke("operator", {"command": line}).payload
            return str(answer["output"]) if answer["exit"] == 0 else ""
        return ""

    def state(self) -> str:
        answer = self.client.http.request("GET", f"/v1/registrations/{self.registration_id}")
        return str(answer.json_body.get("state"))

    def mails(self) -> list[str]:
        sent = [one for backends in ses_backends.values() for one in backends[REGION].sent_messages]
        parsed = [email.message_from_string(one.raw_data, policy=email.policy.default) for one in sent]
        bodies = [one.get_body(("plain",)) for one in parsed]
        return [str(body.get_content()) for body in bodies if body is not None]


_CODE = re.compile(r"Clave de validación: ([0-9A-Z]{6})")


@dataclass
class Site:
    engine: Engine
    simulator: Simulator
    wire: Wire

    def walk(self, *strikes: Strike) -> list[str]:
        """Walk from start to end; return what there is to complain of."""
        self.wire.clear()
        self.wire.strikes = list(strikes)
        with self.engine.opened() as environment:
            config = replace(
                Config.from_env(environment),
                reniec_url=self.simulator.reniec_url,
                sunat_url=self.simulator.sunat_url,
                registry_user=ACCESS.user_dni,
                registry_ruc=ACCESS.institution_ruc,
            )
            clock = Clock()
            box = Container(config, clock=clock, pause=lambda _: None)
            tables.bind(config, connection(box))
            with using(box):
                walk = Walk(Client(app), self.wire, clock, box)
                walk.begin()
                return list(_complaints(walk))

    def calls(self) -> list[str]:
        assert self.walk() == []
        return [attempt.label for attempt in self.wire.attempts if attempt.kind in {"prove", "operator"}]


def _complaints(walk: Walk) -> Iterator[str]:
    if not walk.prove():
        yield f"does not wait for a review: {walk.state()}"
        return
    if list(tables.MailboxItem.scan()):
        yield "a mailbox without anybody's yes"
    if not walk.approve():
        yield f"not approved: {walk.state()}"
        return
    if not walk.get_the_way_in():
        yield "no way in was sent"
    opened = [one.mailbox_id for one in tables.MailboxItem.scan()]
    accounts = [one.username for one in tables.AccountItem.scan()]
    if opened != [f"1-{NUMBER}"] or accounts != opened:
        yield f"mailboxes {opened}, accounts {accounts}"
    events = event_store(walk.box).list_for_subject(f"mailbox#1-{NUMBER}")
    if [(one.type, one.actor) for one in events] != [(EventType.MAILBOX_OPENED, "operator:rquispe")]:
        yield f"events {[one.type.value for one in events]}"
    for item in tables.RegistrationItem.scan():
        held = event_store(walk.box).list_for_subject(f"registration#{item.registration_key}")
        count = [one.type for one in held].count(EventType.REGISTRATION_HELD)
        if count != (1 if item.state == "completed" else 0):
            yield f"held {count} times: {item.state}"


@pytest.fixture(scope="module")
def site(moto_engine: Engine, simulator: Simulator) -> Iterator[Site]:
    logging.disable(logging.CRITICAL)  # the refusals are meant to happen
    with tapped(Wire()) as wire:
        yield Site(moto_engine, simulator, wire)
    logging.disable(logging.NOTSET)


def _matrix() -> Iterator[object]:
    """Deaths and lost answers: what a fault makes of a call is tried at length elsewhere, here what comes after it."""
    for fault in FAULTS:
        if fault.kills or "lost" in str(fault):
            yield pytest.param(fault, marks=() if fault.kills else pytest.mark.deep, id=str(fault))


def test_a_walk_without_faults_reads_writes_and_sends(site: Site) -> None:
    labels = site.calls()

    assert {"dynamodb.TransactWriteItems events,registrations#1", f"sesv2.SendEmail {TO}#2"} <= set(labels)


@pytest.mark.parametrize("fault", list(_matrix()))
def test_one_who_waits_gets_one_mailbox_by_one_yes(site: Site, fault: Fault) -> None:
    complaints, struck = {}, 0
    labels = [label for label in dict.fromkeys(site.calls()) if fault.operations.match(label)]
    for label in labels:
        strike = Strike(fault, label)
        found = site.walk(strike)
        struck += bool(strike.struck)
        if found:
            complaints[label] = found

    assert complaints == {}
    assert struck == len(labels)
