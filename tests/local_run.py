"""A local run in a process of its own, as `make run` starts it."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil
from pathlib import Path
from typing import Any

from chalicelib.domain.limit import Limit, window_at
from examples.casilla_sender import Sender, load_key

ROOT = Path(__file__).parents[1]
READY = "Casilla está lista"


@dataclass
class Run:
    """A local run in a process of its own."""

    process: subprocess.Popen[str]
    port: int
    state: Path
    said: list[str]
    minutes_ahead: int = 0
    """How far its clock was put forward."""

    def get(self, path: str) -> tuple[int, dict[str, str], bytes]:
        return self.send("GET", path)

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, dict[str, str], bytes]:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=90)) as connection:
            connection.request(method, path, body, given, encode_chunked=isinstance(body, Iterator))
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()

    def outbox(self) -> list[dict[str, Any]]:
        messages: list[dict[str, Any]] = json.loads(self.get("/_local/outbox.json")[2])["messages"]
        return messages

    def sender(self) -> Sender:
        demo = json.loads((self.state / "demo" / "demo.json").read_text("utf-8"))
        key = load_key(self.state / "demo" / "key.pem")
        return Sender(
            demo["base_url"],
            demo["authority"],
            demo["keyid"],
            key,
            journal=self.state / "journal",
            pause=lambda seconds: time.sleep(min(seconds, 0.2)),
            clock=lambda: self.now().timestamp(),
        )

    def now(self) -> datetime:
        """Return what its clock shows."""
        real = datetime.now(UTC)  # noqa: TID251 - as the run's own, which was put forward
        return real + timedelta(minutes=self.minutes_ahead)

    def put_forward(self, minutes: int) -> None:
        assert self.send("POST", f"/_local/reloj?minutos={minutes}")[0] == 303
        self.minutes_ahead += minutes

    def begin_window(self, limit: Limit) -> None:
        """Put the clock to within a minute of a new window's start: all of the window that is needed lies ahead."""
        now = self.now()
        self.put_forward(ceil((window_at(now, limit.window_s)[1] - now).total_seconds() / 60))

    def stop(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(20)


@contextmanager
def a_run(state: Path, port: int, engine_port: int, *, is_empty: bool = False) -> Iterator[Run]:
    ports = ["--port", str(port), "--engine-port", str(engine_port)]
    command = [sys.executable, "-m", "infra.local.run", *ports, "--state", str(state)]
    command += ["--empty"] if is_empty else []
    process = subprocess.Popen(  # noqa: S603 - our own program
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    )
    said: list[str] = []
    reader = threading.Thread(target=lambda: said.extend(iter(_readline(process), "")), daemon=True)
    reader.start()
    try:
        wait_until(lambda: any(READY in line for line in said) or process.poll() is not None, 30)
        assert process.poll() is None, "".join(said)
        yield Run(process, port, state, said)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            process.wait(20)
        reader.join(5)
        if process.stdout:
            process.stdout.close()


def _readline(process: subprocess.Popen[str]) -> Callable[[], str]:
    assert process.stdout is not None
    return process.stdout.readline


def wait_until(is_so: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.05)


def operate(state: Path, line: str) -> tuple[int, str, str]:
    """Run a command as `make operator` does; return exit code, output and errors."""
    environment = {**os.environ, "CMD": line, "STATE": str(state), "STACK": ""}  # noqa: TID251 - as make hands them over
    command = [sys.executable, "-m", "infra.operate"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    return done.returncode, done.stdout, done.stderr
