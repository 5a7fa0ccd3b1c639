"""What an operator does with packages from their own machine, by `make operator`: list them, go back to one."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Mapping

from botocore.exceptions import BotoCoreError, ClientError

from infra.deploy.cloud import Cloud, DeployError
from infra.deploy.packages import today
from infra.deploy.restored import RESTORED
from infra.deploy.stage import StageError, stage_of_stack
from infra.deploy.steps import Deployer, Wish

USES: Mapping[str, str] = {
    "packages": "packages: los paquetes que se subieron, el más nuevo primero, y cuál está en servicio",
    "rollback": "rollback PAQUETE [NOMBRES]: vuelve a poner en servicio un paquete que se subió antes; NOMBRES,"
    " separados por comas, es lo que ese paquete no tiene y se puede quitar aunque no se pueda rehacer",
}
"""How each is used, by its first word."""
_MISUSED = 2


def run(stack: str, line: str, tell: Callable[[str], None] = print) -> int:
    """Do what a line says in the stage that has this stack, and return the exit code."""
    try:
        name, *arguments = shlex.split(line)
        do = _COMMANDS[name, len(arguments)]
    except (ValueError, KeyError):
        print("\n".join(USES.values()), file=sys.stderr)
        return _MISUSED
    try:
        stage = stage_of_stack(stack)
        stage.require_filled()
        do(Deployer(stage, Cloud(stage.region), tell), *arguments)
    except StageError as error:
        print(error, file=sys.stderr)
        return DeployError.code
    except DeployError as error:
        print(error, file=sys.stderr)
        return error.code
    except (BotoCoreError, ClientError) as error:
        print(f"AWS no dejó seguir: {error}", file=sys.stderr)
        return DeployError.code
    return 0


def _packages(deployer: Deployer) -> None:
    serving = deployer.stack.outputs.get("Package", "")
    listed, served = deployer.store.manifests(), set(deployer.store.served())
    for one in listed:
        mark = "" if one["package"] in served else "  no pasó la prueba de humo"
        mark = "  en servicio" if one["package"] == serving else mark
        deployer.tell(f"{one['package']}  {one['kept_at']}  {one['commit']}{mark}")
    if not listed:
        deployer.tell(f"Todavía no se subió ningún paquete a {deployer.stage.bucket}.")


def _rollback(deployer: Deployer, package_id: str, names: str = "") -> None:
    deployer.roll_back(package_id, Wish(today(), given_up=given_up(names)))


def given_up(names: str) -> frozenset[str]:
    """Return what may go by a way back, of names between commas: never which tables serve."""
    return frozenset(filter(None, names.split(","))) - RESTORED


_COMMANDS: Mapping[tuple[str, int], Callable[..., None]] = {
    ("packages", 0): _packages,
    ("rollback", 1): _rollback,
    ("rollback", 2): _rollback,
}
"""By name and number of arguments."""


if __name__ == "__main__":
    sys.exit(run(sys.argv[1], sys.argv[2]))
