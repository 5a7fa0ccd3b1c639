"""What is deployed, unpacked to be measured: the package of this tree and of another revision, for this machine.

Each is built by its own sources' `infra.package` and kept under what it is made of, so that only a change builds anew.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from infra.package import BUILD, LAMBDA_PYTHON, ROOT, build
from infra.programs import run
from infra.pythons import find_python

_HOME = BUILD / "measured"
_PACKAGING = ("package.py", "bytecode.py", "compile_templates.py", "template.py", "resources")
_MADE_OF = ("app.py", "chalicelib", ".chalice", "requirements.txt", *(f"infra/{name}" for name in _PACKAGING))
_BUILD_THERE = """
import sys
from pathlib import Path
from infra.package import build
build(Path(sys.argv[1]), sys.argv[2], out=Path(sys.argv[3]))
"""


@dataclass(frozen=True, slots=True)
class Package:
    """An unpacked package: its tree, and what Lambda calls by each function's logical id."""

    name: str
    tree: Path
    handlers: dict[str, str]


def interpreter() -> Path:
    """Return the functions' Python, or where that is not installed, this one."""
    return find_python(LAMBDA_PYTHON) or Path(sys.executable)


def package_of_this_tree() -> Package:
    """Return what `make package` would make of these sources, but for this machine.

    Raises:
        PackageError: it could not be made.

    """
    files = sorted(path for name in _MADE_OF for path in _files_of(ROOT / name))
    digest = hashlib.sha256(str(interpreter()).encode())
    for path in files:
        digest.update(f"\n{path.relative_to(ROOT)} {path.stat().st_size}\n".encode() + path.read_bytes())
    place = _HOME / f"tree-{digest.hexdigest()[:12]}"
    if not place.exists():
        for old in _HOME.glob("tree-*"):
            shutil.rmtree(old)
        _unpack(build(interpreter(), _architecture(), out=BUILD / "bench"), place)
    return _package("this tree", place)


def package_of(revision: str) -> Package:
    """Return the package of another revision, as its own sources make it.

    Raises:
        PackageError: there is no such revision, or it could not be made.

    """
    commit = commit_of(revision)
    place = _HOME / f"{commit[:12]}-{interpreter().name}"
    if not place.exists():
        with tempfile.TemporaryDirectory() as folder:
            archive = subprocess.run(["git", "archive", commit], cwd=ROOT, capture_output=True, check=True).stdout  # noqa: S607
            with tarfile.open(fileobj=BytesIO(archive)) as opened:
                opened.extractall(folder, filter="data")
            environment = {**os.environ, "PYTHONPATH": folder}
            there = (sys.executable, "-c", _BUILD_THERE, interpreter(), _architecture(), f"{folder}/out")
            run(*there, cwd=Path(folder), env=environment)
            _unpack(Path(folder, "out"), place)
    return _package(revision, place)


def commit_of(revision: str) -> str:
    """Return the commit that a revision names.

    Raises:
        PackageError: there is none.

    """
    return run("git", "rev-parse", "--verify", f"{revision}^{{commit}}", cwd=ROOT).strip()


def _files_of(path: Path) -> list[Path]:
    files = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
    return [file for file in files if not {"__pycache__", "deployments"} & set(file.parts)]


def _architecture() -> str:
    return {"aarch64": "arm64"}.get(platform.machine(), platform.machine())


def _unpack(built: Path, place: Path) -> None:
    unfinished = place.with_suffix(".part")
    shutil.rmtree(unfinished, ignore_errors=True)
    with zipfile.ZipFile(built / "deployment.zip") as opened:
        opened.extractall(unfinished / "tree")  # noqa: S202 - our own
    shutil.copy(built / "sam.json", unfinished)
    unfinished.rename(place)


def _package(name: str, place: Path) -> Package:
    resources = json.loads((place / "sam.json").read_text("utf-8"))["Resources"].items()
    functions = {key: one for key, one in resources if one["Type"] == "AWS::Serverless::Function"}
    return Package(name, place / "tree", {key: one["Properties"]["Handler"] for key, one in functions.items()})
