"""Build what is deployed: `build/package/sam.json` and `deployment.zip`, from `chalice package` and the template.

Beside them `inventory.json` tells what the archive is made of (`inventory.py`).

The archive is completed with bytecode (`bytecode.py`).

The Lambda runtime is that of the interpreter which runs chalice, so this one finds or is given another interpreter,
keeps an environment of its own for it, and works in a copy of the sources. It fails on everything that chalice only
mentions: a dependency without a wheel for the architecture is left out with exit code 0.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import sys
import zipfile
from email.parser import Parser
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from infra.any_method import let_every_method_in
from infra.bytecode import add_bytecode, without_bytecode
from infra.inventory import write_inventory
from infra.programs import PackageError, run, say
from infra.pythons import find_python
from infra.sender_function import lead_senders_to_their_own
from infra.template import load_template
from infra.throttling import set_rates

ROOT = Path(__file__).parents[1]
BUILD = ROOT / "build"
PACKAGE = BUILD / "package"
LAMBDA_PYTHON = "3.13"
ARCHITECTURE = "arm64"
LIMIT = 250 * 1024 * 1024
"""Lambda's limit for a function's code, unzipped."""

TOOLS = ("setuptools==84.2.1", "wheel==0.48.0")
"""What chalice builds source distributions with."""

PROVIDED = {"chalice"}
"""Chalice adds the two modules of itself that run in Lambda; as a requirement it would bring its command line too."""

LINT_IGNORED: dict[str, str] = {}
"""Rules of cfn-lint that the output may break, each with the reason."""


def build(
    python: str | Path = LAMBDA_PYTHON, architecture: str = ARCHITECTURE, *, stage: str = "prod", out: Path = PACKAGE
) -> Path:
    """Build for one interpreter (a version or a path) and architecture (arm64, x86_64); return the directory.

    Raises:
        PackageError: saying what is missing.

    """
    chosen = _interpreter(python)
    tools = _packaging_environment(chosen) / "bin"
    shutil.rmtree(out, ignore_errors=True)
    copy = BUILD / f"sources-{out.name}"
    copy_sources(copy, architecture)
    run_chalice(tools / "chalice", copy, stage, out)
    add_bytecode(out / "deployment.zip", chosen, tools / "python")
    check_archive(out / "deployment.zip", chosen, architecture)
    list_components(out)
    lint(out / "sam.json")
    return out


def _interpreter(python: str | Path) -> Path:
    found = python if isinstance(python, Path) else find_python(python)
    if found is None:
        raise PackageError(
            f"Python {python} is not installed. The package takes on the version of the interpreter that builds it,"
            f" and the functions run on {LAMBDA_PYTHON}. Install it, or name another with --python."
        )
    return found


def _packaging_environment(interpreter: Path) -> Path:
    """Keep a virtual environment per interpreter and set of pins."""
    pinned = ROOT / "requirements.txt"
    pins = pinned.read_text(encoding="utf-8")
    digest = hashlib.sha256(f"{interpreter}\n{TOOLS}\n{pins}".encode()).hexdigest()[:12]
    place = BUILD / f"packaging-{digest}"
    if not (place / "ready").exists():
        say(f"{place.relative_to(ROOT)}: preparing the packaging environment")
        run(interpreter, "-m", "venv", "--clear", place)
        run(place / "bin" / "python", "-m", "pip", "install", "--quiet", *TOOLS, "--requirement", pinned)
        (place / "ready").touch()
    return place


def copy_sources(copy: Path, architecture: str) -> None:
    """Copy the sources aside: chalice writes beside them, and takes the architecture from its configuration."""
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(ROOT / "chalicelib", copy / "chalicelib", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / ".chalice", copy / ".chalice", ignore=shutil.ignore_patterns("deploy*", "venv"))
    shutil.copy(ROOT / "app.py", copy)
    shipped = [line for line in requirements() if canonicalize_name(line.name) not in PROVIDED]
    (copy / "requirements.txt").write_text("\n".join(map(str, shipped)) + "\n", encoding="utf-8")
    config = json.loads((ROOT / ".chalice" / "config.json").read_text(encoding="utf-8"))
    config["lambda_architecture"] = architecture
    (copy / ".chalice" / "config.json").write_text(json.dumps(config), encoding="utf-8")
    (copy / "resources.json").write_text(json.dumps(load_template()), encoding="utf-8")


def requirements() -> list[Requirement]:
    """Return the application's own pins."""
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    return [Requirement(line) for line in lines if line and not line.startswith("#")]


def run_chalice(chalice: Path, copy: Path, stage: str, out: Path) -> None:
    """Have chalice write the archive and the merged template, whose API then leads every method to its function.

    Raises:
        PackageError: it failed, or left something out.

    """
    # Chalice asks for a region, though nothing in the output depends on one.
    environment = {"AWS_DEFAULT_REGION": "us-east-1", **os.environ}
    arguments = ("package", "--stage", stage, "--merge-template", "resources.json", out)
    said = run(chalice, *arguments, cwd=copy, env=environment)
    if "Could not install dependencies" in said:
        raise PackageError(f"chalice left dependencies out of the package:\n{said}")
    let_every_method_in(out / "sam.json")
    lead_senders_to_their_own(out / "sam.json")
    set_rates(out / "sam.json")


def check_archive(archive: Path, interpreter: Path, architecture: str) -> None:
    """Check that all that the application requires, and what that requires in turn, is there, compiled; and the size.

    Raises:
        PackageError: naming what is not there, or not compiled, or the size.

    """
    with zipfile.ZipFile(archive) as opened:
        size = sum(entry.file_size for entry in opened.infolist())
        shipped, uncompiled = _shipped(opened), without_bytecode(opened, interpreter)
    lacking = _lacking(shipped, _target(interpreter, architecture))
    if lacking:
        raise PackageError(f"the package lacks {', '.join(lacking)}")
    if uncompiled:
        raise PackageError(f"every process would compile {', '.join(uncompiled)}")
    if size >= LIMIT:
        raise PackageError(f"the package has {size / 1e6:.1f} MB unzipped; Lambda takes {LIMIT / 1e6:.1f} MB")
    say(f"{archive.name}: {archive.stat().st_size / 1e6:.1f} MB, {size / 1e6:.1f} MB unzipped, {len(shipped)} packages")


def list_components(out: Path) -> None:
    """Write `inventory.json` beside the archive: all that it is made of."""
    count = write_inventory(out / "deployment.zip", without_metadata=without_metadata(), to=out / "inventory.json")
    say(f"inventory.json: {count} components")


def without_metadata() -> list[Requirement]:
    """Return what `chalice package` adds by itself, without saying of what version it is."""
    return [line for line in requirements() if canonicalize_name(line.name) in PROVIDED]


def _shipped(archive: zipfile.ZipFile) -> dict[str, tuple[str, list[Requirement]]]:
    """Read version and requirements of every package in the archive, by canonical name."""
    found: dict[str, tuple[str, list[Requirement]]] = {}
    for name in archive.namelist():
        folder, _, file = name.partition("/")
        if folder.endswith(".dist-info") and file == "METADATA":
            metadata = Parser().parsestr(archive.read(name).decode(), headersonly=True)
            requires = [Requirement(line) for line in metadata.get_all("Requires-Dist", [])]
            found[canonicalize_name(metadata["Name"])] = (metadata["Version"], requires)
    return found


def _lacking(shipped: dict[str, tuple[str, list[Requirement]]], target: dict[str, str]) -> list[str]:
    queue, seen, lacking = requirements(), set(), []
    while queue:
        requirement = queue.pop()
        name = canonicalize_name(requirement.name)
        applies = requirement.marker is None or requirement.marker.evaluate({**target, "extra": ""})
        if name in PROVIDED or name in seen or not applies:
            continue
        seen.add(name)
        version, requires = shipped.get(name, ("", []))
        if not version or not requirement.specifier.contains(version, prereleases=True):
            lacking.append(str(requirement))
        queue += requires
    return lacking


def _target(interpreter: Path, architecture: str) -> dict[str, str]:
    """Return what environment markers ask about the machine that the package is for."""
    version = run(interpreter, "-c", "import platform; print(platform.python_version())").strip()
    machine = {"arm64": "aarch64"}.get(architecture, architecture)
    return {
        "python_full_version": version,
        "python_version": version.rpartition(".")[0],
        "platform_machine": machine,
        "sys_platform": "linux",
        "platform_system": "Linux",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
        "os_name": "posix",
    }


def lint(template: Path) -> None:
    """Hold a merged template to what CloudFormation accepts."""
    ignored = [option for rule in LINT_IGNORED for option in ("--ignore-checks", rule)]
    run(Path(sys.executable).with_name("cfn-lint"), *ignored, "--regions", "us-east-1", "--", template)


def main() -> None:
    """Build for AWS, or as the options say."""
    parser = argparse.ArgumentParser(description="Build what is deployed, into build/package.")
    parser.add_argument(
        "--python", default=LAMBDA_PYTHON, help="version of the functions' runtime (default: %(default)s)"
    )
    parser.add_argument("--architecture", default=ARCHITECTURE, choices=("arm64", "x86_64"))
    parser.add_argument("--stage", default="prod", help="stage of .chalice/config.json (default: %(default)s)")
    options = parser.parse_args()
    try:
        build(options.python, options.architecture, stage=options.stage)
    except PackageError as error:
        sys.exit(f"package: {error}")


if __name__ == "__main__":
    main()
