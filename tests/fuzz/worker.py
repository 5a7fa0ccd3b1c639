"""A process that judges one file after the other under limits; it is started anew after a failure."""

from __future__ import annotations

import contextlib
import logging
import math
import multiprocessing
import resource
import signal
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

Judge = Callable[[bytes, str], str]
"""Takes a file and its media type; returns the verdict. It is found by its name in another process."""
_STATUS, _RESET = Path("/proc/self/status"), Path("/proc/self/clear_refs")
_PEAK = "5"
"""Written there, it has the peak be counted anew (Linux, proc(5))."""
_MB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one file: processor seconds, seconds by the clock, and how many bytes the process may grow by."""

    cpu_s: int = 5
    wall_s: float = 60.0
    memory: int = 512 * _MB


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a file. `failure` says what went wrong, or is empty; `where` tells kinds of failures apart."""

    verdict: str
    cpu_s: float = 0.0
    memory: int = 0
    failure: str = ""
    where: str = ""


class Worker:
    """Judges files in a process of its own."""

    def __init__(self, judge: Judge, limits: Limits) -> None:
        """Start nothing yet."""
        self._judge, self._limits = judge, limits
        self._process: Any = None
        self._ends: tuple[Connection, Connection] | None = None
        self.starts = 0

    def outcome(self, content: bytes, media_type: str) -> Outcome:
        """Judge one file; a process that failed is not used again."""
        out, back = self._ends or self._start()
        out.send((content, media_type))
        if not back.poll(self._limits.wall_s):
            self.stop()
            return Outcome("hang", self._limits.wall_s, 0, f"no verdict after {self._limits.wall_s:g} s", "hang")
        try:
            told: Outcome = back.recv()
        except EOFError:
            self._process.join()
            code = self._process.exitcode
            self.stop()
            return self._died(code)
        if told.failure:
            self.stop()
        return told

    def stop(self) -> None:
        """End the process, if there is one."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
        for end in self._ends or ():
            end.close()
        self._process = self._ends = None

    def _died(self, code: int) -> Outcome:
        if code == -signal.SIGXCPU:
            return Outcome("hang", self._limits.cpu_s, 0, "it used more processor time than it may", "processor time")
        name = signal.Signals(-code).name if code < 0 else f"exit {code}"
        return Outcome("crash", failure=f"the process died: {name}", where=name)

    def _start(self) -> tuple[Connection, Connection]:
        context = multiprocessing.get_context("spawn")
        (files, out), (back, told) = context.Pipe(duplex=False), context.Pipe(duplex=False)
        self._process = context.Process(target=_serve, args=(files, told, self._judge, self._limits), daemon=True)
        self._process.start()
        files.close()
        told.close()
        back.recv()  # it is ready: its start takes none of the first file's time
        self._ends = out, back
        self.starts += 1
        return self._ends


@contextlib.contextmanager
def working(judge: Judge, limits: Limits) -> Iterator[Worker]:
    """Have a worker, and end it."""
    worker = Worker(judge, limits)
    try:
        yield worker
    finally:
        worker.stop()


def _serve(files: Connection, told: Connection, judge: Judge, limits: Limits) -> None:
    logging.disable(logging.CRITICAL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _warm_up()
    address_space = _status("VmSize")
    if address_space:  # twice, so that what a file takes is measured before it is denied
        resource.setrlimit(resource.RLIMIT_AS, (address_space + 2 * limits.memory,) * 2)
    told.send(None)
    with contextlib.suppress(EOFError):
        while True:
            content, media_type = files.recv()
            told.send(_judged(content, media_type, judge, limits))


def _warm_up() -> None:
    import pikepdf  # noqa: PLC0415 - in the other process, so that no file pays for it
    from PIL import Image  # noqa: PLC0415

    pikepdf.new()
    Image.init()


def _judged(content: bytes, media_type: str, judge: Judge, limits: Limits) -> Outcome:
    begun, before = time.process_time(), _restart_peak()
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(begun + limits.cpu_s + 0.5), hard))
    failure = where = ""
    try:
        verdict = judge(content, media_type)
    except Exception as error:  # noqa: BLE001 - any is what is looked for
        verdict, failure, where = type(error).__name__, traceback.format_exc(), _frame(error)
    spent, grown = time.process_time() - begun, _peak() - before
    if not failure and spent > limits.cpu_s:
        failure = where = "more processor time than it may"
    elif not failure and grown > limits.memory:
        failure = where = "more memory than it may"
    figures = f"({verdict}, {spent:.1f} s, {grown // _MB} MB)"
    return Outcome(verdict, spent, grown, failure and f"{failure.strip()} {figures}", where)


def _frame(error: Exception) -> str:
    """Return what an exception is and where our own code let it pass, as one line."""
    frames = [one for one in traceback.extract_tb(error.__traceback__) if "chalicelib" in one.filename]
    last = frames[-1] if frames else None
    place = f"{last.filename.rpartition('chalicelib/')[2]}:{last.lineno}" if last else ""
    return f"{type(error).__name__} {place}".strip()


def _restart_peak() -> int:
    with contextlib.suppress(OSError):
        _RESET.write_text(_PEAK)
    return _status("VmRSS") or _peak()


def _peak() -> int:
    """Return the most bytes that the process had in memory since that was counted anew, else since it began."""
    return _status("VmHWM") or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _status(name: str) -> int:
    try:
        lines = _STATUS.read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{name}:")), 0)
