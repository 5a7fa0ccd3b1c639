"""`make` gives the project its Python environment, says what a system lacks, and mends what broke off."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PIP = """
import os, pathlib, sys
said = os.environ.get("PIP_SAYS", "Collecting uno==1.0 (from -r locks/requirements.txt)")
print(said, flush=True)
with pathlib.Path("pip-calls").open("a") as calls:
    calls.write(" ".join(sys.argv[1:]) + "\\n")
if os.environ.get("PIP_TAKES"):
    import time
    time.sleep(float(os.environ["PIP_TAKES"]))
sys.exit(int(os.environ.get("PIP_ENDS", "0")))
"""
SYSTEM_PYTHON = """#!/bin/sh
# Stands for a system's Python: real environments, with a pip that installs nothing.
if [ "$1 $2" = "-m venv" ]; then
  "{python}" -m venv --without-pip "$3" || exit
  packages=$(ls -d "$3"/lib/python*/site-packages)
  mkdir "$packages/pip" && : >"$packages/pip/__init__.py" && cp "{pip}" "$packages/pip/__main__.py"
else
  PYTHONPATH="{path}" exec "{python}" "$@"
fi
"""


class Project:
    """A clone whose `make run` says that it ran, and a system's Python to make its environment with."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "with a blank"
        self.system = folder / "system"
        (self.folder / "infra" / "local").mkdir(parents=True)
        self.system.mkdir()
        for name in ("Makefile", "infra/environment.sh"):
            shutil.copy(ROOT / name, self.folder / name)
        (self.folder / "infra" / "local" / "run.py").write_text("print('it ran')")
        (self.folder / "locks").mkdir()
        for name in ("requirements.txt", "requirements-test.txt"):
            (self.folder / "locks" / name).touch()
        (self.system / "pip.py").write_text(PIP)
        self.python = self.system / "python3"
        text = SYSTEM_PYTHON.format(python=sys.executable, pip=self.system / "pip.py", path=self.system / "modules")
        self.python.write_text(text)
        self.python.chmod(0o755)

    def lacks(self, module: str) -> None:
        self.has(f"{module}.py", f"raise ModuleNotFoundError('No module named {module!r}')")

    def has(self, module: str, text: str) -> None:
        (self.system / "modules").mkdir(exist_ok=True)
        (self.system / "modules" / module).write_text(text)

    @property
    def venv(self) -> Path:
        return self.folder / ".venv"

    def make(self, *told: str, **environment: str) -> subprocess.CompletedProcess[str]:
        path = f"{self.system}:{os.environ['PATH']}"  # noqa: TID251 - for make
        command = ["make", *(told or ["run"])]
        return subprocess.run(  # noqa: S603 - our own make
            command,
            cwd=self.folder,
            env={"PATH": path, "PYTHONDONTWRITEBYTECODE": "1", **environment},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def installations(self) -> int:
        calls = self.folder / "pip-calls"
        return len(calls.read_text().splitlines()) if calls.exists() else 0


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def test_the_first_time_installs_and_says_so_and_the_second_does_neither(project: Project) -> None:
    first, second = project.make(), project.make()

    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    assert "Instalando lo que pide locks/requirements.txt" in first.stdout
    assert "it ran" in first.stdout
    assert second.stdout.splitlines()[-1] == "it ran"
    assert "nstala" not in second.stdout
    assert project.installations() == 1


def test_nothing_is_installed_but_what_has_the_hash_of_its_lock(project: Project) -> None:
    project.make(".venv/.test")

    told = [call.split() for call in (project.folder / "pip-calls").read_text().splitlines()]
    assert [call[-1] for call in told] == ["locks/requirements.txt", "locks/requirements-test.txt"]
    assert all("--require-hashes" in call for call in told)


def test_changed_requirements_are_installed_into_the_same_environment(project: Project) -> None:
    project.make()
    (project.venv / "kept").touch()
    later = (project.venv / ".runtime").stat().st_mtime + 5
    os.utime(project.folder / "locks" / "requirements.txt", (later, later))

    assert project.make().returncode == 0
    assert project.installations() == 2
    assert (project.venv / "kept").exists()


def test_while_it_installs_it_says_now_and_then_what_it_is_at(project: Project) -> None:
    said = project.make(PIP_TAKES="6").stdout

    assert "5 s: uno==1.0" in said


def test_a_system_without_venv_is_told_in_one_line_with_the_package_to_install(project: Project) -> None:
    project.lacks("ensurepip")

    done = project.make()

    assert done.returncode != 0
    [line] = [line for line in done.stderr.splitlines() if not line.startswith("make")]
    assert line.endswith("sudo apt install python3-venv")
    assert not project.venv.exists()


def test_a_system_without_python_is_told_which_packages_to_install(project: Project) -> None:
    done = project.make("run", "PYTHON=python-of-nowhere")

    assert done.returncode != 0
    assert "«python-of-nowhere»" in done.stderr
    assert "sudo apt install python3 python3-venv" in done.stderr


def test_a_python_too_old_is_told_with_its_version_and_the_way_out(project: Project) -> None:
    project.has("sitecustomize.py", "import sys\nsys.version_info = (3, 9, 2, 'final', 0)")

    done = project.make()

    assert done.returncode != 0
    assert "3.11" in done.stderr
    assert "3.9" in done.stderr
    assert "make PYTHON=" in done.stderr


def remove_python(venv: Path) -> None:
    (venv / "bin" / "python").unlink()


def remove_the_system_python(venv: Path) -> None:
    for name in ("python", "python3"):
        (venv / "bin" / name).unlink(missing_ok=True)
        (venv / "bin" / name).symlink_to("/usr/bin/python-of-before")


def upgrade_the_system_python(venv: Path) -> None:
    [packages] = venv.glob("lib/python*")
    packages.rename(packages.with_name("python3.0"))


def remove_pip(venv: Path) -> None:
    for pip in venv.glob("lib/python*/site-packages/pip"):
        shutil.rmtree(pip)


def remove_its_description(venv: Path) -> None:
    (venv / "pyvenv.cfg").unlink()


def empty_it(venv: Path) -> None:
    shutil.rmtree(venv)
    venv.mkdir()


def leave_a_file_there(venv: Path) -> None:
    shutil.rmtree(venv)
    venv.touch()


def break_off_its_installation(venv: Path) -> None:
    with subprocess.Popen(["true"]) as ended:  # noqa: S607 - of the path
        pass
    (venv / ".installing").write_text(str(ended.pid))


def lead_nowhere(venv: Path) -> None:
    shutil.rmtree(venv)
    venv.symlink_to("/nowhere/at/all")


@pytest.mark.parametrize(
    "damage",
    [
        remove_python,
        remove_the_system_python,
        upgrade_the_system_python,
        remove_pip,
        remove_its_description,
        empty_it,
        leave_a_file_there,
        break_off_its_installation,
        lead_nowhere,
    ],
    ids=lambda damage: damage.__name__,
)
def test_the_next_make_run_mends_a_damaged_environment(project: Project, damage: Callable[[Path], None]) -> None:
    project.make()
    damage(project.venv)

    mended, after = project.make(), project.make()

    assert mended.returncode == 0, mended.stderr
    assert ".venv quedó a medias o es de otro Python" in mended.stdout
    assert "it ran" in mended.stdout
    assert project.installations() == 2
    assert after.stdout.splitlines()[-1] == "it ran"


def test_an_environment_that_was_moved_is_made_anew(project: Project) -> None:
    project.make()
    project.folder = project.folder.rename(project.folder.with_name("elsewhere"))

    assert "it ran" in project.make().stdout
    assert project.installations() == 2


def test_a_linked_environment_is_used_as_it_is_and_never_emptied(project: Project) -> None:
    project.make()
    real = project.venv.rename(project.folder / "shared")
    project.venv.symlink_to(real)
    text = (real / "pyvenv.cfg").read_text().replace("/.venv", "/shared")
    (real / "pyvenv.cfg").write_text(text)

    assert "it ran" in project.make().stdout
    assert project.installations() == 1
    remove_pip(real)
    assert "it ran" in project.make().stdout
    assert (real / "pyvenv.cfg").exists()


def test_an_index_that_does_not_answer_is_told_and_the_next_time_goes_on(project: Project) -> None:
    failed = project.make(PIP_ENDS="1", PIP_SAYS="ERROR: No matching distribution found for uno==1.0")

    assert failed.returncode != 0
    assert "No matching distribution found" in failed.stderr
    assert "it ran" not in failed.stdout
    again = project.make()
    assert "it ran" in again.stdout
    assert "a medias" not in again.stdout


def test_an_installation_that_failed_midway_is_begun_again_from_nothing(project: Project) -> None:
    project.make(PIP_ENDS="1", PIP_SAYS="Installing collected packages: uno")
    (project.venv / "rest").touch()

    assert "it ran" in project.make().stdout
    assert not (project.venv / "rest").exists()


def test_an_installation_under_way_elsewhere_is_left_alone(project: Project) -> None:
    project.make()
    (project.venv / ".installing").write_text(str(os.getpid()))

    done = project.make()

    assert done.returncode != 0
    assert "Otra orden está instalando" in done.stderr
    assert project.installations() == 1


def test_another_python_asked_for_gets_an_environment_of_its_own(project: Project) -> None:
    project.make()
    assert project.make("run", f"PYTHON={project.python}").returncode == 0
    assert project.installations() == 1
    project.has("sitecustomize.py", "import sys\nsys.version_info = (3, 99, 0, 'final', 0)")

    assert project.make("run", f"PYTHON={project.python}").returncode == 0
    assert project.installations() == 2


def test_what_the_tests_need_comes_on_top(project: Project) -> None:
    assert project.make(".venv/.test").returncode == 0
    assert project.installations() == 2
    assert project.make(".venv/.test").returncode == 0
    assert project.installations() == 2
