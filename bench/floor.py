"""The floor under a deposit: what no implementation in Python could leave out, and nothing else.

Parse the JSON, verify one Ed25519 signature over a base that is given, hash 200 KB, draw the same receipt in the core
fonts, and make the same calls, captured from a real deposit and renamed, with a bare boto3 client. For a file inside
the request, decoding it as well.
"""

from __future__ import annotations

import base64
import hashlib
import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import boto3
from botocore.client import BaseClient
from botocore.config import Config as ClientConfig

from bench.figures import Work
from bench.world import BenchWorld, a_scanned_pdf, handle
from chalicelib.bootstrap.storage import notice_store
from chalicelib.domain.notice import Notice
from chalicelib.renderers.deposit.receipt_layout import draw_receipt
from chalicelib.renderers.pdf_document import Typeface
from tests.deposit_world import ED25519_KEY

_BASE = b"\n".join(b'"component-%d": %s' % (number, b"v" * 60) for number in range(7))
"""As long as a real signature base; verifying costs the same whatever it says."""
_NUMBERS = itertools.count(50_000_001)
"""Beyond what the world ever counts to: their names meet in the stub's tables."""


@dataclass(frozen=True, slots=True)
class Sent:
    """One call of a deposit, as it was given to its client."""

    service: str
    operation: str
    parameters: Mapping[str, Any]


@dataclass
class Floor:
    """The floor of one kind of deposit."""

    body: bytes
    notice: Notice
    calls: Sequence[Sent]
    is_inline: bool

    def __post_init__(self) -> None:
        """Make the clients, the signature and the file."""
        config = ClientConfig(parameter_validation=False, retries={"total_max_attempts": 4, "mode": "standard"})
        make: Any = boto3.client
        self._clients = {name: make(name, config=config) for name in ("dynamodb", "s3")}
        self._public_key, self._signature = ED25519_KEY.public_key(), ED25519_KEY.sign(_BASE)
        self._content = a_scanned_pdf()
        self._encoded = base64.b64encode(self._content)

    def prepare(self, count: int) -> Sequence[Work]:
        """Make that many floors ready, each with names of its own in its calls."""
        return [partial(self._run, self._renamed(next(_NUMBERS))) for _ in range(count)]

    def stages(self, calls: Sequence[Sent]) -> dict[str, Work]:
        """Return the floor's parts by name."""
        return {
            "parse": self._parse,
            "verify": lambda: self._public_key.verify(self._signature, _BASE),
            "hash": lambda: hashlib.sha256(self._content).digest(),
            "receipt": self.draw,
            **{f"{sent.operation} {number}": partial(self._call, sent) for number, sent in enumerate(calls)},
        }

    def draw(self) -> bytes:
        """Draw the receipt in the fonts that every reader has."""
        return draw_receipt(
            self.notice,
            verification_url=f"https://casilla.example/verificar/{self.notice.verification_code}",
            zone=ZoneInfo("America/Lima"),
            typeface=Typeface.CORE,
        )

    def _run(self, calls: Sequence[Sent]) -> None:
        for stage in self.stages(calls).values():
            stage()

    def renamed_stages(self) -> dict[str, Work]:
        """Return the parts of one more floor."""
        return self.stages(self._renamed(next(_NUMBERS)))

    def _parse(self) -> None:
        json.loads(self.body)
        if self.is_inline:
            base64.b64decode(self._encoded)

    def _call(self, sent: Sent) -> None:
        method = {"BatchGetItem": "batch_get_item", "PutItem": "put_item", "PutObject": "put_object"}
        name = method.get(sent.operation, "transact_write_items")
        getattr(self._clients[sent.service], name)(**sent.parameters)

    def _renamed(self, number: int) -> list[Sent]:
        """Give the keys of the captured calls new names of the same length, so that conditions hold again."""
        old = self.notice.notice_id
        record = next(sent for sent in self.calls if sent.operation == "TransactWriteItems").parameters["TransactItems"]
        [deposit_key] = [
            put["Put"]["Item"]["deposit_key"]["S"]
            for put in record
            if put.get("Put", {}).get("TableName") == "deposits_table"
        ]
        [token] = [sent.parameters["Item"]["token"]["S"] for sent in self.calls if sent.operation == "PutItem"]
        names = {text: numbered(text, number) for text in (old, deposit_key, token)}
        return [Sent(sent.service, sent.operation, replaced(sent.parameters, names)) for sent in self.calls]


def floor_of(world: BenchWorld, body: dict[str, Any], *, is_inline: bool) -> Floor:
    """Do one deposit, and take its calls and its notice."""
    event = world.deposit_event(body)
    with captured() as calls:
        notice_id = handle(event)["notice_id"]
    return Floor(event["body"].encode(), notice_store(world.container).get(notice_id), calls, is_inline)


@contextmanager
def captured() -> Iterator[list[Sent]]:
    """Note the calls of this process, as they are given to their clients."""
    calls: list[Sent] = []
    client: Any = BaseClient
    make_call = client._make_api_call  # noqa: SLF001 - the place beneath boto3 and PynamoDB alike

    def noted(self: Any, operation: str, parameters: dict[str, Any]) -> Any:
        calls.append(Sent(self.meta.service_model.service_name, operation, parameters))
        return make_call(self, operation, parameters)

    client._make_api_call = noted  # noqa: SLF001
    try:
        yield calls
    finally:
        client._make_api_call = make_call  # noqa: SLF001


def numbered(text: str, number: int) -> str:
    """Return another name of the same length."""
    return f"{text[:-8]}{number:08d}"


def replaced(value: Any, names: Mapping[str, str]) -> Any:
    """Return the parameters of a call with other names in them."""
    if isinstance(value, dict):
        return {key: replaced(part, names) for key, part in value.items()}
    if isinstance(value, list):
        return [replaced(part, names) for part in value]
    if isinstance(value, str):
        for old, new in names.items():
            value = value.replace(old, new)
    return value
