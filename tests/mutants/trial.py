"""One trial: a fork of a warm process runs the tests that concern a mutant, with the mutant in the module's place.

The process before the fork has the libraries loaded and the tables made, and of our own code only what that needs. So
each trial loads the rest anew, the mutant among it, and starts within half a second.
"""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.cloud import moto_engine_of_this_process
from tests.mutants.plant import Mutant

ROOT = Path(__file__).parents[2]
_HEAVY = (
    "argon2 captcha.audio captcha.image chalice.test fpdf html5lib http_message_signatures http_sf jinja2 openpyxl "
    "pikepdf pynamodb.transactions"
)
_OPTIONS = ("-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "--assert=plain")
_TIMED_OUT, _NO_TRIAL = 9, 10
_FAILED = (pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.INTERRUPTED)
_LONGEST_START_S = 30
_SLOWER = 8
_SPARE_S = 10


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a mutant: the test that saw it, or how else it died; None when it survived."""

    mutant: Mutant
    killer: str | None
    seconds: float


def is_refused_by_types(mutant: Mutant, folder: Path) -> bool:
    """Tell whether `make lint` sees it: mypy reads the mutant in the module's place."""
    shadow = folder / "mutant.py"
    shadow.write_text(mutant.source, "utf-8")
    command = [sys.executable, "-m", "mypy", "--shadow-file", mutant.path, str(shadow), mutant.path]
    return subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode == 1  # noqa: S603


def warm_up() -> None:
    """Load what every trial needs, and make tables and buckets."""
    for name in _HEAVY.split():
        importlib.import_module(name)
    with moto_engine_of_this_process().opened():
        pass


Stages = Sequence[Sequence[str]]
"""Tests by their ids, in the order in which they run; a stage begins when all tests of the last one passed."""


def try_all(mutants: Sequence[tuple[Mutant, Stages]], durations: Mapping[str, float], jobs: int) -> Iterator[Outcome]:
    """Try each mutant with its tests until one fails; yield outcomes as they come.

    Raises:
        RuntimeError: a trial could not be held, so nothing is known of its mutant.

    """
    left, running = list(reversed(mutants)), dict[int, tuple[Mutant, int, float]]()
    while left or running:
        while left and len(running) < jobs:
            mutant, stages = left.pop()
            reader, writer = os.pipe()
            process = os.fork()
            if process == 0:
                os.close(reader)
                _run(mutant, stages, durations, writer)
            os.close(writer)
            running[process] = (mutant, reader, time.monotonic())
        process, status = os.wait()
        mutant, reader, started = running.pop(process)
        with os.fdopen(reader, encoding="utf-8") as told:
            killer = told.read()
        code = os.waitstatus_to_exitcode(status)
        yield Outcome(mutant, _killer(code, killer), time.monotonic() - started)


def _killer(code: int, failed: str) -> str | None:
    if code == pytest.ExitCode.OK:
        return None
    if code == _TIMED_OUT:
        return f"endless: {failed}"
    if code not in _FAILED or not failed:
        raise RuntimeError(f"a trial itself failed with {code}, {failed}")
    return failed


def _run(mutant: Mutant, stages: Stages, durations: Mapping[str, float], writer: int) -> None:
    """Be the trial, and never return."""
    code = int(pytest.ExitCode.OK)
    try:
        os.setsid()
        nothing = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nothing, stream)
        _forget()
        sys.meta_path.insert(0, _Instead(mutant))
        for stage in stages:
            files = dict.fromkeys(test.partition("::")[0] for test in stage)
            code = pytest.main([*_OPTIONS, *files], plugins=[_Watch(stage, durations, writer)])
            if code != pytest.ExitCode.OK:
                break
    except BaseException:  # noqa: BLE001 - whatever it was, the parent is told that this was no trial
        code = _NO_TRIAL
    os._exit(code)


def _forget() -> None:
    """Have our own modules loaded anew, but for those that hold the tables."""
    kept = {"chalicelib.config", "chalicelib.store.tables", "tests.cloud"}
    for name in list(sys.modules):
        if name.partition(".")[0] in ("chalicelib", "tests", "app") and name not in kept and "." in name:
            del sys.modules[name]


class _Instead(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Loads the mutant where the module is asked for."""

    def __init__(self, mutant: Mutant) -> None:
        self._mutant = mutant
        self._name = mutant.path.removesuffix(".py").replace("/", ".")

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> importlib.machinery.ModuleSpec | None:
        del path, target
        if fullname != self._name:
            return None
        return importlib.util.spec_from_loader(fullname, self, origin=str(ROOT / self._mutant.path))

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self._mutant.source, str(ROOT / self._mutant.path), "exec"), module.__dict__)  # noqa: S102


class _Watch:
    """Runs the tests that concern the mutant, tells which failed, and ends what never ends."""

    def __init__(self, tests: Sequence[str], durations: Mapping[str, float], writer: int) -> None:
        self._rank = {test: rank for rank, test in enumerate(tests)}
        self._durations = durations
        self._writer = writer
        self._running = "loading"
        signal.signal(signal.SIGALRM, self._give_up)
        signal.alarm(_LONGEST_START_S)

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = sorted(
            (item for item in items if item.nodeid in self._rank), key=lambda item: self._rank[item.nodeid]
        )

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self._running = nodeid
        signal.alarm(int(_SLOWER * self._durations.get(nodeid, 1.0)) + _SPARE_S)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self._tell(report.nodeid)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self._tell(f"not loaded: {report.nodeid}")

    def _tell(self, what: str) -> None:
        os.write(self._writer, what.encode())

    def _give_up(self, *_: object) -> None:
        self._tell(self._running)
        os._exit(_TIMED_OUT)
