"""The simulator's HTTP server, on loopback alone: RENIEC by POST, SUNAT's two services by GET, every way to fail."""

from __future__ import annotations

import json
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from infra.local.registries.answers import companies, people, reniec_answer, representatives_answer, sunat_answer

RENIEC_PATH = "/Rest/RENIEC/Consultar"
SUNAT_PATH = "/Rest/Sunat/DatosPrincipales"
REPRESENTATIVES_PATH = "/Rest/Sunat/RepLegales"
_HUGE = 3_000_000
_LARGEST_QUESTION = 10_000


class Simulator(ThreadingHTTPServer):
    """Both registries; `asked` lists the documents asked about, in order."""

    daemon_threads = True

    def __init__(self, port: int, *, slow_seconds: float) -> None:
        """Bind; a port of 0 takes a free one."""
        super().__init__(("127.0.0.1", port), _Handler)
        self.slow_seconds = slow_seconds
        self.stopping = Event()
        self.asked: list[str] = []
        base = f"http://127.0.0.1:{self.server_address[1]}"
        self.reniec_url = base + RENIEC_PATH
        self.sunat_url = base + SUNAT_PATH
        self.representatives_url = base + REPRESENTATIVES_PATH

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Be silent about those who hang up, which is what limits are for."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    server: Simulator
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        question = self._question()
        asked = question.get("PIDE") if isinstance(question, dict) else None
        number = str(asked.get("nuDniConsulta", "")) if isinstance(asked, dict) else ""
        self._serve(RENIEC_PATH, number, people(), lambda: reniec_answer(question))

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        number = parse_qs(parts.query).get("numruc", [""])[0]
        if parts.path == REPRESENTATIVES_PATH:
            self._serve(REPRESENTATIVES_PATH, number, companies(), lambda: representatives_answer(number))
            return
        self._serve(SUNAT_PATH, number, companies(), lambda: sunat_answer(number))

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class names it
        """Say nothing: a query holds a document number."""

    def _question(self) -> Any:
        content = self.rfile.read(min(int(self.headers.get("Content-Length", "0")), _LARGEST_QUESTION))
        try:
            return json.loads(content)
        except ValueError:
            return None

    def _serve(self, path: str, number: str, known: dict[str, dict[str, Any]], answer: Callable[[], Any]) -> None:
        if urlsplit(self.path).path != path:
            self.send(404, b"")
            return
        self.server.asked.append(number)
        failure = known.get(number, {}).get("answer")
        with suppress(ConnectionError):  # who asked has given up
            if failure is None:
                self.send(200, json.dumps(answer(), ensure_ascii=False).encode())
            else:
                _FAILURES[failure](self)

    def send(self, status: int, body: bytes, media: str = "application/json", **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", f"{media}; charset=UTF-8")
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def fail_down(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def fail_slow(self) -> None:
        self.server.stopping.wait(self.server.slow_seconds)
        self.send(200, b"{}")

    def fail_drip(self) -> None:
        self.close_connection = True
        self.send_response(200)
        self.end_headers()
        while not self.server.stopping.wait(0.01):
            self.wfile.write(b" ")


_FAILURES: dict[str, Callable[[_Handler], None]] = {
    "down": _Handler.fail_down,
    "slow": _Handler.fail_slow,
    "drip": _Handler.fail_drip,
    "error": lambda handler: handler.send(500, b'{"error": "interno"}'),
    "malformed": lambda handler: handler.send(200, b'{"consultarResponse": {'),
    "html": lambda handler: handler.send(200, b"<html>Mantenimiento</html>", "text/html"),
    "redirect": lambda handler: handler.send(302, b"", Location=handler.server.reniec_url),
    "huge": lambda handler: handler.send(200, b" " * _HUGE),
}


@contextmanager
def running(port: int = 0, *, slow_seconds: float = 10.0) -> Iterator[Simulator]:
    """Serve in threads for the length of a block."""
    simulator = Simulator(port, slow_seconds=slow_seconds)
    thread = Thread(target=simulator.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield simulator
    finally:
        simulator.stopping.set()
        simulator.shutdown()
        simulator.server_close()
        thread.join()
