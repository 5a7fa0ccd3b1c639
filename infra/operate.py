"""Run one of the operator's commands: `make operator CMD="alerts list"`, and with `STACK=casilla` in AWS.

The very function `operator` runs it: here over what `make run` runs, there deployed. So both answer alike. What is
about the deployment itself, `packages` and `rollback`, is done on the operator's own machine. The line comes by
the environment as it was typed, so that no shell reads it twice; `STATE` is the folder of another local run.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config as ClientConfig
from botocore.exceptions import BotoCoreError, ClientError

from infra.live_alias import ALIAS
from infra.local.clock import LocalClock
from infra.local.outbox import Outbox
from infra.local.run import ENVIRONMENT, enter_environment, log_to
from infra.local.state import why
from infra.local.workers import call

FAILED = 1
HERE = ("packages", "rollback")
"""First words of the lines that `infra/deploy/commands.py` does on this machine."""
WAITS = 70
"""Seconds: longer than the function may run, so that no command is given twice."""


class CannotOperate(Exception):
    """The command did not reach the function, or it did not answer; the text says what to do."""


def main() -> int:
    """Run what `CMD` holds, print its answer, and return its exit code."""
    event = {"command": os.environ.get("CMD", "")}
    stack = os.environ.get("STACK", "")
    if is_about_deployment(event["command"]):
        return _here(stack, event["command"])
    try:
        answer = in_stack(lambda_client(), stack, event) if stack else in_local_run(_state(), event)
    except CannotOperate as error:
        print(error, file=sys.stderr)
        return FAILED
    except OSError as error:
        print(f"No se puede escribir en {error.filename or _state()}: {why(error)}.", file=sys.stderr)
        return FAILED
    print(answer["output"])
    code: int = answer["exit"]
    return code


def is_about_deployment(line: str) -> bool:
    """Tell whether a line is about the deployment itself, and so not for the deployed function."""
    return line.split()[:1] in ([name] for name in HERE)


def _here(stack: str, line: str) -> int:
    """Run the deployer's program, which asks the deployed function by this one."""
    if not stack:
        print("Diga STACK=nombre: lo que está en marcha en este equipo no viene de ningún paquete.", file=sys.stderr)
        return FAILED
    return subprocess.run([sys.executable, "-m", "infra.deploy.commands", stack, line], check=False).returncode


def in_local_run(state: Path, event: dict[str, str]) -> dict[str, Any]:
    """Call the function over the state of a run that is under way.

    Raises:
        CannotOperate: none is.

    """
    kept = state / ENVIRONMENT
    if not kept.exists():
        raise CannotOperate(
            f"Casilla no está en marcha con los datos de {state}. Iníciela con «make run» en otra terminal,"
            " o diga STACK=nombre para operar la que está en AWS."
        )
    enter_environment(json.loads(kept.read_text("utf-8")))
    from app import app  # noqa: PLC0415 - only now is the environment the one to read
    from chalicelib.bootstrap import Container, using  # noqa: PLC0415
    from chalicelib.bootstrap.aws import aws_session  # noqa: PLC0415
    from chalicelib.config import Config  # noqa: PLC0415

    log_to(state / "casilla.log", shows_warnings=False)
    clock = LocalClock(state / "clock")
    with using(Container(Config.from_env(), clock=clock)) as box:
        Outbox(state / "outbox", clock).watch(aws_session(box).get_component("event_emitter"))
        answer: dict[str, Any] = call(app.handler_map["operator"], "operator", event)
    return answer


def lambda_client() -> Any:
    """Return a client by the operator's own credentials, which gives a command once and waits for its end.

    Raises:
        CannotOperate: the region is not known, or the credentials cannot be read.

    """
    config = ClientConfig(read_timeout=WAITS, retries={"total_max_attempts": 1})
    try:
        return boto3.client("lambda", config=config)
    except BotoCoreError as error:
        raise CannotOperate(
            f"No se puede llamar a AWS: {error} Diga la región y con qué credenciales, por ejemplo: export"
            " AWS_REGION=us-east-1 AWS_PROFILE=casilla-operador"
        ) from error


def in_stack(client: Any, stack: str, event: dict[str, str]) -> dict[str, Any]:
    """Invoke the live version of a stack's deployed function.

    Raises:
        CannotOperate: it could not be reached or invoked, or ended by an error of its own.

    """
    function = f"{stack}-operator"
    try:
        answer = client.invoke(FunctionName=function, Qualifier=ALIAS, Payload=json.dumps(event).encode())
    except (BotoCoreError, ClientError) as error:
        raise CannotOperate(f"No se pudo invocar {function}: {error}") from error
    payload = answer["Payload"].read()
    if "FunctionError" in answer:
        raise CannotOperate(f"{function} terminó con un error: su registro dice cuál, y el runbook qué hacer.")
    told: dict[str, Any] = json.loads(payload)
    return told


def _state() -> Path:
    return Path(os.environ.get("STATE", ".local")).resolve()


if __name__ == "__main__":
    sys.exit(main())
