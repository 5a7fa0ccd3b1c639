"""The files that a package is made of: downloaded once, each held to the hashes of its lock.

`chalice package` checks no hash of what it downloads for another machine, so it is given a folder to take it from, and
no index. What it then unpacked is compared with those files.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import platform
import zipfile
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from email.message import Message
from email.parser import Parser
from functools import cached_property
from pathlib import Path

from packaging.utils import canonicalize_name

from infra import locks
from infra.programs import PackageError, run

MACHINES = {"arm64": "aarch64"}
"""What wheels call an architecture, where they call it otherwise."""

_NEWEST_GLIBC = 34
"""Of Amazon Linux 2023, on which Lambda runs Python from 3.12 on: 2.34."""
_OLDEST_GLIBC = 17
_LICENCES = ("LICEN", "COPYING", "NOTICE", "AUTHORS")


@dataclass(frozen=True)
class Wheel:
    """A distribution as its makers publish it."""

    path: Path

    @cached_property
    def metadata(self) -> Message:
        """Name, version, licence and so on."""
        return Parser().parsestr(self.read(self._inside("METADATA")).decode(), headersonly=True)

    @property
    def name(self) -> str:
        """Its canonical name."""
        return canonicalize_name(self.metadata["Name"])

    @property
    def version(self) -> str:
        """Which one it is."""
        return str(self.metadata["Version"])

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the file, in hex."""
        return hashlib.sha256(self.path.read_bytes()).hexdigest()

    @cached_property
    def files(self) -> dict[str, str]:
        """Its files as it says, by name: `sha256=` and the hash in base64; empty for the list itself."""
        lines = csv.reader(self.read(self._inside("RECORD")).decode().splitlines())
        return {name: hashed for name, hashed, _ in lines}

    def may_lack(self, name: str) -> bool:
        """Whether an archive that is made of it need not have this file: programs, and most of what is provided."""
        return ".data/" in name or self.name in locks.PROVIDED

    @property
    def licences(self) -> dict[str, str]:
        """Texts of licences and notices by the name of their files."""
        names = [one for one in self._names if _is_licence(one)]
        return {name: self.read(name).decode(errors="replace") for name in names}

    def read(self, name: str) -> bytes:
        """Return one of its files."""
        with zipfile.ZipFile(self.path) as opened:
            return opened.read(name)

    @cached_property
    def _names(self) -> list[str]:
        with zipfile.ZipFile(self.path) as opened:
            return sorted(opened.namelist())

    def _inside(self, file: str) -> str:
        [name] = [one for one in self._names if one.count("/") == 1 and one.endswith(f".dist-info/{file}")]
        return name


def _is_licence(name: str) -> bool:
    path = Path(name)
    return any(word in path.name.upper() for word in _LICENCES) and not path.suffix.startswith(".py")


def download(python: Path, version: str, architecture: str, into: Path) -> list[Path]:
    """Fetch what `locks/requirements.txt` and, for the machine it is for, `locks/package.txt` name; return the folders.

    `python` has pip and is of the version that the package is for. `into` is of these locks: what is complete is kept.

    Raises:
        PackageError: something has no wheel for the machine, or another hash than its lock says.

    """
    machine = MACHINES.get(architecture, architecture)
    platforms = [f"manylinux_2_{minor}_{machine}" for minor in range(_OLDEST_GLIBC, _NEWEST_GLIBC + 1)]
    target = [option for platform in (*platforms, f"manylinux2014_{machine}") for option in ("--platform", platform)]
    target += ["--implementation", "cp", "--python-version", version, "--abi", f"cp{version.replace('.', '')}"]
    # A lock is complete. What pip would look for beyond it would be by the markers of this machine, not of that one.
    fetched = {into / "here": (locks.RUNTIME, []), into / architecture: (locks.PACKAGE, ["--no-deps", *target])}
    for folder, (lock, options) in fetched.items():
        mark = folder / "complete"
        if not mark.exists():
            how = ("--quiet", "--require-hashes", "--only-binary", ":all:", "--dest", folder)
            run(python, "-m", "pip", "download", *how, *options, "--requirement", lock.path)
            mark.touch()
    return list(fetched)


def for_chalice(folders: list[Path], architecture: str) -> list[Path]:
    """Return the folders that chalice needs: what this machine can install is what it looks for first.

    Where the package is for such a machine, that has to be the wheels for it: others may ask for a newer system.
    """
    return folders[-1:] if MACHINES.get(architecture, architecture) == platform.machine() else folders


def from_folders(folders: Iterable[Path]) -> dict[str, str]:
    """Return the environment in which pip takes everything from these folders and asks no index."""
    return {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": " ".join(folder.resolve().as_uri() for folder in folders)}


def shipped(folders: Iterable[Path], target: dict[str, str]) -> list[Wheel]:
    """Return the wheels of which a package for `target` (the values of environment markers) has to be made, by name.

    Raises:
        PackageError: one of them is not there.

    """
    found = {(wheel.name, wheel.version): wheel for folder in folders for wheel in _wheels(folder)}
    wanted = {**locks.locked(locks.PACKAGE), **{name: locks.locked(locks.RUNTIME)[name] for name in locks.PROVIDED}}
    here = {name: locks.version(one) for name, one in wanted.items() if not one.marker or one.marker.evaluate(target)}
    if lacking := sorted(f"{name}=={version}" for name, version in here.items() if (name, version) not in found):
        raise PackageError(f"no wheel was downloaded of {', '.join(lacking)}")
    return [found[key] for key in sorted(here.items())]


def _wheels(folder: Path) -> Iterator[Wheel]:
    return map(Wheel, sorted(folder.glob("*.whl")))


def differences(archive: zipfile.ZipFile, wheels: Iterable[Wheel], own: Collection[str]) -> list[str]:
    """Return in words where an archive is not made of just these wheels; empty if it is.

    `own` are the files and folders at its top that come from no wheel. Bytecode is nobody's.
    """
    names = {name for name in archive.namelist() if not name.endswith((".pyc", "/"))}
    told: list[str] = []
    expected: set[str] = set()
    for wheel in wheels:
        here = {name: hashed for name, hashed in wheel.files.items() if name in names or not wheel.may_lack(name)}
        expected |= here.keys()
        if lacking := sorted(here.keys() - names):
            told.append(f"it lacks {lacking[0]} of {wheel.path.name}")
        changed = sorted(name for name in here.keys() & names if here[name] not in {"", _hash(archive.read(name))})
        told += [f"its {name} is not that of {wheel.path.name}" for name in changed]
    others = sorted(name for name in names - expected if name.partition("/")[0] not in own)
    return told + [f"it holds {name}" for name in others]


def _hash(content: bytes) -> str:
    return "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode().rstrip("=")
