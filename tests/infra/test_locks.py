"""What is installed is fixed with hashes, is what its requirements ask for, and is the same in tests and package."""

from __future__ import annotations

import re
import shutil
from importlib.metadata import distribution
from itertools import pairwise, product
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from infra import locks
from infra.locks import CHECKOV, DEVELOPMENT, ENGINE, LOCKS, PACKAGE, RUNTIME, TESTS, Lock

DEVELOPERS = pytest.mark.deep
"""What looks at the packages of `requirements-dev.txt` as they are installed, which `make test` does without."""
EVERY_LOCK = pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
ENTRY = re.compile(r"[a-z0-9-]+==[A-Za-z0-9.!+]+( ; .+)? \\|    --hash=sha256:[0-9a-f]{64}( \\)?|#.*|    #.*|")
OWN_TOOLS = {"pip", "setuptools", "wheel"}
"""What an environment is made with, so that it may have them from elsewhere."""
MACHINES = [
    {
        "python_version": python,
        "python_full_version": f"{python}.0",
        "platform_machine": machine,
        "sys_platform": "linux",
        "platform_system": "Linux",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
        "os_name": "posix",
    }
    for python, machine in product(("3.11", "3.12", "3.13"), ("x86_64", "aarch64"))
]


def applies(requirement: Requirement, machine: dict[str, str], extra: str = "") -> bool:
    return requirement.marker is None or requirement.marker.evaluate({**machine, "extra": extra})


def needed(lock: Lock, machine: dict[str, str]) -> dict[str, list[Requirement]]:
    """Follow requirements through what is installed here: who asks for what on a machine, by canonical name."""
    asked: dict[str, list[Requirement]] = {}
    seen: set[tuple[str, str]] = set()
    queue = locks.requirements(lock)
    while queue:
        requirement = queue.pop()
        name = canonicalize_name(requirement.name)
        asked.setdefault(name, []).append(requirement)
        for extra in {"", *requirement.extras} - {done for seen_name, done in seen if seen_name == name}:
            seen.add((name, extra))
            if applies(locks.locked(lock).get(name, requirement), HERE):
                lines = distribution(name).requires or []
                queue += [one for one in map(Requirement, lines) if applies(one, machine, extra)]
    return asked


HERE = MACHINES[0]


@EVERY_LOCK
def test_a_lock_is_that_of_its_requirements(lock: Lock) -> None:
    assert locks.faults(lock) == []


@EVERY_LOCK
def test_a_lock_names_single_versions_with_hashes_and_nowhere_to_get_them(lock: Lock) -> None:
    found = locks.hashes(lock)
    assert found
    assert all(found.values())
    assert [line for line in lock.path.read_text("utf-8").split("\n") if not ENTRY.fullmatch(line)] == []
    assert all(locks.version(one) for one in locks.locked(lock).values())


@EVERY_LOCK
def test_what_people_wrote_is_locked_as_they_wrote_it(lock: Lock) -> None:
    found = locks.locked(lock)
    for requirement in locks.requirements(lock):
        assert locks.version(requirement) == locks.version(found[canonicalize_name(requirement.name)]), requirement


def test_what_is_tested_is_what_ships() -> None:
    inside = [PACKAGE, RUNTIME, TESTS, DEVELOPMENT]
    for smaller, larger in pairwise(inside):
        assert {name: str(one) for name, one in locks.locked(smaller).items()}.items() <= {
            name: str(one) for name, one in locks.locked(larger).items()
        }.items()
        assert locks.hashes(smaller).items() <= locks.hashes(larger).items()


@pytest.mark.parametrize("lock", [ENGINE, CHECKOV], ids=lambda lock: lock.name)
def test_all_that_an_environment_of_its_own_gets_is_named_by_people(lock: Lock) -> None:
    here = {name for name, one in locks.locked(lock).items() if applies(one, HERE)}
    assert here == {canonicalize_name(one.name) for one in locks.requirements(lock)}


@pytest.mark.parametrize("lock", [TESTS, pytest.param(DEVELOPMENT, marks=DEVELOPERS)], ids=lambda lock: lock.name)
def test_these_tests_run_with_the_locked_versions(lock: Lock) -> None:
    for name, requirement in locks.locked(lock).items():
        if applies(requirement, HERE) and name not in OWN_TOOLS:
            assert distribution(name).version == locks.version(requirement), name


@pytest.mark.parametrize("machine", MACHINES, ids=lambda told: f"{told['python_version']}-{told['platform_machine']}")
@pytest.mark.parametrize(
    "lock", [TESTS, PACKAGE, pytest.param(DEVELOPMENT, marks=DEVELOPERS)], ids=lambda lock: lock.name
)
def test_a_lock_holds_all_that_is_needed_on_a_machine_and_nothing_else(lock: Lock, machine: dict[str, str]) -> None:
    here = {name: locks.version(one) for name, one in locks.locked(lock).items() if applies(one, machine)}
    asked = needed(lock, machine)

    assert asked.keys() == here.keys()
    assert [
        str(one) for name, ones in asked.items() for one in ones if not one.specifier.contains(here[name], True)
    ] == []


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(locks.ROOT / "locks", tmp_path / "locks")
    for name in DEVELOPMENT.requirements:
        shutil.copy(locks.ROOT / name, tmp_path)
    monkeypatch.setattr(locks, "ROOT", tmp_path)
    return tmp_path


@pytest.mark.parametrize("lock", [DEVELOPMENT, TESTS, RUNTIME, PACKAGE], ids=lambda lock: lock.name)
def test_a_requirement_that_changed_is_told_with_what_to_do(lock: Lock, elsewhere: Path) -> None:
    assert locks.faults(lock) == []
    path = elsewhere / "requirements.txt"
    path.write_text(path.read_text("utf-8").replace("segno==1.6.6", "segno==1.6.5"), "utf-8")

    [told] = locks.faults(lock)

    assert told.startswith(f"locks/{lock.name} is not made of ")
    assert told.endswith(": make lock")


def test_a_hash_that_was_added_by_hand_is_told(elsewhere: Path) -> None:
    path = elsewhere / "locks" / PACKAGE.name
    path.write_text(
        path.read_text("utf-8").replace("--hash=sha256:", f"--hash=sha256:{'0' * 64} \\\n    --hash=sha256:", 1)
    )

    assert locks.faults(PACKAGE) == ["locks/package.txt was changed by hand: make lock"]


def test_a_lock_that_is_not_there_is_told(elsewhere: Path) -> None:
    (elsewhere / "locks" / RUNTIME.name).unlink()

    assert "locks/requirements.txt is not made of requirements.txt as they are: make lock" in locks.faults(RUNTIME)
