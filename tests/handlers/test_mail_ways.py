"""Codes, links and passwords go by TLS or not at all; an alert goes to any server, and is reported on."""

from __future__ import annotations

import ast
import email
import email.policy
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from chalice.test import Client

from app import app
from chalicelib.bootstrap import Container, using
from chalicelib.bootstrap.access import access_tools
from chalicelib.bootstrap.alert import channels
from chalicelib.bootstrap.aws import aws_session, connection
from chalicelib.bootstrap.mail import access_mail, alert_mail
from chalicelib.bootstrap.registration import registration_tools
from chalicelib.config import Config
from chalicelib.renderers.portal_texts import portal_texts
from chalicelib.store import tables
from chalicelib.store.codec import to_data
from infra.local.registries.server import running
from tests.cloud import Engine
from tests.deposit_world import AUTHORITY, Clock, World
from tests.person_world import NEW, PASSWORD, USERNAME, People
from tests.registry_world import ACCESS, a_person

ROOT = Path(__file__).parents[2]
SECRET = re.compile(
    r"^[2-9A-Z]{6}\r?$|Clave de validación: [0-9A-Z]{6}|Contraseña: |https?://\S+/(recuperar|activar|verificar)",
    re.MULTILINE,
)


@dataclass
class Post:
    """The service, and each e-mail as it was handed over: its set, its subject and its text."""

    world: World
    sent: list[tuple[str, str, str]] = field(default_factory=list)

    def note(self, **told: Any) -> None:
        params = told["params"]
        message = email.message_from_bytes(params["Content"]["Raw"]["Data"], policy=email.policy.default)
        text = message.get_body(("plain",))
        assert text is not None
        self.sent.append((params["ConfigurationSetName"], str(message["Subject"]), str(text.get_content())))


@pytest.fixture
def post(aws: dict[str, str], moto_engine: Engine) -> Iterator[Post]:
    config = Config.from_env({**aws, "API_AUTHORITY": AUTHORITY, "API_BASE_URL": f"https://{AUTHORITY}"})
    moto_engine.client("ses").verify_email_identity(EmailAddress=config.mail_from)
    with running(slow_seconds=0.1) as simulator:
        registries = {"reniec_url": simulator.reniec_url, "sunat_url": simulator.sunat_url}
        holder = {"registry_user": ACCESS.user_dni, "registry_ruc": ACCESS.institution_ruc}
        container = Container(replace(config, **registries, **holder), clock=Clock(), pause=lambda _: None)
        tables.bind(container.config, connection(container))
        with using(container):
            world = World(container, Client(app), container.clock)  # type: ignore[arg-type]
            world.seed()
            found = Post(world)
            aws_session(container).register("provide-client-params.sesv2.SendEmail", found.note)
            yield found


def _use_access(post: Post) -> None:
    """Have every kind of code, link and notice of access sent."""
    people = People(post.world)
    people.seed()
    assert people.send("POST", "/v1/login-codes", {"username": USERNAME}).status_code == 202
    assert people.send("POST", "/v1/login-codes", {"username": "1-40000003"}).status_code == 202
    token = people.token()
    user = {"document_type": "DNI", "document_number": "40000021", "name": "Rosa Demo", "email": "rosa@ejemplo.pe"}
    added = people.send("POST", "/v1/users", user, token=token)
    assert added.status_code == 201, added.body
    for act in ("activation-mail", "disabling"):
        told = people.send("POST", f"/v1/users/{added.json_body['user_id']}/{act}", {}, token=token)
        assert told.status_code in {200, 202}, told.body
    asked = people.send("POST", "/v1/profile/email", {"email": "nueva@ejemplo.pe", "password": PASSWORD}, token=token)
    assert asked.status_code == 202, asked.body
    proven = people.send("POST", "/v1/profile/email/verification", {"code": people.code_sent()}, token=token)
    assert proven.status_code == 200, proven.body
    body = {"old_password": PASSWORD, "new_password": NEW, "new_password_repeated": NEW}
    changed = people.send("POST", "/v1/passwords", body, token=token)
    assert changed.status_code < 300, changed.body


def _register(post: Post) -> None:
    contact = {"phone": "987 654 321", "email": "rosa@ejemplo.pe", "email_again": "rosa@ejemplo.pe"}
    accepted = [{"text": text, "version": version} for text, version in portal_texts().current.items()]
    person = {key: value for key, value in to_data(a_person()).items() if value}
    people = People(post.world)
    started = people.send("POST", "/v1/registrations", {"person": person, **contact, "accepted": accepted})
    assert started.status_code == 201, started.body
    [code] = re.findall(r"Clave de validación: ([0-9A-Z]{6})", post.sent[-1][2])
    address = f"/v1/registrations/{started.json_body['registration_id']}/verification"
    assert people.send("POST", address, {"code": code}).json_body["state"] == "completed"


def _deposit(post: Post) -> None:
    notice_id = str(post.world.deposit().json_body["notice_id"])
    image = {"subject": {"S": f"notice#{notice_id}"}, "type": {"S": "notice.deposited"}}
    keys = {"subject": {"S": f"notice#{notice_id}"}, "position": {"S": "p"}}
    change = {"ApproximateCreationDateTime": 1, "SequenceNumber": "1", "Keys": keys, "NewImage": image}
    stream = "arn:aws:dynamodb:us-east-1:000000000000:table/events/stream/1"
    record = {"eventID": "1", "eventName": "INSERT", "eventSourceARN": stream, "dynamodb": change}
    assert post.world.client.lambda_.invoke("send_alerts", {"Records": [record]}).payload == {"batchItemFailures": []}


def test_what_lets_somebody_in_goes_by_the_set_that_demands_tls(post: Post) -> None:
    _use_access(post)
    of_access = len(post.sent)
    _register(post)

    assert of_access >= 7
    assert len(post.sent) == of_access + 2
    assert {configured for configured, _, _ in post.sent} == {post.world.container.config.access_mail_configuration_set}
    assert len([text for _, _, text in post.sent if SECRET.search(text)]) >= 7


def test_an_alert_goes_by_the_set_that_reports_and_has_nothing_secret(post: Post) -> None:
    _deposit(post)

    assert post.sent
    assert {configured for configured, _, _ in post.sent} == {post.world.container.config.mail_configuration_set}
    assert not [text for _, _, text in post.sent if SECRET.search(text)]


def test_the_sets_are_two(post: Post) -> None:
    config = post.world.container.config
    assert config.access_mail_configuration_set
    assert config.mail_configuration_set not in {"", config.access_mail_configuration_set}


def test_each_wing_has_the_way_that_is_its_own(post: Post) -> None:
    box = post.world.container
    assert access_tools(box).mail is registration_tools(box).mail is access_mail(box)
    assert channels(box).mail is alert_mail(box)
    assert access_mail(box) is not alert_mail(box)


def test_no_mail_goes_out_elsewhere() -> None:
    """Who sends, and who hands over a way to send, is named here: a new one has to say which way is its own."""
    sending, naming = set(), set()
    for path in (ROOT / "chalicelib").rglob("*.py"):
        module = path.relative_to(ROOT / "chalicelib").with_suffix("").as_posix()
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr in {"send_email", "send_raw_email"}:
                sending.add(module)
            if isinstance(node, ast.Attribute) and node.attr == "send" and ast.unparse(node.value).endswith("mail"):
                sending.add(module)
            if isinstance(node, ast.ImportFrom) and node.module == "chalicelib.bootstrap.mail":
                naming |= {(module, name.name) for name in node.names if name.name.endswith("mail")}

    assert sending == {
        "gateways/mail",
        "services/access/send_access_mail",
        "services/institution/send_staff_letter",
        "services/registration/tools",
        "services/alert/send_alerts",
        "services/alert/ask_address",
        "services/alert/send_digests",
        "services/institution/watch_keys",
        "services/usage/tell_statement",
        "services/agreement/watch_agreements",
    }
    assert naming == {
        ("bootstrap/access", "access_mail"),
        ("bootstrap/institution", "access_mail"),
        ("bootstrap/registration", "access_mail"),
        ("bootstrap/alert", "alert_mail"),
        ("bootstrap/institution", "alert_mail"),
        ("bootstrap/usage", "access_mail"),
        ("bootstrap/usage", "alert_mail"),
        ("bootstrap/agreement", "alert_mail"),
    }
