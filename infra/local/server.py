"""The API on a laptop: chalice's own local server, where it differs from API Gateway made to answer like it.

What the gateway refuses by itself is answered with the template's own words (`GatewayResponses`). Bodies reach the app
as the bytes they are, sent whole or in chunks.
"""

from __future__ import annotations

import functools
import socket
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any, cast
from urllib.parse import unquote

from chalice.app import Chalice
from chalice.config import Config
from chalice.local import (
    ChaliceRequestHandler,
    CustomLocalChalice,
    LocalChalice,
    LocalDevServer,
    LocalGateway,
    MatchResult,
    RouteMatcher,
    ThreadedHTTPServer,
)

from infra.template import load_template

MAX_BODY = 10 * 1024 * 1024
_MAX_DRAINED = 8 * MAX_BODY
_PIECE = 64 * 1024
_HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Page:
    """An answer that is not the app's: the pages of the local run, and the gateway's refusals."""

    content: bytes
    media_type: str
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


class Refused(Exception):
    """The gateway does not let a request through; `kind` is its name in `GatewayResponses`."""

    def __init__(self, kind: str, *, is_drained: bool = True) -> None:
        """Refuse; unless the body was read to its end, the connection cannot go on."""
        super().__init__(kind)
        self.kind = kind
        self.is_drained = is_drained


@functools.cache
def refusal(kind: str) -> Page:
    """Return what the gateway answers."""
    responses = load_template()["Resources"]["RestAPI"]["Properties"]["GatewayResponses"]
    said = responses[kind]
    headers = {name: value[1:-1] for name, value in said["ResponseParameters"]["Headers"].items()}
    media_type = headers.pop("Content-Type")
    return Page(said["ResponseTemplates"]["application/json"].encode(), media_type, int(said["StatusCode"]), headers)


class _Routes(RouteMatcher):
    """Captures only what the route names, and decoded, as the gateway does."""

    def match_route(self, url: str) -> MatchResult:
        found = super().match_route(url)
        names = [part[1:-1] for part in found.route.split("/") if part.startswith("{")]
        return found._replace(captured={name: unquote(found.captured[name]) for name in names})


class _Gateway(LocalGateway):
    """Lets through what API Gateway would, with a request id."""

    def __init__(self, app: Chalice, config: Config) -> None:
        super().__init__(app, config)
        self.event_converter._route_matcher = _Routes(list(app.routes))  # noqa: SLF001 - chalice takes none

    def handle_request(self, method: str, path: str, headers: dict[str, Any], body: bytes | None) -> dict[str, Any]:
        """Call the app.

        Raises:
            Refused: the address is not the API's.

        """
        context = self._generate_lambda_context()
        try:
            event = self._generate_lambda_event(method, path, headers, body)
        except ValueError:
            raise Refused("MISSING_AUTHENTICATION_TOKEN") from None
        event["requestContext"] |= dict.fromkeys(("requestId", "extendedRequestId"), context.aws_request_id)
        answer: dict[str, Any] = self._app_object(event, context)
        return answer


class _Server(ThreadedHTTPServer):
    """Holds what its handlers share."""

    request_queue_size = 128
    find_page: Callable[[str, str], Page | None]
    tell: Callable[[str], None]
    clock: Callable[[], datetime]

    def server_bind(self) -> None:
        """Bind without asking a name server who we are."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_name, self.server_port = _HOST, self.socket.getsockname()[1]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of clients that go away; anything else is a fault to see."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            super().handle_error(request, client_address)


class _Handler(ChaliceRequestHandler):
    """One connection."""

    disable_nagle_algorithm = True  # else each answer on a kept connection waits 40 ms
    timeout = 75
    close_connection: bool
    answered: int

    def __init__(self, request: Any, client_address: Any, server: Any, app_object: Any, config: Any) -> None:
        self.gateway = _Gateway(app_object, config)
        super().__init__(request, client_address, server, app_object=app_object, config=config)

    def handle_one(self) -> None:
        """Answer one request: a local page, the gateway's refusal, or the app."""
        started, server = time.monotonic(), cast("_Server", self.server)
        try:
            body = self._read_body()
            page = server.find_page(self.command, self.path)
            if page is not None:
                self._send(page)
                return
            self._send_app_answer(self.gateway.handle_request(self.command, self.path, dict(self.headers), body))
        except Refused as refused:
            self.close_connection = self.close_connection or not refused.is_drained
            self._send(refusal(refused.kind))
        except (ConnectionError, TimeoutError):
            raise
        except Exception:  # noqa: BLE001 - a fault of the local run is answered, too
            traceback.print_exc()
            self._send(refusal("DEFAULT_5XX"))
        took = (time.monotonic() - started) * 1000
        server.tell(f"{self.command} {self.path.partition('?')[0]} → {self.answered} ({took:.0f} ms)")

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = do_PATCH = do_OPTIONS = handle_one  # noqa: N815 - http.server's

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:  # noqa: ARG002 - http.server's
        """Answer what is no request, or by a method that no gateway passes on."""
        self.close_connection = True
        self._send(refusal("DEFAULT_4XX"))

    def send_response(self, code: int, message: str | None = None) -> None:
        """Remember the status for the line that tells of it."""
        self.answered = code
        super().send_response(code, message)
        if self.close_connection:
            self.send_header("Connection", "close")

    def date_time_string(self, timestamp: float | None = None) -> str:  # noqa: ARG002 - http.server's
        """Tell the service's time in `Date`, by which clients find out why their signatures are refused."""
        return format_datetime(cast("_Server", self.server).clock().astimezone(UTC), usegmt=True)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - http.server's
        """Say nothing: `handle_one` tells of each request in a line of its own."""

    def _send_app_answer(self, answer: dict[str, Any]) -> None:
        headers = {**answer["headers"], **answer["multiValueHeaders"]}
        if self.command == "HEAD":
            self._send_head(answer["statusCode"], headers)
        else:
            self._send_http_response(answer["statusCode"], headers, self._handle_binary(answer)["body"])

    def _send(self, page: Page) -> None:
        headers = {"Content-Type": page.media_type, **page.headers}
        if self.command == "HEAD":
            self._send_head(page.status, headers)
        else:
            self._send_http_response(page.status, headers, page.content)

    def _send_head(self, status: int, headers: dict[str, Any]) -> None:
        self.send_response(status)
        self._send_headers(headers)

    def _read_body(self) -> bytes:
        """Read the whole body, so that the connection can go on; refuse what the gateway would not take."""
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            return self._read_chunks()
        length = self.headers.get("Content-Length", "0")
        if not length.isdecimal():
            raise Refused("DEFAULT_4XX", is_drained=False)
        if int(length) > MAX_BODY:
            raise Refused("REQUEST_TOO_LARGE", is_drained=self._drain(int(length)))
        body: bytes = self.rfile.read(int(length))
        return body

    def _drain(self, length: int) -> bool:
        """Take in what is thrown away, or a client that still sends would never read why."""
        if length > _MAX_DRAINED:
            return False
        while length > 0 and (piece := self.rfile.read(min(length, _PIECE))):
            length -= len(piece)
        return length == 0

    def _read_chunks(self) -> bytes:
        """Join a body sent in chunks (RFC 9112, 7.1); extensions and trailers are passed over."""
        body = bytearray()
        while True:
            line = self.rfile.readline(1024)
            try:
                size = int(line.partition(b";")[0].strip(), 16)
            except ValueError:
                raise Refused("DEFAULT_4XX", is_drained=False) from None
            if size < 0 or len(body) + size > MAX_BODY:
                raise Refused("REQUEST_TOO_LARGE", is_drained=False)
            if size == 0:
                break
            body += self.rfile.read(size)
            self.rfile.readline(1024)
        while self.rfile.readline(1024) not in {b"\r\n", b"\n", b""}:
            pass
        return bytes(body)


def make_server(
    app: Chalice,
    port: int,
    *,
    find_page: Callable[[str, str], Page | None],
    tell: Callable[[str], None],
    clock: Callable[[], datetime],
) -> LocalDevServer:
    """Bind the app to a port of loopback; `find_page(method, target)` answers what is the local run's own.

    Raises:
        OSError: the port is taken.

    """
    # As chalice's own create_local_server does, so that each thread has its own current request.
    CustomLocalChalice.__bases__ = (LocalChalice, app.__class__)
    app.__class__ = CustomLocalChalice
    config = Config.create(lambda_timeout=28, lambda_memory_size=1024, function_name="api_handler")
    local = LocalDevServer(app, config, _HOST, port, handler_cls=_Handler, server_cls=_Server)
    server = cast("_Server", local.server)
    server.find_page, server.tell, server.clock = find_page, tell, clock
    return local
