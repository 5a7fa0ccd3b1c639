"""What has to hold before a run can begin: a folder of its own, no other run at it, free ports."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from infra.local.engine_state import EngineState
from infra.local.state import claim_folder, why

_LEFTOVER_SECONDS = 30
_USUAL = {"PORT": 8000, "ENGINE_PORT": 4566}


class CannotRun(Exception):
    """Something that the operator has to do first; its text says what."""


def run_command(ports: Mapping[str, int]) -> str:
    """Return the command that runs it at these ports."""
    return " ".join(["make run", *(f"{name}={port}" for name, port in ports.items() if port != _USUAL[name])])


def take_folder(state: Path, template: dict[str, Any]) -> None:
    """Make the folder that of this version's tables.

    Raises:
        CannotRun: it holds something else, which is left as it is, or cannot be written.

    """
    try:
        is_ours = claim_folder(state, template)
        if is_ours:
            (state / "lock").touch()
    except OSError as error:
        raise CannotRun(f"No se puede escribir en {state}: {why(error)}. Resuélvalo y repita «make run».") from error
    if not is_ours:
        raise CannotRun(f"Los datos de {state} son de otra versión de Casilla: borre esa carpeta y repita «make run».")


@contextlib.contextmanager
def only_run_of(state: Path) -> Iterator[None]:
    """Hold the folder, so that no other run begins with it.

    Raises:
        CannotRun: another run has it.

    """
    with (state / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise CannotRun(f"Casilla ya está en marcha con los datos de {state}. Deténgala allí con Ctrl-C.") from None
        yield


def stop_leftover_engine(state: Path, say: Callable[[str], None]) -> None:
    """Have the engine that a killed run left behind save what it holds in memory, and end.

    Raises:
        CannotRun: it does not end.
        StateError: it did not save.

    """
    note = state / "engine.pid"
    if not note.exists():
        return
    keeper = EngineState(state / "engine", say)
    told = note.read_text("utf-8", errors="replace").strip()
    note.unlink()
    pid = int(told) if told.isdecimal() else 0
    if not pid or not _is_engine(pid):
        since = f"de lo guardado {keeper.saved}" if keeper.saved else "de cero"
        say(f"La ejecución anterior se cortó sin guardar: se perdió lo hecho en ella, y se parte {since}.")
        return
    say("Quedó un motor de una ejecución interrumpida: se detiene y guarda sus datos…")
    keeper.make_room()
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + _LEFTOVER_SECONDS
    while _is_engine(pid):
        if time.monotonic() > deadline:
            raise CannotRun(f"El motor anterior no se detiene. Termínelo con: kill -9 {pid}")
        time.sleep(0.1)
    keeper.settle(ended=True)


def _is_engine(pid: int) -> bool:
    command = ["ps", "-o", "stat=,command=", "-p", str(pid)]
    try:
        told = subprocess.run(command, check=False, capture_output=True, text=True).stdout
    except FileNotFoundError:
        return False  # without procps nothing can be told apart; a port in use is told later
    return "ministack" in told and not told.startswith("Z")


def require_free_ports(ports: Mapping[str, int]) -> None:
    """Look whether all ports can be listened at.

    Raises:
        CannotRun: two are the same, or one is taken; the command that it names keeps the others.

    """
    if len(set(ports.values())) < len(ports):
        raise CannotRun("PORT y ENGINE_PORT deben ser distintos.")
    taken = [name for name, port in ports.items() if not _is_free(port)]
    if not taken:
        return
    told = " y ".join(str(ports[name]) for name in taken)
    others = dict(ports)
    for name in taken:
        others[name] = next(port for port in range(ports[name] + 1, 65536) if port not in others.values())
    what, use = ("Los puertos", "están ocupados") if len(taken) > 1 else ("El puerto", "está ocupado")
    raise CannotRun(f"{what} {told} {use}. Cierre el programa que lo usa o elija otro: {run_command(others)}")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            if error.errno == errno.EACCES:
                raise CannotRun(f"El puerto {port} necesita permisos especiales. Elija uno mayor que 1023.") from None
            return False
    return True
