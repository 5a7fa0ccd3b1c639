"""AWS on loopback, in a process of its own so that its work is not counted: DynamoDB, S3, SES, SNS, KMS and a secret.

`running_stub()` starts it. It keeps connections open, answers without delay and holds everything in memory.
`/_bench/…` are its own: `spent`, `billed` and `partitions` tell and clear the counts, `fill` copies a notice many
times, `unread` adds notices that are to be reminded of, `keep` marks a state that `restore` brings back.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import http.client
import itertools
import json
import subprocess
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import unquote, urlsplit

from bench.stub_dynamodb import DynamoDB
from bench.stub_table import Table
from bench.stub_unread import stand_unread
from infra.template import load_template

SECRET = "bench-" * 8
"""The text of every secret."""
_KMS = "TrentService"
_HEAD_END = b"\r\n\r\n"
_SNS = (
    "<PublishResponse><PublishResult><MessageId>{}</MessageId></PublishResult>"
    "<ResponseMetadata><RequestId>{}</RequestId></ResponseMetadata></PublishResponse>"
)
_NO_SUCH_KEY = b"<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message></Error>"


@dataclass(frozen=True, slots=True)
class Spent:
    """Units spent on one partition key of a table, or of an index, as `table.index`.

    `seconds` is how long one partition needs to give them.
    """

    of: str
    key: str
    read: float
    write: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Billed:
    """One call: what was done, which units it took, and how many bytes were sent with it."""

    operation: str
    read: float
    write: float
    sent: int


@dataclass(frozen=True)
class Stub:
    """A running stub, as the benchmark talks to it."""

    port: int

    @property
    def endpoint_url(self) -> str:
        """What AWS_ENDPOINT_URL must say."""
        return f"http://127.0.0.1:{self.port}"

    def spent(self) -> dict[str, float]:
        """Return calls, read units, write units and items that queries looked at since the last time."""
        return self._own("spent", {})

    def billed(self) -> list[Billed]:
        """Return each call since the last time, as AWS would bill it."""
        return [Billed(**told) for told in self._own("billed", {})["billed"]]

    def partitions(self) -> list[Spent]:
        """Return what was spent on each partition key since the last time, the busiest first."""
        return [Spent(**told) for told in self._own("partitions", {})["partitions"]]

    def fill(self, table: str, count: int, key: dict[str, str]) -> None:
        """Copy an item of a table `count` times."""
        self._own("fill", {"table_name": table, "count": count, "key": key})

    def stand_sent(self, count: int, notice_id: str) -> None:
        """Have so many more notices of a sender, copies of one, with their alerts."""
        self._own("stand_sent", {"count": count, "notice_id": notice_id})

    def stand_looks(self, count: int, actor: str) -> None:
        """Have so many more looks of an actor."""
        self._own("stand_looks", {"count": count, "actor": actor})

    def stand_institutions(self, count: int, institution_id: str) -> None:
        """Have so many more institutions with an agreement, copies of one."""
        self._own("stand_institutions", {"count": count, "institution_id": institution_id})

    def stand_filings(self, count: int, filing_id: str) -> None:
        """Have so many more filings, copies of one, in its mailbox, office and month."""
        self._own("stand_filings", {"count": count, "filing_id": filing_id})

    def stand_unread(self, count: int, first: datetime) -> None:
        """Have so many more notices that are to be reminded of from an instant on."""
        self._own("unread", {"count": count, "first_s": int(first.timestamp())})

    def keep(self) -> None:
        """Mark the present state."""
        self._own("keep", {})

    def restore(self) -> None:
        """Bring the marked state back, so that the same request can be sent again."""
        self._own("restore", {})

    def _own(self, action: str, arguments: dict[str, Any]) -> dict[str, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port)
        connection.request("POST", f"/_bench/{action}", json.dumps(arguments))
        answer: dict[str, Any] = json.loads(connection.getresponse().read())
        connection.close()
        return answer


@contextmanager
def running_stub() -> Iterator[Stub]:
    """Start a stub and end it."""
    with subprocess.Popen([sys.executable, "-m", "bench.stub"], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None  # noqa: S101 - asked for above
        try:
            yield Stub(int(process.stdout.readline()))
        finally:
            process.terminate()


class _Service:
    """The services behind the connections."""

    def __init__(self) -> None:
        self.dynamodb = DynamoDB(load_template())
        self.objects: dict[str, bytes] = {}
        self.ids = itertools.count(1)
        self.billed: list[dict[str, Any]] = []
        self.kept: tuple[dict[str, Table], dict[str, bytes]] = ({}, {})

    def answer(
        self, method: str, target: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        """Answer one request with status, headers and body, and note what it is billed by."""
        path, spent = unquote(urlsplit(target).path), self.dynamodb.spent
        before = spent["read"], spent["write"]
        answered = self._answered(method, path, headers, body)
        if not path.startswith("/_bench/"):
            read, write = spent["read"] - before[0], spent["write"] - before[1]
            operation = _operation(method, path, headers)
            self.billed.append({"operation": operation, "read": read, "write": write, "sent": len(body)})
        return answered

    def _answered(
        self, method: str, path: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        if "x-amz-target" in headers:
            service, _, operation = headers["x-amz-target"].rpartition(".")
            status, value = self._told(service, operation, json.loads(body))
            content = json.dumps(value).encode()
            extra = {"x-amz-crc32": str(zlib.crc32(content)), "content-type": "application/x-amz-json-1.0"}
            return status, extra, content
        if path.startswith("/_bench/"):
            return 200, {}, json.dumps(self._own(path.rpartition("/")[2], json.loads(body))).encode()
        self.dynamodb.spent["calls"] += 1
        if path.startswith("/v2/email/"):
            return 200, {"content-type": "application/json"}, json.dumps({"MessageId": f"m{next(self.ids)}"}).encode()
        if method == "POST":
            return 200, {"content-type": "text/xml"}, _SNS.format(f"s{next(self.ids)}", "r").encode()
        return self._s3(method, path, body)

    def _told(self, service: str, operation: str, asked: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if service == "secretsmanager":
            self.dynamodb.spent["calls"] += 1
            return 200, {"SecretString": SECRET}
        return self._key(operation, asked) if service == _KMS else self.dynamodb.answer(operation, asked)

    def _key(self, operation: str, asked: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Keep what is encrypted together with its context, and give it back to who names the same one."""
        self.dynamodb.spent["calls"] += 1
        if operation == "Encrypt":
            sealed = json.dumps([asked["Plaintext"], asked["EncryptionContext"]]).encode()
            return 200, {"CiphertextBlob": base64.b64encode(sealed).decode(), "KeyId": asked["KeyId"]}
        plain, context = json.loads(base64.b64decode(asked["CiphertextBlob"]))
        if operation != "Decrypt" or context != asked["EncryptionContext"]:
            return 400, {"__type": "InvalidCiphertextException"}
        return 200, {"Plaintext": plain, "KeyId": asked["KeyId"]}

    def _s3(self, method: str, path: str, body: bytes) -> tuple[int, dict[str, str], bytes]:
        if method == "PUT":
            self.objects[path] = body
        stored = self.objects.get(path)
        if stored is None:
            return 404, {"content-type": "application/xml"}, b"" if method == "HEAD" else _NO_SUCH_KEY
        checksum = base64.b64encode(hashlib.sha256(stored).digest()).decode() if method == "PUT" else ""
        headers = {"etag": '"0123456789abcdef0123456789abcdef"', "content-type": "application/octet-stream"}
        if checksum:
            headers["x-amz-checksum-sha256"] = checksum
        return 200, headers, stored if method == "GET" else b""

    def _own(self, action: str, arguments: dict[str, Any]) -> dict[str, Any]:
        if action in {"fill", "stand_filings", "stand_sent", "stand_looks", "stand_institutions"}:
            return {"items": getattr(self.dynamodb, action)(**arguments)}
        if action in {"partitions", "billed"}:
            return {action: self._partitions() if action == "partitions" else self._billed()}
        if action == "keep":
            self.kept = deepcopy((self.dynamodb.tables, self.objects))
            return {}
        if action == "restore":
            self.dynamodb.tables, self.objects = deepcopy(self.kept)
            return {}
        if action == "unread":
            return {"items": stand_unread(self.dynamodb.tables["notices_table"], **arguments)}
        spent = {name: self.dynamodb.spent[name] for name in ("calls", "read", "write", "scanned")}
        self.dynamodb.spent.clear()
        return spent

    def _billed(self) -> list[dict[str, Any]]:
        """Tell and clear the calls."""
        billed, self.billed = self.billed, []
        return billed

    def _partitions(self) -> list[dict[str, Any]]:
        """Tell and clear what was spent by partition key."""
        found = sorted(self.dynamodb.partitions.items(), key=lambda one: one[1].seconds, reverse=True)
        self.dynamodb.partitions.clear()
        return [
            {"of": of, "key": key, "read": spent.read, "write": spent.write, "seconds": spent.seconds}
            for (of, key), spent in found
        ]


def _operation(method: str, path: str, headers: dict[str, str]) -> str:
    if "x-amz-target" in headers:
        return headers["x-amz-target"].rpartition(".")[2]
    if path.startswith("/v2/email/"):
        return "SendEmail"
    return "Publish" if method == "POST" else {"PUT": "PutObject", "HEAD": "HeadObject"}.get(method, "GetObject")


class _Connection(asyncio.Protocol):
    """One kept-alive connection: HTTP/1.1 with Content-Length and `Expect: 100-continue`. asyncio sets TCP_NODELAY."""

    def __init__(self, service: _Service) -> None:
        self._service = service
        self._pieces: list[bytes] = []
        self._size = 0
        self._needed = 0
        self._request: tuple[str, str, dict[str, str]] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - it listens on TCP
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._pieces.append(data)
        self._size += len(data)
        while self._size >= self._needed:
            received = b"".join(self._pieces)
            rest = self._head(received) if self._request is None else self._body(received)
            if rest is None:
                return
            self._pieces, self._size = [rest], len(rest)
            if not rest and self._request is None:
                return

    def _head(self, received: bytes) -> bytes | None:
        head, end, rest = received.partition(_HEAD_END)
        if not end:
            return None
        first, *lines = head.decode("latin-1").split("\r\n")
        method, target, _ = first.split(" ")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        if "transfer-encoding" in headers:
            raise NotImplementedError("chunked bodies")
        self._request, self._needed = (method, target, headers), int(headers.get("content-length", 0))
        if headers.get("expect", "").lower() == "100-continue":
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        return rest

    def _body(self, received: bytes) -> bytes:
        assert self._request is not None  # noqa: S101 - the head came before
        body, rest = received[: self._needed], received[self._needed :]
        status, headers, content = self._service.answer(*self._request, body)
        method = self._request[0]
        self._request, self._needed = None, 0
        length = {} if method == "HEAD" else {"content-length": str(len(content))}
        told = {"x-amzn-requestid": "BENCH", **headers, **length}
        lines = "".join(f"{name}: {value}\r\n" for name, value in told.items())
        self._transport.write(f"HTTP/1.1 {status} {http.client.responses[status]}\r\n{lines}\r\n".encode() + content)
        return rest


async def _serve() -> None:
    service = _Service()
    server = await asyncio.get_running_loop().create_server(lambda: _Connection(service), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve())
