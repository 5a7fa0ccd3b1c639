"""Run the programs of `bench.fresh` in a fresh interpreter that finds a package and nothing of this environment."""

from __future__ import annotations

import json
import marshal
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from bench.packaged import Package, interpreter
from infra.package import BUILD, ROOT
from infra.programs import run

_PROGRAMS = BUILD / "measured" / "programs"


@dataclass(frozen=True, slots=True)
class Told:
    """What a program printed of itself: CPU seconds and modules from the interpreter's start on, its answer, and more.

    `rest` is what it wrote after that line.
    """

    cpu: float
    modules: int
    answer: Any
    rest: bytes


def start(program: str, package: Package, environment: dict[str, str], asked: Any = None) -> Told:
    """Run a program that measures itself."""
    line, _, rest = output_of(program, package, environment, asked).partition(b"\n")
    told = json.loads(line)
    return Told(told["cpu"], told["modules"], told.get("answer"), rest)


def output_of(program: str, package: Package, environment: dict[str, str], asked: Any = None) -> bytes:
    """Run a program and return what it wrote.

    It cannot write bytecode, as in Lambda, and it is not started in a folder that it could load anything from.
    """
    done = subprocess.run(
        [interpreter(), "-S", "-s", "-P", "-B", "-c", f"from bench.fresh.{program} import main; main()"],
        input=marshal.dumps(asked),
        env={**environment, "PYTHONPATH": f"{package.tree}:{_programs()}"},
        cwd="/",
        capture_output=True,
        check=False,
    )
    if done.returncode:
        raise AssertionError(done.stderr.decode())
    return done.stdout


@cache
def _programs() -> Path:
    """Compile the programs aside, so that none is compiled when it is measured."""
    shutil.rmtree(_PROGRAMS, ignore_errors=True)
    (_PROGRAMS / "bench").mkdir(parents=True)
    shutil.copy(ROOT / "bench" / "__init__.py", _PROGRAMS / "bench")
    shutil.copytree(ROOT / "bench" / "fresh", _PROGRAMS / "bench" / "fresh", ignore=shutil.ignore_patterns("*.pyc"))
    run(interpreter(), "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash", _PROGRAMS)
    return _PROGRAMS
