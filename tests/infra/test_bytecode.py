"""A package of the app's own sources and chalice's two modules, completed as the one that is deployed."""

from __future__ import annotations

import marshal
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterable
from pathlib import Path
from types import CodeType

import chalice
import pytest

from infra import bytecode, package
from infra.programs import PackageError

PYTHON = Path(sys.executable)
TAG = sys.implementation.cache_tag
COMPILED_CONFIG = f"chalicelib/__pycache__/config.{TAG}.pyc"
HOME_PAGE = "chalicelib/renderers/templates/pages/home.html"
ALL_TEMPLATES = """
import sys
compiled = []
sys.addaudithook(lambda event, told: event == "compile" and compiled.append(str(told[1])))
from chalicelib.renderers.letters import letter_templates
from chalicelib.renderers.pages import page_templates
for folder in (page_templates(), letter_templates()):
    names = folder.list_templates(filter_func=lambda name: not name.endswith(".compiled"))
    assert names
    for name in names:
        folder.get_template(name)
print([name for name in compiled if "chalicelib" in name])
"""


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    tree = tmp_path_factory.mktemp("sources")
    package.copy_sources(tree, "arm64")
    (tree / "chalice").mkdir()
    for module in ("__init__.py", "app.py"):
        shutil.copy(Path(chalice.__file__).with_name(module), tree / "chalice")
    return tree


@pytest.fixture(scope="module")
def archive(sources: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = packed(sources, tmp_path_factory.mktemp("archive") / "deployment.zip")
    bytecode.add_bytecode(path, PYTHON, PYTHON)
    return path


@pytest.fixture
def tree(archive: Path, tmp_path: Path) -> Path:
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(tmp_path / "task")
    return tmp_path / "task"


def packed(tree: Path, path: Path, names: Iterable[str] | None = None) -> Path:
    """Write a folder, or some of its files, into an archive."""
    found = sorted(str(file.relative_to(tree)) for file in tree.rglob("*") if file.is_file())
    with zipfile.ZipFile(path, "w") as opened:
        for name in found if names is None else names:
            opened.write(tree / name, name)
    return path


def uncompiled(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as opened:
        return bytecode.without_bytecode(opened, PYTHON)


def test_every_module_and_template_has_its_bytecode(archive: Path) -> None:
    assert uncompiled(archive) == []


@pytest.mark.parametrize(
    ("gone", "told"), [(COMPILED_CONFIG, "chalicelib/config.py"), (f"{HOME_PAGE}.compiled", HOME_PAGE)]
)
def test_what_lacks_its_bytecode_is_told_by_name(tree: Path, tmp_path: Path, gone: str, told: str) -> None:
    (tree / gone).unlink()

    assert uncompiled(packed(tree, tmp_path / "poorer.zip")) == [told]


def test_bytecode_that_python_would_check_against_the_source_does_not_count(tree: Path, tmp_path: Path) -> None:
    path = tree / COMPILED_CONFIG
    path.write_bytes(path.read_bytes()[:4] + bytes(12) + path.read_bytes()[16:])  # as of a source's date and size

    assert uncompiled(packed(tree, tmp_path / "dated.zip")) == ["chalicelib/config.py"]


def test_a_module_that_does_not_compile_stops_the_packaging(tree: Path, tmp_path: Path) -> None:
    (tree / "app.py").write_text("match = : 1\n")
    path = packed(tree, tmp_path / "broken.zip")

    with pytest.raises(PackageError, match=r"app\.py"):
        bytecode.add_bytecode(path, PYTHON, PYTHON)


def test_a_fresh_process_that_cannot_write_compiles_nothing(tree: Path) -> None:
    assert bytecode.compiled_at_import(tree, PYTHON) == []


def test_a_fresh_process_compiles_what_lacks_its_bytecode(tree: Path) -> None:
    (tree / "chalicelib" / "handlers" / "__pycache__" / f"doors.{TAG}.pyc").unlink()

    assert bytecode.compiled_at_import(tree, PYTHON) == [f"{tree}/chalicelib/handlers/doors.py"]


def test_a_fresh_process_compiles_no_template(tree: Path) -> None:
    def compiled() -> str:
        command = (PYTHON, "-B", "-c", f"import sys; sys.path[:0] = [{str(tree)!r}]\n{ALL_TEMPLATES}")
        return subprocess.run(command, capture_output=True, check=True, text=True, cwd=tree).stdout.strip()  # noqa: S603

    assert compiled() == "[]"

    (tree / HOME_PAGE).write_text("changed since", encoding="utf-8")
    assert compiled() == f"['{tree / HOME_PAGE}']"


def test_tracebacks_name_paths_as_in_lambda_and_none_of_the_building_machine(tree: Path, sources: Path) -> None:
    code = marshal.loads((tree / COMPILED_CONFIG).read_bytes()[16:])  # noqa: S302 - our own
    assert isinstance(code, CodeType)
    assert code.co_filename == "/var/task/chalicelib/config.py"
    compiled = [*tree.rglob("*.pyc"), *tree.rglob("*.compiled")]
    for path in compiled:
        content = path.read_bytes()
        assert not any(str(place).encode() in content for place in (tree, sources, package.ROOT)), path


def test_the_same_sources_give_the_same_bytes(archive: Path, sources: Path, tmp_path: Path) -> None:
    """Whatever dates and modes a checkout gives its files, and in whatever order they are packed."""
    elsewhere = tmp_path / "another checkout"
    shutil.copytree(sources, elsewhere, copy_function=shutil.copyfile)
    for path in filter(Path.is_file, elsewhere.rglob("*")):
        path.chmod(0o600)
    names = sorted((str(one.relative_to(sources)) for one in sources.rglob("*") if one.is_file()), reverse=True)
    again = packed(elsewhere, tmp_path / "again.zip", names)
    bytecode.add_bytecode(again, PYTHON, PYTHON)

    assert again.read_bytes() == archive.read_bytes()
