"""The operator's program: the same line, the same function and the same answer, here and in AWS."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders

from app import app
from chalicelib.handlers.operator.commands import COMMANDS
from infra.local.workers import call
from infra.operate import CannotOperate, in_stack, lambda_client
from tests.alert_world import hooked, refusing
from tests.cloud import Engine
from tests.local_run import ROOT, operate


@contextmanager
def deployed(client: Any, function: Callable[[dict[str, Any]], Any], *, failed: bool = False) -> Iterator[list[str]]:
    """Have the engine's Lambda run a function of the app's, which moto would do in a container only."""
    invoked: list[str] = []

    def run(params: dict[str, Any], **_: Any) -> tuple[AWSResponse, dict[str, Any]]:
        invoked.append(f"{params['url_path']}?{urlencode(params['query_string'])}")
        payload = json.dumps(function(json.loads(params["body"]))).encode()
        told = {"Payload": io.BytesIO(payload), "StatusCode": 200, **({"FunctionError": "Unhandled"} if failed else {})}
        return AWSResponse("https://engine", 200, HTTPHeaders(), None), told

    with hooked(client, "Invoke", run):
        yield invoked


def test_a_command_in_a_stack_is_answered_by_the_stacks_function(moto_engine: Engine) -> None:
    client = moto_engine.client("lambda")
    event = {"command": "help"}
    with deployed(client, lambda given: call(app.handler_map["operator"], "operator", given)) as invoked:
        assert in_stack(client, "casilla", event) == call(app.handler_map["operator"], "operator", event)
    assert invoked == ["/2015-03-31/functions/casilla-operator/invocations?Qualifier=live"]


def test_a_function_that_fails_is_told_without_its_trace(moto_engine: Engine) -> None:
    client = moto_engine.client("lambda")
    trace = {"errorMessage": "rosa@ejemplo.pe", "stackTrace": ["x"]}
    with deployed(client, lambda _: trace, failed=True), pytest.raises(CannotOperate) as told:
        in_stack(client, "casilla", {"command": "help"})
    assert "casilla-operator terminó con un error" in str(told.value)
    assert "rosa" not in str(told.value)


@pytest.mark.parametrize("code", ["ResourceNotFoundException", "AccessDeniedException"])
def test_a_stack_that_is_not_there_or_not_ones_own_is_told(moto_engine: Engine, code: str) -> None:
    client = moto_engine.client("lambda")
    with refusing(client, "Invoke", code), pytest.raises(CannotOperate, match=f"casilla-operator: .*{code}"):
        in_stack(client, "casilla", {"command": "help"})


def test_without_a_run_there_is_nothing_to_operate_and_the_way_out_is_told(tmp_path: Path) -> None:
    code, said, wrong = operate(tmp_path, "alerts list")
    assert (code, said) == (1, "")
    assert "make run" in wrong
    assert "STACK=" in wrong
    assert "Traceback" not in wrong


@pytest.mark.ministack
def test_a_command_runs_over_the_state_of_a_run(ministack: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "environment.json").write_text(json.dumps(ministack), "utf-8")

    code, said, wrong = operate(tmp_path, "")
    assert (code, wrong) == (0, "")
    assert all(command.name in said for command in COMMANDS)
    assert operate(tmp_path, "alerts list") == (0, "No hay alertas por reenviar: la lista está vacía.\n", "")
    assert operate(tmp_path, "alerts lst")[0] == 2


@pytest.mark.ministack
def test_the_runbooks_operator_ends_with_the_commands_own_code(ministack: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "environment.json").write_text(json.dumps(ministack), "utf-8")
    [function] = re.findall(r"^operator\(\) .+$", (ROOT / "docs" / "runbook.md").read_text("utf-8"), re.MULTILINE)
    bash = shutil.which("bash")
    assert bash

    def code_of(line: str) -> int:
        script = f'{function}\noperator "$1"'
        environment = {**os.environ, "STATE": str(tmp_path), "STACK": ""}  # noqa: TID251 - as a shell hands them over
        return subprocess.run([bash, "-c", script, "bash", line], cwd=ROOT, env=environment, check=False).returncode  # noqa: S603

    assert [code_of(line) for line in ("alerts list", "institutions show nadie", "alerts lst")] == [0, 1, 2]


@pytest.mark.ministack
def test_an_engine_that_is_gone_is_told_and_no_success(ministack: dict[str, str], tmp_path: Path) -> None:
    gone = {**ministack, "AWS_ENDPOINT_URL": "http://127.0.0.1:9"}
    (tmp_path / "environment.json").write_text(json.dumps(gone), "utf-8")

    code, said, wrong = operate(tmp_path, "alerts list")

    assert (code, said, wrong) == (1, "El servicio no responde. Intente de nuevo en un momento.\n", "")
    assert "command refused" in (tmp_path / "casilla.log").read_text("utf-8")


def test_a_state_that_takes_no_file_is_told_and_no_success(tmp_path: Path) -> None:
    (tmp_path / "environment.json").write_text("{}", "utf-8")
    (tmp_path / "casilla.log").mkdir()

    code, said, wrong = operate(tmp_path, "alerts list")

    assert (code, said) == (1, "")
    assert wrong.startswith(f"No se puede escribir en {tmp_path / 'casilla.log'}: ")


@pytest.mark.parametrize("typed", ["x $(shell touch {}) US$100 $$HOME $(HOME) #1", "'Jr. $Uno' \"$x\" `touch {}`"])
@pytest.mark.parametrize("is_argument", [True, False])
def test_make_hands_a_command_over_as_it_was_typed(tmp_path: Path, typed: str, is_argument: bool) -> None:
    line, program = typed.format(tmp_path / "made"), tmp_path / "python"
    program.write_text('#!/bin/sh\nprintf %s "$CMD"\n', "utf-8")
    program.chmod(0o755)
    told = [f"CMD={line}"] if is_argument else []
    environment = {**os.environ, **({} if is_argument else {"CMD": line})}  # noqa: TID251 - for make
    done = subprocess.run(  # noqa: S603 - our own make
        ["make", "-s", "-o", ".venv/.runtime", "operator", f"BIN={tmp_path}", *told],  # noqa: S607 - make of the path
        cwd=ROOT,
        env=environment,
        capture_output=True,
        check=True,
        text=True,
    )
    assert done.stdout == line
    assert not (tmp_path / "made").exists()


def test_who_did_not_say_the_region_is_told_to(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")
    with pytest.raises(CannotOperate, match="export AWS_REGION"):
        lambda_client()
