"""What the engine keeps between runs: the last run's, else what was there before it, and never a mixture of both.

The engine writes a file for each service when it stops, and ends well whatever becomes of them. So what it left is
looked at here, and what the run before left stays at hand until then.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import IO

from infra.local.state import REASONS, StateError, why

ALWAYS = frozenset(f"{service}.json" for service in ("dynamodb", "kms", "s3", "secretsmanager", "sqs"))
"""The files of the services that every run uses: at a stop each is a new one."""
_ROOM = 8 * 1024 * 1024
_ROOM_OF_THE_RUN = 4 * 1024 * 1024
_COMPLAINT = re.compile(r"Persistence: (?:failed|error)|Failed to (?:\w+ )?persist")
_OF_A_FILE = re.compile(r"Failed to persist S3 [a-z ]+ (\S+): ")
_READY = "Ready — "
"""The engine says it once it has read everything."""
_LISTENING_SECONDS = 5
_ERRNO = re.compile(r"\[Errno (\d+)\]")


class EngineState:
    """The files of one run, from before its start until after its end."""

    def __init__(self, place: Path, tell: Callable[[str], None]) -> None:
        """Look after what the engine keeps in this folder."""
        self._place = place
        self._state, self._former, self._reserve = place / "state", place / "former", place / "reserve"
        self._tell = tell
        self._complaints: list[str] = []
        self._listener: threading.Thread | None = None
        self._has_loaded = threading.Event()
        self._before_saving: dict[str, tuple[int, int]] = {}

    @property
    def saved(self) -> str | None:
        """When a run last saved, in words; None before the first time."""
        kept = self._state / "dynamodb.json"
        return _when(kept) if kept.exists() else None

    def prepare(self) -> None:
        """Hold on to what is there, and to the room for what will be.

        Raises:
            StateError: what is there cannot be read, or there is no room.

        """
        try:
            self._state.mkdir(parents=True, exist_ok=True)
            self._undo_half_a_save()
            self._require_readable()
            self._hold_on()
            self._reserve_room(max(_ROOM, 2 * sum(path.stat().st_size for path in self._files())))
        except OSError as error:
            self.make_room()
            raise StateError(
                f"No se puede guardar en {self._place}: {why(error)}. Nada se ha empezado;"
                " resuélvalo y repita «make run»."
            ) from error

    def listen(self, said: IO[bytes], log: Path) -> None:
        """Copy what the engine says to its log, and hear what it cannot keep even where no log can be written."""
        self._listener = threading.Thread(target=self._listen, args=(said, log), name="engine's log", daemon=True)
        self._listener.start()

    def require_loaded(self) -> None:
        """Raise `StateError` where the engine passed over something that was kept."""
        self._has_loaded.wait(_LISTENING_SECONDS)
        if self._complaints:
            raise StateError(f"El motor no pudo leer lo guardado en {self._state}:\n{self._complaints[0]}")

    def make_room(self) -> None:
        """Give back what was reserved: the engine is about to save."""
        self._before_saving = self._stamps()
        with contextlib.suppress(OSError):
            self._reserve.unlink(missing_ok=True)

    def settle(self, *, ended: bool) -> None:
        """Look at what the engine left, now that it is gone; `ended` by itself, not killed.

        Raises:
            StateError: it saved not all: what was there before it is there again.

        """
        if self._listener is not None:
            self._listener.join(_LISTENING_SECONDS)
        reason = self._why_unsaved(ended=ended)
        if reason is not None:
            self._go_back(reason)
        shutil.rmtree(self._former, ignore_errors=True)
        lost = [found[1] for line in self._complaints if (found := _OF_A_FILE.search(line))]
        if lost or self._complaints:
            told = "\n".join(f"  {name}" for name in lost) or f"  {self._complaints[0]}"
            raise StateError(f"Quedó guardado todo, menos lo que no se pudo escribir en {self._place}:\n{told}")

    def _why_unsaved(self, *, ended: bool) -> str | None:
        unsaved = [line for line in self._complaints if "Persistence: " in line]
        if unsaved:
            found = _ERRNO.search(unsaved[0])
            return REASONS.get(int(found[1]), unsaved[0]) if found else unsaved[0]
        stamps = self._stamps()
        if not ended or any(stamps.get(name) in {None, self._before_saving.get(name)} for name in ALWAYS):
            return "el motor se cortó antes de terminar"
        try:
            self._sync()
        except OSError as error:
            return why(error)
        return None

    def _go_back(self, reason: str) -> None:
        """Put back what the run before left, and say what is lost."""
        saved = self._former / "dynamodb.json"
        remains = f"lo guardado {_when(saved)}" if saved.exists() else ""
        try:
            self._put_back()
        except OSError:  # the next start tries again
            remains = remains and f"{remains}, en {self._former}"
        rest = f"Queda {remains}" if remains else "Antes no había nada guardado"
        raise StateError(
            f"NO SE GUARDÓ lo hecho en esta ejecución: {reason} ({self._place}).\n"
            f"{rest}; resuélvalo, y «make run» continúa desde allí."
        )

    def _put_back(self) -> None:
        for path in self._files():
            if not (self._former / path.name).exists():
                path.unlink()
        for path in self._former.glob("*.json"):
            if not self._is_former(path.name):
                path.replace(self._state / path.name)
        shutil.rmtree(self._former)

    def _undo_half_a_save(self) -> None:
        """Put back what was there before a run that was cut short in the midst of saving."""
        if self._former.exists() and len({self._is_former(name) for name in ALWAYS}) > 1:
            self._put_back()

    def _is_former(self, name: str) -> bool:
        """Whether a file is still the one of before the run, or is missing as it was then."""
        now, before = (
            (path.stat().st_mtime_ns, path.stat().st_size) if path.exists() else None
            for path in (self._state / name, self._former / name)
        )
        return now == before

    def _require_readable(self) -> None:
        for path in self._files():
            try:
                json.loads(path.read_bytes())
            except ValueError:
                raise StateError(
                    f"Lo guardado en {path} está dañado, y nada se ha cambiado. Recupere esa carpeta de una copia,"
                    " o borre los datos para empezar de nuevo."
                ) from None

    def _reserve_room(self, size: int) -> None:
        """Take up what the save may need; beyond it, the run's own files need some room now."""
        self._reserve.write_bytes(bytes(size + _ROOM_OF_THE_RUN))
        os.truncate(self._reserve, size)

    def _hold_on(self) -> None:
        """Keep what is there under a second name: the engine puts new files in its place."""
        shutil.rmtree(self._former, ignore_errors=True)
        self._former.mkdir()
        for path in self._files():
            try:
                (self._former / path.name).hardlink_to(path)
            except OSError:  # a file system without links
                shutil.copy2(path, self._former / path.name)

    def _files(self) -> list[Path]:
        return sorted(self._state.glob("*.json"))

    def _stamps(self) -> dict[str, tuple[int, int]]:
        return {path.name: (path.stat().st_ino, path.stat().st_mtime_ns) for path in self._files()}

    def _sync(self) -> None:
        for path in [*self._files(), self._state]:
            handle = os.open(path, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)

    def _listen(self, said: IO[bytes], log: Path) -> None:
        with contextlib.ExitStack() as stack:
            kept: IO[bytes] | None = None
            with contextlib.suppress(OSError):
                kept = stack.enter_context(log.open("wb", buffering=0))
            for line in said:
                if kept is not None:
                    with contextlib.suppress(OSError):
                        kept.write(line)
                text = line.decode(errors="replace").strip()
                if _READY in text:
                    self._has_loaded.set()
                if _COMPLAINT.search(text):
                    if not self._complaints:
                        self._tell(f"El motor no puede leer o guardar en {self._place}: {text}")
                    self._complaints.append(text)
        self._has_loaded.set()


def _when(path: Path) -> str:
    return f"{datetime.fromtimestamp(path.stat().st_mtime).astimezone():el %d/%m/%Y a las %H:%M}"
