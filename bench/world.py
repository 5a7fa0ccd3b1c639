"""The service over the stub: seeded, with requests signed beforehand and handed over as API Gateway does."""

from __future__ import annotations

import hashlib
import io
import itertools
import json
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from chalice.app import Chalice
from chalice.test import Client
from fpdf import FPDF
from PIL import Image

from app import app
from bench.stub import Stub, running_stub
from chalicelib.bootstrap import Container, using
from chalicelib.bootstrap.chance import Chance
from chalicelib.bootstrap.files import files, upload_store
from chalicelib.bootstrap.storage import mailbox_store
from chalicelib.config import Config
from chalicelib.domain.upload.upload import DeclaredFile, Upload, UploadState
from chalicelib.store.tables import EventItem
from infra.local.registries.server import Simulator, running
from tests.deposit_world import (
    AUTHORITY,
    INSTITUTION_ID,
    NOW,
    Clock,
    SignedCall,
    a_body,
    a_mailbox,
    a_signing_key,
    a_user,
    an_inline_file,
    an_institution,
    put_institution,
    put_key,
)
from tests.deposit_world import World as DepositWorld
from tests.registry_world import ACCESS

SMALL = 200 * 1024
BIG = 50 * 1024 * 1024
EMAIL_CODE = "K7M3QX"
"""Every code that is sent by e-mail."""
_CONTEXT = type("Context", (), {"aws_request_id": "bench", "function_name": "api", "memory_limit_in_mb": "1024"})()


@dataclass
class BenchWorld:
    """What every measurement needs."""

    stub: Stub
    container: Container
    signer: DepositWorld
    environment: dict[str, str]
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def deposit_event(self, body: dict[str, Any]) -> dict[str, Any]:
        """Sign a deposit with a key and a nonce of its own."""
        number = next(self.numbers)
        raw = json.dumps({**body, "document": {**body["document"], "number": f"{number:06d}-2026"}}).encode()
        key = f"bench-{number:08d}"
        return event_of(self.signer.signed("POST", "/v1/deposits", raw, idempotency_key=key, nonce=self._nonce()))

    def deposit(self) -> str:
        """Deposit a file uploaded before, and return the notice's id."""
        notice_id: str = handle(self.deposit_event(self.uploaded_body()))["notice_id"]
        return notice_id

    def get_event(self, path: str, resource: str, **parameters: str) -> dict[str, Any]:
        """Sign a GET."""
        return event_of(self.signer.signed("GET", path, nonce=self._nonce()), resource, parameters)

    def post_event(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Sign another POST."""
        return event_of(self.signer.signed("POST", path, json.dumps(body).encode(), nonce=self._nonce()))

    def uploaded_body(self, size: int = SMALL) -> dict[str, Any]:
        """Put a checked upload of this size, its object too, and return a deposit that uses it."""
        upload_id = hashlib.sha256(f"upload-{next(self.numbers)}".encode()).hexdigest()[:32]
        content = a_scanned_pdf() if size == SMALL else bytes(size)
        declared = DeclaredFile("resolucion.pdf", "application/pdf", hashlib.sha256(content).hexdigest(), len(content))
        object_key = f"files/2026/03/09/{INSTITUTION_ID}/{upload_id}"
        files(self.container).put_document(object_key, content, "application/pdf")
        now = self.signer.clock.now
        upload = Upload(
            upload_id, INSTITUTION_ID, declared, UploadState.CHECKED, object_key, now, None, now + timedelta(days=7)
        )
        upload_store(self.container).add(upload)
        return a_body(main={**_described(declared), "upload_id": upload_id})

    def inline_body(self) -> dict[str, Any]:
        """Return a deposit that carries its file."""
        return a_body(main=an_inline_file(a_scanned_pdf()))

    def with_users(self, count: int) -> dict[str, Any]:
        """Open a mailbox of this many users, the first with a mobile too, and return a deposit to it."""
        number = f"4000001{count}"
        users = (a_user(1), *(a_user(position, mobile=None) for position in range(2, count + 1)))
        mailbox_store(self.container).put(a_mailbox(number, users=users))
        return {**self.uploaded_body(), "recipient": {"document_type": "DNI", "document_number": number}}

    def attach_receipts(self, attaches: bool) -> None:
        """Have the institution's alerts carry the receipt, or not."""
        put_institution(self.container, an_institution(attaches_receipt=attaches))

    def send_alerts(self, notice_id: str) -> None:
        """Run the worker on the stream record of a deposit."""
        self.send(stream_event(notice_id))

    def send(self, event: dict[str, Any]) -> None:
        """Run it on this one."""
        with Client(app) as client:
            answer = client.lambda_.invoke("send_alerts", event)
        if answer.payload != {"batchItemFailures": []}:
            raise AssertionError(answer.payload)

    def _nonce(self) -> str:
        return f"nonce-of-bench-{next(self.numbers):012d}"


def stream_event(notice_id: str) -> dict[str, Any]:
    """Write what the stream hands to the worker of a deposit's alerts, as the log has it."""
    [item] = EventItem.query(f"notice#{notice_id}", EventItem.position > "", limit=1)
    image = item.to_dynamodb_dict()
    record = {
        "eventID": "1",
        "eventName": "INSERT",
        "eventSourceARN": "arn:aws:dynamodb:us-east-1:000000000000:table/events_table/stream/1",
        "dynamodb": {"NewImage": image, "SequenceNumber": "1", "ApproximateCreationDateTime": 1.0},
    }
    return {"Records": [record]}


def answer_of(chalice: Chalice, event: dict[str, Any]) -> dict[str, Any]:
    """Hand an event to an app as the Lambda runtime does; return its answer."""
    answer: dict[str, Any] = chalice(event, _CONTEXT)
    return answer


def handle(event: dict[str, Any], *, status: int = 201) -> dict[str, Any]:
    """Hand an event to the service; return the answer's body."""
    answer = answer_of(app, event)
    if answer["statusCode"] != status:
        raise AssertionError(answer)
    found: dict[str, Any] = json.loads(answer["body"]) if answer["body"] else {}
    return found


def show(event: dict[str, Any], *, status: int = 200) -> str:
    """Hand a browser's event to the service; return the page."""
    answer = answer_of(app, event)
    if answer["statusCode"] != status:
        raise AssertionError(answer)
    return str(answer["body"])


def event_of(call: SignedCall, resource: str = "", parameters: dict[str, str] | None = None) -> dict[str, Any]:
    """Write a request as API Gateway's proxy event."""
    address = urlsplit(call.path)
    query = dict(parse_qsl(address.query))
    return {
        "resource": resource or address.path,
        "path": address.path,
        "httpMethod": call.method,
        "headers": {**call.headers, "Host": AUTHORITY, "Accept": "application/json"},
        "multiValueHeaders": {name: [value] for name, value in call.headers.items()},
        "queryStringParameters": query or None,
        "multiValueQueryStringParameters": {name: [value] for name, value in query.items()} or None,
        "pathParameters": parameters,
        "stageVariables": None,
        "requestContext": {
            "resourcePath": resource or address.path,
            "path": address.path,
            "httpMethod": call.method,
            "requestId": "bench",
            "identity": {"sourceIp": "192.0.2.10"},
        },
        "body": call.body.decode() if call.body else None,
        "isBase64Encoded": False,
    }


@contextmanager
def bench_world(now: datetime = NOW) -> Iterator[BenchWorld]:
    """Open the service over a stub of its own, at that moment; the environment is put back at the end."""
    with ExitStack() as stack:
        stub = stack.enter_context(running_stub())
        simulator = stack.enter_context(running(slow_seconds=0))
        # All that is measured is sent at one instant of this clock: nothing of it may count as too much at once.
        environment = {**settings(stub.endpoint_url, simulator), "SENDER_RATE": "99999"}
        stack.enter_context(_environment(environment))
        clock, chance = Clock(now), Chance(new_email_code=lambda: EMAIL_CODE)
        container = stack.enter_context(using(Container(Config.from_env(environment), clock=clock, chance=chance)))
        signer = DepositWorld(container, Client(app), clock)
        signer.seed()
        put_institution(container, an_institution(attaches_receipt=True))
        signing_key = a_signing_key(not_before=now - timedelta(days=1), not_after=now + timedelta(days=1))
        put_key(container, signing_key)
        yield BenchWorld(stub, container, signer, environment)


def settings(endpoint_url: str, registries: Simulator) -> dict[str, str]:
    """Return the environment of a process that talks to the stub, and asks these registries."""
    required = {f.name.upper(): f.name for f in fields(Config) if f.default is f.default_factory}
    return {
        **required,
        "UPLOADS_BUCKET": "uploads",
        "DOCUMENTS_BUCKET": "documents",
        "API_AUTHORITY": AUTHORITY,
        "API_BASE_URL": f"https://{AUTHORITY}",
        "PORTAL_ADDRESS": "casilla.example",
        "MAIL_FROM": "avisos@casilla.example",
        "TOKEN_SECRET_ARN": "token_secret",
        "STAFF_KEY_ARN": "staff_key",
        "REGISTRY_SECRET_ARN": "registry_secret",
        "REGISTRY_USER": ACCESS.user_dni,
        "REGISTRY_RUC": ACCESS.institution_ruc,
        "RENIEC_URL": registries.reniec_url,
        "SUNAT_URL": registries.sunat_url,
        "SUNAT_REPRESENTATIVES_URL": registries.representatives_url,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": endpoint_url,
        "NO_PROXY": "127.0.0.1",
    }


@cache
def a_scanned_pdf(size: int = SMALL) -> bytes:
    """Make a PDF of this size to the byte: a page of text and a picture that does not compress, as scans are."""
    short = _pdf_with_noise(190)
    return (
        short[: short.rindex(b"startxref")]
        + b"%" * (size - len(short) - 1)
        + b"\n"
        + short[short.rindex(b"startxref") :]
    )


def _pdf_with_noise(kilobytes: int) -> bytes:
    noise = hashlib.shake_256(b"bench").digest(kilobytes * 1024)
    picture = io.BytesIO()
    Image.frombytes("L", (1024, kilobytes), noise).save(picture, "PNG")
    pdf = FPDF()
    pdf.set_creation_date(NOW)
    pdf.add_page()
    pdf.set_font("Helvetica", size=11)
    for line in range(40):
        pdf.cell(
            text=f"Considerando {line}: contenido sintético de una resolución de prueba.", new_x="LMARGIN", new_y="NEXT"
        )
    pdf.image(picture, w=100)
    return bytes(pdf.output())


def _described(declared: DeclaredFile) -> dict[str, Any]:
    return {f.name: getattr(declared, f.name) for f in fields(declared)}


@contextmanager
def _environment(wanted: dict[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    for name in before:
        if name.startswith("AWS_"):
            del os.environ[name]
    os.environ.update(wanted)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def calls_of(work: Callable[[], object], world: BenchWorld) -> dict[str, float]:
    """Return what a piece of work costs at the stub."""
    world.stub.spent()
    work()
    return world.stub.spent()
