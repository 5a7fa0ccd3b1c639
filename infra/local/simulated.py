"""What a simulated service of the outside is: an HTTP server on loopback alone, silent, that also fails in every way.

Which address it answers how is its own: `identity/` and `registries/` say so.
"""

from __future__ import annotations

import json
import socket
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any, TypeVar

_HUGE = 3_000_000
_LARGEST_BODY = 20_000


class SimulatedService(ThreadingHTTPServer):
    """`asked` lists what was asked, in order."""

    daemon_threads = True

    def __init__(self, port: int, handler: type[SimulatedHandler], *, slow_seconds: float) -> None:
        """Bind; a port of 0 takes a free one."""
        super().__init__(("127.0.0.1", port), handler)
        self.address = f"http://127.0.0.1:{self.server_address[1]}"
        self.slow_seconds = slow_seconds
        self.stopping = Event()
        self.asked: list[str] = []

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Be silent about those who hang up, which is what limits are for."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class SimulatedHandler(BaseHTTPRequestHandler):
    """One request to it, which `get` and `post` answer."""

    server: SimulatedService
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def get(self) -> None:
        """Answer a GET."""
        raise NotImplementedError

    def post(self) -> None:
        """Answer a POST."""
        raise NotImplementedError

    def do_GET(self) -> None:
        """Be called by the base class."""
        self.get()

    def do_POST(self) -> None:
        """Be called by the base class."""
        self.post()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class names it
        """Say nothing: an address holds a code, or a document's number."""

    def body(self) -> bytes:
        """Return what was sent, as far as a client of ours sends."""
        return self.rfile.read(min(int(self.headers.get("Content-Length", "0")), _LARGEST_BODY))

    def answer(self, status: int, told: Callable[[], Any], failure: str | None) -> None:
        """Say something as JSON, or fail by one of `FAILURES`."""
        with suppress(ConnectionError):  # who asked has given up
            if failure is None:
                self.say(status, json.dumps(told(), ensure_ascii=False).encode())
            else:
                FAILURES[failure](self)

    def say(self, status: int, body: bytes, media: str = "application/json", **headers: str) -> None:
        """Send an answer, which nobody keeps."""
        self.send_response(status)
        self.send_header("Content-Type", f"{media}; charset=UTF-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def hang_up(self) -> None:
        """End the connection without an answer."""
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def be_slow(self) -> None:
        """Answer later than anybody waits."""
        self.server.stopping.wait(self.server.slow_seconds)
        self.say(200, b"{}")

    def drip(self) -> None:
        """Send a blank now and then, without an end."""
        self.close_connection = True
        self.send_response(200)
        self.end_headers()
        while not self.server.stopping.wait(0.01):
            self.wfile.write(b" ")


FAILURES: Mapping[str, Callable[[SimulatedHandler], None]] = {
    "down": SimulatedHandler.hang_up,
    "slow": SimulatedHandler.be_slow,
    "drip": SimulatedHandler.drip,
    "error": lambda handler: handler.say(500, b'{"error": "interno"}'),
    "malformed": lambda handler: handler.say(200, b'{"consultarResponse": {'),
    "html": lambda handler: handler.say(200, b"<html>Mantenimiento</html>", "text/html"),
    "redirect": lambda handler: handler.say(302, b"", Location=handler.path),
    "huge": lambda handler: handler.say(200, b" " * _HUGE),
}

_Service = TypeVar("_Service", bound=SimulatedService)


@contextmanager
def served(service: _Service) -> Iterator[_Service]:
    """Serve in threads for the length of a block."""
    thread = Thread(target=service.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield service
    finally:
        service.stopping.set()
        service.shutdown()
        service.server_close()
        thread.join()
