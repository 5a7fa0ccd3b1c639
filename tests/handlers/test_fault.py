from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from chalicelib.config import Config
from chalicelib.handlers.fault import describe_fault, out_of_order


def _fail() -> None:
    try:
        int("DNI 40000002")
    except ValueError as error:
        raise RuntimeError("correo rosa@ejemplo.pe") from error


def test_a_fault_tells_kinds_and_places_and_no_personal_data() -> None:
    with pytest.raises(RuntimeError) as caught:
        _fail()

    told = describe_fault(caught.value)

    assert told["error"] == "RuntimeError < ValueError"
    assert told["at"].endswith("_fail")
    assert "40000002" not in str(told)
    assert "rosa" not in str(told)


OUT_OF_ORDER = """
import gc, sys
sys.modules[{missing!r}] = None
import app
from chalice.test import Client
with Client(app.app) as client:
    for method, path in ("GET", "/ingresar"), ("GET", "/v1/sessions/current"), ("DELETE", "/v1/captchas"):
        answer = client.http.request(method, path)
        print(answer.status_code, dict(answer.headers), answer.body.decode().replace(chr(10), " "))
assert gc.isenabled()
"""


@pytest.mark.parametrize("missing", ["chalicelib.handlers.http", "chalicelib.handlers.page", "aws_lambda_powertools"])
def test_a_module_that_cannot_be_loaded_is_an_honest_answer_with_a_number(missing: str) -> None:
    required = {field.name.upper(): field.name for field in fields(Config) if field.default is field.default_factory}
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", OUT_OF_ORDER.format(missing=missing)],
        cwd=Path(__file__).parents[2],
        env=required | {"AWS_DEFAULT_REGION": "us-east-1"},
        capture_output=True,
        text=True,
        check=True,
    )
    answers = [line for line in done.stdout.splitlines() if not line.startswith("{")]  # the log writes there too
    logged = [json.loads(line) for line in done.stderr.splitlines() if line.startswith("{")]

    assert len(answers) == 3
    assert "Traceback" not in done.stderr
    assert "InternalServerError" not in done.stdout
    assert all("no-store" in answer and "X-Correlation-Id" in answer for answer in answers)
    assert all(line["fault"]["error"] for line in logged if line["message"] == "out of order")
    assert "out of order" in {line["message"] for line in logged}


def test_the_number_that_is_shown_is_the_one_in_the_log(capsys: pytest.CaptureFixture[str]) -> None:
    request: Any = SimpleNamespace(method="GET", context={"requestId": "r-1<b>"})  # all that it looks at
    answer = out_of_order(ImportError("DNI 40000002"), "web", "/ingresar", request)
    logged = json.loads(capsys.readouterr().err)

    assert answer.headers["X-Correlation-Id"] == logged["correlation_id"] == "r-1b"
    assert (logged["door"], logged["method"]) == ("/ingresar", "GET")
    assert "<strong>r-1b</strong>" in answer.body
    assert "40000002" not in json.dumps(logged)


LOGGERS = """
import logging, sys, threading
sys.setswitchinterval(1e-6)
from chalicelib.handlers.log import log
start = threading.Barrier(8)
def write():
    start.wait()
    log().error("line")
threads = [threading.Thread(target=write) for _ in range(8)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
assert len(logging.getLogger("casilla").handlers) == 1
"""


def test_threads_that_meet_at_the_first_line_make_one_logger() -> None:
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", LOGGERS], cwd=Path(__file__).parents[2], capture_output=True, text=True, check=True
    )
    assert done.stdout.count('"message":"line"') == 8
