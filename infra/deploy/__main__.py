"""`make deploy STAGE=prod`: bring the sources as they are into service; `STAGE=local` on this machine's engine."""

from __future__ import annotations

import argparse
import sys
import time

from botocore.exceptions import BotoCoreError, ClientError

from infra.deploy.cloud import Cloud, DeployError
from infra.deploy.packages import CHANGED, built, commit_of, today
from infra.deploy.stage import Stage, StageError, read_stage, stage_names
from infra.deploy.steps import Deployer, Wish
from infra.package import OUT, build
from infra.programs import PackageError, say

UNKNOWN = "unknown"


def main() -> int:
    """Deploy, and return the exit code."""
    parser = argparse.ArgumentParser(prog="make deploy", description="Despliega una etapa.")
    parser.add_argument("stage", metavar="STAGE", help=f"una de infra/stages: {', '.join(stage_names())}")
    parser.add_argument(
        "--accept", choices=["", UNKNOWN], default="", help="«unknown» sigue aunque algo no se pudo preguntar"
    )
    parser.add_argument("--again", action="store_true", help="reemplaza todos los procesos aunque nada haya cambiado")
    parser.add_argument(
        "--loses", metavar="NOMBRES", default="", help="lo que se puede quitar aunque no se pueda rehacer"
    )
    local = parser.add_argument_group("solo STAGE=local")
    local.add_argument(
        "--without", metavar="ACCIÓN", help="quita una acción de todas las políticas: el uso tiene que fallar"
    )
    local.add_argument("--unused", action="store_true", help="nadie usa lo desplegado")
    local.add_argument(
        "--record", action="store_true", help="guarda lo que las funciones piden a AWS, para sus permisos"
    )
    options = parser.parse_args()
    try:
        stage = read_stage(options.stage)
        if stage.is_local:
            _deploy_here(stage, options.without, uses=not options.unused, records=options.record)
        else:
            _deploy(stage, options)
    except (StageError, PackageError) as error:
        print(error, file=sys.stderr)
        return DeployError.code
    except DeployError as error:
        print(error, file=sys.stderr)
        return error.code
    except (BotoCoreError, ClientError) as error:
        print(
            f"AWS no dejó seguir: {error}\nCorrija la causa y repita el mismo comando: sigue donde quedó.",
            file=sys.stderr,
        )
        return DeployError.code
    return 0


def _deploy(stage: Stage, options: argparse.Namespace) -> None:
    """Deploy to AWS.

    Raises:
        StageError: the stage's file is an example yet.

    """
    stage.require_filled()  # before minutes of packaging; what else lacks is told then
    now = today()
    wish = Wish(
        now,
        commit_of(),
        accepts_unknown=options.accept == UNKNOWN,
        again=now.isoformat() if options.again else "",
        given_up=frozenset(filter(None, options.loses.split(","))),
    )
    if wish.commit.endswith(CHANGED):
        say("Atención: se despliegan cambios que ninguna revisión de git tiene")
    Deployer(stage, Cloud(stage.region), say).deploy(built(build, OUT, say), wish)


def _deploy_here(stage: Stage, without: str | None, *, uses: bool, records: bool) -> None:
    from infra.deploy import local  # noqa: PLC0415 - what is deployed to AWS needs neither engine nor service
    from infra.deploy.use.flow import FlowError  # noqa: PLC0415 - as above
    from infra.local.ministack import MinistackError  # noqa: PLC0415 - as above

    started = time.monotonic()

    def tell(line: str) -> None:
        say(f"{time.monotonic() - started:6.1f} s  {line}")

    try:
        package = local.built_for_engine(tell)
        chosen = local.without(without, package) if without else package
        local.deploy_here(stage, chosen, tell, uses=uses, records=records)
    except (AssertionError, FlowError, MinistackError) as error:
        raise DeployError(str(error)) from error
    tell("todo se sostiene")


if __name__ == "__main__":
    sys.exit(main())
