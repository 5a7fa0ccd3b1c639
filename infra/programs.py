"""Run the programs that packaging needs, and speak to the operator."""

from __future__ import annotations

import subprocess
from pathlib import Path


class PackageError(Exception):
    """The package would not work, or could not be made."""


def run(*command: str | Path, cwd: Path | None = None, env: dict[str, str] | None = None) -> str:
    """Run a program and return what it printed, on both channels.

    Raises:
        PackageError: with all of it, when the program fails.

    """
    done = subprocess.run(
        command, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=cwd, env=env
    )
    if done.returncode:
        raise PackageError(f"{' '.join(map(str, command))} failed:\n{done.stdout}")
    return done.stdout


def say(line: str) -> None:
    """Tell the operator."""
    print(line, flush=True)
