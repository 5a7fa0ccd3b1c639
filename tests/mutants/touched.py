"""A pytest plugin that notes which test runs which line of the modules to be mutated, and how long each test takes.

The environment names the files (`MUTANTS_OF`, one a line) and the folder for what each worker noted (`MUTANTS_NOTES`).
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from coverage import Coverage

_FILES = os.environ.get("MUTANTS_OF", "").split("\n")  # noqa: TID251 - the only way into pytest's workers
_NOTES = os.environ.get("MUTANTS_NOTES", "")  # noqa: TID251


class Touched:
    """Watches one worker."""

    def __init__(self, worker: str) -> None:
        """Write down under this worker's name."""
        self._worker = worker
        self._fixtures: dict[str, str] = {}
        self._durations: dict[str, float] = {}
        self._coverage = Coverage(data_file=None, include=_FILES, config_file=False)
        self._coverage.start()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """Put what runs under the test's name, its fixtures included."""
        self._coverage.switch_context(item.nodeid)
        self._fixtures[item.nodeid] = " ".join(getattr(item, "fixturenames", ())) + f" {item.name}"
        return (yield)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Add up set-up, test and tear-down."""
        self._durations[report.nodeid] = self._durations.get(report.nodeid, 0.0) + report.duration

    def pytest_sessionfinish(self) -> None:
        """Write everything down."""
        self._coverage.stop()
        data = self._coverage.get_data()
        lines = {path: data.contexts_by_lineno(path) for path in data.measured_files()}
        notes = {"lines": lines, "durations": self._durations, "fixtures": self._fixtures}
        Path(_NOTES, f"{self._worker}.json").write_text(json.dumps(notes), "utf-8")


def pytest_configure(config: pytest.Config) -> None:
    """Watch where tests run: in xdist's workers."""
    if hasattr(config, "workerinput"):
        config.pluginmanager.register(Touched(config.workerinput["workerid"]))
