"""A small service on loopback that answers as the API does, and checks signatures with an independent library."""

from __future__ import annotations

import base64
import hashlib
import json
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import SimpleNamespace
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from http_message_signatures import HTTPMessageVerifier, MappingKeyResolver
from http_message_signatures.algorithms import ECDSA_P256_SHA256, ED25519

from examples.casilla_sender import PrivateKey

KEY_ID = "ent-0001:2026-a"
RECEIPT = b"%PDF-receipt"
REQUIRED = {
    "GET": ("@method", "@authority", "@path"),
    "POST": ("@method", "@authority", "@path", "content-type", "content-digest"),
}


class Fault(NamedTuple):
    """What goes wrong with the next request: a refusal, or no answer at all; before or after the work was done."""

    status: int = 0
    code: str = ""
    retryable: bool = False
    retry_after: str = ""
    is_after: bool = False
    errors: tuple[dict[str, str | None], ...] = ()


class Received(NamedTuple):
    method: str
    target: str
    headers: dict[str, str]
    body: bytes


class Service(ThreadingHTTPServer):
    """Answers as the API does, as far as a client can tell."""

    daemon_threads = True

    def __init__(self, private_key: PrivateKey) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.authority = f"127.0.0.1:{self.server_address[1]}"
        self.base_url = f"http://{self.authority}/api"
        self.verifier = HTTPMessageVerifier(
            signature_algorithm=ED25519 if isinstance(private_key, Ed25519PrivateKey) else ECDSA_P256_SHA256,
            key_resolver=MappingKeyResolver(public_keys={KEY_ID: private_key.public_key()}, private_keys={}),
        )
        self.received: list[Received] = []
        self.faults: deque[Fault | None] = deque()
        self.nonces: set[str] = set()
        self.deposits: dict[str, tuple[bytes, bytes]] = {}
        self.stored: dict[str, bytes] = {}
        self.checks = deque(["waiting", "checked"])

    def respond(self, request: Received) -> tuple[int, dict[str, str], bytes]:  # noqa: PLR0911 - one a route
        path = urlsplit(request.target).path
        if path.startswith("/bucket/"):
            return self.bucket(request, path)
        self.verify(request)
        match request.method, path.removeprefix("/api/v1/").split("/"):
            case "POST", ["deposits"]:
                return self.deposit(request)
            case "POST", ["uploads"]:
                grant = {
                    "upload_id": "u-1",
                    "url": f"http://{self.authority}/bucket/u-1",
                    "headers": {
                        "Content-Length": str(json.loads(request.body)["size"]),
                        "Content-Type": "application/pdf",
                        "x-amz-checksum-sha256": "abc=",
                    },
                }
                return 201, {}, json.dumps(grant).encode()
            case "GET", ["uploads", _]:
                return 200, {}, json.dumps({"upload_id": "u-1", "state": self.checks.popleft()}).encode()
            case "GET", ["deposits", _, "receipt"] | ["filings", _, _]:
                return 303, {"Location": f"http://{self.authority}/bucket/receipt"}, b""
            case "GET", [("deposits" | "filings") as kind]:
                is_last = "cursor=next-1" in request.target
                page: dict[str, object] = {kind: [{"notice_id": "B" if is_last else "A"}]}
                return 200, {}, json.dumps(page if is_last else page | {"next_cursor": "next-1"}).encode()
            case "POST", ["filings", _, _]:
                return 200, {}, json.dumps(self.show(path) | {"said": json.loads(request.body)}).encode()
            case _:
                return 200, {}, json.dumps(self.show(path)).encode()

    def show(self, path: str) -> dict[str, object]:
        return {"path": path}

    def verify(self, request: Received) -> None:
        message = SimpleNamespace(
            method=request.method, url=f"http://{self.authority}{request.target}", headers=request.headers
        )
        required = REQUIRED[request.method]
        required += ("idempotency-key",) if request.target.endswith("/v1/deposits") and request.body else ()
        required += ("@query",) if "?" in request.target else ()
        (result,) = self.verifier.verify(
            message, expect_tag="casilla", require_components=required, body=request.body or None
        )
        created, expires = (int(result.parameters[name]) for name in ("created", "expires"))
        assert expires <= created + 300
        nonce = str(result.parameters["nonce"])
        assert 16 <= len(nonce) <= 128
        assert nonce not in self.nonces
        self.nonces.add(nonce)

    def deposit(self, request: Received) -> tuple[int, dict[str, str], bytes]:
        key = request.headers["Idempotency-key"]
        if key in self.deposits:
            body, answer = self.deposits[key]
            if body != request.body:
                return 409, {}, json.dumps({"code": "idempotency_key_reused", "retryable": False}).encode()
            return 201, {"Idempotency-Replayed": "true"}, answer
        sent = json.loads(request.body)
        for file in (sent["main"], *sent["annexes"]):
            content = base64.b64decode(file["content"]) if "content" in file else self.stored["/bucket/u-1"]
            assert (hashlib.sha256(content).hexdigest(), len(content)) == (file["sha256"], file["size"])
        answer = json.dumps({"notice_id": f"notice-{len(self.deposits)}"}).encode()
        self.deposits[key] = request.body, answer
        return 201, {}, answer

    def bucket(self, request: Received, path: str) -> tuple[int, dict[str, str], bytes]:
        assert "Signature" not in request.headers
        if request.method == "PUT":
            assert request.headers["X-amz-checksum-sha256"] == "abc="
            assert request.headers["Content-type"] == "application/pdf"
            self.stored[path] = request.body
            return 200, {}, b""
        return 200, {}, RECEIPT


class Handler(BaseHTTPRequestHandler):
    server: Service
    protocol_version = "HTTP/1.1"

    def handle_one(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.capitalize(): value for name, value in self.headers.items()}
        request = Received(self.command, self.path, headers, body)
        self.server.received.append(request)
        fault = self.server.faults.popleft() if self.server.faults else None
        if fault is None or fault.is_after:
            try:
                answer = self.server.respond(request)
            except Exception as error:  # noqa: BLE001 - the client's test must see it
                answer = 400, {}, json.dumps({"code": "test_failed", "detail": repr(error)}).encode()
        if fault is not None:
            if not fault.status:
                self.close_connection = True
                return
            problem = {"code": fault.code, "retryable": fault.retryable, "detail": "Algo pasó."}
            problem |= {"errors": fault.errors} if fault.errors else {}
            answer = fault.status, {"Retry-After": fault.retry_after} if fault.retry_after else {}, _bytes(problem)
        status, fields, content = answer
        self.send_response(status)
        for name, value in {**fields, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PUT = handle_one  # noqa: N815 - http.server names them

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def _bytes(value: Any) -> bytes:
    return json.dumps(value).encode()


@contextmanager
def serving(service: Service) -> Iterator[Service]:
    """Answer in a thread of its own while the block runs."""
    with service:
        thread = Thread(target=service.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield service
        finally:
            service.shutdown()
            thread.join()
