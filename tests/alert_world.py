"""Alerts on an engine: tables, a verified sender, both channels, a clock that stands still and ids that count."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ClientError
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.ses.models import ses_backends
from moto.sns.models import sns_backends
from pynamodb.connection import Connection
from pynamodb.transactions import TransactWrite

from chalicelib.domain.alert.alert import Alert, AlertState, AlertStep
from chalicelib.domain.alert.alert_batch import AlertBatch
from chalicelib.domain.errors import NotFound
from chalicelib.domain.event import Event
from chalicelib.domain.mailbox import Channel
from chalicelib.gateways.circuit_breaker import CircuitBreaker
from chalicelib.gateways.mail import Mail
from chalicelib.gateways.sms import Sms
from chalicelib.gateways.way_out import BREAKER, Pace, WayOut
from chalicelib.renderers.letterhead import Letterhead
from chalicelib.services.alert.send_alerts import Channels, SendingTools, send_alerts
from chalicelib.services.alert.unwritten import Unwritten
from chalicelib.store.alert.alert_batch_item import batch_to_item, written
from chalicelib.store.alert.alert_batch_store import AlertBatchStore
from chalicelib.store.alert.situation_store import SituationStore
from chalicelib.store.event_store import EventStore
from chalicelib.store.mailbox_store import MailboxStore
from chalicelib.store.tables import AlertBatchItem
from tests.cloud import bound, moto_engine_of_this_process

DEPOSITED_AT = datetime(2026, 3, 9, 20, 15, 30, tzinfo=UTC)
NOTICE_ID = "2345-6789-ABCD"
SENDER = "avisos@casilla.gob.pe"
LETTERHEAD = Letterhead(
    SENDER,
    "casilla.gob.pe",
    ZoneInfo("America/Lima"),
    "Entidad de Demostración",
    "ayuda@casilla.example",
    "(01) 000-0000",
)
HOSTILE = "Entidad\r\nBcc: otra@ejemplo.pe\x00\u202e <b onclick=x>&\u2028\"'</b> ${portal}"
NAMES = [
    "SUNAT",
    "Superintendencia Nacional de Aduanas y de Administración Tributaria - SUNAT",
    "Municipalidad Distrital de Santa María de Ñuñoa y Áreas Anexas del Valle de los Ríos",
    "[" * 200,
    "Ñ",
    "{}" * 8,
    "ÁÍÓÚ" * 30,
    HOSTILE,
    "機関",
    "",
]


def an_alert(user: str = "u1", channel: Channel = Channel.EMAIL, **overrides: Any) -> Alert:
    """Build an alert of one user, which waits unless told otherwise."""
    number = int(user.removeprefix("u"))
    destination = f"{user}@ejemplo.pe" if channel is Channel.EMAIL else f"+51900000{number:03}"
    return replace(Alert(f"{user}.{channel}", channel, destination), **overrides)


def a_batch(**overrides: Any) -> AlertBatch:
    """Build a batch of one e-mail and one SMS."""
    alerts = (an_alert(), an_alert(channel=Channel.SMS))
    return replace(AlertBatch(NOTICE_ID, "Entidad de Demostración", DEPOSITED_AT, alerts), **overrides)


def batch_of(users: int, **overrides: Any) -> AlertBatch:
    """Build a batch of one e-mail and one SMS for each user."""
    alerts = tuple(an_alert(f"u{n}", channel) for n in range(1, users + 1) for channel in Channel)
    return a_batch(alerts=alerts, **overrides)


def states(batch: AlertBatch | None) -> list[AlertState]:
    """Return the state of each alert, in order."""
    assert batch is not None
    return [alert.state for alert in batch.alerts]


@dataclass
class World:
    """What a test of alerts needs. `calls` lists the operations sent to AWS."""

    connection: Connection
    ses: Any
    sns: Any
    now: datetime = DEPOSITED_AT
    calls: list[str] = field(default_factory=list)
    pauses: list[float] = field(default_factory=list)
    receipts: dict[str, bytes] = field(default_factory=dict)
    read: list[str] = field(default_factory=list)
    """Keys of receipts that were read."""
    ids: Iterator[int] = field(default_factory=itertools.count)

    def __post_init__(self) -> None:
        self.events = EventStore()
        self.batches = AlertBatchStore(self.connection, self.events)
        self.channels = Channels(
            mail=Mail(self.ses, "casilla"),
            sms=Sms(self.sns, "CASILLA"),
            by_mail=self._way_out(),
            by_sms=self._way_out(),
            letterhead=LETTERHEAD,
            read_receipt=self._read,
        )
        self.unwritten = Unwritten()
        for client in (self.connection.client, self.ses, self.sns):
            client.meta.events.unregister("before-call", unique_id="alert calls")
            client.meta.events.register("before-call", self._note, unique_id="alert calls")

    def _way_out(self) -> WayOut:
        return WayOut(Pace(1, self.clock, self.pauses.append), CircuitBreaker(self.clock, BREAKER))

    def _note(self, model: Any, **_: Any) -> None:
        self.calls.append(model.name)

    def _read(self, key: str) -> bytes:
        self.read.append(key)
        try:
            return self.receipts[key]
        except KeyError:
            raise NotFound("file_not_found", "No existe.") from None

    def clock(self) -> datetime:
        return self.now

    def pass_time(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    def new_id(self) -> str:
        return f"e{next(self.ids):04}"

    def deposit(self, batch: AlertBatch) -> AlertBatch:
        with TransactWrite(connection=self.connection) as transaction:
            self.batches.add_in(transaction, batch)
        return batch

    @property
    def tools(self) -> SendingTools:
        return SendingTools(
            batches=self.batches,
            situations=SituationStore(self.connection, self.batches, self.events),
            mailboxes=MailboxStore(),
            channels=self.channels,
            unwritten=self.unwritten,
            now=self.clock,
            new_event_id=self.new_id,
        )

    def deposit_alone(self, batch: AlertBatch) -> AlertBatch:
        """Put a batch where transactions are refused."""
        batch_to_item(batch).save()
        return batch

    def write_rest(self, *, minutes: int) -> int:
        """Write what could not be written, for so long; return how often it waited."""
        pauses: list[float] = []
        until = self.now + timedelta(minutes=minutes)
        self.unwritten.write_until(until, batches=self.batches, now=self.clock, sleep=pauses.append)
        return len(pauses)

    def give_up(self, notice_id: str, at: datetime, *alerts: Alert) -> AlertBatch:
        """Put a batch of which all was given up at an instant, and what else there is."""
        steps = (AlertStep(AlertState.GAVE_UP, at, "mail_throttled"),)
        given_up = an_alert(sending=AlertState.GAVE_UP, refusal="mail_throttled", attempts=7, steps=steps)
        batch = self.deposit_alone(a_batch(notice_id=notice_id, alerts=(given_up, *alerts)))
        AlertBatchItem(notice_id).update(written(batch))
        return batch

    def send(self, notice_id: str = NOTICE_ID, *, attached: str | None = None) -> Counter[str]:
        return send_alerts(notice_id, self.tools, attached=attached)

    def batch(self, notice_id: str = NOTICE_ID) -> AlertBatch:
        found = self.batches.find(notice_id)
        assert found is not None
        return found

    def timeline(self, notice_id: str = NOTICE_ID) -> tuple[Event, ...]:
        return self.events.list_for_subject(f"notice#{notice_id}")

    @property
    def emails(self) -> list[Any]:
        sent: list[Any] = ses_backends[DEFAULT_ACCOUNT_ID]["us-east-1"].sent_messages
        return sent

    @property
    def texts(self) -> list[tuple[str, str]]:
        return list(sns_backends[DEFAULT_ACCOUNT_ID]["us-east-1"].sms_messages.values())


@contextmanager
def refusing(  # noqa: PLR0913 - what the engine answers, and to what
    client: Any, operation: str, code: str, *, status: int = 400, only: str = "", message: str = "refused"
) -> Iterator[None]:
    """Answer an operation with an error before the engine sees it; `only` limits it to requests containing a text."""

    def refuse(params: dict[str, Any], **_: Any) -> tuple[AWSResponse, dict[str, Any]] | None:
        if only not in str(params["body"]):
            return None
        answer = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}
        return AWSResponse("https://engine", status, HTTPHeaders(), None), answer

    with hooked(client, operation, refuse):
        yield


@contextmanager
def hooked(client: Any, operation: str, hook: Callable[..., Any]) -> Iterator[None]:
    """Call a hook before each request of an operation; what it raises goes up as if the process met it there."""
    service = client.meta.service_model.service_id.hyphenize()
    client.meta.events.register(f"before-call.{service}.{operation}", hook)
    try:
        yield
    finally:
        client.meta.events.unregister(f"before-call.{service}.{operation}", hook)


@contextmanager
def pages_of(world: World, size: int) -> Iterator[None]:
    """Have the engine answer each query with so many items, as it does of its own where there are very many."""
    events: Any = world.connection.client.meta.events
    name = "provide-client-params.dynamodb.Query"
    events.register(name, lambda params, **_: {**params, "Limit": size}, unique_id="pages")
    try:
        yield
    finally:
        events.unregister(name, unique_id="pages")


@contextmanager
def alert_world() -> Iterator[World]:
    """Open a fresh world on moto."""
    engine = moto_engine_of_this_process()
    with engine.opened() as environment:
        ses, sns = engine.client("sesv2"), engine.client("sns")
        with suppress(ClientError):  # it is there already
            ses.create_configuration_set(ConfigurationSetName="casilla")
        ses.create_email_identity(EmailIdentity=SENDER)
        yield World(bound(environment), ses, sns)
