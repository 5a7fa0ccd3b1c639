"""What the log of a function holds in Lambda: its functions run under AWS's own runtime client."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from infra.template import load_template
from tests.alarms import Line, points_of

ROOT = Path(__file__).parents[2]


@dataclass
class Runtime:
    """Lambda's side of the runtime's API: one event to hand out, and what came back for it."""

    event: dict[str, Any] = field(default_factory=dict)
    handed_out: bool = False
    answers: list[tuple[str, str]] = field(default_factory=list)
    port: int = 0

    def run(self, function: str, event: dict[str, Any], **environment: str) -> list[str]:
        """Return the lines a function wrote while it handled one event."""
        self.event, self.handed_out = event, False
        self.answers.clear()
        running = subprocess.run(  # noqa: S603 - our own interpreter
            [sys.executable, "-m", "awslambdaric", f"tests.handlers.lambda_functions.{function}"],
            cwd=ROOT,
            env={
                "PATH": os.environ["PATH"],  # noqa: TID251 - for the process that stands for a function
                "PYTHONPATH": str(ROOT),
                "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{self.port}",
                "AWS_LAMBDA_FUNCTION_NAME": "casilla-function",
                "AWS_ACCESS_KEY_ID": "test",
                "AWS_SECRET_ACCESS_KEY": "test",
                "AWS_DEFAULT_REGION": "us-east-1",
                **environment,
            },
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return (running.stdout + running.stderr).splitlines()


@pytest.fixture(scope="module")
def runtime() -> Iterator[Runtime]:
    lambda_ = Runtime()

    class Api(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if lambda_.handed_out:  # the process has no more to do
                self.send_error(410)
                return
            lambda_.handed_out = True
            self._answer(200, json.dumps(lambda_.event).encode())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            lambda_.answers.append((self.path.rpartition("/")[2], body))
            self._answer(202, b"{}")

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Lambda-Runtime-Aws-Request-Id", "8476a536-e9f4-11e8-9739-2dfe598c3fcd")
            self.send_header("Lambda-Runtime-Deadline-Ms", "4102444800000")
            self.send_header("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:us-east-1:000000000000:function:f")
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Api)
    lambda_.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield lambda_
    server.shutdown()
    server.server_close()


def written(lines: list[str], message: str) -> list[dict[str, Any]]:
    found = [json.loads(line) for line in lines if line.startswith("{")]
    assert sum(message in line for line in lines) == len([line for line in found if line["message"] == message])
    return [line for line in found if line["message"] == message]


def test_what_a_service_logs_keeps_its_fields_and_is_written_once(runtime: Runtime) -> None:
    [line] = written(runtime.run("a_service_logs", {}), "alert deferred")

    assert (line["notice_id"], line["code"], line["level"]) == ("2222-2222-2222", "mail_unavailable", "INFO")


def test_an_error_that_a_service_logs_tells_kind_and_place_and_no_text(runtime: Runtime) -> None:
    lines = runtime.run("a_service_logs_an_error", {})

    [line] = written(lines, "batch failed")
    assert line["fault"]["error"] == "ValueError"
    assert line["fault"]["at"].endswith("a_service_logs_an_error")
    assert "rosa" not in "".join(lines)


def test_metrics_are_read_from_what_a_job_writes_in_lambda(runtime: Runtime) -> None:
    now = datetime(2026, 3, 9, tzinfo=UTC)
    lines = [Line(now, "clean_tokens", text) for text in runtime.run("a_job_reports", {})]

    points = {point.metric.name: point.value for point in points_of(load_template()["Resources"], lines)}
    assert points == {"failed": 2, "unfinished": 1, "runs": 1}


def test_an_error_that_ends_a_job_is_logged_and_raised_without_its_text(runtime: Runtime, aws: dict[str, str]) -> None:
    names = ("version", "id", "detail-type", "source", "account", "time", "region", "resources", "detail")
    event = dict.fromkeys(names, "")
    lines = runtime.run("sweep_orphans", event, **{**aws, "AWS_ENDPOINT_URL": "rosa@ejemplo.pe"})

    [line] = written(lines, "job failed")
    assert line["job"] == "sweep_orphans"
    assert len(line["function_request_id"]) > 30  # Lambda's own
    assert line["fault"]["error"] == "ValueError"
    assert "rosa" not in "".join(lines)
    [(kind, told)] = runtime.answers
    assert kind == "error"
    assert json.loads(told)["errorType"] == "JobFailed"
    assert "rosa" not in told
