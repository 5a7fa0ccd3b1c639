"""What is installed, fixed with the hashes of its files: each list of requirements has a lock, made by `make lock`.

One resolution gives them all: what is locked in two of them has one version, so what is tested is what ships. Each says
of what it was made, so that one which is not of its requirements any more, or was edited, is found without a network.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
OLDEST_PYTHON = "3.11"
"""As in pyproject.toml. A lock holds for it and all later ones, on whatever machine."""

PROVIDED = {"chalice"}
"""Chalice adds the two modules of itself that run in Lambda; as a requirement it would bring its command line too."""

_MADE_OF = "# Made of: sha256:"
_HOLDS = "# Holds: sha256:"
_COMPILE = ("--universal", "--generate-hashes", "--no-emit-index-url", "--no-emit-find-links", "--no-header", "--quiet")


class LockError(Exception):
    """A lock could not be made, or does not hold what it says."""


@dataclass(frozen=True, slots=True)
class Lock:
    """A file of exact versions with hashes, and the requirements that it was made of."""

    name: str
    """Below `locks/`."""
    requirements: tuple[str, ...]
    """The first is resolved; the others are what it includes."""
    within: str = ""
    """Another lock, whose versions this one takes."""
    without: frozenset[str] = frozenset()
    """Requirements that are left out."""
    python: str = OLDEST_PYTHON
    """The oldest that it holds for."""

    @property
    def path(self) -> Path:
        """Where it is."""
        return ROOT / "locks" / self.name


DEVELOPMENT = Lock("requirements-dev.txt", ("requirements-dev.txt", "requirements-test.txt", "requirements.txt"))
TESTS = Lock("requirements-test.txt", ("requirements-test.txt", "requirements.txt"), within=DEVELOPMENT.name)
RUNTIME = Lock("requirements.txt", ("requirements.txt",), within=DEVELOPMENT.name)
PACKAGE = Lock("package.txt", ("requirements.txt",), within=DEVELOPMENT.name, without=frozenset(PROVIDED))
"""What goes into the archive."""
ENGINE = Lock("ministack.txt", ("infra/local/requirements-ministack.txt",))
"""The engine's own environment, where the project's versions do not count."""

CHECKOV = Lock("checkov.txt", ("infra/findings/requirements-checkov.txt",), python="3.11.5")
"""What looks over the template, in an environment of its own as well."""

LOCKS = (DEVELOPMENT, TESTS, RUNTIME, PACKAGE, ENGINE, CHECKOV)


def requirements(lock: Lock) -> list[Requirement]:
    """Return what a lock was made of, as people wrote it."""
    lines = [line for name in lock.requirements for line in (ROOT / name).read_text(encoding="utf-8").splitlines()]
    found = [Requirement(line) for line in lines if line and not line.startswith(("#", "-r "))]
    return [one for one in found if canonicalize_name(one.name) not in lock.without]


def locked(lock: Lock) -> dict[str, Requirement]:
    """Return what a lock holds, by canonical name: `name==version`, with a marker where it is not for every machine."""
    found = [Requirement(entry.partition("--hash")[0].strip()) for entry in _entries(_body(lock))]
    return {canonicalize_name(one.name): one for one in found}


def hashes(lock: Lock) -> dict[str, frozenset[str]]:
    """Return the SHA-256 of the files that a lock lets in, by canonical name."""
    return {
        canonicalize_name(Requirement(entry.partition("--hash")[0].strip()).name): frozenset(
            re.findall(r"--hash=sha256:([0-9a-f]{64})(?!\S)", entry)
        )
        for entry in _entries(_body(lock))
    }


def version(requirement: Requirement) -> str:
    """Return the one version that a locked requirement lets in.

    Raises:
        LockError: it lets in several.

    """
    [specifier] = requirement.specifier or [None]
    if specifier is None or specifier.operator != "==" or "*" in specifier.version:
        raise LockError(f"{requirement} is no single version")
    return specifier.version


def faults(lock: Lock) -> list[str]:
    """Return in words why a lock is not one of its requirements; empty if it is."""
    text = lock.path.read_text(encoding="utf-8") if lock.path.exists() else ""
    told = []
    if _MADE_OF + _digest_of_requirements(lock) not in text.splitlines():
        told.append(f"locks/{lock.name} is not made of {', '.join(lock.requirements)} as they are: make lock")
    if _HOLDS + _digest(_without_header(text)) not in text.splitlines():
        told.append(f"locks/{lock.name} was changed by hand: make lock")
    return told


def renew(lock: Lock, upgraded: tuple[str, ...] = ()) -> None:
    """Resolve a lock anew; what it held stays as it was where it still fits, but for the packages to be upgraded.

    Raises:
        LockError: with what uv said.

    """
    wanted = ROOT / lock.requirements[0]
    source = "\n".join(map(str, requirements(lock))) if lock.without else wanted.read_text(encoding="utf-8")
    options = [*_COMPILE, "--python-version", lock.python]
    options += ["--constraints", f"locks/{lock.within}", "--no-annotate"] if lock.within else []
    options += [option for name in upgraded for option in ("--upgrade-package", name)]
    before = _without_header(lock.path.read_text(encoding="utf-8")) if lock.path.exists() else ""
    lock.path.parent.mkdir(exist_ok=True)
    lock.path.write_text(before, encoding="utf-8")
    done = subprocess.run(
        [Path(sys.executable).with_name("uv"), "pip", "compile", *options, "--output-file", lock.path, "-"],
        input=source,
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    if done.returncode:
        raise LockError(f"locks/{lock.name}: {done.stderr}")
    lock.path.write_text(sealed(lock, lock.path.read_text(encoding="utf-8")), encoding="utf-8")


def sealed(lock: Lock, body: str) -> str:
    """Return the text of a lock: what it says of itself, then what it holds."""
    title = f"# The versions and hashes for {lock.requirements[0]}. Made by `make lock`: edit that file, not this one."
    return "\n".join((title, _MADE_OF + _digest_of_requirements(lock), _HOLDS + _digest(body), body))


def _body(lock: Lock) -> str:
    return _without_header(lock.path.read_text(encoding="utf-8"))


def _without_header(text: str) -> str:
    lines = text.split("\n")
    return "\n".join(lines[3:]) if len(lines) > 3 and lines[1].startswith(_MADE_OF) else text  # noqa: PLR2004


def _entries(body: str) -> list[str]:
    lines = [line for line in body.splitlines() if line and not line.lstrip().startswith("#")]
    return "\n".join(lines).replace("\\\n", " ").splitlines()


def _digest_of_requirements(lock: Lock) -> str:
    texts = [(ROOT / name).read_text(encoding="utf-8") for name in lock.requirements]
    return _digest("\0".join((lock.python, *sorted(lock.without), *texts)))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def main() -> None:
    """Renew all locks; the words of UPGRADE name packages to be taken anew."""
    upgraded = tuple(os.environ.get("UPGRADE", "").split())
    try:
        for lock in LOCKS:
            renew(lock, upgraded)
            print(f"locks/{lock.name}: {len(locked(lock))} paquetes")
    except LockError as error:
        sys.exit(f"No se pudo renovar. ¿Llega este equipo al índice de paquetes?\n{error}")


if __name__ == "__main__":
    main()
