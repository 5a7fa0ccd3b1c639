"""The operator's program for restores: `python -m infra.restore tables | end-sessions | check | bring-back`.

`STACK` names the stack in AWS, whose own credentials it needs; without it works on what `make run` runs. It needs more
rights than the operator's commands: the policy `RestoreAccessArn` of the stack's outputs.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config as ClientConfig
from botocore.exceptions import BotoCoreError, ClientError

from infra.local.run import ENVIRONMENT, enter_environment
from infra.programs import say
from infra.restore.bring_back import bring_back
from infra.restore.check import check_tables, read_accepted, summary
from infra.restore.ledger import Ledger
from infra.restore.places import (
    CannotRestore,
    Places,
    before_restore,
    environment_of,
    places_of,
    under_new_names,
)
from infra.restore.restore_tables import end_what_lets_in, restore_tables

DONE, FAILED, DAMAGED = 0, 1, 3
_TRIES = ClientConfig(retries={"max_attempts": 10, "mode": "adaptive"})


def main(argv: Sequence[str] | None = None) -> int:
    """Do it: 0 done, 1 could not, 3 the check found damage."""
    options = _parser().parse_args(argv)
    try:
        _check_prefix(options.prefix or "")
        own = _own_places()
        return int(options.act(options, own))
    except CannotRestore as error:
        print(error, file=sys.stderr)
    except (BotoCoreError, ClientError) as error:
        print(f"AWS no lo hizo: {error}", file=sys.stderr)
    except OSError as error:
        print(f"No se puede leer o escribir {error.filename}: {error.strerror}.", file=sys.stderr)
    return FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="restore", description="Restaurar las tablas, revisarlas y traer lo perdido.")
    acts = parser.add_subparsers(required=True)
    tables = acts.add_parser("tables", help="restaura todas las tablas a un instante, con nombres nuevos")
    tables.add_argument("--to", required=True, type=_instant, help="el instante, en UTC: 2026-11-28T14:05:00Z")
    ending = acts.add_parser("end-sessions", help="termina lo que deja entrar a alguien en las tablas restauradas")
    check = acts.add_parser("check", help="revisa las tablas entre sí y con S3")
    check.add_argument("--report", default="revision.txt", type=Path, help="dónde queda el informe")
    check.add_argument("--ledger", default=".revision.sqlite", type=Path, help="lo leído, por si se detiene")
    check.add_argument("--accepted", type=Path, help="lo que no se puede reparar, cada línea «tipo cosa: motivo»")
    bringing = acts.add_parser("bring-back", help="trae depósitos que las tablas de la pila todavía tienen")
    bringing.add_argument("notices", nargs="+", metavar="NOTIFICACIÓN")
    for one in (tables, ending, check, bringing):
        one.add_argument("--as", dest="prefix", help="con qué empiezan los nombres de las tablas restauradas",
                         required=one is not check)  # fmt: skip
    tables.set_defaults(act=_restore)
    ending.set_defaults(act=_end_sessions)
    check.set_defaults(act=_check)
    bringing.set_defaults(act=_bring_back)
    return parser


def _check_prefix(prefix: str) -> None:
    stack = os.environ.get("STACK", "")
    if stack and prefix and not prefix.startswith(f"{stack}-r"):
        raise CannotRestore(f"--as empieza con {stack}-r: solo a esas tablas deja escribir RestoreAccess.")


def _instant(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise argparse.ArgumentTypeError("diga el instante en UTC, como 2026-11-28T14:05:00Z")
    return instant.astimezone(UTC)


def _own_places() -> Places:
    """Return what the stack's functions work with now, or the local run's."""
    stack = os.environ.get("STACK", "")
    if stack:
        return places_of(environment_of(stack, client("lambda")))
    kept = Path(os.environ.get("STATE", ".local")).resolve() / ENVIRONMENT
    if kept.exists():
        environment: Mapping[str, str] = json.loads(kept.read_text("utf-8"))
        enter_environment(dict(environment))
        return places_of(environment)
    return places_of(os.environ)


def _before(own: Places) -> Places:
    """Return the tables of before, where the stack works with restored ones already."""
    stack = os.environ.get("STACK", "")
    return before_restore(stack, own, client("cloudformation")) if stack and own.restored else own


def client(service: str) -> Any:
    """Return a client by the operator's own credentials, which goes on asking where it is throttled."""
    make: Any = boto3.client
    return make(service, config=_TRIES)


def _restore(options: argparse.Namespace, own: Places) -> int:
    target = under_new_names(own, options.prefix)
    told = restore_tables(
        own, target, to=options.to, dynamodb=client("dynamodb"), now=_now(), pause=time.sleep, say=say
    )
    say("Revíselas con «check» antes de desplegar; luego, en la etapa:")
    for name, value in told.items():
        say(f'{name} = "{value}"')
    return DONE


def _end_sessions(options: argparse.Namespace, own: Places) -> int:
    ended = end_what_lets_in(under_new_names(own, options.prefix), client("dynamodb"))
    say(f"Terminados: {ended} sesiones, códigos y enlaces.")
    return DONE


def _check(options: argparse.Namespace, own: Places) -> int:
    target = under_new_names(own, options.prefix) if options.prefix else own
    former = _before(own)
    before = None if former.tables == target.tables else former
    accepted = read_accepted(options.accepted) if options.accepted else {}
    ledger = Ledger(options.ledger)
    try:
        checked = check_tables(
            target, ledger, dynamodb=client("dynamodb"), s3=client("s3"), now=_now(), say=say, before=before,
            accepted=accepted,
            is_in_use=target.tables == own.tables,
        )  # fmt: skip
    finally:
        ledger.close()
    options.ledger.unlink()
    descriptor = os.open(options.report, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as report:
        report.write(checked.text)
    say(summary(checked))
    say(f"El informe está en {options.report}. Nombra casillas: guárdelo donde se guardan datos personales.")
    return DONE if checked.is_clean else DAMAGED


def _bring_back(options: argparse.Namespace, own: Places) -> int:
    target = under_new_names(own, options.prefix)
    done = bring_back(options.notices, source=_before(own), target=target, dynamodb=client("dynamodb"), say=say)
    say(f"Traídas: {done}. Revise otra vez.")
    return DONE


def _now() -> datetime:
    return datetime.now(UTC)


if __name__ == "__main__":
    sys.exit(main())
