"""One deposit from the client's first try to the last alert, on moto, with at most one fault on the way."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from chalice.test import Client
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends
from moto.s3.models import s3_backends
from moto.ses.models import ses_backends
from moto.sns.models import sns_backends

import app
from chalicelib.bootstrap import Container, using
from chalicelib.bootstrap.alert import PROCESSES, sending_tools
from chalicelib.bootstrap.aws import connection
from chalicelib.bootstrap.files import files, upload_store
from chalicelib.config import Config
from chalicelib.domain.upload.upload import DeclaredFile, Upload, UploadState
from chalicelib.gateways.circuit_breaker import CircuitBreaker
from chalicelib.gateways.way_out import BREAKER, Pace, WayOut, share
from chalicelib.store.tables import bind
from infra.local.cloud import REGION
from tests.cloud import Engine
from tests.deposit_world import (
    AUTHORITY,
    INSTITUTION_ID,
    NOW,
    Clock,
    SignedCall,
    World,
    a_body,
    a_pdf,
    an_inline_file,
    an_institution,
    put_institution,
)
from tests.faults.strike import ProcessDied
from tests.faults.wire import Wire

ANNEX = a_pdf("Anexo sintético")
RECIPIENTS = ("usuaria1@ejemplo.pe", "usuaria2@ejemplo.pe", "+51900000001")
_UPLOAD_ID = "5" * 32
_UPLOAD = Upload(
    _UPLOAD_ID,
    INSTITUTION_ID,
    DeclaredFile("anexo.pdf", "application/pdf", hashlib.sha256(ANNEX).hexdigest(), len(ANNEX)),
    UploadState.CHECKED,
    f"files/2026/03/09/{INSTITUTION_ID}/{_UPLOAD_ID}",
    NOW,
    expires_at=NOW + timedelta(days=7),
)
_SAME_BYTES_SENT = 3
_MOST_SENT = 8
_MOST_SWEEPS = 6
_TRIES_AT_MOST = 3
_HONEST = {201, 503}
"""What a client that does all right may be answered."""

Alteration = Callable[[Container], None]
"""Puts a defect into a container."""


def inline_body() -> bytes:
    """Make a deposit of a document and an annex, both inside it."""
    return json.dumps(a_body(annexes=[an_inline_file(ANNEX, "anexo.pdf")])).encode()


def uploaded_body() -> bytes:
    """Make a deposit of a document inside it and an annex that was uploaded and checked."""
    annex = an_inline_file(ANNEX, "anexo.pdf", upload_id=_UPLOAD.upload_id)
    del annex["content"]
    return json.dumps(a_body(annexes=[annex])).encode()


@dataclass(frozen=True)
class Route:
    """Which way a journey goes."""

    name: str
    body: Callable[[], bytes]
    streams: bool = True
    """Whether the stream delivers; else all is left to the sweeper."""
    delivers_twice: bool = False
    struck: frozenset[str] = frozenset({"request", "delivery"})
    """Where on it faults are tried; what goes on elsewhere is tried on another route."""

    def __str__(self) -> str:
        return self.name


INLINE = Route("files inside", inline_body)
UPLOADED = Route("annex uploaded", uploaded_body, struck=frozenset({"request"}))
SWEPT = Route("stream lost", inline_body, streams=False)
TWICE = Route("stream delivers twice", inline_body, delivers_twice=True)


class Lab:
    """What journeys share: the engine, the wire, a clock, a client of the app."""

    def __init__(self, engine: Engine, environment: dict[str, str], wire: Wire) -> None:
        """Use an engine that is open."""
        self.engine = engine
        self.wire = wire
        self.config = replace(Config.from_env(environment), api_authority=AUTHORITY)
        self.clock = Clock()
        self.client = Client(app.app)
        self._boxes: dict[Alteration | None, deque[Container]] = {}
        self._processes: dict[tuple[str, Alteration | None], Container] = {}
        self._seed: dict[str, Any] = {}

    def container(self, alter: Alteration | None = None) -> Container:
        """Start a process. Two take turns, since making clients takes longer than a journey."""
        if alter not in self._boxes:
            self._boxes[alter] = deque([self._made(alter), self._made(alter)])
        boxes = self._boxes[alter]
        boxes.rotate()
        return self._born(boxes[0])

    def process(self, kind: str, alter: Alteration | None = None) -> Container:
        """Start a process that only does one kind of work, and that lets time pass when it waits."""
        if (kind, alter) not in self._processes:
            box = Container(self.config, clock=self.clock, pause=lambda seconds: self.clock.advance(seconds=seconds))
            if alter is not None:
                alter(box)
            self._processes[kind, alter] = box
        return self._born(self._processes[kind, alter])

    def _born(self, box: Container) -> Container:
        """Take from a process what it knew, as its end does; its clients stay, which nobody can tell."""
        bind(self.config, connection(box))
        if sending_tools in box.made:
            known = sending_tools(box)
            by_mail, by_sms = (
                WayOut(Pace(share(float(rate), PROCESSES), box.clock, box.pause), CircuitBreaker(box.clock, BREAKER))
                for rate in (box.config.mail_rate, box.config.sms_rate)
            )
            ways = replace(known.channels, by_mail=by_mail, by_sms=by_sms)
            box.made[sending_tools] = replace(known, channels=ways, unwritten=type(known.unwritten)())
        return box

    def _made(self, alter: Alteration | None) -> Container:
        box = Container(self.config, clock=self.clock, pause=lambda _: None)
        if alter is not None:
            alter(box)
        return box

    def reset(self) -> None:
        """Empty the engine without asking it, which takes longer than a journey."""
        self.wire.clear()
        self.clock.now = NOW
        for name, table in self._tables().items():
            table.items.clear()
            table.items.update(deepcopy(self._seed.get(name, {})))
            if table.stream_shard is not None:
                table.stream_shard.items.clear()
        for bucket in s3_backends[DEFAULT_ACCOUNT_ID]["aws"].buckets.values():
            bucket.keys.clear()
        ses_backends[DEFAULT_ACCOUNT_ID][REGION].sent_messages.clear()
        sns_backends[DEFAULT_ACCOUNT_ID][REGION].sms_messages.clear()

    def seed(self, put: Callable[[], None]) -> None:
        """Put what every journey starts with, once."""
        if not self._seed:
            put()
            self._seed = {name: deepcopy(table.items) for name, table in self._tables().items()}

    def _tables(self) -> dict[str, Any]:
        return dict(dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables)

    def items(self, table: str) -> list[dict[str, Any]]:
        """Return every item of one of the service's tables, as on the wire."""
        rows = self._tables()[getattr(self.config, f"{table}_table")].all_items()
        return [row.to_json()["Attributes"] for row in rows]

    def is_due(self) -> bool:
        """Tell whether alerts are left to send."""
        return any("due_shard" in item for item in self.items("alerts"))

    def document(self, key: str) -> bytes | None:
        """Return the bytes of an object in the documents bucket, or None."""
        stored = s3_backends[DEFAULT_ACCOUNT_ID]["aws"].buckets[self.config.documents_bucket].keys.get(key)
        return None if stored is None else bytes(stored.value)

    def messages(self) -> Counter[str]:
        """Count what was sent, by recipient."""
        mails = ses_backends[DEFAULT_ACCOUNT_ID][REGION].sent_messages
        texts = sns_backends[DEFAULT_ACCOUNT_ID][REGION].sms_messages
        return Counter(
            [to for mail in mails for to in set(mail.destinations)] + [number for number, _ in texts.values()]
        )


@dataclass
class Journey:
    """Go by `finish`; what came of it stands in the lab's engine and in `answers`."""

    lab: Lab
    route: Route
    alter: Alteration | None = None
    answers: list[bytes] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    doubled: Counter[str] = field(default_factory=Counter)
    """Messages that an interruption allows beside the one each gets."""
    body: bytes = b""

    def __post_init__(self) -> None:
        self.lab.reset()
        self.body = self.route.body()
        self.box = self._start()
        self.world = World(self.box, self.lab.client, self.lab.clock)
        self.lab.seed(self._seed)
        if self.route.body is uploaded_body:
            files(self.box).put_document(_UPLOAD.object_key, ANNEX, "application/pdf")
        self.signed = self.sign()

    def _seed(self) -> None:
        self.world.seed()
        put_institution(self.box, an_institution(attaches_receipt=True))
        upload_store(self.box).add(_UPLOAD)

    def _start(self) -> Container:
        return self.lab.container(self.alter)

    @contextmanager
    def _process(self, kind: str) -> Iterator[None]:
        """Run in a process that may die; the next one starts anew."""
        died = True
        with suppress(ProcessDied), using(self.box), self.lab.wire.running(kind):
            yield
            died = self.lab.wire.is_dead
        if died:
            self.box = self._start()

    def sign(self, *, nonce: str | None = None) -> SignedCall:
        return self.world.signed("POST", "/v1/deposits", self.body, idempotency_key="clave-1", nonce=nonce)

    def finish(self) -> None:
        """Ask until there is an answer, ask again, then let the workers do all there is to do."""
        self.ask()
        for call in (self.signed, self.sign()):
            any(self.send(call) for _ in range(_TRIES_AT_MOST))
        if self.route.streams:
            self.deliver()
        if self.route.delivers_twice:
            self.deliver()
        for sweep in range(_MOST_SWEEPS):
            if (sweep or self.lab.wire.has_struck) and not self.lab.is_due():
                break
            self.lab.clock.advance(minutes=15)
            self.sweep()
        if not self.lab.wire.has_struck or self.lab.wire.struck_kind == "request":
            self.clean_up()

    def ask(self) -> None:
        """Send the signed bytes, and after some failures sign anew, as a client does."""
        for sent in range(_MOST_SENT):
            if self.send(self.signed if sent < _SAME_BYTES_SENT else self.sign()):
                return
            self.lab.clock.advance(seconds=5)

    def send(self, call: SignedCall) -> bool:
        """Tell whether it was accepted."""
        response = None
        with self._process("request"):
            response = self.world.send(call)
        if response is None:
            return False
        if response.status_code == 201:
            self.answers.append(response.body)
        elif response.status_code not in _HONEST:
            self.refusals.append(f"{response.status_code} {json.loads(response.body)['code']}")
        return bool(response.status_code == 201)

    def deliver(self) -> None:
        """Deliver the log's records one by one, each again until it is taken."""
        for number, item in enumerate(self.lab.items("events")):
            for _ in range(_TRIES_AT_MOST):
                if self.deliver_one(number, item):
                    break

    def deliver_one(self, number: int, item: dict[str, Any]) -> bool:
        with self._process("delivery"):
            return self.invoke_worker(number, item)
        return False  # it died

    def invoke_worker(self, number: int, item: dict[str, Any]) -> bool:
        """Tell whether the worker took the record."""
        result = self.lab.client.lambda_.invoke("send_alerts", stream_event(number, item)).payload
        return bool(result == {"batchItemFailures": []})

    def sweep(self) -> None:
        with self._process("sweep"):
            self.run_job("sweep_alerts")

    def run_job(self, name: str) -> None:
        """Run a scheduled job; one that fails comes again by its schedule."""
        with suppress(Exception):
            self.lab.client.lambda_.invoke(name, job_event())

    def clean_up(self) -> None:
        """Let the nightly jobs come that delete what no deposit uses."""
        self.lab.clock.now = NOW + timedelta(days=8, hours=1)
        with using(self.box):
            if self.route.body is uploaded_body:
                self.run_job("expire_uploads")
            self.run_job("sweep_orphans")


def job_event() -> dict[str, Any]:
    """Make the event of a schedule."""
    event = dict.fromkeys(("version", "account", "region", "detail-type", "source", "time", "id"), "")
    return {**event, "detail": {}, "resources": []}


def stream_event(number: int, item: dict[str, Any]) -> dict[str, Any]:
    """Make the delivery of one item put into the log."""
    change = {
        "Keys": {},
        "NewImage": item,
        "SequenceNumber": str(number),
        "StreamViewType": "NEW_IMAGE",
        "SizeBytes": 1,
        "ApproximateCreationDateTime": 0,
    }
    source = {"eventSource": "aws:dynamodb", "awsRegion": REGION, "eventVersion": "1.1"}
    arn = f"arn:aws:dynamodb:{REGION}:000000000000:table/events/stream/1"
    record = {"eventID": str(number), "eventName": "INSERT", "eventSourceARN": arn, **source, "dynamodb": change}
    return {"Records": [record]}
