"""A stage's settings, from the one file that has them: `infra/stages/<stage>.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

STAGES = Path(__file__).parents[1] / "stages"
PLACEHOLDER = "«"
"""Begins what the example leaves to be filled in."""
_TOP: Mapping[str, type] = {
    "account": str,
    "region": str,
    "stack": str,
    "log_retention_days": int,
    "sms_monthly_usd": int,
    "rollback": dict,
    "parameters": dict,
}
_ROLLBACK: Mapping[str, type] = {"alarms": list, "minutes": int}


class StageError(Exception):
    """The stage's file cannot be used; the text says what to do, all of it."""


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a stack is deployed, and with what."""

    name: str
    account: str
    region: str
    stack: str
    parameters: Mapping[str, str]
    """Of the template, by name; what is not named has the template's default."""
    log_retention_days: int
    sms_monthly_usd: int
    """What SNS has to be allowed to spend on SMS each month, at least."""
    rollback_alarms: tuple[str, ...]
    """Logical ids of alarms that roll an update back, should they begin to ring during it."""
    rollback_minutes: int
    """How long CloudFormation goes on looking at them once everything is in place."""

    @property
    def bucket(self) -> str:
        """Where the packages of an account and region lie."""
        return f"casilla-packages-{self.account}-{self.region}"

    @property
    def is_local(self) -> bool:
        """Tell whether the engine on this machine is the cloud."""
        return self.name == "local"

    def unfilled(self) -> list[str]:
        """Return the settings that still have the example's placeholder."""
        plain = {"account": self.account, "region": self.region, "stack": self.stack}
        named = {f"parameters.{name}": value for name, value in self.parameters.items()}
        return [name for name, value in {**plain, **named}.items() if PLACEHOLDER in value]

    def require_filled(self) -> None:
        """Let an example be no stage yet.

        Raises:
            StageError: something is left to be filled in.

        """
        if names := self.unfilled():
            lines = "\n".join(f"- {name}" for name in names)
            raise StageError(
                f"infra/stages/{self.name}.toml tiene por llenar:\n{lines}\nLos explica docs/despliegue.md."
            )


def stage_names(folder: Path = STAGES) -> list[str]:
    """Return what stages there are."""
    return sorted(path.stem for path in folder.glob("*.toml"))


def read_stage(name: str, folder: Path = STAGES) -> Stage:
    """Return a stage.

    Raises:
        StageError: there is none, or its file has not the settings that it should.

    """
    path = folder / f"{name}.toml"
    if name not in stage_names(folder):
        raise StageError(
            f"No hay etapa «{name}» en {folder}. Hay: {', '.join(stage_names(folder))}. Una nueva empieza como copia de"
            " prod.toml."
        )
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise StageError(f"{path} no es TOML: {error}") from error
    wrong = [*_wrong(said, _TOP, ""), *_wrong(_table(said, "rollback"), _ROLLBACK, "rollback.")]
    wrong += [
        f"parameters.{key} tiene que ir entre comillas"
        for key, value in _table(said, "parameters").items()
        if not isinstance(value, str)
    ]
    if wrong:
        raise StageError("\n".join([f"{path}:", *(f"- {one}" for one in wrong)]))
    rollback = said["rollback"]
    return Stage(
        name=name,
        account=said["account"],
        region=said["region"],
        stack=said["stack"],
        parameters=said["parameters"],
        log_retention_days=said["log_retention_days"],
        sms_monthly_usd=said["sms_monthly_usd"],
        rollback_alarms=tuple(map(str, rollback["alarms"])),
        rollback_minutes=rollback["minutes"],
    )


def stage_of_stack(stack: str, folder: Path = STAGES) -> Stage:
    """Return the stage whose stack has this name.

    Raises:
        StageError: there is none, or more than one.

    """
    found = [stage for stage in (read_stage(name, folder) for name in stage_names(folder)) if stage.stack == stack]
    if len(found) != 1:
        raise StageError(
            f'{len(found) or "Ningún"} archivo de {folder} tiene stack = "{stack}"; tiene que tenerlo uno solo.'
        )
    return found[0]


def _table(said: Mapping[str, Any], name: str) -> dict[str, Any]:
    table = said.get(name)
    return table if isinstance(table, dict) else {}


def _wrong(said: Mapping[str, Any], known: Mapping[str, type], prefix: str) -> list[str]:
    lacking = [f"falta {prefix}{name}" for name in known if name not in said]
    unknown = [
        f"{prefix}{name} no es un ajuste de una etapa: bórrelo o corrija su nombre"
        for name in said
        if name not in known
    ]
    kinds = {str: "un texto entre comillas", int: "un número", dict: "una tabla", list: "una lista"}
    odd = [
        f"{prefix}{name} tiene que ser {kinds[kind]}"
        for name, kind in known.items()
        if name in said and type(said[name]) is not kind
    ]
    return [*lacking, *unknown, *odd]
