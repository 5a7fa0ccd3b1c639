"""Build what is deployed: `build/package/sam.json` and `deployment.zip`, from `chalice package` and the template.

It is made of what `locks/package.txt` names and of nothing else (`wheels.py`). `inventory.json` and
`THIRD-PARTY-NOTICES.txt`, in the archive and beside it, tell what that is and under which licences it comes.
The archive is completed with bytecode (`bytecode.py`). Equal sources and locks give equal archives.

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
import tomllib
import zipfile
from collections.abc import Mapping
from pathlib import Path

from infra.any_method import let_every_method_in
from infra.bytecode import add_bytecode, without_bytecode
from infra.inventory import inventory
from infra.large_policies import attach_large_policies
from infra.licences import carried, objection, objections
from infra.live_alias import lead_to_alias
from infra.locks import PACKAGE, RUNTIME
from infra.notices import notices
from infra.programs import PackageError, run, say
from infra.pythons import find_python
from infra.restored_tables import let_restored_tables_serve
from infra.sender_function import lead_senders_to_their_own
from infra.template import load_template
from infra.throttling import set_rates
from infra.transform import REGIONS, transformed
from infra.wheels import MACHINES, Wheel, differences, download, for_chalice, from_folders, shipped

ROOT = Path(__file__).parents[1]
BUILD = ROOT / "build"
OUT = BUILD / "package"
LAMBDA_PYTHON = "3.13"
ARCHITECTURE = "arm64"
LIMIT = 250 * 1024 * 1024
"""Lambda's limit for a function's code, unzipped."""

NOTICES, INVENTORY = "THIRD-PARTY-NOTICES.txt", "inventory.json"
OWN = ("app.py", "chalicelib", "LICENSE", NOTICES, INVENTORY)
"""What the archive holds that comes from no distribution."""

LINT_IGNORED = {
    "W1030": "RestoredEventsStream is empty where the condition beside it takes the stack's own stream",
    "W2001": "SAM reads some parameters itself; tests/infra/test_transformed_template.py holds that each is read",
}
"""Rules of cfn-lint that the output may break, each with the reason."""

_REWRITES = (
    let_every_method_in,
    lead_senders_to_their_own,
    set_rates,
    lead_to_alias,
    let_restored_tables_serve,
    attach_large_policies,
)
"""What completes the template that chalice merged, in this order: a role's policies grow until the last one."""


def build(
    python: str | Path = LAMBDA_PYTHON, architecture: str = ARCHITECTURE, *, stage: str = "prod", out: Path = OUT
) -> Path:
    """Build for one interpreter (a version or a path) and architecture (arm64, x86_64); return the directory.

    Raises:
        PackageError: saying what is missing.

    """
    chosen = _interpreter(python)
    target = _target(chosen, architecture)
    tools, wheels = _packaging_environment(chosen, target["python_version"], architecture)
    shutil.rmtree(out, ignore_errors=True)
    copy = BUILD / f"sources-{out.name}"
    copy_sources(copy, architecture)
    run_chalice(tools / "chalice", copy, stage, out, from_folders(for_chalice(wheels, architecture)))
    components = shipped(wheels, target)
    describe(out, components)
    add_bytecode(out / "deployment.zip", chosen, tools / "python")
    check_archive(out / "deployment.zip", chosen, components)
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


def _packaging_environment(interpreter: Path, version: str, architecture: str) -> tuple[Path, list[Path]]:
    """Keep a virtual environment per interpreter and pair of locks; return its programs and the folders of wheels."""
    pins = "".join(lock.path.read_text(encoding="utf-8") for lock in (RUNTIME, PACKAGE))
    digest = hashlib.sha256(f"{interpreter}\n{pins}".encode()).hexdigest()[:12]
    place = BUILD / f"packaging-{digest}"
    python = place / "bin" / "python"
    ready = (place / "ready").exists()
    if not ready:
        say(f"{place.relative_to(ROOT)}: preparing the packaging environment")
        run(interpreter, "-m", "venv", "--clear", place)
    wheels = download(python, version, architecture, place / "wheels")
    if not ready:
        install = ("install", "--quiet", "--require-hashes", "--requirement", RUNTIME.path)
        run(python, "-m", "pip", *install, env={**os.environ, **from_folders(wheels)})
        (place / "ready").touch()
    return python.parent, wheels


def copy_sources(copy: Path, architecture: str) -> None:
    """Copy the sources aside: chalice writes beside them, and takes the architecture from its configuration."""
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(ROOT / "chalicelib", copy / "chalicelib", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / ".chalice", copy / ".chalice", ignore=shutil.ignore_patterns("deploy*", "venv"))
    shutil.copy(ROOT / "app.py", copy)
    shutil.copy(PACKAGE.path, copy / "requirements.txt")
    config = json.loads((ROOT / ".chalice" / "config.json").read_text(encoding="utf-8"))
    config["lambda_architecture"] = architecture
    (copy / ".chalice" / "config.json").write_text(json.dumps(config), encoding="utf-8")
    (copy / "resources.json").write_text(json.dumps(load_template()), encoding="utf-8")


def run_chalice(chalice: Path, copy: Path, stage: str, out: Path, source: Mapping[str, str]) -> None:
    """Have chalice write the archive and the merged template, whose API then leads every method to a live version.

    `source` is the environment that tells pip where to take packages from.

    Its functions work on restored tables where a parameter says so.

    Raises:
        PackageError: it failed, or left something out.

    """
    # Chalice asks for a region, though nothing in the output depends on one.
    environment = {"AWS_DEFAULT_REGION": "us-east-1", **os.environ, **source}
    arguments = ("package", "--stage", stage, "--merge-template", "resources.json", out)
    said = run(chalice, *arguments, cwd=copy, env=environment)
    if "Could not install dependencies" in said:
        raise PackageError(f"chalice left dependencies out of the package:\n{said}")
    template = out / "sam.json"
    merged = json.loads(template.read_text(encoding="utf-8"))
    for rewrite in _REWRITES:
        rewrite(merged)
    template.write_text(json.dumps(merged, indent=2, sort_keys=True), encoding="utf-8")


def merge_alone(place: Path) -> Path:
    """Merge the template in a folder as `build` does, with no requirements, since none changes it.

    Return where it is; beside it lies an archive of the sources alone.

    Raises:
        PackageError: as `run_chalice`.

    """
    sources, out = place / "sources", place / "out"
    copy_sources(sources, ARCHITECTURE)
    (sources / "requirements.txt").write_text("", encoding="utf-8")
    run_chalice(Path(sys.executable).with_name("chalice"), sources, "prod", out, {})
    return out / "sam.json"


def describe(out: Path, components: list[Wheel]) -> None:
    """Write into the archive and beside it what it is made of, and under which licences.

    Raises:
        PackageError: a licence is not allowed, not known or without its text.

    """
    others = carried()
    told = objections((one.metadata for one in components), ships=True)
    told += filter(None, (objection(one.name, one.licence, ships=True) for one in others))
    if told:
        raise PackageError("; ".join(told))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    texts = {
        "LICENSE": (ROOT / "LICENSE").read_text(encoding="utf-8"),
        NOTICES: notices(components, others, ROOT),
        INVENTORY: inventory(components, others, version=project["version"]),
    }
    with zipfile.ZipFile(out / "deployment.zip", "a") as opened:
        for name, text in texts.items():
            opened.writestr(name, text)
            (out / name).write_text(text, encoding="utf-8")


def check_archive(archive: Path, interpreter: Path, components: list[Wheel]) -> None:
    """Check that the archive is made of just these wheels, file by file, compiled; and its size.

    Raises:
        PackageError: naming what is lacking, changed, too much or not compiled, or the size.

    """
    with zipfile.ZipFile(archive) as opened:
        size = sum(entry.file_size for entry in opened.infolist())
        told, uncompiled = differences(opened, components, OWN), without_bytecode(opened, interpreter)
    if told:
        raise PackageError(f"the package is not what its lock says: {'; '.join(told)}")
    if uncompiled:
        raise PackageError(f"every process would compile {', '.join(uncompiled)}")
    if size >= LIMIT:
        raise PackageError(f"the package has {size / 1e6:.1f} MB unzipped; Lambda takes {LIMIT / 1e6:.1f} MB")
    say(f"{archive.name}: {archive.stat().st_size / 1e6:.1f} MB, {size / 1e6:.1f} MB unzipped")
    say(f"{archive.name}: {len(components)} packages, sha256 {hashlib.sha256(archive.read_bytes()).hexdigest()}")


def _target(interpreter: Path, architecture: str) -> dict[str, str]:
    """Return what environment markers ask about the machine that the package is for."""
    version = run(interpreter, "-c", "import platform; print(platform.python_version())").strip()
    return {
        "python_full_version": version,
        "python_version": version.rpartition(".")[0],
        "platform_machine": MACHINES.get(architecture, architecture),
        "sys_platform": "linux",
        "platform_system": "Linux",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
        "os_name": "posix",
    }


def lint(template: Path) -> None:
    """Hold a merged template to what CloudFormation accepts of it once transformed, in each region.

    What was linted is kept beside it, such as `transformed-us-east-1.json`; regions that see the same are linted once.

    Raises:
        PackageError: with what is wrong with it.

    """
    merged = json.loads(template.read_text(encoding="utf-8"))
    seen: dict[str, list[str]] = {}
    for region in REGIONS:
        seen.setdefault(json.dumps(transformed(merged, region), indent=1, sort_keys=True), []).append(region)
    ignored = [option for rule in LINT_IGNORED for option in ("--ignore-checks", rule)]
    for text, regions in seen.items():
        shown = template.with_name(f"transformed-{regions[0]}.json")
        shown.write_text(text, encoding="utf-8")
        run(Path(sys.executable).with_name("cfn-lint"), *ignored, "--regions", *regions, "--", shown)


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
