"""Play the recording on the code that Python finds, and write down what it answered, sent and kept, as JSON.

A program of its own: it is run beside any revision's sources, and touches no more of them than the app, the container,
the configuration and the in-process engine. Clock, chance and identifiers are the recording's, so that two runs differ
only where the code does.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import random  # noqa: TID251 - replaced by what counts
import re
import secrets  # noqa: TID251 - as above
import sys
import uuid  # noqa: TID251 - as above
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
from botocore.session import Session
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.ses.models import ses_backends
from moto.sns.models import sns_backends

RECORDING = Path(__file__).with_name("requests.json")
PEPPER = "pepper-of-the-recording-" + "0" * 40
AUTHORITY = "api.casilla.example"
PORTAL = "https://casilla.example"
_REGION = "us-east-1"
_UNSTABLE = (
    # A link's signature holds the instant of the real clock that it was made at.
    (re.compile(r"X-Amz-(Date|Signature|Credential)=[^&\"\s]+"), r"X-Amz-\1=…"),
    (re.compile(r"(?<=data:image/png;base64,)[A-Za-z0-9+/=]+"), "…"),  # drawn with noise
    (re.compile(r"(?<=data:audio/wav;base64,)[A-Za-z0-9+/=]+"), "…"),
    (re.compile(r"===============\d+=="), "===============…=="),
    (re.compile(r"127\.0\.0\.1:\d+"), "127.0.0.1:…"),
    (re.compile(r'(message_id\\?": ?\\?")[^"\\]+'), r"\1…"),  # the provider's own
    (re.compile(r"[0-9a-f]{64}(?=  \S[^\n]*eventos\.json|  eventos\.json)"), "…"),  # a file with such ids in it
    (re.compile(r"(spreadsheetml\.sheet[^}]*?size\W+)\d+"), r"\1…"),  # it tells, compressed, when it was made
    # Drawn by one of two threads at once: a message's id, which its boundaries repeat.
    (re.compile(r"(Message-ID: <|=_cuerpo_|=_adjunto_)[0-9a-f]{32}"), r"\1…"),
    # A hash of a password is salted by the operating system.
    (re.compile(r"\$argon2id\$[A-Za-z0-9$=,+/]+"), "$argon2id$…"),
    (re.compile(r"(\bto\W{3,20})[0-9a-f]{64}"), r"\1…"),  # and so is what an e-mail remembers of whom it went to
)
"""What may differ between two runs of the same code."""


@dataclass
class Stage:
    """An opened world: the app's client, its clock, AWS clients and the names of what is in the cloud."""

    client: Any
    clock: Any
    environment: Mapping[str, str]

    def aws(self, service: str) -> Any:
        """Return a client of the engine in this process."""
        make: Any = boto3.client
        return make(service, region_name=_REGION)


class _Clock:
    def __init__(self) -> None:
        self.now = datetime.min.replace(tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


class _Lots:
    """Chance that counts: the nth draw of a kind at an instant is always the same."""

    def __init__(self, clock: _Clock) -> None:
        self._clock = clock
        self._counts: Counter[str] = Counter()

    def draw(self, kind: str, size: int) -> bytes:
        key = f"{kind} at {self._clock.now.isoformat()}"
        self._counts[key] += 1
        return hashlib.shake_256(f"{key}: {self._counts[key]}".encode()).digest(size)


@contextmanager
def opened() -> Iterator[Stage]:
    """Open an empty world in which nothing is left to chance."""
    from chalice.test import Client  # noqa: PLC0415 - chance is replaced before anything is loaded

    clock = _Clock()
    lots = _Lots(clock)
    chance: Any = secrets
    chance.token_bytes = lambda size=32: lots.draw("bytes", size or 32)
    chance.randbelow = lambda bound: int.from_bytes(lots.draw(f"below {bound}", 16), "big") % bound
    Session.create_client = _create_client  # type: ignore[assignment,method-assign]
    uuid.uuid4 = lambda: uuid.UUID(bytes=lots.draw("uuid", 16))

    from app import app  # noqa: PLC0415
    from chalicelib.bootstrap import Container, using  # noqa: PLC0415
    from chalicelib.config import Config  # noqa: PLC0415
    from infra.local.registries.server import running  # noqa: PLC0415
    from tests.cloud import moto_engine_of_this_process  # noqa: PLC0415

    with moto_engine_of_this_process().opened() as environment, running(slow_seconds=0.1) as simulator:
        config = replace(
            Config.from_env({**environment, "API_AUTHORITY": AUTHORITY, "API_BASE_URL": f"https://{AUTHORITY}"}),
            portal_base_url=PORTAL,
            reniec_url=simulator.reniec_url,
            sunat_url=simulator.sunat_url,
            sunat_representatives_url=simulator.representatives_url,
            registry_user="99000001",
            registry_ruc="20990000019",
        )
        stage = Stage(None, clock, environment)
        stage.aws("secretsmanager").put_secret_value(SecretId=config.token_secret_arn, SecretString=PEPPER)
        stage.aws("ses").verify_email_identity(EmailAddress=config.mail_from)
        with using(Container(config, clock=clock, pause=lambda _: None)):
            stage.client = Client(app)
            yield stage


def _satisfy_moto(params: dict[str, Any], **_: Any) -> None:
    """Moto asks a copy into a locked bucket for what S3 asks of uploads only."""
    params["headers"]["x-amz-sdk-checksum-algorithm"] = "SHA256"


def _create_client(session: Session, *args: Any, **options: Any) -> Any:
    client = _create(session, *args, **options)
    client.meta.events.register("before-call.s3.CopyObject", _satisfy_moto)
    return client


_create = Session.create_client


def play(recording: Mapping[str, Any], stage: Stage) -> dict[str, Any]:
    """Do every step; return what each answered and sent, and what stands in tables and buckets at the end."""
    dynamodb = stage.aws("dynamodb")
    for table, items in recording["seed"].items():
        for item in items:
            dynamodb.put_item(TableName=stage.environment[table], Item=item)
    told = [_step(step, stage) for step in recording["steps"]]
    return {"steps": told, "tables": _tables(stage), "objects": _objects(stage)}


def _step(step: Mapping[str, Any], stage: Stage) -> dict[str, Any]:
    stage.clock.now = datetime.fromisoformat(step["at"])
    random.seed(step["at"])
    sent_before = len(_mails()), len(_texts())
    [kind] = _KINDS.keys() & step.keys()
    answer = _KINDS[kind](step[kind], stage)
    mails, texts = _mails()[sent_before[0] :], _texts()[sent_before[1] :]
    return {"step": _name(step), "answer": answer, "mails": sorted(map(stable, mails)), "texts": sorted(texts)}


def _name(step: Mapping[str, Any]) -> str:
    if "request" in step:
        return f"{step['request']['method']} {step['request']['path']}"
    return str(step.get("invoke", {}).get("function") or step["put"]["key"])


def _request(request: Mapping[str, Any], stage: Stage) -> dict[str, Any]:
    body = base64.b64decode(request["base64"]) if "base64" in request else request["body"].encode()
    answer = stage.client.http.request(request["method"], request["path"], headers=request["headers"], body=body)
    headers = sorted([name.lower(), value] for name, value in answer.headers.items())
    shown = answer.body.decode("utf-8", "backslashreplace")
    return {"status": answer.status_code, "headers": json.loads(stable(json.dumps(headers))), "body": stable(shown)}


def _invoke(call: Mapping[str, Any], stage: Stage) -> Any:
    try:
        return stage.client.lambda_.invoke(call["function"], call["event"]).payload
    except Exception as failure:  # noqa: BLE001 - a job that fails tells Lambda so, and the next one begins
        return {"failed": f"{type(failure).__name__}: {failure}"}


def _put(sent: Mapping[str, Any], stage: Stage) -> None:
    stage.aws("s3").put_object(
        Bucket=stage.environment[sent["bucket"]],
        Key=sent["key"],
        Body=base64.b64decode(sent["base64"]),
        ContentType=sent["media_type"],
        Metadata=sent["metadata"],
    )


_KINDS: dict[str, Callable[[Any, Stage], Any]] = {"request": _request, "invoke": _invoke, "put": _put}


def stable(text: str) -> str:
    """Return a text without what differs between two runs of the same code."""
    for pattern, instead in _UNSTABLE:
        text = pattern.sub(instead, text)
    return text


def _mails() -> list[str]:
    sent = ses_backends[DEFAULT_ACCOUNT_ID][_REGION].sent_messages
    return [f"{mail.destinations} {mail.raw_data}" for mail in sent]


def _texts() -> list[str]:
    messages = sns_backends[DEFAULT_ACCOUNT_ID][_REGION].sms_messages
    return [f"{number} {text}" for number, text in messages.values()]


def _tables(stage: Stage) -> dict[str, list[str]]:
    dynamodb = stage.aws("dynamodb")
    names = {name: value for name, value in stage.environment.items() if name.endswith("_TABLE")}
    return {
        name: sorted(
            stable(json.dumps(item, sort_keys=True, default=_text_of_bytes)) for item in _scan(dynamodb, value)
        )
        for name, value in names.items()
    }


def _scan(dynamodb: Any, table: str) -> Iterator[dict[str, Any]]:
    for page in dynamodb.get_paginator("scan").paginate(TableName=table):
        yield from page["Items"]


def _text_of_bytes(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _objects(stage: Stage) -> dict[str, list[str]]:
    s3 = stage.aws("s3")
    found: dict[str, list[str]] = {}
    for name, bucket in stage.environment.items():
        if name.endswith("_BUCKET"):
            keys = [item["Key"] for item in s3.list_objects_v2(Bucket=bucket).get("Contents", [])]
            found[name] = sorted(f"{key} {_sha256(s3, bucket, key)}" for key in keys)
    return found


def _sha256(s3: Any, bucket: str, key: str) -> str:
    """Hash an object; of an archive what it holds, without when it was made."""
    content = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    if content[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = sorted(set(archive.namelist()) - {"docProps/core.xml"})
            content = stable("".join(f"{name}: {archive.read(name).decode('latin-1')}" for name in names)).encode()
    return hashlib.sha256(content).hexdigest()


def add_field(request: dict[str, Any], field: str) -> None:
    """Add a field, `name=value`, to what a request sends, if that is a form."""
    if any("form-urlencoded" in value for value in request.get("headers", {}).values()) and "body" in request:
        request["body"] = "&".join(filter(None, (request["body"], field)))


def main() -> None:
    """Play the recording and write what was told to the file named on the command line.

    A field named after it is added to every form.
    """
    recording = json.loads(RECORDING.read_text("utf-8"))
    os.environ.setdefault("AWS_DEFAULT_REGION", _REGION)  # noqa: TID251 - before any client is made
    stray = sys.argv[2] if len(sys.argv) > 2 else ""
    for step in recording["steps"] if stray else ():
        add_field(step.get("request", {}), stray)
    with opened() as stage:
        told = play(recording, stage)
    Path(sys.argv[1]).write_text(json.dumps(told, ensure_ascii=False, indent=1), "utf-8")


if __name__ == "__main__":
    main()
